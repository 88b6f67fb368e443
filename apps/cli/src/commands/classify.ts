import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

import { classifyLines } from "@kaelix/intelligence";

import { CommandFailure, EXIT } from "../exit.ts";
import { say } from "../output.ts";

const PROBLEMS = {
  "not-json": "must be a JSON object",
  "no-text": "must have a field text that is a string",
  "too-long": "must have 4 MiB at most",
} as const;

/** `kaelix classify [FILE|-]`: judges JSONL `{id?, text}` line by line, without a server and without keeping anything. */
export async function classify(path: string | undefined, options: { readonly quiet?: boolean }): Promise<number> {
  const input = path === undefined || path === "-" ? process.stdin : createReadStream(path);
  let bad = 0;
  try {
    for await (const result of classifyLines(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))) {
      if (result.type === "bad") {
        bad++;
        say(`line ${result.line}: ${PROBLEMS[result.problem]}`, options);
        continue;
      }
      const { type: _type, ...answer } = result;
      process.stdout.write(`${JSON.stringify(answer)}\n`);
    }
  } catch (failure) {
    if (failure instanceof Error && "code" in failure && failure.code === "ENOENT") {
      throw new CommandFailure(EXIT.missing, `Cannot read ${path}: there is no such file`);
    }
    throw failure;
  }
  return bad === 0 ? EXIT.ok : EXIT.found;
}
