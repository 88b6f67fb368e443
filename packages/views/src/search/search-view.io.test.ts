import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeBase64Url, seededRandom } from "@kaelix/base";
import {
  DEFAULT_TENANT,
  idFromBytes,
  type ImportId,
  type Level,
  type MemoryContent,
  type MemoryEvent,
  type MemoryId,
  type UserId,
} from "@kaelix/model";
import { afterEach, expect, test } from "vitest";

import type { PositionedEvent } from "../runner/view.ts";
import { listConversations } from "./listing.ts";
import type { MemoryRow, SealedContent } from "./rows.ts";
import { SearchView, type SearchViewOptions } from "./search-view.ts";
import { searchIndex } from "./search.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const idBytes = (kind: number, number: number): Uint8Array => new Uint8Array(16).fill(kind, 0, 4).fill(number, 12);
const userOf = (number: number): UserId => idFromBytes("usr", idBytes(1, number));
const memoryOf = (user: number, number: number): MemoryId => idFromBytes("mem", idBytes(16 + user, number));
const importOf = (number: number): ImportId => idFromBytes("imp", idBytes(3, number));
const WORDS = "harbour dinner walnut cinema bicycle train winter garden letter piano kitchen river".split(" ");

/** Content "sealed" by writing it down; `broken` ones do not open. */
function sealContent(content: MemoryContent): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(content)));
}

function openContents(rows: readonly SealedContent[]): Promise<(MemoryContent | undefined)[]> {
  return Promise.resolve(
    rows.map(({ sealed }) => {
      try {
        return JSON.parse(new TextDecoder().decode(sealed)) as MemoryContent;
      } catch {
        return undefined;
      }
    }),
  );
}

/** A relational view reduced to what search reads of it, written without the rules of fold.ts. */
class FakeRelational {
  readonly rows = new Map<MemoryId, MemoryRow>();
  nextOffset = 0;
  #log: readonly PositionedEvent[];
  /** How far it may fold by itself when somebody waits. */
  constructor(log: readonly PositionedEvent[]) {
    this.#log = log;
  }

  foldTo(nextOffset: number): void {
    for (; this.nextOffset < nextOffset; this.nextOffset++) {
      const positioned = this.#log[this.nextOffset];
      if (positioned !== undefined) this.#fold(positioned.event as MemoryEvent, positioned.offset);
    }
  }

  #fold(event: MemoryEvent, offset: number): void {
    if (event.type === "import.undone") {
      for (const row of this.rows.values()) {
        if (row.userId === event.user && row.importId === event.import && row.state === "live") {
          this.rows.set(row.memoryId, { ...row, state: "forgotten", offset });
        }
      }
      return;
    }
    if (event.type === "memory.all-erased") {
      for (const row of this.rows.values()) if (row.userId === event.user) this.rows.delete(row.memoryId);
      return;
    }
    if (event.type === "import.started" || event.type === "import.finished") return;
    const row = this.rows.get(event.memory);
    if (event.type === "memory.remembered") {
      if (row !== undefined && row.version >= event.memory_version) return;
      const isNever = event.never_recalled ?? (row?.state === "erased" ? undefined : row?.neverRecalled);
      this.rows.set(event.memory, {
        memoryId: event.memory,
        userId: event.user,
        version: event.memory_version,
        level: event.level,
        levelDecidedBy: event.level_by,
        confidence: 1,
        source: event.source,
        conversationId: event.conversation,
        importId: event.import,
        occurredAtMs: event.occurred_at,
        recordedAtMs: event.at,
        state: "live",
        sealed: Buffer.from(event.sealed, "base64url"),
        offset,
        firstOffset: row?.firstOffset ?? offset,
        versionOffset: offset,
        ...(isNever === undefined ? {} : { neverRecalled: isNever }),
      });
      return;
    }
    if (row === undefined) return;
    if (event.type === "memory.revised" && row.state !== "erased" && event.memory_version > row.version) {
      const sealed = Buffer.from(event.sealed, "base64url");
      const { memory_version: version, level } = event;
      this.rows.set(event.memory, { ...row, version, level, sealed, offset, versionOffset: offset });
    } else if (event.type === "memory.forgotten" && row.state === "live") {
      this.rows.set(event.memory, { ...row, state: "forgotten", offset });
    } else if (event.type === "memory.restored" && row.state === "forgotten") {
      this.rows.set(event.memory, { ...row, state: "live", offset });
    } else if (event.type === "memory.recall-decided" && row.state !== "erased") {
      const { neverRecalled: before, ...rest } = row;
      if (event.never === (before === true)) return;
      this.rows.set(event.memory, { ...rest, ...(event.never ? { neverRecalled: true } : {}), offset });
    } else if (event.type === "memory.erased" && row.state !== "erased") {
      this.rows.set(event.memory, { ...row, state: "erased", sealed: new Uint8Array(0), offset });
    }
  }

  async *rowsOf(userId: UserId, afterOffset: number): AsyncGenerator<MemoryRow[]> {
    const rows = [...this.rows.values()].filter((row) => row.userId === userId && row.offset > afterOffset);
    for (let at = 0; at < rows.length; at += 3) yield rows.slice(at, at + 3);
  }

  async caughtUp(_partition: number, nextOffset: number): Promise<void> {
    await Promise.resolve();
    this.foldTo(nextOffset);
  }
}

