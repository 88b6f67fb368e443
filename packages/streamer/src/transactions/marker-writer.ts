/**
 * Writes the markers of a transaction whose outcome is decided.
 *
 * Guarantees: resolves true only when every partition that still exists has the marker on the disk, or its producer has moved on there.
 * May be repeated: a partition that has the marker already gets another one, which changes nothing.
 */
import { isKaelixError } from "@kaelix/base";
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import type { Leaders, TransactionMarker } from "../leader/contract.ts";
import type { Transaction } from "./transaction.ts";

/** The coordinator is never elected anew: it is the same node for ever. */
export const COORDINATOR_EPOCH = 0;

/** The marker that a transaction that is ending writes everywhere. */
function markerOf(transaction: Transaction): TransactionMarker {
  const { producerEpoch, producerId, state, transactionVersion } = transaction;
  const committed = state === "PrepareCommit";
  return { producerId, producerEpoch, committed, coordinatorEpoch: COORDINATOR_EPOCH, transactionVersion };
}

/** Writes a marker to one partition; NONE once it is on the disk. Never throws for what a disk does. */
export async function writeMarker(
  leaders: Leaders,
  topic: string,
  partition: number,
  marker: TransactionMarker,
): Promise<KafkaErrorCode> {
  try {
    const leader = await leaders.get(topic, partition);
    if (leader === undefined) return KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION;
    const outcome = leader.appendMarker(marker);
    if (outcome.type === "refused") return outcome.error;
    await leader.durable(outcome.nextOffset);
    return KAFKA_ERRORS.NONE;
  } catch (error) {
    if (isKaelixError(error, "log-topic-missing")) return KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION;
    if (isKaelixError(error)) return KAFKA_ERRORS.KAFKA_STORAGE_ERROR;
    throw error;
  }
}

/** Partitions of a transaction whose markers are still to be written. */
export class MarkerWriter {
  readonly #leaders: Leaders;
  readonly #marker: TransactionMarker;
  #left: { readonly topic: string; readonly partition: number }[] = [];

  constructor(leaders: Leaders, transaction: Transaction) {
    this.#leaders = leaders;
    this.#marker = markerOf(transaction);
    for (const [topic, partitions] of transaction.partitions) {
      for (const partition of partitions) this.#left.push({ topic, partition });
    }
  }

  /** Writes what is left, to all partitions at once; true when nothing is left. */
  async write(): Promise<boolean> {
    const left = this.#left;
    const errors = await Promise.all(
      left.map(({ partition, topic }) => writeMarker(this.#leaders, topic, partition, this.#marker)),
    );
    // Everything else is final: the topic is gone, or the partition has seen a later epoch of the producer.
    this.#left = left.filter((_, at) => errors[at] === KAFKA_ERRORS.KAFKA_STORAGE_ERROR);
    return this.#left.length === 0;
  }
}
