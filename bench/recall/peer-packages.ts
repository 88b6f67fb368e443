/**
 * Systems of others that are measured beside ours. None is a dependency of this repository: their packages are installed into a temporary
 * folder for the run, or found in a folder where they are installed already.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** Some drivers are compiled when no ready one is found. */
const INSTALL_TIMEOUT_MS = 600_000;

/** Texts of people, kept by another system. */
export interface PeerStore {
  add(person: string, text: string, id: string): Promise<unknown>;
  /** Ids of at most `limit` texts, best first. */
  search(person: string, question: string, limit: number): Promise<readonly string[]>;
  /** How many texts of a person it still gives back; absent: it cannot list them. */
  kept?(person: string): Promise<number>;
  close(): Promise<void>;
}

/** Another system. */
export interface Peer {
  /** What rows call it. */
  readonly name: string;
  /** As npm takes them, with their versions; as pip does for what is written in Python. */
  readonly packages: readonly string[];
  /** True when it is written in Python (3.12 or later): it is installed into the folder's own `venv`. */
  readonly isPython?: boolean;
  /** True when what it finds has no order, so that only how many are asked for says how good they are. */
  readonly isUnordered?: boolean;
  /** Opens an empty store in a folder of its own. */
  open(from: PeerFolder, folder: string): Promise<PeerStore>;
}

/** Where a peer's packages stand. */
export interface PeerFolder {
  /** The file of a module or of a package's inside; of what is written in Python, of a program. */
  resolve(name: string): string;
  load(name: string): Promise<unknown>;
}

/**
 * Does work with a peer when it can be had.
 * @param installed a folder in which its packages are installed; absent: they are installed for this run
 * @param work gets a way to open an empty store
 * @returns what the work came to; undefined, with a line on standard error, when the peer cannot be had or fails
 */
export async function withPeer<Result>(
  peer: Peer,
  installed: string | undefined,
  work: (open: () => Promise<PeerStore>) => Promise<Result>,
): Promise<Result | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-bench-"));
  const opened: PeerStore[] = [];
  try {
    const home = installed ?? folder;
    if (installed === undefined) (peer.isPython === true ? installPython : install)(peer.packages, folder);
    const require = createRequire(join(home, "package.json"));
    const from: PeerFolder = {
      resolve: (name) => (peer.isPython === true ? join(home, "venv/bin", name) : require.resolve(name)),
      load: (name) => import(pathToFileURL(require.resolve(name)).href),
    };
    return await work(async () => {
      const store = await peer.open(from, mkdtempSync(join(folder, "store-")));
      opened.push(store);
      return store;
    });
  } catch (failure) {
    const words = failure instanceof Error ? failure.message.split("\n")[0] : "unknown failure";
    console.error(`recall: skipped ${peer.name}: ${words}`);
    return undefined;
  } finally {
    for (const store of opened) await store.close().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function install(packages: readonly string[], folder: string): void {
  const parameters = ["install", "--prefix", folder, "--no-audit", "--no-fund", ...packages];
  // Drivers must be compiled for the Node that runs this bench, whichever stands first on the path, with the headers it brings.
  const home = dirname(dirname(process.execPath));
  const headers = existsSync(join(home, "include/node/node.h")) ? { npm_config_nodedir: home } : {};
  const path = `${join(home, "bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  const environment = { ...process.env, ...headers, PATH: path };
  execFileSync("npm", parameters, { stdio: "ignore", timeout: INSTALL_TIMEOUT_MS, env: environment });
}

/** Into `venv` of the folder. */
function installPython(packages: readonly string[], folder: string): void {
  const environment = join(folder, "venv");
  const options = { stdio: "ignore", timeout: INSTALL_TIMEOUT_MS } as const;
  execFileSync("python3", ["-m", "venv", environment], options);
  execFileSync(join(environment, "bin/pip"), ["install", "-q", ...packages], options);
}

/** Numbers of a vector by which systems that only know vectors find words without a model. */
export const HASHED_DIMENSIONS = 1_024;

/** A hashed bag of words and of their first five letters, of length 1. */
export function hashedVector(text: string): number[] {
  const vector = Array.from({ length: HASHED_DIMENSIONS }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    for (const feature of [word, `${word.slice(0, 5)}*`]) {
      let hash = 2_166_136_261;
      for (let at = 0; at < feature.length; at++) hash = Math.imul(hash ^ feature.charCodeAt(at), 16_777_619);
      const place = (hash >>> 0) % HASHED_DIMENSIONS;
      vector[place] = (vector[place] ?? 0) + 1;
    }
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
