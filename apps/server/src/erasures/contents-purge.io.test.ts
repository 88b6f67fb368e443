/** What nobody can read any more leaves the files of the log; whatever else stands on it stays, and views made anew from it are the same. */
import { rmSync } from "node:fs";

import { encodeText, type LogPosition } from "@kaelix/base";
import { Changes, Files, type MemoryTarget, type Owner, partitionOfUser, Remember } from "@kaelix/capture";
import { type StreamerLog, verifyLog } from "@kaelix/log";
import {
  decodeEvent,
  DEFAULT_TENANT,
  EVENT_VERSION,
  type ImportId,
  type Level,
  makeId,
  type MemoryEvent,
  type MemoryId,
  type MemoryRemembered,
  type MemoryRevised,
  TOPICS,
} from "@kaelix/model";
import { type Keystore, openContent } from "@kaelix/security";
import { createMemoryStore, openPglite, type PgliteDatabase, prepareDatabase, verify } from "@kaelix/views";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { countIn, openBareHouse } from "../testing/bare-house.ts";
import { HousePurge } from "./house-purge.ts";

const HOUR_MS = 3_600_000;
const WITHIN_MS = 24 * HOUR_MS;
/** One piece. */
const FILE_BYTES = 2_000;
/** Two pieces. */
const LARGE_BYTES = 600_000;

const folders: string[] = [];
let database: PgliteDatabase;
beforeAll(async () => {
  await prepareDatabase();
  database = await openPglite();
});
afterAll(() => database.close());
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A file's bytes, made from its number. */
function bytesOf(number: number, bytes = FILE_BYTES): Uint8Array {
  return Buffer.alloc(bytes, `file ${number} `);
}

/** Everything between a draft and the files of the log, without a server around it. */
async function openHouse(seed: number) {
  const bare = await openBareHouse(database, { seed, segmentBytesMax: 60_000 });
  folders.push(bare.folder);
  const { clock, keystore, log, random, runner } = bare;
  const waited = async (position: LogPosition): Promise<void> => {
    expect(await runner.waitFor({ position, timeoutMs: 60_000 })).not.toBe("timeout");
  };
  const store = createMemoryStore(database, waited);
  const files = new Files({ log, clock, random, limits: { fileBytesMax: 2_000_000, memoryFilesMax: 3 } });
  const shared = { keystore, register: store, clock, random };
  const remember = new Remember({ ...shared, log, files });
  const changes = new Changes({ ...shared, remember });
  const purge = new HousePurge({ embedded: log, keystore, files, clock, withinMs: WITHIN_MS });
  return { ...bare, store, files, remember, changes, purge };
}

type TestHouse = Awaited<ReturnType<typeof openHouse>>;
type Content = MemoryRemembered | MemoryRevised;

async function recordsOf(log: StreamerLog, topic: string, partition: number) {
  const found: { readonly offset: number; readonly key: string; readonly value: Uint8Array }[] = [];
  const { startOffset } = await log.bounds(topic, partition);
  for (let offset = startOffset; ;) {
    const batch = await log.read(topic, partition, offset);
    expect(batch.damaged).toEqual([]);
    for (const { key, offset: at, value } of batch.records) {
      if (key !== null && value !== null) found.push({ offset: at, key: Buffer.from(key).toString(), value });
    }
    if (batch.nextOffset >= batch.endOffset) return found;
    offset = batch.nextOffset;
  }
}

/** Contents on the log by whether a key opens them, and the events that are none. */
async function contentsOf(log: StreamerLog, keystore: Keystore) {
  const contents = { opening: new Map<string, Content>(), noise: new Map<string, Content>() };
  const events = new Map<string, string>();
  for (let partition = 0; partition < TOPICS.memories.partitions; partition++) {
    for (const { offset, value } of await recordsOf(log, TOPICS.memories.name, partition)) {
      const decoded = decodeEvent(value);
      if (decoded.type !== "event") throw new Error(decoded.problem);
      const { event } = decoded;
      const place = `${partition}/${offset}`;
      events.set(place, event.user);
      if (event.type !== "memory.remembered" && event.type !== "memory.revised") continue;
      const key = await keystore.memoryKey(event.memory, event.level);
      const opens = key !== undefined && openContent(key, event.memory_version, event.sealed).type === "opened";
      contents[opens ? "opening" : "noise"].set(place, event);
    }
  }
  return { ...contents, events };
}

/** Every row that the view keeps of memories. */
async function rowsOf(): Promise<readonly unknown[]> {
  const { queries } = database;
  return [
    ...(await queries.selectFrom("memories").selectAll().orderBy("memory_id").execute()),
    ...(await queries.selectFrom("memory_versions").selectAll().orderBy("memory_id").orderBy("version").execute()),
    ...(await queries.selectFrom("imports").selectAll().orderBy("import_id").execute()),
  ];
}

interface Told {
  readonly owner: Owner;
  readonly memory: MemoryId;
  readonly external: string | undefined;
}

