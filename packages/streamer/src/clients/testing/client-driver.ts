/**
 * A Kafka client in a process of its own, whatever its language: a line of JSON for each request and each answer.
 *
 * Being a process of its own, it can crash: `kill` ends it as a power cut would, without a word to the broker.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** How a client reaches the broker. Paths are of PEM files. */
export interface Connection {
  readonly bootstrap: string;
  readonly sasl?: { readonly mechanism: string; readonly user: string; readonly password: string };
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
}

/** What a driver is asked: the operation and its arguments; see `tools/services/clients`. */
export interface DriverRequest {
  readonly op: string;
  readonly connection?: Connection;
  readonly [name: string]: unknown;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const ANSWER_MS_MAX = 60_000;
const SAID_CHARACTERS_MAX = 4000;

/** See the top of the file. */
export class ClientDriver {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #said = "";
  #ended: Error | undefined;

  constructor(command: readonly string[]) {
    const [program = "", ...parameters] = command;
    this.#child = spawn(program, parameters, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.on("data", (bytes: Buffer) => {
      this.#said = (this.#said + bytes.toString()).slice(-SAID_CHARACTERS_MAX);
    });
    if (this.#child.stdout !== null) createInterface(this.#child.stdout).on("line", (line) => this.#onLine(line));
    this.#child.once("error", (error) => this.#end(error));
    this.#child.once("exit", () => this.#end(new Error(`The client ended: ${this.#said}`)));
    // A client that was killed takes no more requests; who asked is told by `exit`.
    this.#child.stdin?.on("error", () => undefined);
  }

  /** Asks, and resolves with the answer; rejects with what the client says went wrong. */
  ask(request: DriverRequest): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`No answer to ${request.op} in ${ANSWER_MS_MAX} ms: ${this.#said}`));
      }, ANSWER_MS_MAX);
      this.#waiting.set(id, {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#child.stdin?.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  /** What the client printed beside its answers, at most its end. */
  get said(): string {
    return this.#said;
  }

  /** Ends it at once; it says goodbye to nobody. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  #onLine(line: string): void {
    // Anything else on standard output is chatter of a library.
    if (!line.startsWith("{")) return;
    // Our own drivers wrote it.
    const answer = JSON.parse(line) as { readonly id: number; readonly result?: unknown; readonly error?: string };
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer.result);
    else waiting?.reject(new Error(answer.error));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
