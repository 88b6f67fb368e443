import type { StoredTopicSpec } from "../storage/topic-spec.ts";
import type { LeaderRules } from "./batch-rules.ts";

const TIMESTAMP_AFTER_MS_MAX = 3600 * 1000;
/** What a topic that was not made by a Kafka client takes. */
const STORED_BATCH_BYTES_MAX = 32 * 2 ** 20;
/** Room that a Kafka broker gives a batch by default: 1 MiB and the overhead of the oldest format. */
const BATCH_BYTES_MAX = 1_048_588;

/** The rules in a topic's configuration in Kafka's words, over Kafka's defaults. Values are taken to be valid. */
export function kafkaRules(config: Readonly<Record<string, string>>): LeaderRules {
  const number = (name: string, fallback: number): number => {
    const value = config[name];
    return value === undefined ? fallback : Number(value);
  };
  return {
    batchBytesMax: number("max.message.bytes", BATCH_BYTES_MAX),
    compacted: (config["cleanup.policy"] ?? "delete").split(",").includes("compact"),
    logAppendTime: config["message.timestamp.type"] === "LogAppendTime",
    timestampBeforeMsMax: number("message.timestamp.before.max.ms", Number.MAX_SAFE_INTEGER),
    timestampAfterMsMax: number("message.timestamp.after.max.ms", TIMESTAMP_AFTER_MS_MAX),
    compression: config["compression.type"] ?? "producer",
  };
}

/** A topic's rules: by its Kafka configuration, or by what it is stored with when it was not made by a Kafka client. */
export function topicRules(spec: StoredTopicSpec): LeaderRules {
  if (spec.config !== undefined) return kafkaRules(spec.config);
  const batchBytesMax = String(spec.batchBytesMax ?? STORED_BATCH_BYTES_MAX);
  return kafkaRules({ "cleanup.policy": spec.cleanup, "max.message.bytes": batchBytesMax });
}
