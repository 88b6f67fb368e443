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

for (const line of [1, 2]) {
  clientSuite(`@platformatic/kafka ${line}`, {
    command: () => npmCommand(`platformatic-${line}`),
    codecs: CODECS,
    idempotent: true,
    transactions: true,
    protocols: ["classic", "consumer"],
    mechanisms: MECHANISMS,
    quirks: ["rereads", "no-takeover"],
  });
}

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
