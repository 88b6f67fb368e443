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

/** What a broker's process may, and where it is. */
export interface ProcessOptions {
  /** How many files and connections it may have open at a time. */
  readonly filesMax?: number;
  /** How large a file may become, in KiB. */
  readonly fileKibMax?: number;
  /** What stands before its command, such as what enters a namespace and becomes the command. */
  readonly enter?: readonly string[];
}

/** A running broker. */
export class BrokerProcess {
  /** Where it listens; undefined when it ended before it did. */
  readonly started: Promise<number | undefined>;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #words = "";
  #isKilled = false;

  constructor(directory: string, port: number, { enter = [], fileKibMax, filesMax }: ProcessOptions = {}) {
    const words = ["streamer", "--data", directory, "--port", String(port), "--json", "--quiet"];
    const config = CONFIG.flatMap((row) => ["--config", row]);
    const command = [process.execPath, MAIN, ...words, ...config];
    // A shell counts a file in blocks of 512 bytes.
    const limits = [
      ...(filesMax === undefined ? [] : [`ulimit -n ${filesMax} && `]),
      ...(fileKibMax === undefined ? [] : [`ulimit -f ${fileKibMax * 2} && `]),
    ];
    // The shell becomes the broker, so that it is the broker that is killed.
    const child = spawn("sh", ["-c", `${limits.join("")}exec "$0" "$@"`, ...enter, ...command], {
      stdio: ["ignore", "pipe", "pipe"],
    });
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

  /** Asks it to end in order; resolves when it has. */
  async stop(): Promise<void> {
    this.#isKilled = this.#child.exitCode === null;
    this.#child.kill("SIGTERM");
    await this.#gone;
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
