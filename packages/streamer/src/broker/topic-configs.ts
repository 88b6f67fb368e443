/**
 * Every configuration key of a topic: Apache Kafka 4's, and ours. One table; reference pages and DescribeConfigs are printed from it.
 *
 * Keys of things that one node does not have (throttled replicas, tiered storage) are listed with their defaults, kept when set, and do nothing.
 */
import type { StoredTopicSpec, TopicSettings } from "../storage/topic-spec.ts";
import { type ConfigRow, parseList, parseNumber, tableOf } from "./config-values.ts";

const DAY_MS = 24 * 3600 * 1000;
const FOREVER = String(Number.MAX_SAFE_INTEGER);
/** What the storage reads back as a batch at least, whatever a topic's own limit. */
const BATCH_BYTES_READABLE = 32 * 2 ** 20;
const BATCH_BYTES_MAX = 100 * 2 ** 20;

const ROWS: readonly ConfigRow[] = [
  {
    name: "cleanup.policy",
    type: "list",
    default: "delete",
    min: 1,
    oneOf: ["delete", "compact"],
    synonym: "log.cleanup.policy",
    text: "What happens to old records: dropped by age and size, replaced by the newest of their key, or both",
  },
  {
    name: "compression.type",
    type: "string",
    default: "producer",
    oneOf: ["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"],
    synonym: "compression.type",
    text: "Codec batches are stored with; producer keeps them as they were sent",
  },
  {
    name: "compression.gzip.level",
    type: "int",
    default: "-1",
    min: -1,
    max: 9,
    synonym: "compression.gzip.level",
    text: "Level of gzip when compression.type is gzip",
  },
  {
    name: "compression.lz4.level",
    type: "int",
    default: "9",
    min: 1,
    max: 17,
    synonym: "compression.lz4.level",
    text: "Level of lz4 when compression.type is lz4",
  },
  {
    name: "compression.zstd.level",
    type: "int",
    default: "3",
    min: -131_072,
    max: 22,
    synonym: "compression.zstd.level",
    text: "Level of zstd when compression.type is zstd",
  },
  {
    name: "delete.retention.ms",
    type: "long",
    default: String(DAY_MS),
    min: 0,
    synonym: "log.cleaner.delete.retention.ms",
    text: "How long a deletion is kept after it was first compacted, ms",
  },
  {
    name: "file.delete.delay.ms",
    type: "long",
    default: "60000",
    min: 0,
    synonym: "log.segment.delete.delay.ms",
    text: "Kept for Kafka's tools: files are removed at once",
  },
  {
    name: "flush.messages",
    type: "long",
    default: FOREVER,
    min: 1,
    synonym: "log.flush.interval.messages",
    text: "From so many records on that are not on the disk yet an answer waits for it, whatever acks; without it acks=1 does not, and the disk has all within half a second",
  },
  {
    name: "flush.ms",
    type: "long",
    default: FOREVER,
    min: 0,
    synonym: "log.flush.interval.ms",
    text: "Kept for Kafka's tools: what nobody waits for is on the disk within half a second",
  },
  { name: "follower.replication.throttled.replicas", type: "list", default: "", text: "One node has no followers" },
  { name: "leader.replication.throttled.replicas", type: "list", default: "", text: "One node has no followers" },
  {
    name: "index.interval.bytes",
    type: "int",
    default: "4096",
    min: 0,
    synonym: "log.index.interval.bytes",
    text: "Kept for Kafka's tools: an index entry stands about every 4 KiB",
  },
  {
    name: "local.retention.bytes",
    type: "long",
    default: "-2",
    min: -2,
    synonym: "log.local.retention.bytes",
    text: "There is no tiered storage",
  },
  {
    name: "local.retention.ms",
    type: "long",
    default: "-2",
    min: -2,
    synonym: "log.local.retention.ms",
    text: "There is no tiered storage",
  },
  {
    name: "max.compaction.lag.ms",
    type: "long",
    default: FOREVER,
    min: 1,
    synonym: "log.cleaner.max.compaction.lag.ms",
    text: "A record that is not compacted for longer than this makes compaction run, ms",
  },
  {
    name: "max.message.bytes",
    type: "int",
    default: "1048588",
    min: 0,
    max: BATCH_BYTES_MAX,
    synonym: "message.max.bytes",
    text: "Largest batch that is accepted, bytes as sent",
  },
  {
    name: "message.timestamp.after.max.ms",
    type: "long",
    default: String(3600 * 1000),
    min: 0,
    synonym: "log.message.timestamp.after.max.ms",
    text: "How far ahead of the broker's clock a record's time may be, ms; counts with CreateTime",
  },
  {
    name: "message.timestamp.before.max.ms",
    type: "long",
    default: FOREVER,
    min: 0,
    synonym: "log.message.timestamp.before.max.ms",
    text: "How far behind the broker's clock a record's time may be, ms; counts with CreateTime",
  },
  {
    name: "message.timestamp.type",
    type: "string",
    default: "CreateTime",
    oneOf: ["CreateTime", "LogAppendTime"],
    synonym: "log.message.timestamp.type",
    text: "Whether records keep their producer's time or get the time they are appended at",
  },
  {
    name: "min.cleanable.dirty.ratio",
    type: "double",
    default: "0.5",
    min: 0,
    max: 1,
    synonym: "log.cleaner.min.cleanable.ratio",
    text: "Share of bytes not yet compacted from which on compaction runs",
  },
  {
    name: "min.compaction.lag.ms",
    type: "long",
    default: "0",
    min: 0,
    synonym: "log.cleaner.min.compaction.lag.ms",
    text: "Records younger than this are not compacted, ms",
  },
  {
    name: "min.insync.replicas",
    type: "int",
    default: "1",
    min: 1,
    synonym: "min.insync.replicas",
    text: "How many replicas acks=all needs; one node has one, so that more refuses every acks=all",
  },
  {
    name: "preallocate",
    type: "boolean",
    default: "false",
    synonym: "log.preallocate",
    text: "Kept for Kafka's tools: segments grow as they are written",
  },
  { name: "remote.log.copy.disable", type: "boolean", default: "false", text: "There is no tiered storage" },
  { name: "remote.log.delete.on.disable", type: "boolean", default: "false", text: "There is no tiered storage" },
  {
    name: "remote.storage.enable",
    type: "boolean",
    default: "false",
    oneOf: ["false"],
    text: "There is no tiered storage",
  },
  {
    name: "retention.bytes",
    type: "long",
    default: "-1",
    min: -1,
    synonym: "log.retention.bytes",
    text: "Bytes per partition above which the oldest segments are dropped; -1 keeps all",
  },
  {
    name: "retention.ms",
    type: "long",
    default: String(7 * DAY_MS),
    min: -1,
    synonym: "log.retention.ms",
    text: "Age above which segments are dropped, ms; -1 keeps all",
  },
  {
    name: "segment.bytes",
    type: "int",
    default: String(64 * 2 ** 20),
    min: 14,
    synonym: "log.segment.bytes",
    text: "Bytes above which a new segment is begun",
  },
  {
    name: "segment.index.bytes",
    type: "int",
    default: String(10 * 2 ** 20),
    min: 4,
    synonym: "log.index.size.max.bytes",
    text: "Kept for Kafka's tools: an index is as large as its segment asks for",
  },
  {
    name: "segment.jitter.ms",
    type: "long",
    default: "0",
    min: 0,
    synonym: "log.roll.jitter.ms",
    text: "Kept for Kafka's tools: segments are not rolled at random",
  },
  {
    name: "segment.ms",
    type: "long",
    default: String(7 * DAY_MS),
    min: 1,
    synonym: "log.roll.ms",
    text: "Age of a segment above which a new one is begun, ms",
  },
  {
    name: "unclean.leader.election.enable",
    type: "boolean",
    default: "false",
    synonym: "unclean.leader.election.enable",
    text: "One node elects nobody",
  },
  {
    name: "kaelix.acks.all",
    type: "string",
    default: "durable",
    oneOf: ["durable", "accepted"],
    synonym: "kaelix.acks.all",
    text: "What acks=all waits for: the disk, or the page cache (survives a killed process, not a power cut)",
  },
];

