/** What a real server for tests must be able to do. One row per server in `table.ts`. */
import { spawn, spawnSync } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A server (or program) that tests need and the repository does not bring. */
export interface Service {
  readonly name: string;
  /** Debian packages that bring it. */
  readonly packages: readonly string[];
  /** Where its program is; undefined when it is not installed. */
  find(): Promise<string | undefined>;
  /** Starts it unless it runs, waits until it answers; what to put in the environment. Idempotent. */
  start(program: string): Promise<Readonly<Record<string, string>>>;
  /** Ends it by the process id it was started with. */
  stop(): Promise<void>;
  /** The same as `start` gave; undefined when it does not run. */
  status(): Promise<Readonly<Record<string, string>> | undefined>;
}

/** Where services keep their data, logs and process ids. Not in git. */
export function servicesDirectory(name: string): string {
  return join(dirname(fileURLToPath(import.meta.url)), "..", "..", ".services", name);
}

/** A loopback port that nothing listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** What a service wrote down when it was started. */
interface RunningService {
  readonly pid: number;
  readonly port: number;
}

/** Reads what `keepRunning` wrote; undefined when it is not there or the process is gone. */
export async function readRunning(name: string): Promise<RunningService | undefined> {
  const text = await readFile(join(servicesDirectory(name), "running.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // Written by keepRunning below.
  const running = JSON.parse(text) as RunningService;
  try {
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}

/** Writes down that a service runs. */
export async function keepRunning(name: string, running: RunningService): Promise<void> {
  await mkdir(servicesDirectory(name), { recursive: true });
  await writeFile(join(servicesDirectory(name), "running.json"), JSON.stringify(running));
}

/** Forgets that a service runs. */
export async function forgetRunning(name: string): Promise<void> {
  await rm(join(servicesDirectory(name), "running.json"), { force: true });
}

/** Runs a program to its end. Throws with the end of what it said when it fails. */
export function run(
  program: string,
  parameters: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...parameters], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const listen = (bytes: Buffer): void => {
      said = (said + bytes.toString()).slice(-20_000);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", reject);
    // `exit`, not `close`: a server started in the background keeps the pipes open.
    child.once("exit", (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`${program} ended with ${code}: ${said.slice(-2_000)}`));
    });
  });
}

/** Installs Debian packages; needs root. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const hasApt = spawnSync("apt-get", ["--version"]).status === 0;
  if (!isRoot || !hasApt) {
    throw new Error(`Cannot install: install ${packages.join(", ")} by hand, or run this as root on Debian`);
  }
  const quiet = ["-y", "-q", "--no-install-recommends"];
  try {
    await run("apt-get", ["install", ...quiet, ...packages]);
  } catch {
    await run("apt-get", ["update", "-q"]);
    await run("apt-get", ["install", ...quiet, ...packages]);
  }
}