/** A seal that notices changes: the bytes behind their hash, both turned around. */
function sealBytes(_user: UserId, bytes: Uint8Array): Promise<Uint8Array> {
  const hash = createHash("sha256").update(bytes).digest();
  return Promise.resolve(Uint8Array.from([...hash, ...bytes], (byte) => byte ^ 0x5a));
}

function openBytes(_user: UserId, sealed: Uint8Array): Promise<Uint8Array | undefined> {
  const whole = sealed.map((byte) => byte ^ 0x5a);
  const bytes = whole.slice(32);
  const hash = createHash("sha256").update(bytes).digest();
  return Promise.resolve(hash.equals(whole.slice(0, 32)) ? bytes : undefined);
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kaelix-search-"));
  folders.push(folder);
  return folder;
}

const USERS = [userOf(1), userOf(2), userOf(3)];

function makeView(folder: string, relational: FakeRelational, extra: Partial<SearchViewOptions> = {}): SearchView {
  return new SearchView({
    folder,
    logId: "log-a",
    rows: relational,
    openRows: openContents,
    detectLanguage: () => "en",
    partitionOf: () => 0,
    users: async function* users() {
      yield* USERS;
    },
    sealSnapshot: sealBytes,
    openSnapshot: openBytes,
    ...extra,
  });
}

type Random = ReturnType<typeof seededRandom>;

function inventEvent(random: Random, at: number, versions: Map<MemoryId, number>): MemoryEvent {
  const user = 1 + random.integer(USERS.length);
  const base = { v: 1, at, tenant: DEFAULT_TENANT, user: userOf(user) };
  const memory = memoryOf(user, random.integer(8));
  const version = (versions.get(memory) ?? 0) + (random.integer(6) === 0 ? 0 : 1);
  const level = (1 + random.integer(3)) as Level;
  const text = Array.from({ length: 4 }, () => WORDS[random.integer(WORDS.length)] ?? "").join(" ");
  const content: MemoryContent = { text, ...(random.integer(2) === 0 ? {} : { speaker: "Carla" }), reasons: [] };
  // One in twenty does not open: its key is gone.
  const sealed = random.integer(20) === 0 ? "" : sealContent(content);
  const judged = {
    memory,
    memory_version: version,
    level,
    level_by: "rule",
    confidence: 1,
    digest: "d",
    sealed,
  } as const;
  const kind = random.integer(13);
  if (kind < 4) {
    versions.set(memory, version);
    const conversation = random.integer(2) === 0 ? null : idFromBytes("con", idBytes(5, random.integer(2)));
    const importId = random.integer(3) === 0 ? importOf(random.integer(2)) : null;
    const told = { source: "chat", conversation, import: importId, occurred_at: 1_000 * random.integer(5) } as const;
    const never = random.integer(6) === 0 ? ({ never_recalled: true } as const) : {};
    return { ...base, ...judged, ...told, ...never, type: "memory.remembered", external: null };
  }
  if (kind < 6) {
    versions.set(memory, version);
    return { ...base, ...judged, type: "memory.revised", change: "edit" };
  }
  if (kind < 8) return { ...base, type: "memory.forgotten", memory };
  if (kind === 8) return { ...base, type: "memory.restored", memory };
  if (kind === 9) return { ...base, type: "memory.erased", memory };
  if (kind > 10) return { ...base, type: "memory.recall-decided", memory, never: random.integer(2) === 0 };
  return { ...base, type: "import.undone", import: importOf(random.integer(2)) };
}

