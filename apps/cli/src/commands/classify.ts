import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

import { classifyLines, type LineJudge } from "@kaelix/intelligence";
import { parseLevel } from "@kaelix/model";

import { type CommonOptions, type Connection, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { say } from "../output.ts";
import { openUp } from "./unlock.ts";

const PROBLEMS = {
  "not-json": "must be a JSON object",
  "no-text": "must have a field text that is a string",
  "too-long": "must have 4 MiB at most",
} as const;

const AT_ONCE = 50;

/** Options of `classify`. */
export interface ClassifyOptions extends CommonOptions {
  readonly mine?: boolean;
  readonly open?: string;
}

/**
 * `kaelix classify [FILE|-]`: judges JSONL `{id?, text}` line by line, without keeping anything: by the rules alone, without a server, or as
 * the signed-in person taught.
 */
export async function classify(path: string | undefined, options: ClassifyOptions): Promise<number> {
  if (options.mine !== true) return judgeLines(path, options);
  const connection = await connect(options);
  try {
    await openUp(connection, options.open);
    return await judgeLines(path, options, { judge: (texts) => askServer(connection, texts), atOnce: AT_ONCE });
  } finally {
    await connection.close();
  }
}

async function askServer({ client }: Connection, texts: readonly string[]): ReturnType<LineJudge["judge"]> {
  const { data } = await client.call("classifications.make", { body: { texts: [...texts] } });
  return data.data.map(({ confidence, level, reasons }) => ({
    level: parseLevel(level) ?? 4,
    confidence,
    reasons: reasons.map((reason) => ({ ...reason, level: parseLevel(reason.level) ?? 4 })),
  }));
}

async function judgeLines(path: string | undefined, options: ClassifyOptions, by?: LineJudge): Promise<number> {
  const input = path === undefined || path === "-" ? process.stdin : createReadStream(path);
  let bad = 0;
  try {
    for await (const result of classifyLines(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }), by)) {
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
