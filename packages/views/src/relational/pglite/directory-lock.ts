/**
 * The lock on a view's directory, because PGlite has none: two processes on one data directory destroy it.
 *
 * Guarantees: of all processes of one machine at most one holds it; a holder that died is found out by its process id, its start time
 * and the kernel's boot id; the file tells the next holder whether the last one stopped cleanly, in this life of the kernel or another.
 * It does not: protect a directory shared between machines.
 *
 * `lock.json` { state: "open" | "clean", pid, startedAt, bootId, token }
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rmdir, stat } from "node:fs/promises";
import { uptime } from "node:os";
import { join, resolve } from "node:path";

import { writeFileDurably } from "@kaelix/coordinator";
import { viewErrors } from "../errors.ts";

/** How the holder before ended. `unclean-other-boot`: what it wrote last may never have reached the disk. */
type LastStop = "never-opened" | "clean" | "unclean-same-boot" | "unclean-other-boot";

/** A held lock. */
export interface DirectoryLock {
  readonly lastStop: LastStop;
  /** Gives the directory back. `clean`: everything under it was synced to the disk before. */
  release(options: { readonly clean: boolean }): Promise<void>;
}

/** What tells machines' lives and processes apart; an argument so that a test can play another boot. */
export interface LockIdentity {
  readonly bootId: string;
  readonly pid: number;
}

interface LockFile {
  readonly state: "open" | "clean";
  readonly pid: number;
  readonly startedAt: string;
  readonly bootId: string;
  readonly token: string;
}

/** Directories that this process holds: its own id in the file would look like a stranger's that died. */
const held = new Set<string>();
/** After so long a takeover that did not end is taken to have died. */
const TAKEOVER_MS_MAX = 10_000;
const UPTIME_STEP_MS = 60_000;

/** Who this process is. The boot id is the kernel's; where there is none, the time of the boot to the minute. */
export async function lockIdentity(): Promise<LockIdentity> {
  try {
    const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    return { bootId, pid: process.pid };
  } catch {
    const bootedAt = Math.round((Date.now() - uptime() * 1_000) / UPTIME_STEP_MS);
    return { bootId: `booted-${bootedAt}`, pid: process.pid };
  }
}

/**
 * Takes the lock of a directory, which must exist.
 * @throws `views-directory-locked` when a living process has it
 */
export async function lockDirectory(directory: string, identity?: LockIdentity): Promise<DirectoryLock> {
  const me = identity ?? (await lockIdentity());
  const root = resolve(directory);
  if (held.has(root)) throw viewErrors("views-directory-locked", { details: { pid: process.pid } });
  held.add(root);
  try {
    const guard = join(root, "lock.takeover");
    await enterTakeover(guard);
    try {
      return await take(root, me);
    } finally {
      await rmdir(guard);
    }
  } catch (error) {
    held.delete(root);
    throw error;
  }
}

async function take(root: string, me: LockIdentity): Promise<DirectoryLock> {
  const path = join(root, "lock.json");
  const before = await readLock(path);
  if (before !== undefined && before.state === "open" && (await isAlive(before, me))) {
    throw viewErrors("views-directory-locked", { details: { pid: before.pid } });
  }
  const mine: LockFile = {
    state: "open",
    pid: me.pid,
    startedAt: await startTimeOf(me.pid),
    bootId: me.bootId,
    token: randomUUID(),
  };
  // On the disk before the database is touched: a power cut must not find an old "clean" beside new pages.
  await writeFileDurably(path, JSON.stringify(mine));
  return {
    lastStop: lastStopOf(before, me),
    async release({ clean }) {
      if (!held.delete(root)) return;
      // Process 0 is nobody: the directory is free, and still known to have been left in the middle of things.
      const left: LockFile = clean ? { ...mine, state: "clean" } : { ...mine, pid: 0 };
      await writeFileDurably(path, JSON.stringify(left));
    },
  };
}

function lastStopOf(before: LockFile | undefined, me: LockIdentity): LastStop {
  if (before === undefined) return "never-opened";
  if (before.state === "clean") return "clean";
  return before.bootId === me.bootId ? "unclean-same-boot" : "unclean-other-boot";
}

/** One process at a time looks at the lock and replaces it. `mkdir` is atomic. */
async function enterTakeover(guard: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await mkdir(guard);
      return;
    } catch (error) {
      if (!isCode(error, "EEXIST")) throw error;
    }
    const entered = await stat(guard).catch(() => undefined);
    const isAbandoned = entered !== undefined && Date.now() - entered.mtimeMs > TAKEOVER_MS_MAX;
    if (!isAbandoned && entered !== undefined) break;
    if (isAbandoned) await rmdir(guard).catch(() => undefined);
  }
  throw viewErrors("views-directory-locked", { message: "Another process is taking the directory of this view" });
}

async function readLock(path: string): Promise<LockFile | undefined> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  // A lock that cannot be read is that of an unknown holder in an unknown life of the kernel.
  const unknown: LockFile = { state: "open", pid: 0, startedAt: "", bootId: "", token: "" };
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return unknown;
    const fields = new Map<string, unknown>(Object.entries(parsed));
    const [pid, startedAt, bootId] = [fields.get("pid"), fields.get("startedAt"), fields.get("bootId")];
    if (typeof pid !== "number" || typeof startedAt !== "string" || typeof bootId !== "string") return unknown;
    return { state: fields.get("state") === "clean" ? "clean" : "open", pid, startedAt, bootId, token: "" };
  } catch {
    return unknown;
  }
}

async function isAlive(lock: LockFile, me: LockIdentity): Promise<boolean> {
  if (lock.bootId !== me.bootId || lock.pid <= 0) return false;
  // Directories this process holds were refused before: this is a namesake that died.
  if (lock.pid === process.pid) return false;
  try {
    process.kill(lock.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (!isCode(error, "EPERM")) return false;
  }
  // A process id is used again; its start time is not.
  const startedAt = await startTimeOf(lock.pid);
  return startedAt === "" || lock.startedAt === "" || startedAt === lock.startedAt;
}

/** Ticks after the boot at which a process started (proc(5), field 22); empty where the kernel does not say. */
async function startTimeOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The second field is the command in brackets and may hold anything.
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}
