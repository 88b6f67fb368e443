/** Share groups over a disk that rots and fails. What else may become of it is in `group-crashes.ts`. */
import { encodeText, ManualClock } from "@kaelix/base";
import { encodeRecordBatch, KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import type { Leaders } from "../../leader/contract.ts";
import { openLeaders } from "../../leader/leaders.ts";
import { SimulatedDisk } from "../../storage/simulated-disk.ts";
import { openStorage, type Storage } from "../../storage/storage.ts";
import { SHARE_DEFAULTS } from "../settings.ts";
import { ACKNOWLEDGE_TYPES } from "./acknowledgement.ts";
import type { SharePlace } from "./share-state.ts";
import { SHARE_STATE_TOPIC } from "./share-state-store.ts";
import { acknowledgeRecord, acquireRecords, type HeldRecord } from "./share-work.ts";
import { Shares } from "./shares.ts";

const GROUP = "workers";
const TOPIC = "work";
/** So many that nothing is given up: whatever is missing in the end was forgotten. */
const SETTINGS = { ...SHARE_DEFAULTS, offsetReset: "earliest", deliveryCountMax: 1000, lockMs: 1000 };

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

function placeOf({ topicId }: Opened): SharePlace {
  return { groupId: GROUP, topicId, partition: 0 };
}

function acquire(opened: Opened, memberId = "ann"): Promise<readonly HeldRecord[]> {
  const lockEndsMs = opened.clock.monotonicMs() + SETTINGS.lockMs;
  return acquireRecords(opened.shares, placeOf(opened), { memberId, recordsMax: 10, lockEndsMs });
}

async function say(opened: Opened, { offset }: HeldRecord, type: number): Promise<boolean> {
  return (await acknowledgeRecord(opened.shares, placeOf(opened), "ann", { offset, type })) === KAFKA_ERRORS.NONE;
}

/** Writes a batch of records; resolves when it is on the disk. */
async function append(opened: Opened, texts: readonly string[]): Promise<void> {
  await (await accept(opened, texts)).durable();
}

/** Writes a batch of records, and no more: `durable` makes it durable. */
async function accept(
  { leaders }: Opened,
  texts: readonly string[],
): Promise<{ readonly durable: () => Promise<void> }> {
  const leader = await leaders.get(TOPIC, 0);
  const records = texts.map((text) => ({ key: null, value: encodeText(text), timestampMs: 1 }));
  const outcome = leader?.append(encodeRecordBatch(records), { trusted: true });
  if (leader === undefined || outcome?.type !== "appended") throw new Error("The disk takes nothing");
  return { durable: () => leader.durable(outcome.nextOffset) };
}

test("a damaged byte of what is kept of a group has records given again, and none forgotten", async () => {
  const disk = new SimulatedDisk();
  const opened = await open(disk);
  await opened.shares.open(placeOf(opened));
  await append(opened, ["a", "b", "c", "d", "e", "f"]);
  const held = await acquire(opened);
  for (const [index, type] of [ACKNOWLEDGE_TYPES.accept, ACKNOWLEDGE_TYPES.release].entries()) {
    for (const one of held.filter(({ offset }) => offset % 3 === index))
      expect(await say(opened, one, type)).toBe(true);
  }
  await close(opened);
  const path = disk.paths().find((name) => name.includes(SHARE_STATE_TOPIC) && name.endsWith(".log")) ?? "";
  let again = 0;
  for (let at = 0; at < (disk.size(path) ?? 0); at += 7) {
    const damaged = disk.afterKill();
    damaged.corrupt(path, (bytes) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    const after = await open(damaged);
    const texts = new Set<string>();
    for (let got = await acquire(after); got.length > 0;) {
      for (const one of got) {
        texts.add(one.text);
        await say(after, one, ACKNOWLEDGE_TYPES.accept);
      }
      got = await acquire(after);
    }
    expect([...texts], `byte ${at}`).toEqual(expect.arrayContaining(["b", "c", "e", "f"]));
    if (texts.size > 4) again += 1;
    await close(after);
  }
  // It was the state that was damaged, not its room.
  expect(again).toBeGreaterThan(0);
});

// Simulation seed 210640.
test("a failed sync takes from a share group's member nothing that was on the disk before", async () => {
  const disk = new SimulatedDisk();
  const opened = await open(disk);
  await opened.shares.open(placeOf(opened));
  const accepted = await accept(opened, ["a", "b"]);
  // They are not on the disk yet when the group looks.
  const held = await acquire(opened);
  expect(held).toMatchObject([{ text: "a" }, { text: "b" }]);
  await accepted.durable();
  let failures = 1;
  disk.fault = (operation, path) => {
    if (operation !== "sync" || !path.includes(`/${TOPIC}/`)) return undefined;
    failures -= 1;
    return failures >= 0 ? "EIO" : undefined;
  };
  const refused = await accept(opened, ["refused"]);
  await expect(refused.durable()).rejects.toMatchObject({ code: "log-disk-failed" });
  expect(await acquire(opened, "bob")).toEqual([]);
  // The disk is well again.
  await opened.storage.partition(TOPIC, 0).settled();
  for (const one of held) expect(await say(opened, one, ACKNOWLEDGE_TYPES.accept)).toBe(true);
  await close(opened);
});
