import { clientSuite } from "./testing/client-suite.ts";
import { npmCommand } from "./testing/installed.ts";

const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
const CODECS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

clientSuite("kafkajs", {
  command: () => npmCommand("kafkajs"),
  codecs: ["none", "gzip"],
  idempotent: false,
  transactions: true,
  transactionalOffsets: true,
  protocols: ["classic"],
  mechanisms: MECHANISMS,
});

clientSuite("@platformatic/kafka 1", {
  command: () => npmCommand("platformatic-1"),
  codecs: CODECS,
  idempotent: true,
  transactions: true,
  protocols: ["classic", "consumer"],
  mechanisms: MECHANISMS,
  quirks: ["rereads", "no-takeover"],
});

clientSuite("@platformatic/kafka 2", {
  command: () => npmCommand("platformatic-2"),
  codecs: CODECS,
  idempotent: true,
  transactions: true,
  protocols: ["classic", "consumer"],
  mechanisms: MECHANISMS,
  quirks: ["rereads", "no-takeover"],
});

clientSuite("@kafkats/client", {
  command: () => npmCommand("kafkats"),
  codecs: ["none", "gzip", "snappy", "lz4"],
  idempotent: true,
  transactions: true,
  protocols: ["classic"],
  mechanisms: MECHANISMS,
  lacks: ["addPartitions", "describeConfig", "alterConfig", "deleteRecords", "groupOffsets"],
  quirks: ["ends-with-broker"],
});