/** Every key of a topic. */
export const TOPIC_CONFIGS = tableOf(ROWS);

/** A topic's configuration as the produce path uses it. */
export interface TopicRules {
  readonly batchBytesMax: number;
  readonly compacted: boolean;
  readonly logAppendTime: boolean;
  readonly timestampBeforeMsMax: number;
  readonly timestampAfterMsMax: number;
  readonly durableAcks: boolean;
  /** From how many records on that are not on the disk yet an answer waits for it. */
  readonly flushMessages: number;
  /** How many replicas acks=all asks for. */
  readonly replicasMin: number;
  readonly compression: string;
}

/** Looks up a key's value in effect. */
export type ConfigLookup = (name: string) => string;

/** The rules in a topic's values. */
export function rulesOf(value: ConfigLookup): TopicRules {
  return {
    batchBytesMax: parseNumber(value("max.message.bytes")),
    compacted: parseList(value("cleanup.policy")).includes("compact"),
    logAppendTime: value("message.timestamp.type") === "LogAppendTime",
    timestampBeforeMsMax: parseNumber(value("message.timestamp.before.max.ms")),
    timestampAfterMsMax: parseNumber(value("message.timestamp.after.max.ms")),
    durableAcks: value("kaelix.acks.all") === "durable",
    flushMessages: parseNumber(value("flush.messages")),
    replicasMin: parseNumber(value("min.insync.replicas")),
    compression: value("compression.type"),
  };
}

