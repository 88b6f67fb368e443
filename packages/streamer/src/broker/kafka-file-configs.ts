/**
 * Keys that stand in Apache Kafka's own `server.properties`, or are common there, and of which one node of ours has nothing to be told: its sockets,
 * threads, replicas and controllers are otherwise. They are listed with Kafka's defaults and kept, so that somebody's file is taken as it is.
 */
import type { ConfigRow } from "./config-values.ts";

const SINGLE_THREAD = "Kept for Kafka's files: the broker serves on one thread";
const SOCKETS = "Kept for Kafka's files: sockets are as the system makes them";
const ONE_NODE = "Kept for Kafka's files: one node has one copy, and talks to no other";
const OWN_TIME = "Kept for Kafka's files: storage looks when there is something to do";

function rows(type: ConfigRow["type"], text: string, defaults: Readonly<Record<string, string | null>>): ConfigRow[] {
  return Object.entries(defaults).map(([name, value]) => ({ name, type, default: value, text }));
}

/** The rows; see the top of the file. */
export const KAFKA_FILE_CONFIGS: readonly ConfigRow[] = [
  ...rows("int", SINGLE_THREAD, {
    "log.cleaner.threads": "1",
    "num.io.threads": "8",
    "num.network.threads": "3",
    "num.recovery.threads.per.data.dir": "2",
    "num.replica.fetchers": "1",
  }),
  ...rows("int", SOCKETS, {
    "socket.listen.backlog.size": "50",
    "socket.receive.buffer.bytes": "102400",
    "socket.send.buffer.bytes": "102400",
  }),
  ...rows("long", OWN_TIME, {
    "log.cleaner.backoff.ms": "15000",
    "log.flush.offset.checkpoint.interval.ms": "60000",
    "log.flush.scheduler.interval.ms": String(Number.MAX_SAFE_INTEGER),
    "log.flush.start.offset.checkpoint.interval.ms": "60000",
    "log.retention.check.interval.ms": "300000",
    "replica.lag.time.max.ms": "30000",
  }),
  ...rows("int", ONE_NODE, {
    "controlled.shutdown.max.retries": "3",
    "offsets.topic.segment.bytes": "104857600",
    "replica.fetch.max.bytes": "1048576",
    "request.timeout.ms": "30000",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.segment.bytes": "104857600",
  }),
  ...rows("string", ONE_NODE, {
    "controller.listener.names": null,
    "controller.quorum.bootstrap.servers": "",
    "inter.broker.listener.name": null,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
    "metadata.log.dir": null,
    "sasl.mechanism.inter.broker.protocol": "GSSAPI",
    "security.inter.broker.protocol": "PLAINTEXT",
  }),
];
