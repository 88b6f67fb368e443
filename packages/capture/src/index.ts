export {
  type MemoryTarget,
  type Changed,
  Changes,
  type ContentChange,
  positionOf,
  type Rejudged,
  TOGETHER_MAX,
  type SealChange,
} from "./changes.ts";
export { type LevelBefore } from "./judged-anew.ts";
export { type ErasureParts, type ErasureRegister, Erasures, type ErasureViews, type ErasureWish } from "./erasures.ts";
export { type ClientRegister, type ClientUndone, toldByClient, undoClient } from "./client-undo.ts";
export { Purge, type PurgedFiles, type PurgeStatus } from "./purge/purge.ts";
export { captureErrors } from "./errors.ts";
export { type ByteRange, type FileLimits, Files, type FilesParts, type KeptFiles } from "./files/files.ts";
export { FileUploads, type FileUploadsParts } from "./files/uploads.ts";
export type { ImportRegister, RegisteredImport } from "./import-register.ts";
export { Imports } from "./imports.ts";
export type { HeldScope, HeldWrites } from "./held-writes.ts";
export { type ImportState, type ImportStatus, saidOf } from "./import-status.ts";
export type { KafkaSourceStatus } from "./kafka/kafka-source.ts";
export { KafkaSources, type KafkaSourcesParts } from "./kafka/kafka-sources.ts";
export {
  type KafkaSourceSpec,
  type ParsedSources,
  parseKafkaSources,
  type RecordMapping,
  type RecordPath,
} from "./kafka/source-spec.ts";
export type { KnownMemory, MemoryRegister, MemoryState, RegisteredMemory } from "./register.ts";
export { judge } from "./judge.ts";
export { type LessonsOf, type Owner, partitionOfUser, Remember, type Remembered } from "./remember.ts";
export {
  type DateOrder,
  detect,
  type ImportAnswers,
  type ImportFormat,
  type ImportPreview,
  type ImportPreviewJson,
  type ImportProblem,
  type ImportQuestion,
  isSealed,
  nameInside,
  preview,
  previewJson,
  readDrafts,
  sourceErrors,
  unseal,
} from "./sources/sources.ts";
