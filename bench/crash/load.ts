/** The load of a crash run: a child process that appends without a pause and prints what was acknowledged. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

import { type AcknowledgedBatch, crashWriterPath, parseAcknowledged } from "@kaelix/log/crash";

/** A running load. */
export class CrashLoad {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #batches: AcknowledgedBatch[] = [];
  #rest = "";
  #wakeFirst: () => void = () => undefined;
  readonly #first: Promise<void>;

  constructor(directory: string, mode: "durable" | "no-sync", serial: number) {
    this.#child = spawn(process.execPath, [crashWriterPath, directory, mode, String(serial)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#closed = once(this.#child, "close");
    this.#first = new Promise((resolve) => (this.#wakeFirst = resolve));
    this.#child.stdout?.on("data", (chunk: Buffer) => this.#take(chunk.toString("latin1")));
  }

  #take(text: string): void {
    const whole = this.#rest + text;
    const end = whole.lastIndexOf("\n") + 1;
    this.#rest = whole.slice(end);
    for (const batch of parseAcknowledged(whole.slice(0, end))) this.#batches.push(batch);
    this.#wakeFirst();
  }

  /** Resolves when something was acknowledged, or the child ended. */
  async started(): Promise<void> {
    await Promise.race([this.#first, this.#closed]);
  }

  /** What this process has been told was acknowledged, as of now. */
  acknowledged(): readonly AcknowledgedBatch[] {
    return this.#batches.slice();
  }

  /** Ends the child with SIGKILL and takes what it had still printed. */
  async kill(): Promise<readonly AcknowledgedBatch[]> {
    this.#child.kill("SIGKILL");
    await this.#closed;
    return this.#batches;
  }
}
