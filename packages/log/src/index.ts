export { logErrors } from "./errors.ts";
export type {
  Acknowledgement,
  DamagedRange,
  Log,
  LogBatch,
  LogHealth,
  LogRecord,
  PartitionBounds,
  ReadOptions,
  StoredRecord,
  TopicDescription,
  TopicSpec,
  Visibility,
} from "./log.ts";
