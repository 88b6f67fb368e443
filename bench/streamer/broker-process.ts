/** Our broker in a process of its own, as its peers run. Prints where it listens; ends when its standard input does. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startBroker } from "@kaelix/streamer";

const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), "kaelix-bench-broker-"));
// As the peer is started (tools/services/kafka.ts): a group's first member waits for no others.
const config = { "group.initial.rebalance.delay.ms": "0" };
const broker = await startBroker({ directory, listeners: [{ port: 0 }], config });
console.log(broker.bootstrap());
process.stdin.resume();
process.stdin.once("end", () => {
  void broker.close().finally(() => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(0);
  });
});
