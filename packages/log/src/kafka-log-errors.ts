/** From what the Kafka client throws to the log's own errors. */
import { isKaelixError, type KaelixError } from "@kaelix/base";

import { logErrors } from "./errors.ts";

type LogErrorCode = keyof typeof logErrors.table;

const CODE_OF_PROTOCOL_ERROR: Readonly<Record<string, LogErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: "log-topic-missing",
  UNKNOWN_TOPIC_ID: "log-topic-missing",
  INCONSISTENT_TOPIC_ID: "log-topic-missing",
  INVALID_TOPIC_EXCEPTION: "log-topic-invalid",
  INVALID_PARTITIONS: "log-topic-invalid",
  OFFSET_OUT_OF_RANGE: "log-offset-out-of-range",
  MESSAGE_TOO_LARGE: "log-record-too-large",
  RECORD_LIST_TOO_LARGE: "log-record-too-large",
  INVALID_RECORD: "log-batch-invalid",
  INVALID_TIMESTAMP: "log-batch-invalid",
  KAFKA_STORAGE_ERROR: "log-disk-failed",
  TOPIC_AUTHORIZATION_FAILED: "log-denied",
  GROUP_AUTHORIZATION_FAILED: "log-denied",
  CLUSTER_AUTHORIZATION_FAILED: "log-denied",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "log-denied",
  SASL_AUTHENTICATION_FAILED: "log-denied",
  UNSUPPORTED_SASL_MECHANISM: "log-denied",
};

/** Refusals that mean that nothing was written: asking again cannot write it twice. */
const REFUSED_FOR_SURE = new Set([
  "UNKNOWN_TOPIC_OR_PARTITION",
  "NOT_LEADER_OR_FOLLOWER",
  "LEADER_NOT_AVAILABLE",
  "FENCED_LEADER_EPOCH",
  "NOT_ENOUGH_REPLICAS",
]);

/** The log's error for something that went wrong between us and the cluster. `what` completes "Cannot …". */
export function kafkaFailure(what: string, cause: unknown): KaelixError {
  if (isKaelixError(cause)) return cause;
  const reasons = reasonsOf(cause);
  const code = reasons.map((reason) => CODE_OF_PROTOCOL_ERROR[reason]).find((one) => one !== undefined);
  const reason = reasons[0] ?? "unknown";
  return logErrors(code ?? "log-unreachable", {
    message: `Cannot ${what}: the cluster's answer is ${reason}`,
    details: { reason },
    cause,
  });
}

/** True when a refused append was certainly not written. */
export function isRefusedForSure(cause: unknown): boolean {
  const leaves = leavesOf(cause);
  return (
    leaves.length > 0 && leaves.every((leaf) => isUnknownTopic(leaf) || REFUSED_FOR_SURE.has(reasonOf(leaf) ?? ""))
  );
}

/** True when an error says that something is larger than the topic allows. */
export function isTooLarge(cause: unknown): boolean {
  return reasonsOf(cause).some((reason) => CODE_OF_PROTOCOL_ERROR[reason] === "log-record-too-large");
}

/** True when the cluster does not know a topic that was asked for by name. */
export function isUnknownTopic(cause: unknown): boolean {
  // The client has no code for it; its text is covered by a test against a real cluster.
  return leavesOf(cause).some((leaf) => messageOf(leaf).startsWith("Unknown topic ") || unknownTopicReason(leaf));
}

/** True when an error has a protocol error of this name in it. */
export function hasReason(cause: unknown, name: string): boolean {
  return reasonsOf(cause).includes(name);
}

function unknownTopicReason(leaf: unknown): boolean {
  return CODE_OF_PROTOCOL_ERROR[reasonOf(leaf) ?? ""] === "log-topic-missing";
}

/** Names of what went wrong, the most telling first: protocol errors, then the client's own codes, then the system's. */
function reasonsOf(cause: unknown): readonly string[] {
  const leaves = leavesOf(cause);
  const protocol = leaves.flatMap((leaf) => reasonOf(leaf) ?? []);
  const denied = leaves.some((leaf) => textField(leaf, "code") === "PLT_KFK_AUTHENTICATION");
  const codes = leaves.flatMap((leaf) => textField(leaf, "code") ?? []);
  return [...protocol, ...(denied ? ["SASL_AUTHENTICATION_FAILED"] : []), ...codes];
}

/** The errors at the ends of a tree of causes and collected errors. */
function leavesOf(cause: unknown, depth = 0): readonly unknown[] {
  if (!(cause instanceof Error) || depth > 8) return [];
  const inner = cause instanceof AggregateError ? cause.errors : cause.cause === undefined ? [] : [cause.cause];
  const leaves = inner.flatMap((one) => leavesOf(one, depth + 1));
  if (leaves.length === 0) return [cause];
  // An authentication error tells more than the socket's own below it.
  return textField(cause, "code") === "PLT_KFK_AUTHENTICATION" ? [cause, ...leaves] : leaves;
}

function reasonOf(leaf: unknown): string | undefined {
  return textField(leaf, "apiId");
}

function messageOf(leaf: unknown): string {
  return leaf instanceof Error ? leaf.message : "";
}

function textField(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const field: unknown = Reflect.get(value, name);
  return typeof field === "string" ? field : undefined;
}
