/** Share groups over a disk that is killed, loses its power, refuses to sync or rots: what was answered holds, and no record is forgotten. */
import { encodeText, ManualClock, seededRandom } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch, KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import type { Leaders } from "../../leader/contract.ts";
import { openLeaders } from "../../leader/leaders.ts";
import { SimulatedDisk } from "../../storage/simulated-disk.ts";
import { openStorage, type Storage } from "../../storage/storage.ts";
import { SHARE_DEFAULTS } from "../settings.ts";
import { ACKNOWLEDGE_TYPES } from "./acknowledgement.ts";
import { SHARE_STATE_TOPIC } from "./share-state-store.ts";
import { type OpenShare, Shares } from "./shares.ts";

const GROUP = "workers";
const TOPIC = "work";
const MEMBERS = ["ann", "bob"];
/** So many that nothing is given up: whatever is missing in the end was forgotten. */
const SETTINGS = { ...SHARE_DEFAULTS, offsetReset: "earliest", deliveryCountMax: 1000, lockMs: 1000 };

type Random = ReturnType<typeof seededRandom>;

interface Opened {
  readonly storage: Storage;
  readonly leaders: Leaders;
  readonly shares: Shares;
  readonly clock: ManualClock;
  readonly topicId: string;
}

async function open(disk: SimulatedDisk, snapshotBytes = 1500): Promise<Opened> {
  const clock = new ManualClock();
  const settings = { idleFlushMs: 1, segmentBytesMax: 20_000 };
  const storage = await openStorage({ directory: "/data", disk, clock, settings });
  if (!storage.topics().has(TOPIC)) await storage.createTopic({ name: TOPIC, partitions: 1 });
  const topicId = storage.topics().get(TOPIC)?.spec.id ?? "";
  const leaders = openLeaders(storage, { clock });
  const nameOf = (id: string): string | undefined => (id === topicId ? TOPIC : undefined);
  const shares = new Shares({ storage, leaders, clock, settingsOf: () => SETTINGS, nameOf, snapshotBytes });
  await shares.load((groupId) => groupId === GROUP);
  return { storage, leaders, shares, clock, topicId };
}

async function close({ leaders, shares, storage }: Opened): Promise<void> {
  await shares.close();
  await leaders.close();
  await storage.close();
}

async function workOn({ shares, topicId }: Opened): Promise<OpenShare> {
  const opened = await shares.open({ groupId: GROUP, topicId, partition: 0 });
  if (opened === undefined) throw new Error("The topic is there");
  return opened;
}

/** Writes a batch of records; resolves when it is on the disk. */
async function append({ leaders }: Opened, texts: readonly string[]): Promise<void> {
  const leader = await leaders.get(TOPIC, 0);
  const records = texts.map((text) => ({ key: null, value: encodeText(text), timestampMs: 1 }));
  const outcome = leader?.append(encodeRecordBatch(records), { trusted: true });
  if (outcome?.type !== "appended") throw new Error("The disk takes nothing");
  await leader?.durable(outcome.nextOffset);
}

/** A record that a member holds. */
interface Held {
  readonly offset: number;
  readonly text: string;
}

/** Acquires from where the group says, as a ShareFetch does. */
async function acquire(
  opened: Opened,
  { memberId, recordsMax }: { readonly memberId: string; readonly recordsMax: number },
  given: (held: Held) => void,
): Promise<Held[]> {
  const { entry, source } = await workOn(opened);
  entry.follow(source);
  const from = entry.partition.fetchOffset(SETTINGS.recordLocksMax);
  if (from === undefined || from >= source.leader.bounds().endOffset) return [];
  const read = await source.leader.read(from, 1 << 16, "read_uncommitted");
  const texts = new Map<number, string>();
  for (const { at, bytes, header } of read.batches) {
    const records = decodeRecords(bytes, at, header);
    if (typeof records === "string") throw new Error(records);
    for (const { offset, value } of records) texts.set(offset, Buffer.from(value ?? []).toString());
  }
  const batches = read.batches.map(({ header: { baseOffset, lastOffsetDelta } }) => ({
    first: baseOffset,
    last: baseOffset + lastOffsetDelta,
    isShown: true,
  }));
  const ranges = entry.partition.acquire(
    { from, to: read.nextOffset, batches },
    {
      memberId,
      recordsMax,
      batchSize: 10,
      isStrict: true,
      recordLocksMax: SETTINGS.recordLocksMax,
      deliveryCountMax: SETTINGS.deliveryCountMax,
      lockEndsMs: opened.clock.monotonicMs() + SETTINGS.lockMs,
    },
  );
  opened.shares.watchLocks(entry);
  const offsets = ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  const held = offsets.map((offset) => ({ offset, text: texts.get(offset) ?? "" }));
  for (const one of held) given(one);
  return held;
}

async function say({ shares, topicId }: Opened, memberId: string, { offset }: Held, type: number): Promise<boolean> {
  const batches = [{ firstOffset: offset, lastOffset: offset, acknowledgeTypes: [type] }];
  const code = await shares.acknowledge(GROUP, memberId, { topicId, partition: 0, batches });
  return code === KAFKA_ERRORS.NONE;
}

