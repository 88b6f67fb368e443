import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

import { classifyLines } from "@kaelix/intelligence";

import { CommandFailure, EXIT } from "../exit.ts";
import { say } from "../output.ts";

/** `kaelix classify [FILE|-]`: judges JSONL `{id?, text}` line by line, without a server and without keeping anything. */
export async function classify(path: string | undefined, options: { readonly quiet?: boolean }): Promise<number> {
  const input = path === undefined || path === "-" ? process.stdin : createReadStream(path);
  let bad = 0;
  try {
    for await (const result of classifyLines(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))) {
      if (result.type === "problem") {
        bad++;
        say(`line ${result.line}: ${result.why}`, options);
        continue;
      }
      const { id, level, name, confidence, reasons } = result;
      process.stdout.write(`${JSON.stringify({ id, level, name, confidence, reasons })}\n`);
    }
  } catch (failure) {
    if (failure instanceof Error && "code" in failure && failure.code === "ENOENT") {
      throw new CommandFailure(EXIT.missing, `Cannot read ${path}: there is no such file`);
    }
    throw failure;
  }
  return bad === 0 ? EXIT.ok : EXIT.found;
}
