/** `kaelix streamer` in a process of its own, on a folder and a port that outlive it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const MAIN = new URL("../../../apps/cli/src/kaelix.ts", import.meta.url).pathname;
/** Small segments, so that rolls, checkpoints and snapshots are in the middle of the crashes; few partitions of what is internal. */
const CONFIG = [
  "log.segment.bytes=60000",
  "offsets.topic.num.partitions=3",
  "transaction.state.log.num.partitions=3",
  "group.initial.rebalance.delay.ms=0",
  "group.consumer.heartbeat.interval.ms=200",
];

/** A running broker. */
export class BrokerProcess {
  /** Where it listens; undefined when it ended before it did. */
  readonly started: Promise<number | undefined>;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #words = "";
  #isKilled = false;

  /** @param filesMax how many files and connections it may have open at a time */
  constructor(directory: string, port: number, filesMax?: number) {
    const words = ["streamer", "--data", directory, "--port", String(port), "--json", "--quiet"];
    const config = CONFIG.flatMap((row) => ["--config", row]);
    const command = [process.execPath, MAIN, ...words, ...config];
    const limit = filesMax === undefined ? "" : `ulimit -n ${filesMax} && `;
    // The shell becomes the broker, so that it is the broker that is killed.
    const child = spawn("sh", ["-c", `${limit}exec "$0" "$@"`, ...command], { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#gone = once(child, "close");
    child.stderr.on("data", (chunk: Buffer) => (this.#words += chunk.toString()));
    const line = once(createInterface({ input: child.stdout }), "line").then(([text]) => portOf(String(text)));
    this.started = Promise.race([line, this.#gone.then(() => undefined)]);
  }

  /** What it complained of. Also that it ended by itself is a complaint. */
  complaints(): string {
    const ended = !this.#isKilled && this.#child.exitCode !== null ? `ended with ${this.#child.exitCode}\n` : "";
    return this.#words + ended;
  }

  /** Ends it with SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#isKilled = this.#child.exitCode === null;
    this.#child.kill("SIGKILL");
    await this.#gone;
  }
}

function portOf(line: string): number {
  const found = /"bootstrap":"[^"]*:(\d+)"/.exec(line)?.[1];
  if (found === undefined) throw new Error("Cannot start the broker: it did not say where it listens");
  return Number(found);
}