/** A random life of three people; returns numbers of the files that each memory was told with. */
async function live(house: TestHouse, seed: number, steps: number): Promise<void> {
  const { changes, clock, keystore, random, remember, store } = house;
  const people: Owner[] = [1, 2, 3].map((at) => ({ tenant: DEFAULT_TENANT, user: makeId("usr", at, random) }));
  const imports: ImportId[] = [1, 2].map((at) => makeId("imp", at, random));
  const told: Told[] = [];
  let serial = seed * 1_000;
  const tell = async (owner: Owner, external: string | undefined): Promise<void> => {
    serial += 1;
    const number = serial;
    const hasFile = random.integer(4) === 0;
    const open = async function* () {
      yield bytesOf(number);
    };
    const importId = imports[random.integer(6)];
    const [one] = await remember.remember(owner, [
      {
        text: `told ${number}`,
        source: "rest",
        level: (1 + random.integer(3)) as Level,
        ...(external === undefined ? {} : { externalId: external }),
        ...(importId === undefined ? {} : { importId }),
        ...(hasFile ? { files: [{ name: `${number}.bin`, bytes: FILE_BYTES, open }] } : {}),
      },
    ]);
    if (one?.type === "stored") told.push({ owner, memory: one.memory.memoryId, external });
  };
  for (let step = 0; step < steps; step++) {
    clock.advance(1_000);
    const owner = people[random.integer(people.length)] ?? expect.fail();
    const some = told[random.integer(told.length || 1)];
    const row = some === undefined ? undefined : await store.memory(some.owner.user, some.memory);
    const act = random.integer(12);
    if (act < 4 || some === undefined || row === undefined) {
      await tell(owner, random.integer(2) === 0 ? undefined : `external ${random.integer(9)}`);
      continue;
    }
    const target: MemoryTarget = { owner: some.owner, memoryId: some.memory, ceiling: 4 };
    const seen = { ...target, expectedVersion: row.version };
    if (act === 4) await changes.edit(seen, { text: `edited ${step}`, keepsLevel: true });
    else if (act === 5 || act === 6) await changes.move(seen, (1 + random.integer(4)) as Level).catch(() => undefined);
    else if (act === 7) await changes.forget(seen);
    else if (act === 8 && row.state === "forgotten") await changes.restore(target);
    else if (act === 9) await changes.eraseForgotten(clock.nowMs() + 1, 100);
    else if (act === 10 && some.external !== undefined && row.state !== "live") await tell(some.owner, some.external);
    else if (act === 11 && random.integer(3) === 0) {
      const undone = imports[random.integer(2)] ?? expect.fail();
      const base = { v: EVENT_VERSION, at: clock.nowMs(), ...some.owner };
      const position = await remember.append(some.owner, [{ ...base, type: "import.undone", import: undone }]);
      await remember.settle(some.owner.user, position);
    }
  }
  for (const { user } of people) await remember.written(user);
  await changes.eraseForgotten(clock.nowMs() + 1, 10_000);
  // The last of them goes as a whole, as an account does.
  const gone = people.at(-1) ?? expect.fail();
  const owned = [...new Set(told.filter(({ owner }) => owner === gone).map(({ memory }) => memory))];
  await keystore.shredMemories(owned);
  await keystore.ensureUserKey(gone.tenant, gone.user);
  await keystore.shredUser(gone.user);
  const ended: MemoryEvent = { v: EVENT_VERSION, at: clock.nowMs(), ...gone, type: "memory.all-erased" };
  await remember.settle(gone.user, await remember.append(gone, [ended]));
}

