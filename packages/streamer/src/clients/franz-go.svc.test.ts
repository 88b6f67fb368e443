import { clientSuite } from "./testing/client-suite.ts";
import { goCommand } from "./testing/installed.ts";

clientSuite("franz-go", {
  command: goCommand,
  codecs: ["none", "gzip", "snappy", "lz4", "zstd"],
  idempotent: true,
  transactions: true,
  protocols: ["classic", "consumer"],
  mechanisms: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
});
