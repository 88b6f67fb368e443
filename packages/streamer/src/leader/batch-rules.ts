/**
 * What a batch of a client must be like, by its header alone. Pure.
 *
 * Source: Apache Kafka 4, LogValidator and UnifiedLog.analyzeAndValidateRecords.
 */
import {
  BATCH_HEADER_BYTES,
  type BatchHeader,
  codecOfAttributes,
  inspectBatch,
  isControlBatch,
  isTransactionalBatch,
  KAFKA_ERRORS,
  type KafkaErrorCode,
} from "@kaelix/protocol";

const LOG_APPEND_TIME = 0b1000;
const RECORD_BYTES_MIN = 7;
/** Recovery takes more records than this per byte for damage, whatever the codec. */
const RECORDS_PER_BYTE_MAX = 1024;

/** A topic's configuration as far as appending goes by it. */
export interface LeaderRules {
  /** max.message.bytes. */
  readonly batchBytesMax: number;
  /** cleanup.policy has "compact": records need keys. */
  readonly compacted: boolean;
  /** message.timestamp.type is LogAppendTime. */
  readonly logAppendTime: boolean;
  readonly timestampBeforeMsMax: number;
  readonly timestampAfterMsMax: number;
  /** compression.type: "producer" or a codec. */
  readonly compression: string;
}

/** Why a batch is not appended. */
export interface Refusal {
  readonly type: "refused";
  readonly error: KafkaErrorCode;
  readonly message: string;
}

/** The refusal of a batch. */
export function refusal(name: keyof typeof KAFKA_ERRORS, why: string): Refusal {
  return { type: "refused", error: KAFKA_ERRORS[name], message: `Cannot append: ${why}` };
}

/** The header of exactly one whole batch with a right checksum, or why these bytes are not. */
export function inspectProduced(bytes: Uint8Array, rules: LeaderRules): BatchHeader | Refusal {
  const { batchBytesMax } = rules;
  if (bytes.length > batchBytesMax) {
    return refusal("MESSAGE_TOO_LARGE", `batch has ${bytes.length} bytes, must be at most ${batchBytesMax}`);
  }
  const inspection = inspectBatch(bytes, 0);
  if (inspection.type === "batch") {
    if (inspection.header.sizeBytes === bytes.length) return inspection.header;
    return refusal("INVALID_RECORD", "there is more than one batch for the partition, must be one");
  }
  const reason = inspection.type === "bad" ? inspection.reason : "length";
  const old = bytes.length >= BATCH_HEADER_BYTES && (bytes[16] === 0 || bytes[16] === 1);
  if (old) return refusal("UNSUPPORTED_FOR_MESSAGE_FORMAT", `message format is ${bytes[16]}, must be 2`);
  return refusal("CORRUPT_MESSAGE", `batch ${reason} is wrong`);
}

/** Why a client may not append a batch with such a header; undefined when it may. */
export function headerProblem(header: BatchHeader, rules: LeaderRules, nowMs: number): Refusal | undefined {
  const { attributes, baseOffset, baseSequence, lastOffsetDelta, producerId, recordCount, sizeBytes } = header;
  if (recordCount !== lastOffsetDelta + 1 || recordCount < 1) {
    return refusal("INVALID_RECORD", `record count is ${recordCount}, must be ${lastOffsetDelta + 1} and at least 1`);
  }
  const codec = codecOfAttributes(attributes);
  if (codec === undefined) return refusal("UNSUPPORTED_COMPRESSION_TYPE", "codec is not one of Kafka's");
  const bodyBytes = sizeBytes - BATCH_HEADER_BYTES;
  const recordsMax = codec === "none" ? Math.floor(bodyBytes / RECORD_BYTES_MIN) : bodyBytes * RECORDS_PER_BYTE_MAX;
  // Offsets are given by the count without a look at the records: a lie must not burn two thousand million of them.
  if (recordCount > recordsMax) {
    return refusal("INVALID_RECORD", `record count is ${recordCount}, must be at most ${recordsMax} in so many bytes`);
  }
  if (baseOffset !== 0) return refusal("INVALID_RECORD", `base offset is ${baseOffset}, must be 0`);
  if (isControlBatch(header)) return refusal("INVALID_RECORD", "control batches are written by the broker alone");
  if (producerId >= 0 ? baseSequence < 0 || header.producerEpoch < 0 : isTransactionalBatch(header)) {
    return refusal(
      "INVALID_RECORD",
      "a batch of a transaction needs a producer, and a producer an epoch and a sequence",
    );
  }
  return rules.logAppendTime ? undefined : timestampProblem(header, rules, nowMs);
}

function timestampProblem(header: BatchHeader, rules: LeaderRules, nowMs: number): Refusal | undefined {
  const { baseTimestampMs, maxTimestampMs } = header;
  if ((header.attributes & LOG_APPEND_TIME) !== 0) {
    return refusal("INVALID_TIMESTAMP", "timestamp type is LogAppendTime, must be CreateTime");
  }
  if (maxTimestampMs - nowMs > rules.timestampAfterMsMax) {
    const latest = nowMs + rules.timestampAfterMsMax;
    return refusal("INVALID_TIMESTAMP", `a timestamp is ${maxTimestampMs}, must be at most ${latest}`);
  }
  // -1 says that the record has no time.
  if (baseTimestampMs >= 0 && nowMs - baseTimestampMs > rules.timestampBeforeMsMax) {
    const earliest = nowMs - rules.timestampBeforeMsMax;
    return refusal("INVALID_TIMESTAMP", `a timestamp is ${baseTimestampMs}, must be at least ${earliest}`);
  }
  return undefined;
}
