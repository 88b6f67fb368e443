import { clientSuite } from "./testing/client-suite.ts";
import { javaCommand } from "./testing/installed.ts";

clientSuite("Kafka's Java client", {
  command: javaCommand,
  codecs: ["none", "gzip", "snappy", "lz4", "zstd"],
  idempotent: true,
  transactions: true,
  transactionalOffsets: true,
  protocols: ["classic", "consumer"],
  mechanisms: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
});
