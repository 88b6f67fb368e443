export { logErrors } from "./errors.ts";
export { type KafkaLogOptions, openKafkaLog } from "./kafka-log.ts";
export { clientOptionsOf as kafkaClientOptions } from "./kafka-log-cluster.ts";
export { type GroupOptions, type GroupReader, type GroupRecord, joinKafkaGroup } from "./kafka-log-group.ts";
export {
  type KafkaAddress,
  type KafkaPlace,
  type KafkaSasl,
  type KafkaTls,
  type ParsedKafkaUrl,
  parseKafkaUrl,
} from "./kafka-log-url.ts";
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
export { type FollowerParts, PartitionFollower } from "./partition-follower.ts";
export { openStreamerLog, type StreamerLog, type StreamerLogOptions } from "./streamer-log.ts";
export { partitionForKey } from "@kaelix/protocol";
export {
  type PurgeRecord,
  type PurgeReport,
  type PurgeRule,
  type RecordFate,
  verifyStorage as verifyLog,
  type VerifyProblem,
  type VerifyReport,
} from "@kaelix/streamer";
