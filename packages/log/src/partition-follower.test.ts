import { expect, test } from "vitest";

import type { DamagedRange } from "./log.ts";
import { type FollowerParts, PartitionFollower } from "./partition-follower.ts";
import { MemoryLog } from "./testing/memory-log.ts";

const TOPIC = "things";
const record = (value: string): { key: null; value: Uint8Array } => ({ key: null, value: Buffer.from(value) });

interface Stage {
  readonly log: MemoryLog;
  readonly folded: string[];
  readonly follower: PartitionFollower;
}

async function stage(before: readonly string[], parts: Partial<FollowerParts> = {}): Promise<Stage> {
  const log = new MemoryLog();
  await log.createTopic({ name: TOPIC, partitions: 1 });
  if (before.length > 0) await log.append(TOPIC, 0, before.map(record));
  const folded: string[] = [];
  const follower = new PartitionFollower({
    log,
    topic: TOPIC,
    partition: 0,
    fold: ({ value }) => void folded.push(Buffer.from(value ?? []).toString()),
    closed: () => new Error("closed"),
    ...parts,
  });
  return { log, folded, follower };
}

const twenty = Array.from({ length: 20 }, (_, at) => `r${at}`);

test("readAll folds what stands there, follow what comes, each once and in order", async () => {
  const { folded, follower, log } = await stage(twenty);
  await follower.readAll();
  expect(folded).toEqual(twenty);
  follower.follow();
  await log.append(TOPIC, 0, [record("other")]);
  expect(await follower.append([record("own"), record("too")])).toBe(21);
  expect(folded).toEqual([...twenty, "other", "own", "too"]);
  expect(follower.nextOffset).toBe(23);
});

test("what is appended before following is folded before it is answered", async () => {
  const { folded, follower } = await stage([]);
  await follower.readAll();
  await follower.append([record("first")]);
  expect(folded).toEqual(["first"]);
});

test("who waits when following ends reads the rest, and is refused where there is none", async () => {
  const ends: unknown[] = [];
  const { folded, follower, log } = await stage(["a"], { onEnded: (failure) => ends.push(failure) });
  await follower.readAll();
  const broken = Promise.withResolvers<never>();
  // A subscription that gives nothing and then breaks.
  // oxlint-disable-next-line require-yield
  log.subscribe = async function* () {
    await broken.promise;
  };
  follower.follow();
  const written = follower.append(twenty.map(record));
  const beyond = follower.reach(22);
  await new Promise((resolve) => setImmediate(resolve));
  expect(folded).toEqual(["a"]);
  broken.reject(new Error("the disk is gone"));
  expect(await written).toBe(1);
  await expect(beyond).rejects.toThrow("closed");
  expect(folded).toEqual(["a", ...twenty]);
  expect(ends).toMatchObject([{ message: "the disk is gone" }]);
  expect(follower.isFollowing).toBe(false);
});

test("stop ends following without a word, damage is told", async () => {
  const ends: unknown[] = [];
  const damages: DamagedRange[] = [];
  const { follower, log } = await stage(twenty, {
    onEnded: (failure) => ends.push(failure),
    onDamage: (range) => damages.push(range),
  });
  log.damage(TOPIC, 0, { firstOffset: 3, nextOffset: 5, reason: "a torn page" });
  await follower.readAll();
  follower.follow();
  await follower.stop();
  expect(damages).toEqual([{ firstOffset: 3, nextOffset: 5, reason: "a torn page" }]);
  expect(follower.isFollowing).toBe(false);
  expect(ends).toEqual([]);
});
