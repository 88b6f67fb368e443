/** Share groups over a disk that rots. What else may become of it is in `group-crashes.ts`. */
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

function acquire(opened: Opened): Promise<readonly HeldRecord[]> {
  const lockEndsMs = opened.clock.monotonicMs() + SETTINGS.lockMs;
  return acquireRecords(opened.shares, placeOf(opened), { memberId: "ann", recordsMax: 10, lockEndsMs });
}

async function say(opened: Opened, { offset }: HeldRecord, type: number): Promise<boolean> {
  return (await acknowledgeRecord(opened.shares, placeOf(opened), "ann", { offset, type })) === KAFKA_ERRORS.NONE;
}

/** Writes a batch of records; resolves when it is on the disk. */
async function append({ leaders }: Opened, texts: readonly string[]): Promise<void> {
  const leader = await leaders.get(TOPIC, 0);
  const records = texts.map((text) => ({ key: null, value: encodeText(text), timestampMs: 1 }));
  const outcome = leader?.append(encodeRecordBatch(records), { trusted: true });
  if (outcome?.type !== "appended") throw new Error("The disk takes nothing");
  await leader?.durable(outcome.nextOffset);
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