/** Everything a person could see of a view, for comparison. */
async function portrait(view: SearchView): Promise<unknown> {
  const users = [];
  for (const userId of USERS) {
    const index = await view.index(userId);
    const found = WORDS.slice(0, 4).map((text) => searchIndex(index, { text, ceiling: 2, limit: 50, facets: true }));
    users.push({
      list: [...index.documents()].toSorted((left, right) => left.firstOffset - right.firstOffset),
      conversations: listConversations(index, 2),
      found: found.map(({ hits, total, facets }) => ({
        total,
        facets,
        hits: hits.map(({ document, score }) => [document.memoryId, Number(score.toFixed(4))]),
      })),
    });
  }
  const ids = [];
  for await (const id of view.memoryIds()) ids.push(id);
  return { users, census: await view.census(), ids: ids.sort() };
}

async function runStory(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const versions = new Map<MemoryId, number>();
  const log = Array.from({ length: 90 }, (_, offset) => ({
    offset,
    event: inventEvent(random, 10_000 + offset, versions),
  }));
  const relational = new FakeRelational(log);
  const folder = await makeFolder();
  const tight = { bytesMax: random.integer(2) === 0 ? 1 : 20_000 };
  let view = makeView(folder, relational, tight);
  let next = 0;
  while (next < log.length) {
    const end = Math.min(log.length, next + 1 + random.integer(12));
    const batch = { topic: "memories", partition: 0, events: log.slice(next, end), nextOffset: end };
    // The other view may be ahead of this one, or behind; a question may come while a batch is being folded.
    if (random.integer(3) === 0) relational.foldTo(Math.min(log.length, end + random.integer(6)));
    const asking = random.integer(2) === 0 ? view.index(USERS[random.integer(3)] ?? userOf(1)) : undefined;
    await Promise.all([view.fold(batch), asking]);
    next = end;
    const chance = random.integer(8);
    if (chance === 0) await view.snapshot();
    if (chance === 1) {
      // A stop without a snapshot: what was folded since the last one comes again.
      view = makeView(folder, relational, tight);
      next = await view.nextOffset("memories", 0);
    }
    if (chance === 2) for (const userId of USERS) await view.index(userId);
  }
  const followed = makeView(await makeFolder(), new FakeRelational(log));
  for (const userId of USERS) await followed.index(userId);
  for (const event of log) {
    await followed.fold({ topic: "memories", partition: 0, events: [event], nextOffset: event.offset + 1 });
  }
  const replayed = makeView(await makeFolder(), new FakeRelational(log));
  await replayed.fold({ topic: "memories", partition: 0, events: log, nextOffset: log.length });
  const wanted = await portrait(replayed);
  expect(await portrait(view), `seed ${seed}`).toEqual(wanted);
  expect(await portrait(followed), `seed ${seed}`).toEqual(wanted);
}

test("SearchView replay equals incremental, with evictions, restarts and a relational view ahead or behind", async () => {
  for (let seed = 1; seed <= 25; seed++) await runStory(seed);
});

async function makeTold(): Promise<{ folder: string; relational: FakeRelational; view: SearchView }> {
  const random = seededRandom(7);
  const versions = new Map<MemoryId, number>();
  const log = Array.from({ length: 40 }, (_, offset) => ({
    offset,
    event: inventEvent(random, 10_000 + offset, versions),
  }));
  const relational = new FakeRelational(log);
  const folder = await makeFolder();
  const view = makeView(folder, relational);
  await view.fold({ topic: "memories", partition: 0, events: log, nextOffset: log.length });
  for (const userId of USERS) await view.index(userId);
  await view.snapshot();
  return { folder, relational, view };
}

/** Rows that pretend to know nothing, to see what came from a snapshot. */
function deafRows(relational: FakeRelational): FakeRelational {
  const deaf = new FakeRelational([]);
  deaf.nextOffset = relational.nextOffset;
  return deaf;
}

