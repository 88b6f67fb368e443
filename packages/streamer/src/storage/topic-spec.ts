/** What a topic is stored with, how it may be changed, and what it is called. */
import { encodeBase64Url, type RandomSource } from "@kaelix/base";

import type { PartitionSettings } from "./contract.ts";

const TOPIC_ID_BYTES = 16;
const PARTITIONS_MAX = 10_000;

/** What happens to old records: dropped by age and size, replaced by the newest of their key, or both. */
export type Cleanup = "delete" | "compact" | "compact,delete";

/** What may be changed while a topic lives. Absent: the storage's own, or for ever and everything. */
export interface TopicSettings {
  /** Default "delete". */
  readonly cleanup?: Cleanup;
  /** Age above which the oldest segments are dropped, ms. Counts only where `cleanup` has "delete". */
  readonly retentionMs?: number;
  /** Bytes per partition above which the oldest segments are dropped. Counts only where `cleanup` has "delete". */
  readonly retentionBytes?: number;
  readonly segmentBytesMax?: number;
  readonly segmentAgeMsMax?: number;
  readonly batchBytesMax?: number;
  /** Records younger than this are not compacted, ms. */
  readonly compactionLagMsMin?: number;
  /** A record that is not compacted for longer than this makes compaction run, ms: what was erased by key is gone by then. */
  readonly compactionLagMsMax?: number;
  /** How long a deletion is kept after it was first compacted, so that slow readers meet it, ms. */
  readonly deletionsKeptMs?: number;
  /** Share of bytes not yet compacted (0 to 1) from which on compaction runs by itself. */
  readonly dirtyRatioMin?: number;
  /** Kafka's topic configuration, only what was set explicitly. Kept for the broker, not interpreted here. */
  readonly config?: Readonly<Record<string, string>>;
}

/** What a topic is created with. */
export interface NewTopic extends TopicSettings {
  /** 1 to 249 of a-z A-Z 0-9 . _ - */
  readonly name: string;
  /** 1 to 10,000. */
  readonly partitions: number;
  /** True is the short form of `cleanup: "compact"`, with a retention of "compact,delete". `cleanup` counts when both are given. */
  readonly compacted?: boolean;
}

/** What a topic is stored with. */
export interface StoredTopicSpec extends NewTopic {
  /** Random UUID in 22 characters of base64url, made at creation: another topic of the same name has another. */
  readonly id: string;
  readonly cleanup: Cleanup;
  /** True when `cleanup` has "compact". */
  readonly compacted: boolean;
}

/** A change of settings: what is given replaces, `undefined` goes back to the default, what is absent stays. */
export type TopicChange = { readonly [Name in keyof TopicSettings]?: TopicSettings[Name] | undefined };

/** True for 1 to 249 of a-z A-Z 0-9 . _ - that are not "." or ".." (Kafka's rule, which also keeps names inside the directory). */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== "." && name !== "..";
}

/** True for a number of partitions a topic may have. */
export function isPartitionCount(partitions: number): boolean {
  return Number.isSafeInteger(partitions) && partitions >= 1 && partitions <= PARTITIONS_MAX;
}

/** True for a way of cleaning up. */
export function isCleanup(value: unknown): value is Cleanup {
  return value === "delete" || value === "compact" || value === "compact,delete";
}

/** A random UUID (version 4) as a topic carries it. */
export function makeTopicId(random: RandomSource): string {
  for (;;) {
    const bytes = random.bytes(TOPIC_ID_BYTES);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const id = encodeBase64Url(bytes);
    // Command lines take a word that begins with a dash for an option; Kafka makes no such ids either.
    if (!id.startsWith("-")) return id;
  }
}

/** A new topic with its id and the defaults filled in. */
export function specOf(topic: NewTopic, id: string): StoredTopicSpec {
  const hasRetention = topic.retentionMs !== undefined || topic.retentionBytes !== undefined;
  const compacted = hasRetention ? "compact,delete" : "compact";
  const cleanup = topic.cleanup ?? (topic.compacted === true ? compacted : "delete");
  return { ...topic, id, cleanup, compacted: cleanup !== "delete" };
}

/** A topic with a change applied. */
export function changedSpec(spec: StoredTopicSpec, change: TopicChange): StoredTopicSpec {
  const settings: Record<string, unknown> = { ...settingsOf(spec) };
  for (const [name, value] of Object.entries(settingsOf(change))) settings[name] = value;
  for (const name of Object.keys(change)) if (!(name in settingsOf(change))) delete settings[name];
  const { id, name, partitions } = spec;
  return specOf({ name, partitions, ...settings }, id);
}

/** The settings of a topic or change that are set, and nothing else of it. */
export function settingsOf(from: TopicChange): TopicSettings {
  const { batchBytesMax, cleanup, compactionLagMsMax, compactionLagMsMin, config, deletionsKeptMs, dirtyRatioMin } =
    from;
  const { retentionBytes, retentionMs, segmentAgeMsMax, segmentBytesMax } = from;
  return {
    ...(cleanup === undefined ? {} : { cleanup }),
    ...(retentionMs === undefined ? {} : { retentionMs }),
    ...(retentionBytes === undefined ? {} : { retentionBytes }),
    ...(segmentBytesMax === undefined ? {} : { segmentBytesMax }),
    ...(segmentAgeMsMax === undefined ? {} : { segmentAgeMsMax }),
    ...(batchBytesMax === undefined ? {} : { batchBytesMax }),
    ...(compactionLagMsMin === undefined ? {} : { compactionLagMsMin }),
    ...(compactionLagMsMax === undefined ? {} : { compactionLagMsMax }),
    ...(deletionsKeptMs === undefined ? {} : { deletionsKeptMs }),
    ...(dirtyRatioMin === undefined ? {} : { dirtyRatioMin }),
    ...(config === undefined ? {} : { config }),
  };
}

/** What is wrong with settings, as "x is 1, must be 2"; undefined when nothing is. */
export function settingsProblem(settings: TopicChange): string | undefined {
  const { cleanup, compactionLagMsMax, dirtyRatioMin, segmentBytesMax } = settings;
  const { batchBytesMax, compactionLagMsMin, deletionsKeptMs, retentionBytes, retentionMs, segmentAgeMsMax } = settings;
  const counts = { batchBytesMax, compactionLagMsMin, deletionsKeptMs, retentionBytes, retentionMs, segmentAgeMsMax };
  for (const [name, value] of Object.entries({ ...counts, compactionLagMsMax, segmentBytesMax })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
      return `${name} is ${value}, must be an integer from 0 on`;
    }
  }
  if (cleanup !== undefined && !isCleanup(cleanup)) {
    return `cleanup is ${String(cleanup)}, must be "delete", "compact" or "compact,delete"`;
  }
  if (dirtyRatioMin !== undefined && !(dirtyRatioMin >= 0 && dirtyRatioMin <= 1)) {
    return `dirtyRatioMin is ${dirtyRatioMin}, must be 0 to 1`;
  }
  return undefined;
}

/** The settings of a topic's partitions: its own, else the storage's. */
export function partitionSettings(spec: StoredTopicSpec, defaults: PartitionSettings): PartitionSettings {
  const { config: _, ...settings } = settingsOf(spec);
  return { ...defaults, ...settings };
}
