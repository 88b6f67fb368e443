/**
 * mem0ai as a peer: npm, `infer: false`, no model, with a hashed bag-of-words embedder in process. It is no dependency of this
 * repository: it is installed into a temporary folder for the run, or found where it is installed already.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const MEM0_VERSION = "3.3.1";
const EMBEDDING_DIMENSIONS = 1_024;
/** Its database driver is compiled when no ready one is found. */
const INSTALL_TIMEOUT_MS = 600_000;

/** What rows call it. */
export const MEM0_NAME = `mem0ai ${MEM0_VERSION}`;

/** What is used of mem0ai's open-source memory. */
export interface Mem0 {
  add(
    messages: string,
    options: { readonly userId: string; readonly infer: false; readonly metadata?: { readonly turn: string } },
  ): Promise<unknown>;
  search(
    query: string,
    options: { readonly filters: { readonly user_id: string }; readonly topK: number; readonly threshold: number },
  ): Promise<{ readonly results: readonly { readonly metadata?: { readonly turn?: string } }[] }>;
}

/**
 * Does work with mem0ai when it can be had.
 * @param installed a folder in which it is installed; absent: it is installed for this run
 * @param work gets a way to open a memory on an empty file of its own
 * @returns what the work came to; undefined, with a line on standard error, when mem0ai cannot be had or fails
 */
export async function withMem0<Result>(
  installed: string | undefined,
  work: (open: () => Mem0) => Promise<Result>,
): Promise<Result | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-bench-"));
  try {
    if (installed === undefined) installMem0(folder);
    const Memory = await loadMem0(installed ?? folder);
    let opened = 0;
    return await work(() => new Memory(mem0Config(join(folder, `${opened++}.db`))));
  } catch (failure) {
    console.error(
      `recall: skipped mem0ai: ${failure instanceof Error ? failure.message.split("\n")[0] : "unknown failure"}`,
    );
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function installMem0(folder: string): void {
  const parameters = ["install", "--prefix", folder, "--no-audit", "--no-fund", `mem0ai@${MEM0_VERSION}`];
  // Its driver must be compiled for the Node that runs this bench, whichever stands first on the path, with the headers it brings.
  const home = dirname(dirname(process.execPath));
  const headers = existsSync(join(home, "include/node/node.h")) ? { npm_config_nodedir: home } : {};
  const path = `${join(home, "bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  const environment = { ...process.env, ...headers, PATH: path };
  execFileSync("npm", parameters, { stdio: "ignore", timeout: INSTALL_TIMEOUT_MS, env: environment });
}

async function loadMem0(folder: string): Promise<new (config: unknown) => Mem0> {
  process.env["MEM0_TELEMETRY"] = "false";
  const resolved = createRequire(join(folder, "package.json")).resolve("mem0ai/oss");
  // The shape was read off its documentation; a wrong guess ends in the catch of `withMem0`.
  const loaded = (await import(pathToFileURL(resolved).href)) as { Memory: new (config: unknown) => Mem0 };
  return loaded.Memory;
}

function mem0Config(dbPath: string): unknown {
  const model = { embedQuery: embed, embedDocuments: (texts: string[]) => Promise.all(texts.map(embed)) };
  return {
    embedder: { provider: "langchain", config: { model, embeddingDims: EMBEDDING_DIMENSIONS } },
    vectorStore: { provider: "memory", config: { dimension: EMBEDDING_DIMENSIONS, dbPath } },
    llm: { provider: "openai", config: { apiKey: "none" } },
    disableHistory: true,
  };
}

/** A hashed bag of words and of their first five letters, of length 1. */
function embed(text: string): Promise<number[]> {
  const vector = Array.from({ length: EMBEDDING_DIMENSIONS }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    for (const feature of [word, `${word.slice(0, 5)}*`]) {
      let hash = 2_166_136_261;
      for (let at = 0; at < feature.length; at++) hash = Math.imul(hash ^ feature.charCodeAt(at), 16_777_619);
      const place = (hash >>> 0) % EMBEDDING_DIMENSIONS;
      vector[place] = (vector[place] ?? 0) + 1;
    }
  }
  const length = Math.hypot(...vector) || 1;
  return Promise.resolve(vector.map((value) => value / length));
}
