/**
 * Every configuration key of a broker. Those marked dynamic may be changed while it runs and take effect at once.
 *
 * The keys of groups and transactions are read by their rooms through `ConfigKeeper.brokerValue`.
 */
import { type ConfigRow, parseNumber, tableOf } from "./config-values.ts";
import { KAFKA_FILE_CONFIGS } from "./kafka-file-configs.ts";
import { TOPIC_CONFIGS } from "./topic-configs.ts";

const DAY_MS = 24 * 3600 * 1000;

const OWN: readonly ConfigRow[] = [
  {
    name: "advertised.listeners",
    type: "list",
    default: null,
    givenBy: "--advertise, or listeners[].advertisedHost",
    text: "Where clients are told to connect",
  },
  {
    name: "auto.create.topics.enable",
    type: "boolean",
    default: "true",
    dynamic: true,
    text: "Whether asking for a topic's metadata creates it",
  },
  { name: "auto.leader.rebalance.enable", type: "boolean", default: "false", text: "One node has nothing to balance" },
  {
    name: "authorizer.class.name",
    type: "string",
    default: "",
    givenBy: "--acls, or security.acls",
    text: "Access is decided by the authorizer the broker was started with",
  },
  {
    name: "background.threads",
    type: "int",
    default: "1",
    text: "Storage keeps itself in order on the broker's own thread",
  },
  { name: "broker.id", type: "int", default: "1", text: "This node's number" },
  { name: "broker.rack", type: "string", default: null, text: "One node stands in no rack" },
  {
    name: "connections.max.reauth.ms",
    type: "long",
    default: "0",
    min: 0,
    text: "How long a client is known before it must prove again who it is (KIP-368), ms; 0: for as long as it is connected",
  },
  {
    name: "connections.max.idle.ms",
    type: "long",
    default: "600000",
    min: 0,
    dynamic: true,
    text: "Connections that say nothing for so long are closed, ms",
  },
  { name: "controller.quorum.voters", type: "list", default: "", text: "One node elects nobody" },
  {
    name: "default.replication.factor",
    type: "int",
    default: "1",
    min: 1,
    max: 1,
    text: "How many copies a new topic has; one node has one",
  },
  {
    name: "delete.topic.enable",
    type: "boolean",
    default: "true",
    dynamic: true,
    text: "Whether topics may be deleted by clients",
  },
  {
    name: "fetch.max.bytes",
    type: "int",
    default: String(55 * 2 ** 20),
    min: 1024,
    dynamic: true,
    text: "Most bytes one fetch is answered with; the first batch counts whole",
  },
  unthrottled("follower.replication.throttled.rate"),
  {
    name: "group.consumer.heartbeat.interval.ms",
    type: "int",
    default: "5000",
    min: 1,
    dynamic: true,
    text: "Heartbeat interval of consumer groups (KIP-848), ms",
  },
  {
    name: "group.consumer.max.size",
    type: "int",
    default: String(2 ** 31 - 1),
    min: 1,
    text: "Most members of a consumer group (KIP-848)",
  },
  {
    name: "group.consumer.session.timeout.ms",
    type: "int",
    default: "45000",
    min: 1,
    dynamic: true,
    text: "Session timeout of consumer groups (KIP-848), ms",
  },
  {
    name: "group.initial.rebalance.delay.ms",
    type: "int",
    default: "3000",
    min: 0,
    dynamic: true,
    text: "How long a new group waits for more members, ms",
  },
  {
    name: "group.max.session.timeout.ms",
    type: "int",
    default: "1800000",
    min: 1,
    dynamic: true,
    text: "Largest session timeout a member may ask for, ms",
  },
  {
    name: "group.max.size",
    type: "int",
    default: String(2 ** 31 - 1),
    min: 1,
    dynamic: true,
    text: "Most members of a group",
  },
  {
    name: "group.min.session.timeout.ms",
    type: "int",
    default: "6000",
    min: 1,
    dynamic: true,
    text: "Smallest session timeout a member may ask for, ms",
  },
  {
    name: "group.share.delivery.count.limit",
    type: "int",
    default: "5",
    min: 2,
    max: 10,
    dynamic: true,
    text: "How often a share group is given a record before it is given up (KIP-932)",
  },
  {
    name: "group.share.heartbeat.interval.ms",
    type: "int",
    default: "5000",
    min: 1,
    dynamic: true,
    text: "Heartbeat interval of share groups (KIP-932), ms",
  },
  {
    name: "group.share.max.share.sessions",
    type: "int",
    default: "2000",
    min: 1,
    text: "Most share sessions of the broker",
  },
  {
    name: "group.share.max.size",
    type: "int",
    default: "200",
    min: 1,
    max: 1000,
    text: "Most members of a share group (KIP-932)",
  },
  {
    name: "group.share.partition.max.record.locks",
    type: "int",
    default: "2000",
    min: 100,
    max: 10_000,
    dynamic: true,
    text: "Most records of a partition that a share group was given and has not done with",
  },
  {
    name: "group.share.record.lock.duration.ms",
    type: "int",
    default: "30000",
    min: 1000,
    max: 3_600_000,
    dynamic: true,
    text: "How long a member of a share group may hold a record, ms",
  },
  {
    name: "group.share.session.timeout.ms",
    type: "int",
    default: "45000",
    min: 1,
    dynamic: true,
    text: "Session timeout of share groups (KIP-932), ms",
  },
  unthrottled("leader.replication.throttled.rate"),
  {
    name: "listeners",
    type: "list",
    default: null,
    givenBy: "--host and --port, or listeners",
    text: "Where the broker listens",
  },
  {
    name: "log.cleaner.enable",
    type: "boolean",
    default: "true",
    oneOf: ["true"],
    text: "Topics whose policy says so are compacted; a topic's own cleanup.policy turns it off",
  },
  { name: "log.dir", type: "string", default: null, givenBy: "--data, or directory", text: "The data directory" },
  { name: "log.dirs", type: "string", default: null, givenBy: "--data, or directory", text: "The data directory" },
  {
    name: "log.retention.hours",
    type: "int",
    default: "168",
    min: -1,
    text: "Age above which segments are dropped, hours; counts where neither minutes nor ms are given",
  },
  {
    name: "log.retention.minutes",
    type: "int",
    default: null,
    min: -1,
    text: "Age above which segments are dropped, minutes; counts where no ms are given",
  },
  {
    name: "log.roll.hours",
    type: "int",
    default: "168",
    min: 1,
    text: "Age of a segment above which a new one is begun, hours; counts where no ms are given",
  },
  { name: "max.connections", type: "int", default: "12000", min: 1, dynamic: true, text: "Most connections at a time" },
  {
    name: "max.connections.per.ip",
    type: "int",
    default: "12000",
    min: 1,
    dynamic: true,
    text: "Most connections at a time from one address",
  },
  {
    name: "max.request.partition.size.limit",
    type: "int",
    default: "2000",
    min: 1,
    dynamic: true,
    text: "Most partitions DescribeTopicPartitions is answered with",
  },
  { name: "node.id", type: "int", default: "1", text: "This node's number" },
  {
    name: "num.partitions",
    type: "int",
    default: "1",
    min: 1,
    max: 10_000,
    dynamic: true,
    text: "Partitions of a topic that is created without a number",
  },
  {
    name: "offset.metadata.max.bytes",
    type: "int",
    default: "4096",
    min: 0,
    dynamic: true,
    text: "Most bytes of text with a committed offset",
  },
  {
    name: "offsets.retention.minutes",
    type: "int",
    default: "10080",
    min: 1,
    dynamic: true,
    text: "How long offsets of an empty group are kept, minutes",
  },
  {
    name: "offsets.topic.num.partitions",
    type: "int",
    default: "50",
    min: 1,
    text: "Partitions of __consumer_offsets",
  },
  { name: "offsets.topic.replication.factor", type: "short", default: "1", text: "One node has one copy" },
  { name: "process.roles", type: "list", default: "broker,controller", text: "One node is both" },
  {
    name: "producer.id.expiration.ms",
    type: "int",
    default: String(DAY_MS),
    min: 1,
    text: "How long an idle producer's sequence numbers are remembered, ms",
  },
  {
    name: "queued.max.request.bytes",
    type: "long",
    default: String(256 * 2 ** 20),
    min: 2 ** 20,
    text: "Most bytes of requests and answers in memory",
  },
  {
    name: "queued.max.requests",
    type: "int",
    default: "100",
    min: 1,
    text: "Most requests of one connection in memory",
  },
  unthrottled("replica.alter.log.dirs.io.max.bytes.per.second"),
  {
    name: "sasl.enabled.mechanisms",
    type: "list",
    default: "",
    givenBy: "--sasl, or listeners[].sasl",
    text: "How clients may prove who they are",
  },
  {
    name: "socket.request.max.bytes",
    type: "int",
    default: String(100 * 2 ** 20),
    min: 1,
    text: "Largest request, bytes",
  },
  {
    name: "super.users",
    type: "string",
    default: "",
    givenBy: "--super-user, or security.superUsers",
    text: "Who may do everything",
  },
  {
    name: "transaction.max.timeout.ms",
    type: "int",
    default: "900000",
    min: 1,
    text: "Longest timeout a transactional producer may ask for, ms",
  },
  {
    name: "transaction.state.log.num.partitions",
    type: "int",
    default: "50",
    min: 1,
    text: "Partitions of __transaction_state",
  },
  { name: "transaction.state.log.replication.factor", type: "short", default: "1", text: "One node has one copy" },
  {
    name: "transactional.id.expiration.ms",
    type: "int",
    default: String(7 * DAY_MS),
    min: 1,
    text: "How long an unused transactional id is remembered, ms",
  },
];

