import { clientSuite } from "./testing/client-suite.ts";
import { pythonCommand } from "./testing/installed.ts";

const COMMON = {
  codecs: ["none", "gzip", "snappy", "lz4", "zstd"],
  protocols: ["classic"],
  mechanisms: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
} as const;

clientSuite("kafka-python 2.0", {
  ...COMMON,
  command: () => pythonCommand("debian"),
  idempotent: false,
  transactions: false,
  lacks: ["deleteRecords"],
});

clientSuite("kafka-python 3", {
  ...COMMON,
  command: () => pythonCommand("latest"),
  idempotent: true,
  transactions: true,
  transactionalOffsets: true,
});