test("SearchView holds a memory that is never to be recalled beside the index, and finds it again when it may be", async () => {
  const user = userOf(1);
  const memory = memoryOf(1, 1);
  const sealed = sealContent({ text: "harbour dinner", reasons: [] });
  const base = { v: 14, at: 1, tenant: DEFAULT_TENANT, user };
  const told = { ...base, type: "memory.remembered", memory, memory_version: 1, level: 1, level_by: "rule" } as const;
  const decided = { ...base, type: "memory.recall-decided", memory } as const;
  const rest = { source: "chat", conversation: null, import: null, occurred_at: 1, external: null } as const;
  const log = [
    { offset: 0, event: { ...told, ...rest, confidence: 1, digest: "d", sealed } },
    { offset: 1, event: { ...decided, never: true } },
    { offset: 2, event: { ...decided, never: false } },
  ];
  const relational = new FakeRelational(log);
  const folder = await makeFolder();
  let view = makeView(folder, relational);
  const foldNext = (offset: number): Promise<void> =>
    view.fold({ topic: "memories", partition: 0, events: log.slice(offset, offset + 1), nextOffset: offset + 1 });
  const found = async (): Promise<number> =>
    searchIndex(await view.index(user), { text: "harbour", ceiling: 2, limit: 5, facets: false }).total;
  await foldNext(0);
  expect(await found()).toBe(1);
  await foldNext(1);
  expect(await found()).toBe(0);
  // It is kept all the same, and counted.
  expect(await view.census()).toMatchObject({ memoriesLive: 1 });
  await view.snapshot();
  // From its snapshot, and without one from the rows.
  view = makeView(folder, relational);
  expect(await found()).toBe(0);
  view = makeView(await makeFolder(), relational);
  expect(await found()).toBe(0);
  view = makeView(folder, relational);
  expect(await found()).toBe(0);
  await foldNext(2);
  expect(await found()).toBe(1);
});

test("SearchView snapshots hold a user whole and in no readable form", async () => {
  const { folder, relational, view } = await makeTold();
  const again = makeView(folder, deafRows(relational));
  expect(await again.nextOffset("memories", 0)).toBe(40);
  expect(await portrait(again)).toEqual(await portrait(view));
  const names = (await readdir(folder)).filter((name) => name.endsWith(".snapshot"));
  expect(names).toHaveLength(3);
  for (const name of names) {
    const bytes = await readFile(join(folder, name), "latin1");
    for (const word of WORDS) expect(bytes).not.toContain(word);
  }
});

test("SearchView throws a damaged, foreign or too new snapshot away and reads the rows", async () => {
  const { folder, relational, view } = await makeTold();
  const wanted = await portrait(view);
  const pathOf = (userId: UserId): string => join(folder, `${userId}.snapshot`);
  const bytes = await readFile(pathOf(userOf(1)));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(pathOf(userOf(1)), bytes);
  await writeFile(pathOf(userOf(2)), await readFile(pathOf(userOf(3))));
  const again = makeView(folder, relational);
  expect(await portrait(again)).toEqual(wanted);
  const names = await readdir(folder);
  expect(names).not.toContain(`${userOf(1)}.snapshot`);
  expect(names).not.toContain(`${userOf(2)}.snapshot`);
  expect(names).toContain(`${userOf(3)}.snapshot`);

  const other = makeView(folder, deafRows(relational), { logId: "log-b" });
  expect(await other.nextOffset("memories", 0)).toBe(0);
  expect((await other.index(userOf(3))).size).toBe(0);
});

test("SearchView throws a snapshot away that is ahead of what it was given", async () => {
  const { folder, relational } = await makeTold();
  const wholeSize = (await makeView(folder, relational).index(userOf(1))).size;
  expect(wholeSize).toBeGreaterThan(0);
  // The log was put back to an older state: offsets start again below what the snapshots hold.
  await writeFile(join(folder, "offsets.json"), JSON.stringify({ logId: "log-a", offsets: { 0: 3 } }));
  const view = makeView(folder, deafRows(relational));
  expect((await view.index(userOf(1))).size).toBe(0);
  expect(await readdir(folder)).not.toContain(`${userOf(1)}.snapshot`);
});

test("SearchView reset forgets snapshots and offsets", async () => {
  const { folder, view } = await makeTold();
  await view.reset();
  expect(await readdir(folder)).toEqual([]);
  expect(await view.nextOffset("memories", 0)).toBe(0);
  expect(view.usersLoaded).toBe(0);
});

