export { encodedVarintSize, readUnsignedVarint, readVarint, writeVarint } from "./varint.ts";
export { murmur2, partitionForKey } from "./murmur2.ts";
export {
  BATCH_HEADER_BYTES,
  BATCH_OVERHEAD_BYTES,
  type BadBatchReason,
  type BatchHeader,
  type BatchInspection,
  checksum,
  inspectBatch,
  patchBaseOffset,
  patchLeaderEpoch,
  readBatchHeader,
} from "./batch-header.ts";
export {
  type BatchRecord,
  type DecodedBatch,
  decodeRecordBatch,
  decodeRecords,
  type DecodedRecord,
  encodeRecordBatch,
  type EncodeOptions,
  type RecordHeader,
} from "./record-batch.ts";
export { protocolErrors } from "./errors.ts";
