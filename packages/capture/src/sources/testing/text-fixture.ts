/** Texts in memory as sources, for tests. */
import type { TextSource } from "../container.ts";
import type { ImportAnswers, ImportProblem, PreparedSource, PrepareOptions, SourceItem } from "../types.ts";

/** A source of the given bytes, handed out in chunks of `chunkBytes` so that borders fall anywhere. */
export function textSource(name: string, content: string | Uint8Array, chunkBytes = 7): TextSource {
  const bytes = Buffer.from(typeof content === "string" ? Buffer.from(content, "utf8") : content);
  return {
    name,
    bytes: bytes.length,
    modifiedAtMs: Date.UTC(2020, 0, 1),
    // oxlint-disable-next-line require-await
    open: async function* () {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
  };
}

/** Options of a test: UTC unless the answers say otherwise. */
export function prepareOptions(fileName: string, answers: ImportAnswers = {}): PrepareOptions {
  return { answers, zone: "UTC", fileName };
}

/** A record as a test looks at it. */
export type RecordItem = Extract<SourceItem, { readonly type: "record" }>;

/** Everything a source yields, sorted by kind. */
export async function collect(prepared: PreparedSource | undefined): Promise<{
  readonly records: RecordItem[];
  readonly problems: ImportProblem[];
  readonly skipped: string[];
}> {
  const records: RecordItem[] = [];
  const problems: ImportProblem[] = [];
  const skipped: string[] = [];
  for await (const item of prepared?.items({}) ?? []) {
    if (item.type === "record") records.push(item);
    else if (item.type === "problem") problems.push(item);
    else skipped.push(item.what);
  }
  return { records, problems, skipped };
}
