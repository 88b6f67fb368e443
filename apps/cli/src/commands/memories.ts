import { openAsBlob } from "node:fs";
import { basename } from "node:path";

import { type CallInput, type CallOutput, OPEN_UP_TO_HEADER, type Routes } from "@kaelix/contract";
import { SOURCE_KINDS } from "@kaelix/model";

import { type CommonOptions, connect, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { memoriesText, type OutputOptions, printJson, printTable, say } from "../output.ts";
import { asOfOf, timeOf } from "../time.ts";
import { readStandardInput } from "../prompt.ts";
import { exportFormatOf, openExport } from "./sealed-files.ts";
import { openUp } from "./unlock.ts";

/** Options of `add`. */
export interface AddOptions extends CommonOptions {
  readonly level?: string;
  readonly at?: string;
  readonly with?: string;
  readonly externalId?: string;
  readonly file?: readonly string[];
  readonly wait?: "stored" | "indexed" | "classified";
}

/** `kaelix add [TEXT|-]`: tells something, with files when they are named. */
export async function add(words: readonly string[], options: AddOptions): Promise<number> {
  const isTyped = words.length > 0 && words[0] !== "-";
  const isRead = words[0] === "-" || (words.length === 0 && options.file === undefined);
  const text = isRead ? (await readStandardInput()).trimEnd() : words.join(" ");
  const named = await Promise.all((options.file ?? []).map(fileNamed));
  const connection = await connect(options);
  try {
    const files: string[] = [];
    for (const file of named) files.push((await connection.client.call("files.upload", {}, { file })).data.id);
    const level = options.level === undefined || options.level === "auto" ? {} : { level: levelOf(options.level) };
    const at = options.at === undefined ? {} : { occurred_at: timeOf(options.at) };
    const { data } = await connection.client.call(
      "memories.create",
      {
        body: {
          ...(isRead || isTyped ? { text } : {}),
          ...(files.length === 0 ? {} : { files }),
          ...level,
          ...at,
          ...(options.with === undefined ? {} : { speaker: options.with }),
          ...(options.externalId === undefined ? {} : { external_id: options.externalId }),
        },
      },
      options.wait === undefined ? {} : { waitSeconds: 10, until: options.wait },
    );
    if (options.json !== undefined) printJson(data, options.json);
    else {
      const { memory } = data;
      const judged = `${memory.level} ${memory.confidence.toFixed(2)}`;
      process.stdout.write(`${memory.id} ${data.status} ${memory.position} ${judged}\n`);
    }
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** A file of this machine, read as it is sent. */
async function fileNamed(path: string): Promise<{ readonly name: string; readonly data: Blob }> {
  try {
    return { name: basename(path), data: await openAsBlob(path) };
  } catch {
    throw new CommandFailure(EXIT.usage, `Cannot open the file ${path}: is it there, and may it be read?`);
  }
}

/** Options of `search` and `ask`. */
export interface RecallOptions extends CommonOptions {
  readonly person?: string;
  readonly source?: string;
  readonly since?: string;
  readonly until?: string;
  readonly level?: string;
  readonly limit?: string;
  readonly open?: string;
  readonly whose?: string;
  readonly for?: string;
  /** Only what happened before this time, or was told up to this position of the log. */
  readonly asOf?: string;
}

/** `kaelix search QUERY`: finds memories. */
export async function search(words: readonly string[], options: RecallOptions): Promise<number> {
  const connection = await connect(options);
  try {
    await openUp(connection, options.open);
    const limit = options.limit === undefined ? 20 : Number(options.limit);
    const body = { query: words.join(" "), limit, ...narrowedBy(options) };
    const { data } = await connection.client.call("searches.run", { body }, purposeOf(options));
    printFound(data, options);
    if (options.open !== undefined && (await hasSealed(connection)))
      say("Not searched: what you sealed; open it in the browser", options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** Prints what a search found. */
export function printFound(data: CallOutput<Routes["searches.run"]>, options: OutputOptions): void {
  if (options.json !== undefined) {
    printJson(
      data.hits.map((hit) => ({ ...hit.memory, score: hit.score, highlights: hit.highlights, why: hit.why })),
      options.json,
    );
    return;
  }
  const rows = data.hits.map(({ memory, score }) => [
    memory.id,
    score.toFixed(2),
    memory.occurred_at.slice(0, 10),
    `${memory.speaker ?? "me"}${memory.shared === undefined ? "" : ` (shared by ${memory.shared.by.name})`}`,
    memory.text,
  ]);
  printTable(["ID", "SCORE", "WHEN", "WHO", "TEXT"], rows);
  const missed = data.meaning === undefined ? undefined : MEANING_MISSED[data.meaning];
  const how = missed === undefined ? "" : ` · by words alone: ${missed}`;
  say(`${data.hits.length} of ${data.total} · ${data.took_ms.toFixed(0)} ms${how}`, options);
}

/** Why what was searched for went by its words alone. */
const MEANING_MISSED: Readonly<Record<string, string>> = {
  late: "the provider of meaning did not answer in time",
  down: "the provider of meaning cannot be asked now",
  withheld: "this is too private to be sent to a provider",
};

/** Options of `export`. */
export interface ExportOptions extends CommonOptions {
  readonly open?: string;
  readonly format?: string;
  readonly sealed?: boolean;
}

/** `kaelix export`: everything one may see, a JSON object a line or as Markdown; sealed by a passphrase when that is asked for. */
export async function exportAll(options: ExportOptions): Promise<number> {
  const format = exportFormatOf(options.format ?? "jsonl");
  const connection = await connect(options);
  try {
    await openUp(connection, options.open);
    const isSealed = options.sealed === true;
    const response = await openExport(connection, format, isSealed);
    if (response.body === null) throw new CommandFailure(EXIT.failed, "The server sent nothing");
    let count = 0;
    const files = new FilesNamed();
    for await (const chunk of response.body) {
      for (const byte of chunk) if (byte === 10) count++;
      files.read(chunk);
      if (!process.stdout.write(chunk)) await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
    }
    const memories = format === "jsonl" ? memoriesText(count) : EXPORTED[format];
    say(`${isSealed ? "Sealed" : memories}${levelWords(response)}`, options);
    if (!isSealed && format === "jsonl" && files.isAny)
      say("Files are named in it and not part of it: kaelix export --format archive > kaelix.zip", options);
    if (options.open !== undefined && (await hasSealed(connection)))
      say("What you sealed is in it as it was sealed; it opens in the browser alone", options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

const EXPORTED = { markdown: "Markdown", archive: "Archive" } as const;

/** Whether lines of an export name files. Inside a text its quotes would be escaped. */
class FilesNamed {
  static readonly #mark = Buffer.from('"files":[{"id":"fil_');
  #tail: Uint8Array = new Uint8Array(0);
  isAny = false;

  read(chunk: Uint8Array): void {
    if (this.isAny) return;
    const bytes = Buffer.concat([this.#tail, chunk]);
    this.isAny = bytes.includes(FilesNamed.#mark);
    this.#tail = bytes.subarray(-FilesNamed.#mark.length);
  }
}

/** True when the session shows something that a browser sealed: no command can open that. */
async function hasSealed({ client }: Connection): Promise<boolean> {
  return (await client.call("memories.list", { query: { sealed: "only", limit: 1 } })).data.data.length > 0;
}

/** Up to which level an export goes: without these words its file would pass for everything. What is above is not counted. */
function levelWords(response: Response): string {
  const level = response.headers.get(OPEN_UP_TO_HEADER);
  if (level === null || level === "ultra-secret") return "";
  return `, up to ${level}: kaelix export --open ultra-secret includes everything`;
}

/** What the options of a search or a question narrow it to. */
export function narrowedBy(
  options: RecallOptions,
): Pick<NonNullable<CallInput<Routes["searches.run"]>["body"]>, "filter" | "as_of"> {
  return { filter: filterOf(options), ...(options.asOf === undefined ? {} : { as_of: asOfOf(options.asOf) }) };
}

/** The filter that the options of recall name. */
export function filterOf(options: RecallOptions): NonNullable<CallInput<Routes["searches.run"]>["body"]>["filter"] {
  const source = SOURCE_KINDS.find((kind) => kind === options.source);
  if (options.source !== undefined && source === undefined) {
    throw new CommandFailure(
      EXIT.usage,
      `Cannot use source: current value is ${options.source}, must be one of ${SOURCE_KINDS.join(", ")}`,
    );
  }
  return {
    ...(options.person === undefined ? {} : { person: options.person }),
    ...(source === undefined ? {} : { source }),
    ...(options.since === undefined ? {} : { after: timeOf(options.since) }),
    ...(options.until === undefined ? {} : { before: timeOf(options.until) }),
    ...(options.level === undefined ? {} : { level: levelOf(options.level) }),
    ...(options.whose === undefined ? {} : { owner: options.whose }),
  };
}

/** What recall is for, where it is for something. */
export function purposeOf(options: RecallOptions): { readonly purpose?: string } {
  return options.for === undefined ? {} : { purpose: options.for };
}

/** A level as the contract wants it: the word, or the number. */
export function levelOf(text: string): "general" | "confidential" | "secret" | "ultra-secret" | number {
  if (/^[1-4]$/.test(text)) return Number(text);
  if (text === "general" || text === "confidential" || text === "secret" || text === "ultra-secret") return text;
  throw new CommandFailure(
    EXIT.usage,
    `Cannot use level: current value is ${text}, must be general, confidential, secret, ultra-secret or 1 to 4`,
  );
}
