/** Files that a passphrase opens, in the format of age, read in place: nothing of them is ever written in clear. */
import { open, stat } from "node:fs/promises";

import { type AgeKey, type AgeSource, type AgeText, checkAge, isAge, openAge, reopenAge } from "@kaelix/security";

import { sourceErrors } from "./errors.ts";

const HEAD_BYTES = 64;
const ENDING = /\.age$/iu;

/** A sealed file that was opened; closes what it reads from. */
export interface SealedFile {
  readonly text: AgeText;
  readonly close: () => Promise<void>;
}

/** True for a file that a passphrase may open. @throws KaelixError `import-unreadable` */
export async function isSealed(path: string): Promise<boolean> {
  return reading(path, async (source) => isAge(await source.read(0, HEAD_BYTES)));
}

/** @throws KaelixError `age-unsupported` when no passphrase opens it here, `import-unreadable` */
export async function checkSealed(path: string): Promise<void> {
  await reading(path, checkAge);
}

/**
 * What a passphrase comes to for a file that was found whole by it.
 * @throws KaelixError `age-passphrase-wrong`, `age-damaged`, `age-unsupported`, `identity-busy`, `import-unreadable`
 */
export async function unseal(path: string, passphrase: string): Promise<AgeKey> {
  return reading(path, async (source) => (await openAge(source, passphrase)).key);
}

/** Opens a sealed file to be read. @throws KaelixError `import-unreadable`, `age-damaged` */
export async function openSealed(path: string, key: AgeKey): Promise<SealedFile> {
  const { close, source } = await openSource(path);
  return { text: reopenAge(source, key), close };
}

/** How what is inside is called: `mine.jsonl.age` holds `mine.jsonl`. */
export function nameInside(fileName: string): string {
  return fileName.replace(ENDING, "");
}

async function reading<Result>(path: string, use: (source: AgeSource) => Promise<Result>): Promise<Result> {
  const { close, source } = await openSource(path);
  try {
    return await use(source);
  } finally {
    await close();
  }
}

async function openSource(path: string): Promise<{ readonly source: AgeSource; readonly close: () => Promise<void> }> {
  const unreadable = (cause: unknown): never => {
    throw sourceErrors("import-unreadable", { cause });
  };
  const { size } = await stat(path).catch(unreadable);
  const file = await open(path).catch(unreadable);
  const source: AgeSource = {
    bytes: size,
    read: async (at, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    },
  };
  return { source, close: () => file.close() };
}