test("SearchView drops a user whose content cannot be opened now and reads them again", async () => {
  const { folder, relational } = await makeTold();
  let isDown = false;
  const openRows: SearchViewOptions["openRows"] = (rows) =>
    isDown ? Promise.reject(new Error("down")) : openContents(rows);
  const view = makeView(folder, relational, { openRows });
  const before = (await view.index(userOf(1))).size;
  isDown = true;
  const sealed = sealContent({ text: "lighthouse", reasons: [] });
  const told = {
    v: 1,
    at: 1,
    tenant: DEFAULT_TENANT,
    user: userOf(1),
    memory: memoryOf(1, 99),
    memory_version: 1,
  } as const;
  const judged = { level: 1, level_by: "rule", confidence: 1, digest: "d", sealed } as const;
  const place = { source: "chat", conversation: null, import: null, occurred_at: 1, external: null } as const;
  const event: MemoryEvent = { ...told, ...judged, ...place, type: "memory.remembered" };
  const later = new FakeRelational([...Array.from({ length: 40 }, () => undefined as never), { offset: 40, event }]);
  for (const [id, row] of relational.rows) later.rows.set(id, row);
  later.nextOffset = 40;
  const again = makeView(folder, later, { openRows });
  isDown = false;
  await again.index(userOf(1));
  isDown = true;
  await again.fold({ topic: "memories", partition: 0, events: [{ offset: 40, event }], nextOffset: 41 });
  expect(await again.nextOffset("memories", 0)).toBe(41);
  await expect(again.index(userOf(1))).rejects.toMatchObject({ code: "search-user-not-loaded" });
  isDown = false;
  const index = await again.index(userOf(1));
  expect(index.size).toBe(before + 1);
  expect(searchIndex(index, { text: "lighthouse", ceiling: 2, limit: 5 }).hits[0]?.document.memoryId).toBe(
    memoryOf(1, 99),
  );
});

/** A telling of the first user, at an offset. */
function makeTelling(offset: number, number: number, text: string): { offset: number; event: MemoryEvent } {
  const told = { v: 1, at: 1, tenant: DEFAULT_TENANT, user: userOf(1), memory: memoryOf(1, number) } as const;
  const sealed = sealContent({ text, reasons: [] });
  const judged = { memory_version: 1, level: 1, level_by: "rule", confidence: 1, digest: "d", sealed } as const;
  const place = { source: "chat", conversation: null, import: null, occurred_at: 1, external: null } as const;
  return { offset, event: { ...told, ...judged, ...place, type: "memory.remembered" } };
}

test("SearchView takes a snapshot away when a memory in it is erased or moved up, whoever is loaded", async () => {
  for (const isLoaded of [true, false]) {
    for (const type of ["memory.erased", "memory.revised", "memory.forgotten"] as const) {
      const told = makeTelling(0, 1, "lighthouse");
      const base = { v: 1, at: 1, tenant: DEFAULT_TENANT, user: userOf(1), memory: memoryOf(1, 1) } as const;
      const moved = {
        memory_version: 2,
        level: 3,
        level_by: "person",
        confidence: 1,
        digest: "d",
        sealed: "",
      } as const;
      const event: MemoryEvent =
        type === "memory.revised" ? { ...base, ...moved, type, change: "move" } : { ...base, type };
      const relational = new FakeRelational([told, { offset: 1, event }]);
      const folder = await makeFolder();
      const first = makeView(folder, relational);
      await first.fold({ topic: "memories", partition: 0, events: [told], nextOffset: 1 });
      await first.index(userOf(1));
      await first.snapshot();
      expect(await readdir(folder)).toContain(`${userOf(1)}.snapshot`);
      const view = isLoaded ? first : makeView(folder, relational);
      await view.fold({ topic: "memories", partition: 0, events: [{ offset: 1, event }], nextOffset: 2 });
      const isKept = (await readdir(folder)).includes(`${userOf(1)}.snapshot`);
      expect(isKept, `${type} ${isLoaded}`).toBe(type === "memory.forgotten");
    }
  }
});

test("SearchView loads a user up to a batch that is still being folded", async () => {
  const mine = makeTelling(0, 1, "lighthouse");
  const other = makeTelling(1, 1, "harbour");
  const theirs = { offset: 1, event: { ...other.event, user: userOf(2), memory: memoryOf(2, 1) } as MemoryEvent };
  const relational = new FakeRelational([mine, theirs]);
  let release = (): void => undefined;
  let isHeld = false;
  const openRows: SearchViewOptions["openRows"] = async (rows) => {
    // The second user's content takes its time, so that the batch stays half folded.
    if (isHeld && rows.some((row) => row.userId === userOf(2)))
      await new Promise<void>((resolve) => (release = resolve));
    return await openContents(rows);
  };
  const view = makeView(await makeFolder(), relational, { openRows });
  await view.index(userOf(2));
  isHeld = true;
  const folding = view.fold({ topic: "memories", partition: 0, events: [mine, theirs], nextOffset: 2 });
  await Promise.resolve();
  await Promise.resolve();
  const index = await view.index(userOf(1));
  isHeld = false;
  release();
  await folding;
  expect(index.size).toBe(1);
  expect((await view.index(userOf(2))).size).toBe(1);
});
