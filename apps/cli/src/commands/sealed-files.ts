/** Exports that a passphrase opens, in the format of age: asking for one, and importing one. */
import { isKaelixError } from "@kaelix/base";
import { isSealed } from "@kaelix/capture";
import { KaelixProblem } from "@kaelix/contract";

import type { Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { askSecret, canAsk } from "../prompt.ts";

const PASSPHRASE_LENGTH_MIN = 15;
const VARIABLE = "KAELIX_EXPORT_PASSPHRASE";

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

/** The passphrase of a file that is imported; undefined for a file that is not sealed. */
export async function passphraseOf(path: string): Promise<string | undefined> {
  return (await isSealed(path)) ? askSecret("Passphrase of the file", VARIABLE) : undefined;
}

/** Says of a file that was cut or changed what became of it; any other failure as it is. */
export function refusedFile(failure: unknown): unknown {
  const isDamaged =
    isKaelixError(failure, "age-damaged") || (failure instanceof KaelixProblem && failure.code === "age-damaged");
  if (!isDamaged) return failure;
  return new CommandFailure(EXIT.found, "Cannot open the file: it was cut or changed. Nothing of it was imported");
}