/** What the storage is told for a topic's values. `before` keeps what is stored readable when a limit shrinks. */
export function settingsFor(value: ConfigLookup, before?: StoredTopicSpec): Omit<TopicSettings, "config"> {
  const policy = parseList(value("cleanup.policy"));
  const compacted = policy.includes("compact");
  const retentionMs = parseNumber(value("retention.ms"));
  const retentionBytes = parseNumber(value("retention.bytes"));
  const batchBytesMax = parseNumber(value("max.message.bytes"));
  return {
    cleanup: compacted ? (policy.includes("delete") ? "compact,delete" : "compact") : "delete",
    ...(retentionMs < 0 ? {} : { retentionMs }),
    ...(retentionBytes < 0 ? {} : { retentionBytes }),
    segmentBytesMax: parseNumber(value("segment.bytes")),
    segmentAgeMsMax: parseNumber(value("segment.ms")),
    batchBytesMax: Math.max(BATCH_BYTES_READABLE, batchBytesMax, before?.batchBytesMax ?? 0),
    compactionLagMsMin: parseNumber(value("min.compaction.lag.ms")),
    compactionLagMsMax: parseNumber(value("max.compaction.lag.ms")),
    deletionsKeptMs: parseNumber(value("delete.retention.ms")),
    dirtyRatioMin: parseNumber(value("min.cleanable.dirty.ratio")),
  };
}

/** What was set for a topic itself; for one that was not made by a Kafka client, what its settings say in Kafka's words. */
export function explicitConfig(spec: StoredTopicSpec): Readonly<Record<string, string>> {
  if (spec.config !== undefined) return spec.config;
  return {
    "cleanup.policy": spec.cleanup,
    "retention.ms": String(spec.retentionMs ?? -1),
    "retention.bytes": String(spec.retentionBytes ?? -1),
    "max.message.bytes": String(spec.batchBytesMax ?? BATCH_BYTES_READABLE),
    ...(spec.segmentBytesMax === undefined ? {} : { "segment.bytes": String(spec.segmentBytesMax) }),
    ...(spec.segmentAgeMsMax === undefined ? {} : { "segment.ms": String(spec.segmentAgeMsMax) }),
  };
}