/** Records that are written, worked on and accepted while everything ends now and then. */
class SharedWork {
  readonly #random: Random;
  /** Texts of records that are on the disk for sure. */
  readonly #sure = new Set<string>();
  /** Texts whose acceptance was asked for, and those it was answered for. */
  readonly #asked = new Set<string>();
  readonly #answered = new Set<string>();
  /** Texts that were given again although they were accepted. */
  readonly #again = new Set<string>();
  #disk = new SimulatedDisk();
  #now: Opened | undefined;
  #serial = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  async round(): Promise<void> {
    this.#disk.fault = () => undefined;
    const opened = await open(this.#disk);
    this.#now = opened;
    await workOn(opened);
    const mayFail = this.#random.integer(3) === 0;
    this.#disk.fault = (operation, path) =>
      mayFail && operation === "sync" && path.endsWith(".log") && this.#random.integer(60) === 0 ? "EIO" : undefined;
    const running: Promise<void>[] = [];
    for (let steps = 0; steps < 40; steps += 1) {
      // What is refused, or ends with its storage, is no fault; what is one is noted.
      running.push(this.#step(opened).catch(() => undefined));
      if (this.#random.integer(3) === 0) await new Promise((resolve) => void setImmediate(resolve));
    }
    if (this.#random.integer(3) === 0) await Promise.all(running);
    // In the middle of what is under way: between an answer and the next there is no turn of the event loop.
    else for (let turns = this.#random.integer(60); turns > 0; turns -= 1) await Promise.resolve();
    // What is answered from here on, nobody heard.
    this.#now = undefined;
    this.#disk = this.#random.integer(2) === 0 ? this.#disk.afterKill() : this.#disk.cut(this.#random);
  }

  async #step(opened: Opened): Promise<void> {
    const choice = this.#random.integer(10);
    if (choice < 4) return this.#append(opened);
    if (choice === 4) return opened.clock.advance(this.#random.integer(SETTINGS.lockMs * 2));
    const memberId = MEMBERS[this.#random.integer(MEMBERS.length)] ?? "";
    if (choice === 5) return opened.shares.memberGone(GROUP, memberId);
    for (const held of await this.#acquire(opened, memberId, 1 + this.#random.integer(5))) {
      if (this.#random.integer(4) === 0) await say(opened, memberId, held, ACKNOWLEDGE_TYPES.release);
      else if (this.#random.integer(4) > 0) await this.#accept(opened, memberId, held);
    }
  }

  async #acquire(opened: Opened, memberId: string, recordsMax = 3): Promise<Held[]> {
    // Whoever takes it over while this one works may have it accepted: what counts is the moment in which it is given.
    return acquire(opened, { memberId, recordsMax }, ({ text }) => {
      if (this.#now === opened && this.#answered.has(text)) this.#again.add(text);
    });
  }

  async #accept(opened: Opened, memberId: string, held: Held): Promise<void> {
    this.#asked.add(held.text);
    if ((await say(opened, memberId, held, ACKNOWLEDGE_TYPES.accept)) && this.#now === opened) {
      this.#answered.add(held.text);
    }
  }

  async #append(opened: Opened): Promise<void> {
    const texts = Array.from({ length: 1 + this.#random.integer(4) }, () => `r${(this.#serial += 1)}`);
    await append(opened, texts);
    if (this.#now === opened) for (const text of texts) this.#sure.add(text);
  }

  /** Works until nothing is left: nothing that was accepted comes again, and nothing that is sure never came. */
  async finish(): Promise<void> {
    this.#disk.fault = () => undefined;
    const opened = await open(this.#disk);
    this.#now = opened;
    for (let got = await this.#acquire(opened, "cid"); got.length > 0; got = await this.#acquire(opened, "cid")) {
      for (const held of got) await this.#accept(opened, "cid", held);
    }
    expect([...this.#again]).toEqual([]);
    expect([...this.#sure].filter((text) => !this.#asked.has(text))).toEqual([]);
    expect(this.#answered.size).toBeGreaterThan(0);
    await close(opened);
  }
}

const only = process.env["SEED"];
const seeds =
  only === undefined
    ? Array.from({ length: Number(process.env["SEEDS"] ?? 5) }, (_, index) => index + 1)
    : [Number(only)];

test("random work, kills, power cuts and failed syncs: what was accepted stays so, and no record is forgotten", async () => {
  for (const seed of seeds) {
    const work = new SharedWork(seed);
    try {
      for (let rounds = 0; rounds < 6; rounds += 1) await work.round();
      await work.finish();
    } catch (error) {
      throw new Error(`Repeat with SEED=${seed} npx vitest run --project pure packages/streamer/src/groups/share`, {
        cause: error,
      });
    }
  }
}, 60_000);

test("a damaged byte of what is kept of a group has records given again, and none forgotten", async () => {
  const disk = new SimulatedDisk();
  const opened = await open(disk);
  await workOn(opened);
  await append(opened, ["a", "b", "c", "d", "e", "f"]);
  const asked = { memberId: "ann", recordsMax: 10 };
  const held = await acquire(opened, asked, () => undefined);
  for (const [index, type] of [ACKNOWLEDGE_TYPES.accept, ACKNOWLEDGE_TYPES.release].entries()) {
    for (const one of held.filter(({ offset }) => offset % 3 === index))
      expect(await say(opened, "ann", one, type)).toBe(true);
  }
  await close(opened);
  const path = disk.paths().find((name) => name.includes(SHARE_STATE_TOPIC) && name.endsWith(".log")) ?? "";
  let again = 0;
  for (let at = 0; at < (disk.size(path) ?? 0); at += 7) {
    const damaged = disk.afterKill();
    damaged.corrupt(path, (bytes) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    const after = await open(damaged);
    const texts = new Set<string>();
    for (let got = await acquire(after, asked, () => undefined); got.length > 0;) {
      for (const one of got) {
        texts.add(one.text);
        await say(after, "ann", one, ACKNOWLEDGE_TYPES.accept);
      }
      got = await acquire(after, asked, () => undefined);
    }
    expect([...texts], `byte ${at}`).toEqual(expect.arrayContaining(["b", "c", "e", "f"]));
    if (texts.size > 4) again += 1;
    await close(after);
  }
  // It was the state that was damaged, not its room.
  expect(again).toBeGreaterThan(0);
});
