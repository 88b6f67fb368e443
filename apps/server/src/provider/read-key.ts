import { readFileSync } from "node:fs";

/** Where the key of a provider is: in a setting, or in a file that holds it and nothing else. */
export interface KeySettings {
  readonly key: string | undefined;
  readonly file: string | undefined;
  /** Its variable; that of the file ends in `_FILE`. */
  readonly variable: string;
  readonly invalid: (what: string) => Error;
}

/** Reads the key; undefined when there is none. */
export function readKey({ file, invalid, key, variable }: KeySettings): string | undefined {
  if (file === undefined) return key;
  if (key !== undefined) throw invalid(`${variable} and ${variable}_FILE are both set, must be one of them`);
  let read: string;
  try {
    read = readFileSync(file, "utf8").trim();
  } catch {
    throw invalid(`the file of ${variable}_FILE cannot be read, must be a file that this user can read`);
  }
  if (!/^[\x21-\x7e]+$/.test(read)) throw invalid(`the file of ${variable}_FILE must hold one key and nothing else`);
  return read;
}
