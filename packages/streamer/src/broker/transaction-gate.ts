import type { KafkaErrorCode } from "@kaelix/protocol";

/** A transactional batch about to be appended. */
export interface GatedBatch {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly topic: string;
  readonly partition: number;
  /** True when producing itself adds the partition to the transaction (KIP-890, Produce 12 and later). */
  readonly addsImplicitly: boolean;
}

/** Where the transaction coordinator says whether a transaction includes a partition. */
export interface TransactionGate {
  /** NONE when the batch belongs to a transaction that is open in this partition, else what the client is told. */
  verifyOrAdd(batch: GatedBatch): KafkaErrorCode | Promise<KafkaErrorCode>;
}