/** A rate of what one node never does; Kafka's tools take it back after every move of partitions. */
function unthrottled(name: string): ConfigRow {
  const text = "Kept for Kafka's tools: one node copies to no other, and nothing is moved";
  const withoutEnd = Number.MAX_SAFE_INTEGER;
  return { name, type: "long", default: String(withoutEnd), min: withoutEnd, dynamic: true, text };
}

/** The broker's keys that are defaults of topics' keys: same types and limits, another name. */
function topicDefaults(): ConfigRow[] {
  const rows = new Map<string, ConfigRow>();
  for (const { synonym, ...row } of TOPIC_CONFIGS.values()) {
    if (synonym !== undefined) rows.set(synonym, { ...row, name: synonym, dynamic: true });
  }
  return [...rows.values()];
}

const HOUR_MS = 3600 * 1000;
/** Kafka's coarser names of times, finest first: the first that is given counts. */
const COARSE: readonly (readonly [string, string, number])[] = [
  ["log.retention.ms", "log.retention.minutes", 60_000],
  ["log.retention.ms", "log.retention.hours", HOUR_MS],
  ["log.roll.ms", "log.roll.hours", HOUR_MS],
];

/** What a broker is started with, times in the names it goes by. */
export function withFineTimes(config: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const values = { ...config };
  for (const [fine, coarse, unitMs] of COARSE) {
    const given = config[coarse];
    if (given === undefined || values[fine] !== undefined) continue;
    const count = parseNumber(given);
    values[fine] = String(count < 0 ? -1 : count * unitMs);
  }
  return values;
}

/** Every key of a broker. */
export const BROKER_CONFIGS = tableOf(
  [...OWN, ...KAFKA_FILE_CONFIGS, ...topicDefaults()].sort((left, right) => (left.name < right.name ? -1 : 1)),
);