test.each([1, 2])("a random life is purged to what can be read, and folds to the same rows, seed %i", async (seed) => {
  const house = await openHouse(seed);
  const { clock, directory, files, keystore, log, purge, runner, view } = house;
  await live(house, seed, 90);
  const before = await contentsOf(log, keystore);
  const rows = await rowsOf();
  expect(before.noise.size, "the life forgets something").toBeGreaterThan(5);
  expect(before.opening.size).toBeGreaterThan(5);
  const sealedOf = (contents: ReadonlyMap<string, Content>): Uint8Array[] =>
    [...contents.values()].map(({ sealed }) => encodeText(sealed));
  expect(countIn(directory, sealedOf(before.noise)), "the test can see them").toBe(before.noise.size);

  // Not before it is time, and then without anybody asking.
  expect(await purge.isDue()).toBe(false);
  clock.advance(WITHIN_MS / 2);
  expect(await purge.isDue()).toBe(true);
  const ends = await Promise.all([...Array(8).keys()].map((at) => log.bounds(TOPICS.memories.name, at)));
  expect(await purge.run()).toBe(true);
  clock.advance(WITHIN_MS / 2);
  expect(await purge.isDue()).toBe(false);
  expect(await Promise.all([...Array(8).keys()].map((at) => log.bounds(TOPICS.memories.name, at)))).toEqual(ends);

  expect(countIn(directory, sealedOf(before.noise))).toBe(0);
  expect(countIn(directory, sealedOf(before.opening))).toBe(before.opening.size);
  const after = await contentsOf(log, keystore);
  expect(after.opening).toEqual(before.opening);
  for (const content of after.noise.values()) expect(content).toMatchObject({ sealed: "", digest: "" });
  // Events of who has gone are gone; every other one stands where it stood.
  const left = [...before.events].filter(([, user]) => keystore.hasUserKey(user as Owner["user"]));
  expect([...after.events].filter(([, user]) => keystore.hasUserKey(user as Owner["user"]))).toEqual(left);
  expect(after.events.size).toBe(left.length + 1);

  // Files that somebody can name are whole; no other piece is there.
  let pieces = 0;
  const named = new Set<string>();
  for (const event of before.opening.values()) {
    const key = (await keystore.memoryKey(event.memory, event.level)) ?? expect.fail();
    const opened = openContent(key, event.memory_version, event.sealed);
    for (const file of opened.type === "opened" ? (opened.content.files ?? []) : []) {
      const parts: Uint8Array[] = [];
      for await (const part of files.read(event, event.memory, file)) parts.push(part);
      expect(Buffer.concat(parts).equals(bytesOf(Number.parseInt(file.name, 10)))).toBe(true);
      named.add(file.id);
    }
  }
  for (let partition = 0; partition < TOPICS.files.partitions; partition++) {
    const keys = (await recordsOf(log, TOPICS.files.name, partition)).map(({ key }) => key.split("/")[2]);
    pieces += keys.length;
    for (const file of keys) expect(named).toContain(file);
  }
  expect(pieces).toBe(named.size);
  expect(purge.status.bytesFreed).toBeGreaterThan(before.noise.size * 100);

  expect((await runner.whilePaused(() => verify(log, [view]))).agree).toBe(true);
  await runner.rebuild(view.name);
  expect(await rowsOf()).toEqual(rows);
  expect((await runner.whilePaused(() => verify(log, [view]))).agree).toBe(true);
  await house.close();
  expect((await verifyLog(directory)).problems).toEqual([]);
});

test("files of a memory that was erased and is told again are not taken for those of before", async () => {
  const house = await openHouse(9);
  const { changes, clock, files, log, purge, random, remember } = house;
  const owner = { tenant: DEFAULT_TENANT, user: makeId("usr", 1, random) };
  const draft = (number: number, wait: Promise<void> = Promise.resolve()) => ({
    text: `told ${number}`,
    source: "rest" as const,
    level: 1 as const,
    externalId: "one",
    files: [
      {
        name: `${number}.bin`,
        bytes: LARGE_BYTES,
        open: async function* () {
          yield bytesOf(number, LARGE_BYTES).subarray(0, LARGE_BYTES - 1);
          await wait;
          yield bytesOf(number, LARGE_BYTES).subarray(LARGE_BYTES - 1);
        },
      },
    ],
  });
  const piecesThere = async (): Promise<number> =>
    (await recordsOf(log, TOPICS.files.name, partitionOfUser(owner.user))).length;
  const [first] = await remember.remember(owner, [draft(1)]);
  const memoryId = first?.type === "stored" ? first.memory.memoryId : expect.fail();
  await remember.written(owner.user);
  await changes.forget({ owner, memoryId, ceiling: 4, expectedVersion: 1 });
  await changes.eraseForgotten(clock.nowMs() + 1, 10);
  expect(await piecesThere()).toBe(2);
  // It is being told again: its first piece is on the log, no key and no memory.
  let goOn = (): void => undefined;
  const telling = remember.remember(owner, [draft(2, new Promise((resolve) => (goOn = resolve)))]);
  const ended = (): Promise<number> =>
    log.bounds(TOPICS.files.name, partitionOfUser(owner.user)).then(({ endOffset }) => endOffset);
  await expect.poll(ended, { timeout: 60_000 }).toBe(3);
  await purge.run();
  expect(await piecesThere(), "what is being told is left alone").toBe(3);
  goOn();
  const [again] = await telling;
  const memory = again?.type === "stored" ? again.memory : expect.fail();
  expect(memory).toMatchObject({ memoryId, version: 2 });
  await remember.written(owner.user);
  // Now that it is told, the next purge knows both tellings apart.
  await purge.run();
  expect(await piecesThere()).toBe(2);
  const [file] = memory.files ?? expect.fail();
  const parts: Uint8Array[] = [];
  for await (const part of files.read(owner, memoryId, file ?? expect.fail())) parts.push(part);
  expect(Buffer.concat(parts).equals(bytesOf(2, LARGE_BYTES))).toBe(true);
  await house.close();
});

test("a purge that is called off goes on at the next time", async () => {
  const house = await openHouse(4);
  const { clock, directory, files, keystore, log } = house;
  await live(house, 4, 30);
  const { noise } = await contentsOf(log, keystore);
  const again = new HousePurge({ embedded: log, keystore, files, clock, withinMs: WITHIN_MS });
  house.purge.stop();
  expect(await house.purge.run()).toBe(false);
  expect(await again.run()).toBe(true);
  expect(
    countIn(
      directory,
      [...noise.values()].map(({ sealed }) => encodeText(sealed)),
    ),
  ).toBe(0);
  await house.close();
});
