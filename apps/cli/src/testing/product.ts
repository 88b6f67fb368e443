/** Starts the real product as a child process on a temporary data directory, for tests and benches. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Client, createClient } from "@kaelix/contract";

const MAIN = join(import.meta.dirname, "../kaelix.ts");
const CLAIM_CODE = "TEST-CODE";
/** A bound against hanging: on a busy machine a start has taken 50 seconds. */
const READY_MS_MAX = 150_000;

/** The credentials that tests sign up with. */
export const PERSON = { phone: "+1234567890", name: "Ann", password: "testpassword" };

/** A running product. */
export interface Product {
  readonly url: string;
  readonly openUrl: string;
  readonly process: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Ends it as a power failure of the process would. */
  kill(): Promise<void>;
  /** Ends it as Ctrl+C would; the exit code. */
  stop(): Promise<number | null>;
}

/** A temporary data directory that is removed at the end. */
export function temporaryData(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "kaelix-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Starts `kaelix serve` and waits until it is ready. Listens at any free port unless `KAELIX_PORT` is given. */
export async function startProduct(data: string, environment: Readonly<Record<string, string>> = {}): Promise<Product> {
  const { KAELIX_PORT: port = "0" } = environment;
  const child = spawn(process.execPath, [MAIN, "serve", "--data", data, "--port", port], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, KAELIX_CLAIM_CODE: CLAIM_CODE, ...environment },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const openUrl = await waitFor(
    () => /http:\/\/[^\s]+/.exec(output)?.[0],
    child,
    () => output,
  );
  const url = new URL(openUrl).origin;
  await waitFor(
    async () => ((await fetch(`${url}/ready`).catch(() => undefined))?.ok === true ? true : undefined),
    child,
    () => output,
  );
  return {
    url,
    openUrl,
    process: child,
    output: () => output,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      child.kill("SIGINT");
      return ended;
    },
  };
}

/** Signs the first person up and gives a client with their rights. */
export async function claim(product: Product): Promise<Client> {
  const bare = createClient({ baseUrl: product.url });
  const { data } = await bare.call("auth.signUp", { body: { ...PERSON, claim_code: CLAIM_CODE } });
  return createClient({ baseUrl: product.url, accessToken: () => data.access_token });
}

/** Signs the first person in again. */
export async function signIn(product: Product): Promise<Client> {
  const bare = createClient({ baseUrl: product.url });
  const { data } = await bare.call("auth.logIn", { body: { phone: PERSON.phone, password: PERSON.password } });
  return createClient({ baseUrl: product.url, accessToken: () => data.access_token });
}

/** What a run of the command line came to. */
export interface CommandOutcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** How a command is run. */
export interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** After that long it is killed, which no hanging file call outlives. */
  readonly killAfterMs?: number;
}

/** Runs one command of `kaelix` to its end. */
export function runCommand(parameters: readonly string[], options: RunOptions = {}): Promise<CommandOutcome> {
  const child = spawn(process.execPath, [MAIN, ...parameters], {
    env: { ...process.env, ...options.environment },
    timeout: options.killAfterMs ?? 0,
    killSignal: "SIGKILL",
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.end(options.input ?? "");
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

async function waitFor<Found>(
  look: () => Found | undefined | Promise<Found | undefined>,
  child: ChildProcess,
  output: () => string,
): Promise<Found> {
  const deadlineMs = performance.now() + READY_MS_MAX;
  while (performance.now() < deadlineMs) {
    const found = await look();
    if (found !== undefined) return found;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGKILL");
  throw new Error(`The product did not start:\n${output()}`);
}
