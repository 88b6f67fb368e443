/**
 * A real file system so small that it can be filled, which only the processes of one mount namespace see.
 *
 * A process of ours makes the namespace, mounts the file system and then does nothing: brokers enter its namespace and may die, and what they wrote
 * stays until the disk is disposed of. It is looked into and filled through `/proc/PID/root`.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The file systems there are. */
export type SmallDiskKind = "tmpfs" | "ext4";

interface Recipe {
  readonly bytes: number;
  readonly tools: readonly string[];
  readonly unshare: readonly string[];
  /** `$1` is where, `$2` an image of the size. */
  readonly mount: string;
  readonly enter: readonly string[];
}

const RECIPES: Readonly<Record<SmallDiskKind, Recipe>> = {
  // In a user namespace of its own nobody needs to be root for it.
  tmpfs: {
    bytes: 4 * 2 ** 20,
    tools: ["unshare", "nsenter", "mount"],
    unshare: ["--map-root-user", "--mount"],
    mount: 'mount -t tmpfs -o size=4m tmpfs "$1"',
    enter: ["--user", "--preserve-credentials", "--mount"],
  },
  // No room is kept back for root, who fills it here. The loop device goes with its mount.
  ext4: {
    bytes: 16 * 2 ** 20,
    tools: ["unshare", "nsenter", "mount", "mkfs.ext4"],
    unshare: ["--mount"],
    mount: 'mkfs.ext4 -q -F -m 0 "$2" && mount -o loop "$2" "$1"',
    enter: ["--mount"],
  },
};

const CHUNK = Buffer.alloc(64 * 1024, 7);

/** Why a small disk of this kind cannot be made here; undefined when it can. */
export function smallDiskObstacle(kind: SmallDiskKind): string | undefined {
  const { tools } = RECIPES[kind];
  if (process.platform !== "linux") return "it needs Linux";
  const missing = tools.filter((tool) => !works("sh", ["-c", `command -v ${tool}`]));
  if (missing.length > 0) return `${missing.join(", ")} is missing`;
  const folder = mkdtempSync(join(tmpdir(), "kaelix-try-"));
  try {
    const [command, parameters] = mounting(kind, folder);
    return works(command, [...parameters, "true"]) ? undefined : "this user may not mount it here";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function works(command: string, parameters: readonly string[]): boolean {
  try {
    execFileSync(command, parameters, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What mounts the disk in a folder's `disk` and goes on as the command that follows it. */
function mounting(kind: SmallDiskKind, folder: string): [string, string[]] {
  const { bytes, mount, unshare } = RECIPES[kind];
  const image = join(folder, "image");
  mkdirSync(join(folder, "disk"));
  writeFileSync(image, "");
  truncateSync(image, bytes);
  return ["unshare", [...unshare, "sh", "-c", `${mount} && shift 2 && exec "$@"`, "sh", join(folder, "disk"), image]];
}

/** One disk; made by `SmallDisk.mount`. */
export class SmallDisk {
  /** Where the processes that enter have it. */
  readonly directory: string;
  readonly #folder: string;
  readonly #holder: ChildProcess;
  readonly #kind: SmallDiskKind;

  private constructor(kind: SmallDiskKind, folder: string, holder: ChildProcess) {
    this.#kind = kind;
    this.#folder = folder;
    this.#holder = holder;
    this.directory = join(folder, "disk");
  }

  static async mount(kind: SmallDiskKind): Promise<SmallDisk> {
    const folder = mkdtempSync(join(tmpdir(), "kaelix-small-disk-"));
    const [command, parameters] = mounting(kind, folder);
    // It ends with this process, whose end of the pipe it waits for.
    const holder = spawn(command, [...parameters, "sh", "-c", "echo mounted; read end"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const mounted = once(createInterface({ input: holder.stdout }), "line");
    const ended = once(holder, "exit").then(() => Promise.reject(new Error(`Cannot mount a small ${kind}`)));
    await Promise.race([mounted, ended]);
    ended.catch(() => undefined);
    return new SmallDisk(kind, folder, holder);
  }

  /** What stands before a command that is to see the disk. */
  get enter(): readonly string[] {
    return ["nsenter", "--target", String(this.#holder.pid), ...RECIPES[this.#kind].enter, "--"];
  }

  /** The directory as this process reaches it. */
  get outside(): string {
    return `/proc/${this.#holder.pid}/root${this.directory}`;
  }

  get #filler(): string {
    return join(this.outside, "filler");
  }

  /** Takes room away until so many bytes are left, at most. 0 leaves not a single one. */
  fill(leftBytes: number): void {
    const file = openSync(this.#filler, "a");
    try {
      for (let size = CHUNK.length; size >= 1; size = Math.floor(size / 2)) {
        while (!this.#isDownTo(leftBytes) && canWrite(file, size));
      }
    } finally {
      closeSync(file);
    }
  }

  /** Never true of 0: what the file system says is left is in whole blocks. */
  #isDownTo(leftBytes: number): boolean {
    const { bavail, bsize } = statfsSync(this.outside);
    return leftBytes > 0 && bavail * bsize <= leftBytes;
  }

  /** Gives the room back. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  /** Unmounts and removes everything. Whoever entered must have ended. */
  async dispose(): Promise<void> {
    const gone = once(this.#holder, "close");
    this.#holder.stdin?.end();
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function canWrite(file: number, size: number): boolean {
  try {
    return writeSync(file, CHUNK, 0, size) > 0;
  } catch {
    return false;
  }
}
