/** Helpers of this folder's tests. */
import { assert, ManualClock } from "@kaelix/base";
import { decodeRecords, isControlBatch } from "@kaelix/protocol";

import type { Leaders, PartitionLeader } from "../leader/contract.ts";
import { openLeaders } from "../leader/leaders.ts";
import { batchOf, leaderOf } from "../leader/testing.ts";
import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { openStorage, type Storage } from "../storage/storage.ts";
import { openTransactions, type ProducerAnswer, type Transactions, type TransactionSettings } from "./coordinator.ts";
import type { ProducerIdentity } from "./transaction.ts";

/** Everything a transaction needs, on a simulated disk. */
export interface TestHouse {
  readonly disk: SimulatedDisk;
  readonly clock: ManualClock;
  readonly storage: Storage;
  readonly leaders: Leaders;
  readonly transactions: Transactions;
}

/** How a house is opened. */
export interface HouseOptions {
  readonly disk?: SimulatedDisk;
  readonly clock?: ManualClock;
  readonly settings?: Partial<TransactionSettings>;
  readonly snapshotBytes?: number;
}

/** A storage with the topics `a` (2 partitions) and `b` (1), led and coordinated. Time stands still unless a test moves it. */
export async function openHouse(options: HouseOptions = {}): Promise<TestHouse> {
  const { clock = new ManualClock(), disk = new SimulatedDisk(), settings, snapshotBytes } = options;
  const storage = await openStorage({ directory: "/data", disk, clock, settings: { idleFlushMs: 1 } });
  await storage.createTopic({ name: "a", partitions: 2 });
  await storage.createTopic({ name: "b", partitions: 1 });
  const leaders = openLeaders(storage, { clock, ...(snapshotBytes === undefined ? {} : { snapshotBytes }) });
  const transactions = await openTransactions({ storage, leaders, clock, settings: { tickMs: 0, ...settings } });
  return { disk, clock, storage, leaders, transactions };
}

/** Opens a house on another disk, as a process that was started after this one was killed. */
export async function reopen(house: TestHouse, disk = house.disk.afterKill()): Promise<TestHouse> {
  return openHouse({ disk, clock: house.clock });
}

/** The identity in an answer that must be one. */
export function identityIn(answer: ProducerAnswer): ProducerIdentity {
  assert(typeof answer !== "number", "The answer is no error");
  return answer;
}

/** A new producer of a transactional id. */
export async function begin(house: TestHouse, transactionalId: string, timeoutMs = 60_000): Promise<ProducerIdentity> {
  const asked = { transactionalId, timeoutMs, expected: undefined };
  return identityIn(await house.transactions.initProducer(asked));
}

/** A record to be written. */
export interface Written {
  readonly topic: string;
  readonly partition?: number;
  readonly sequence?: number;
  readonly text?: string;
}

/** Writes a record in a producer's transaction as Produce 12 does. Returns the error code, 0 for none. */
export async function write(
  house: TestHouse,
  transactionalId: string,
  producer: ProducerIdentity,
  { partition = 0, sequence = 0, text = "x", topic }: Written,
): Promise<number> {
  const batch = { ...producer, transactionalId, topic, partition, addsImplicitly: true };
  const verdict = await house.transactions.verifyOrAdd(batch);
  if (verdict !== 0) return verdict;
  const leader = await leaderOf(house.leaders, topic, partition);
  const { producerEpoch: epoch, producerId } = producer;
  const outcome = leader.append(batchOf(1, { producerId, epoch, sequence, transactional: true, text }), {
    transactionVersion: 2,
  });
  if (outcome.type === "refused") return outcome.error;
  await leader.durable(outcome.nextOffset);
  return 0;
}

/** Commits or aborts as EndTxn 5 does. */
export function end(
  house: TestHouse,
  transactionalId: string,
  producer: ProducerIdentity,
  committed: boolean,
): Promise<ProducerAnswer> {
  return house.transactions.end(transactionalId, { ...producer, committed, transactionVersion: 2 });
}

/** The texts that a consumer of an isolation is given, filtered as clients filter: aborted from their first offset to their marker. */
export async function consume(
  leader: PartitionLeader,
  isolation: "read_committed" | "read_uncommitted",
): Promise<string[]> {
  const texts: string[] = [];
  const { logStartOffset } = await leader.read(leader.bounds().startOffset, 1, isolation);
  let next = logStartOffset;
  for (;;) {
    const read = await leader.read(next, 300, isolation);
    const aborted = [...(read.abortedTransactions ?? [])];
    const filtered = new Set<number>();
    for (const { at, bytes, header } of read.batches) {
      const last = header.baseOffset + header.lastOffsetDelta;
      while (aborted[0] !== undefined && aborted[0].firstOffset <= last)
        filtered.add(aborted.shift()?.producerId ?? -1);
      const records = decodeRecords(bytes, at, header);
      assert(typeof records !== "string", "Records can be decoded");
      if (isControlBatch(header)) filtered.delete(header.producerId);
      else if (!((header.attributes & 16) !== 0 && filtered.has(header.producerId))) {
        for (const { offset, value } of records) {
          if (offset >= next && value !== null) texts.push(new TextDecoder().decode(value));
        }
      }
    }
    if (read.nextOffset <= next) return texts;
    next = read.nextOffset;
  }
}

/** What a `read_committed` consumer is given of a partition. */
export async function committed(house: TestHouse, topic: string, partition = 0): Promise<string[]> {
  return consume(await leaderOf(house.leaders, topic, partition), "read_committed");
}
