export { type Clock, ManualClock, type RandomSource, seededRandom } from "@kaelix/base";
export type {
  AppendedBatch,
  DamagedRange,
  DiskHealth,
  PartitionBounds,
  PartitionRead,
  RecoveryReport,
  Visibility,
} from "./storage/contract.ts";
export type { PartitionCopy, SegmentCopy } from "./storage/copying.ts";
export type { CompactionReport } from "./storage/compaction.ts";
export type { CompactRequest, SegmentProblem } from "./storage/partition-upkeep.ts";
export type { DirectoryLock, Disk, DiskFile, OpenMode } from "./storage/disk.ts";
export { storageErrors } from "./storage/errors.ts";
export { nodeDisk } from "./storage/node-disk.ts";
export { type AppendOptions, Partition } from "./storage/partition.ts";
export type { PurgeRecord, PurgeReport, PurgeRule, RecordFate } from "./storage/purging.ts";
export type { FoundBatch } from "./storage/scan.ts";
export {
  openStorage,
  type OpenTopic,
  Storage,
  type StorageOptions,
  type StorageReport,
  type StorageSettings,
  type TopicEvent,
} from "./storage/storage.ts";
export type { Cleanup, NewTopic, StoredTopicSpec, TopicChange, TopicSettings } from "./storage/topic-spec.ts";
export { type DiskOperation, SimulatedDisk, type SimulatedDiskOptions } from "./storage/simulated-disk.ts";
export { verifyStorage, type VerifyProblem, type VerifyProgress, type VerifyReport } from "./storage/verify.ts";
export { type PowerCutOptions, type PowerCutOutcome, runPowerCuts } from "./storage/power-cuts.ts";
export { type AllocationMetrics, type AllocationSettings, StreamingAllocationManager } from "./streams/allocation.ts";
export type { StreamBatch } from "./streams/delivery.ts";
export { streamErrors } from "./streams/errors.ts";
export type { StreamRecord } from "./streams/partition-streams.ts";
export {
  openStreams,
  type StreamDescription,
  type StreamReadOptions,
  Streams,
  type StreamSettings,
  type StreamsMetrics,
  type StreamsOptions,
} from "./streams/streams.ts";
export type {
  AppendEvent,
  CommitEvent,
  FetchEvent,
  Interceptor,
  InterceptorSpec,
  InterceptorStatus,
  Verdict,
} from "./interceptors/contract.ts";
export { interceptorErrors } from "./interceptors/errors.ts";
export { type ChainOutcome, Interceptors } from "./interceptors/interceptors.ts";
export type { AclOperation, AclResourceType, Authorizer, KafkaPrincipal, RequestContext } from "./broker/api.ts";
export type { ConnectionAuthentication, ListenerAuthenticator } from "./broker/authentication.ts";
export type { Broker, BrokerOptions } from "./broker/broker.ts";
export { brokerErrors } from "./broker/errors.ts";
export type { ListenerOptions } from "./broker/listener.ts";
export {
  BrokerMetrics,
  type ConnectionCounters,
  countLatency,
  type PartitionCounters,
  type RequestCounters,
} from "./broker/metrics.ts";
export { certificateAuthenticator, type SecurityOptions } from "./security/security.ts";
export { startBroker, type StartBrokerOptions, type StartListenerOptions } from "./broker/start-broker.ts";
export type { FetchTrace, ProduceTrace, RequestTrace } from "./broker/traces.ts";
export type { Leaders, PartitionLeader } from "./leader/contract.ts";
export { type LeadersOptions, openLeaders } from "./leader/leaders.ts";
export { groupApis, type GroupApisOptions } from "./groups/group-apis.ts";
export { groupErrors } from "./groups/errors.ts";
export { groupLag, groupMetrics, type GroupMetrics, type PartitionLag } from "./groups/lag.ts";
export { Groups, type GroupsOptions, openGroups, type VerifyTransaction } from "./groups/groups.ts";
export { GROUP_DEFAULTS, type GroupSettings, groupSettingsFrom } from "./groups/settings.ts";
export {
  CONSUMER_OFFSETS_TOPIC,
  GroupStore,
  type GroupStoreOptions,
  type OffsetCommit,
  openGroupStore,
} from "./groups/store/group-store.ts";
export { NEVER_EXPIRES } from "./groups/store/offset-value.ts";
export { isInternalTopic } from "./groups/topics-source.ts";
export { measureUnitCosts, type MeasureOptions } from "./plan/measure-costs.ts";
export { type PlanLine, planStreamer, type StreamerLoad, type StreamerPlan, type UnitCosts } from "./plan/plan.ts";
