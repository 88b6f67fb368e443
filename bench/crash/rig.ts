/**
 * A disk whose power can be cut while a process writes to it.
 *
 *     file ─ loop ─ XFS with reflinks ─ image file ─ loop ─ ext4 ─ data directory
 *                                          └─ cut: reflink copy in one instant ─ loop ─ ext4 ─ what is left
 *
 * What the file system has not been asked to make durable is still in its cache above the image, so the copy does not have it.
 * Limits: writes reach the image in issue order; reordering and torn sectors come from the simulated disk. Needs root on Linux.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BASE_BYTES = 4 * 2 ** 30;
const IMAGE_BYTES = 2 ** 29;
const TOOLS = ["losetup", "mkfs.xfs", "mkfs.ext4", "mount", "umount"];

/** Why the rig cannot be built here; undefined when it can. */
export function rigObstacle(): string | undefined {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root";
  const missing = TOOLS.filter((tool) => !works("sh", "-c", `command -v ${tool}`));
  if (missing.length > 0) return `${missing.join(", ")} is missing (Debian: apt-get install xfsprogs e2fsprogs)`;
  return works("losetup", "-f") ? undefined : "there is no free loop device";
}

function works(command: string, ...parameters: readonly string[]): boolean {
  try {
    execFileSync(command, parameters, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function call(command: string, ...parameters: readonly string[]): string {
  return execFileSync(command, parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** The rig. `dispose` takes everything down again, also half built ones. */
export class PowerCutRig {
  readonly dataDirectory: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "kaelix-rig-"));
  /** What has to be undone, newest last. */
  readonly #undo: (() => void)[] = [];

  private constructor() {
    this.dataDirectory = join(this.#folder, "disk");
  }

  /** Builds the rig. Throws when a step fails; nothing is left behind then. */
  static build(): PowerCutRig {
    const rig = new PowerCutRig();
    try {
      rig.#build();
      return rig;
    } catch (error) {
      rig.dispose();
      throw error;
    }
  }

  #build(): void {
    const base = join(this.#folder, "base");
    const image = join(base, "image");
    makeSparse(join(this.#folder, "base.img"), BASE_BYTES);
    const baseDevice = this.#attach(join(this.#folder, "base.img"), this.#undo);
    call("mkfs.xfs", "-q", "-m", "reflink=1", baseDevice);
    this.#mount(baseDevice, base, this.#undo);
    makeSparse(image, IMAGE_BYTES);
    const imageDevice = this.#attach(image, this.#undo);
    call("mkfs.ext4", "-q", "-F", imageDevice);
    this.#mount(imageDevice, this.dataDirectory, this.#undo);
  }

  #attach(file: string, undo: (() => void)[]): string {
    const device = call("losetup", "--find", "--show", file);
    undo.push(() => void works("losetup", "--detach", device));
    return device;
  }

  #mount(device: string, directory: string, undo: (() => void)[]): void {
    mkdirSync(directory, { recursive: true });
    call("mount", device, directory);
    undo.push(() => {
      if (!works("umount", directory)) works("umount", "--lazy", directory);
    });
  }

  /** Cuts the power now and hands what is left to `look`; the disk itself goes on. */
  async cut<Result>(look: (dataDirectory: string) => Promise<Result>): Promise<Result> {
    const image = join(this.#folder, "base", "image");
    const snapshot = `${image}.cut`;
    const undo: (() => void)[] = [() => rmSync(snapshot, { force: true })];
    try {
      call("cp", "--reflink=always", image, snapshot);
      const device = this.#attach(snapshot, undo);
      const directory = join(this.#folder, "after");
      this.#mount(device, directory, undo);
      return await look(directory);
    } finally {
      for (const step of undo.reverse()) step();
    }
  }

  /** Unmounts, detaches and removes everything. */
  dispose(): void {
    for (const step of this.#undo.splice(0).reverse()) step();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function makeSparse(path: string, bytes: number): void {
  writeFileSync(path, "");
  truncateSync(path, bytes);
}
