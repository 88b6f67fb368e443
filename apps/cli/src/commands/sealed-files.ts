/** Exports that a passphrase opens, in the format of age: asking for one, and opening one to import it. Nothing is written in clear. */
import { createReadStream, openAsBlob } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";

import { isKaelixError } from "@kaelix/base";
import { isAge, openAge } from "@kaelix/server";

import type { Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { askSecret, canAsk } from "../prompt.ts";

const PASSPHRASE_LENGTH_MIN = 15;
const VARIABLE = "KAELIX_EXPORT_PASSPHRASE";
const HEAD_BYTES = 64;

const EXPORTS = { jsonl: "exports.memories", markdown: "exports.markdown", archive: "exports.archive" } as const;

/** What an export is written as. */
type ExportFormat = keyof typeof EXPORTS;

/** The format of a name. */
export function exportFormatOf(name: string): ExportFormat {
  if (name === "jsonl" || name === "markdown" || name === "archive") return name;
  throw new CommandFailure(
    EXIT.usage,
    `Cannot use --format: current value is ${name}, must be jsonl, markdown or archive`,
  );
}

/** Asks for the export, sealed when that is wanted. */
export async function openExport({ client }: Connection, format: ExportFormat, isSealed: boolean): Promise<Response> {
  if (process.stdout.isTTY && isSealed)
    throw new CommandFailure(EXIT.usage, "Cannot print a sealed file here: add > kaelix.age");
  if (process.stdout.isTTY && format === "archive")
    throw new CommandFailure(EXIT.usage, "Cannot print an archive here: add > kaelix.zip");
  if (!isSealed) return client.open(EXPORTS[format]);
  return client.open("exports.sealed", { body: { passphrase: await newPassphrase(), format } });
}

async function newPassphrase(): Promise<string> {
  const passphrase = await askSecret(`Passphrase for the file, ${PASSPHRASE_LENGTH_MIN} signs or more`, VARIABLE);
  if (passphrase.length < PASSPHRASE_LENGTH_MIN) {
    throw new CommandFailure(
      EXIT.usage,
      `Cannot use the passphrase: it has ${passphrase.length} signs, must have ${PASSPHRASE_LENGTH_MIN} or more`,
    );
  }
  const isTyped = canAsk() && (process.env[VARIABLE] ?? "") === "";
  if (isTyped && (await askSecret("The same again", VARIABLE)) !== passphrase)
    throw new CommandFailure(EXIT.usage, "Cannot use the passphrase: the two are not the same");
  return passphrase;
}

/** True for a file that a passphrase opens. */
export async function isSealedFile(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return isAge(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** A file as it is sent to be imported: one that is sealed is opened in memory first. */
export async function fileToImport(path: string): Promise<{ readonly name: string; readonly data: Blob }> {
  const name = basename(path);
  if (!(await isSealedFile(path))) return { name, data: await openAsBlob(path) };
  const passphrase = await askSecret("Passphrase of the file", VARIABLE);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  try {
    for await (const piece of openAge(createReadStream(path), passphrase)) pieces.push(Uint8Array.from(piece));
  } catch (error) {
    if (!isKaelixError(error, "age-damaged")) throw error;
    throw new CommandFailure(EXIT.found, "Cannot open the file: it was cut or changed. Nothing of it was imported");
  }
  return { name: name.replace(/\.age$/, ""), data: new Blob(pieces) };
}
