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
  type DecodeOptions,
  decodeRecords,
  type DecodedRecord,
  encodeRecordBatch,
  type EncodeOptions,
  type RecordHeader,
} from "./record-batch.ts";
export { protocolErrors } from "./errors.ts";
export { KAFKA_ERRORS, type KafkaErrorCode } from "./kafka-errors.ts";
export { type Complete, type Loose, type RecordBytes, type UnknownTag } from "./wire/message.ts";
export { WireReader, type WireReaderOptions } from "./wire/reader.ts";
export { WireWriter } from "./wire/writer.ts";
export { APIS } from "./generated/apis.ts";
export {
  type ApiName,
  type ApiRow,
  decodeRequestHeader,
  decodeResponseHeader,
  encodeRequestHeader,
  encodeResponseHeader,
  findApi,
  type RequestHeader,
  requestHeaderVersion,
  type ResponseHeader,
  responseHeaderVersion,
} from "./api-table.ts";
export {
  codecOfAttributes,
  compress,
  type CompressionCodec,
  decompress,
  type Decompressed,
} from "./compression/compression.ts";
export {
  encodeTransactionMarker,
  isControlBatch,
  isTransactionalBatch,
  readControlKey,
  type TransactionMarker,
  type TransactionOutcome,
} from "./control-record.ts";
