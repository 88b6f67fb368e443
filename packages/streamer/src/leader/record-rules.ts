/**
 * What a topic's rules ask of the records of a batch: keys where it is compacted, its own codec where it has one.
 *
 * The only place on the way of a produced batch where records are decoded; most topics never come here.
 */
import {
  BATCH_HEADER_BYTES,
  type BatchHeader,
  codecOfAttributes,
  type CompressionCodec,
  type DecodedRecord,
  decodeRecords,
  encodeRecordBatch,
  isTransactionalBatch,
  readBatchHeader,
} from "@kaelix/protocol";

import { type LeaderRules, type Refusal, refusal } from "./batch-rules.ts";

/** A batch that keeps the topic's rules. */
export interface CheckedBatch {
  readonly type: "batch";
  readonly bytes: Uint8Array;
  readonly header: BatchHeader;
}

const CODECS: Readonly<Record<string, CompressionCodec>> = {
  uncompressed: "none",
  gzip: "gzip",
  snappy: "snappy",
  lz4: "lz4",
  zstd: "zstd",
};

/** The batch as it is to be kept, or why it is not. Decodes only when the rules ask for it. */
export function applyRecordRules(bytes: Uint8Array, header: BatchHeader, rules: LeaderRules): CheckedBatch | Refusal {
  const codec = CODECS[rules.compression];
  const recompresses = codec !== undefined && codec !== codecOfAttributes(header.attributes);
  if (!rules.compacted && !recompresses) return { type: "batch", bytes, header };
  const records = decodeRecords(bytes, 0, header);
  if (typeof records === "string") return refusal("CORRUPT_MESSAGE", `batch ${records} is wrong`);
  if (rules.compacted && records.some(({ key }) => key === null)) {
    return refusal("INVALID_RECORD", "a record has no key, must have one in a compacted topic");
  }
  return recompresses ? recompressed(records, header, codec, rules) : { type: "batch", bytes, header };
}

function recompressed(
  records: readonly DecodedRecord[],
  header: BatchHeader,
  compression: CompressionCodec,
  { batchBytesMax }: LeaderRules,
): CheckedBatch | Refusal {
  const { baseSequence, producerEpoch, producerId } = header;
  const isTransactional = isTransactionalBatch(header);
  const bytes = encodeRecordBatch(records, { producerId, producerEpoch, baseSequence, compression, isTransactional });
  if (bytes.length > batchBytesMax) {
    return refusal(
      "MESSAGE_TOO_LARGE",
      `batch has ${bytes.length} bytes as ${compression}, must be at most ${batchBytesMax}`,
    );
  }
  const encoded = readBatchHeader(bytes.subarray(0, BATCH_HEADER_BYTES));
  return encoded === undefined
    ? refusal("CORRUPT_MESSAGE", "batch cannot be compressed")
    : { type: "batch", bytes, header: encoded };
}
