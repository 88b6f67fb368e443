/**
 * What stands at a path: one file, a folder, or a zip archive; as a list of texts that can be opened any number of times.
 *
 * Links are never followed. Folders and archives hold at most `entriesMax` entries. Nothing is unpacked to disk, and of a sealed file nothing
 * is written in clear.
 */
import { createReadStream } from "node:fs";
import { open, opendir, stat } from "node:fs/promises";
import path from "node:path";

import { isAge } from "@kaelix/security";

import { sourceErrors } from "./errors.ts";
import { nameInside, openSealed, type SealedFile } from "./sealed.ts";
import type { ImportInput, ImportLimits } from "./types.ts";
import { openZip, type ZipLimits } from "./zip.ts";

/** One file's bytes; of most, text. */
export interface TextSource {
  /** Relative path with `/`. */
  readonly name: string;
  /** Size when unpacked. */
  readonly bytes: number;
  readonly modifiedAtMs: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** A place that was opened. */
export interface Container {
  readonly kind: "file" | "folder" | "zip";
  readonly sources: readonly TextSource[];
  /** Every file inside, texts among them; empty where none can be attached to anything. */
  readonly files: readonly TextSource[];
  readonly close: () => Promise<void>;
}

/** How the limits are set when nobody says otherwise. */
const DEFAULT_LIMITS = { unpackedBytesMax: 8 * 1024 ** 3, entriesMax: 100_000 } as const;

const CHUNK_BYTES = 256 * 1024;
/** Enough to tell an archive from a sealed file and from text. */
const HEAD_BYTES = 64;
const FOLDER_DEPTH_MAX = 64;
const READ_NAMES = /\.(?:txt|md|markdown|jsonl|ndjson|csv|tsv)$/iu;
/** Other files that end so are settings or descriptions more often than words. */
const CONVERSATIONS_NAME = /(?:^|\/)conversations(?:-\d{1,6})?\.json$/iu;

/** True for names whose content a source could read. */
export function isReadableName(name: string): boolean {
  return (
    (READ_NAMES.test(name) || isConversationsName(name)) &&
    !name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX" || part === "node_modules")
  );
}

/** True for the names under which assistants export conversations: `conversations.json`, or `conversations-000.json` and on. */
export function isConversationsName(name: string): boolean {
  return CONVERSATIONS_NAME.test(name);
}

function fileSource(
  filePath: string,
  name: string,
  facts: { readonly size: number; readonly mtimeMs: number },
): TextSource {
  return {
    name,
    bytes: facts.size,
    modifiedAtMs: Math.floor(facts.mtimeMs),
    open: () => createReadStream(filePath, { highWaterMark: CHUNK_BYTES }),
  };
}

/**
 * Opens what is to be imported.
 * @throws KaelixError `import-missing`, `import-unreadable`, `import-empty`, `import-not-a-zip`, `import-archive-refused`,
 * `import-archive-encrypted`, `import-archive-damaged`, `import-too-many-entries`, `import-sealed`
 */
export async function openContainer(input: ImportInput, limits: ImportLimits = {}): Promise<Container> {
  const facts = await stat(input.path).catch((cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw sourceErrors(code === "ENOENT" || code === "ENOTDIR" ? "import-missing" : "import-unreadable", { cause });
  });
  const entriesMax = limits.entriesMax ?? DEFAULT_LIMITS.entriesMax;
  if (facts.isDirectory()) {
    const sources = await listFolder(input.path, entriesMax);
    return { kind: "folder", sources, files: [], close: () => Promise.resolve() };
  }
  if (!facts.isFile()) throw sourceErrors("import-unreadable");
  if (facts.size === 0) throw sourceErrors("import-empty");
  const zipLimits = { entriesMax, unpackedBytesMax: limits.unpackedBytesMax ?? DEFAULT_LIMITS.unpackedBytesMax };
  if (input.opened !== undefined) {
    return openSealedContainer(await openSealed(input.path, input.opened), {
      name: nameInside(path.basename(input.fileName)),
      modifiedAtMs: Math.floor(facts.mtimeMs),
      zipLimits,
    });
  }
  const head = await readHead(input.path);
  if (isZip(head)) return openZip(input.path, zipLimits);
  if (isAge(head)) throw sourceErrors("import-sealed");
  if (isZipName(input.fileName)) throw sourceErrors("import-not-a-zip");
  const source = fileSource(input.path, path.basename(input.fileName), facts);
  return { kind: "file", sources: [source], files: [], close: () => Promise.resolve() };
}

async function openSealedContainer(
  sealed: SealedFile,
  {
    name,
    modifiedAtMs,
    zipLimits,
  }: { readonly name: string; readonly modifiedAtMs: number; readonly zipLimits: ZipLimits },
): Promise<Container> {
  const { text } = sealed;
  try {
    if (text.bytes === 0) throw sourceErrors("import-empty");
    for await (const head of text.read(0, Math.min(text.bytes, HEAD_BYTES))) {
      if (isZip(head)) return await openZip(sealed, zipLimits);
    }
    if (isZipName(name)) throw sourceErrors("import-not-a-zip");
    const source: TextSource = { name, bytes: text.bytes, modifiedAtMs, open: () => text.read() };
    return { kind: "file", sources: [source], files: [], close: sealed.close };
  } catch (error) {
    await sealed.close();
    throw error;
  }
}

function isZipName(name: string): boolean {
  return name.toLowerCase().endsWith(".zip");
}

async function readHead(filePath: string): Promise<Uint8Array> {
  const file = await open(filePath).catch((cause: unknown) => {
    throw sourceErrors("import-unreadable", { cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function isZip(head: Uint8Array): boolean {
  // "PK" and the mark of a first entry, of an empty archive or of a split one.
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5 || head[2] === 7);
}

async function listFolder(root: string, entriesMax: number): Promise<TextSource[]> {
  const sources: TextSource[] = [];
  const waiting: { readonly relative: string; readonly depth: number }[] = [{ relative: "", depth: 0 }];
  let entries = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folder = await opendir(path.join(root, next.relative)).catch((cause: unknown) => {
      throw sourceErrors("import-unreadable", { cause });
    });
    for await (const entry of folder) {
      entries++;
      if (entries > entriesMax) throw sourceErrors("import-too-many-entries", { details: { entriesMax } });
      const relative = next.relative === "" ? entry.name : `${next.relative}/${entry.name}`;
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      if (entry.isDirectory() && next.depth < FOLDER_DEPTH_MAX) waiting.push({ relative, depth: next.depth + 1 });
      if (!entry.isFile() || !isReadableName(relative)) continue;
      const filePath = path.join(root, relative);
      sources.push(fileSource(filePath, relative, await stat(filePath)));
    }
  }
  return sources.sort((left, right) => (left.name < right.name ? -1 : 1));
}
