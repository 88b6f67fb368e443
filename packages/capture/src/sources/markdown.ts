/**
 * A folder of Markdown notes (Obsidian and others), plain or in a zip: one memory per note.
 *
 * Links, tags and code stay as they are written; comments (`%% … %%`) outside code are dropped. A note longer than one memory may
 * be is split at its headings, and where a part is still too long at its paragraphs. The id is the path and, for a part, its
 * heading: the same words at the same place are a repetition, other words are a change. The date comes from the properties
 * (`date`, `created`), else from a name such as `2025-01-12.md`, else from the file.
 */
import type { ZoneConverter } from "@kaelix/base";
import { MEMORY_LABEL_LENGTH_MAX, MEMORY_TEXT_LENGTH_MAX, type MemoryDraft } from "@kaelix/model";
import type { TextSource } from "./container.ts";
import { readFrontMatter, type FrontMatter } from "./front-matter.ts";
import { civilMs, parseIsoTime } from "./local-time.ts";
import { fitContext } from "./records.ts";
import { excerpt } from "./text-lines.ts";
import type { PreparedSource, PrepareOptions, ReadOptions, RecordTime, SourceItem } from "./types.ts";
import { zoneConverter } from "./zone.ts";

const NOTE_BYTES_MAX = 16 * 1_048_576;
const NOTE_NAME = /\.(?:md|markdown)$/iu;

/** True for the name of a note. */
export function isNoteName(name: string): boolean {
  return NOTE_NAME.test(name);
}

/** Notes as a source. */
export function prepareMarkdown(notes: readonly TextSource[], options: PrepareOptions): PreparedSource {
  const bytes = notes.reduce((sum, note) => sum + note.bytes, 0);
  return {
    format: "markdown",
    bytes,
    dateQuestion: undefined,
    isBlocked: false,
    title: undefined,
    items: (read) => readNotes(notes, { bytes, prepare: options }, read),
  };
}

async function* readNotes(
  notes: readonly TextSource[],
  facts: { readonly bytes: number; readonly prepare: PrepareOptions },
  read: ReadOptions,
): AsyncIterable<SourceItem> {
  const root = commonRoot(notes.map((note) => note.name));
  const zone = zoneConverter(facts.prepare.answers.zone ?? facts.prepare.zone);
  let bytesRead = 0;
  for (const note of notes) {
    read.signal?.throwIfAborted();
    const path = note.name.slice(root.length);
    const problem = (why: string): SourceItem => ({ type: "problem", line: 0, text: excerpt(path), why });
    if (note.bytes > NOTE_BYTES_MAX) {
      yield problem(`Cannot read the note: current size is ${note.bytes} bytes, must be at most ${NOTE_BYTES_MAX}`);
    } else {
      const { text, isBroken, failure } = await readWhole(note);
      if (failure !== undefined) yield problem(failure);
      if (isBroken) yield problem("Some bytes are not UTF-8 and were replaced");
      if (text !== undefined)
        yield* draftsOfNote({ path, text, modifiedAtMs: note.modifiedAtMs }, { zone, prepare: facts.prepare });
    }
    bytesRead += note.bytes;
    read.onProgress?.({ bytesRead, bytesTotal: facts.bytes });
  }
}

/** The folder that a zip of a folder puts around everything, so that folder and zip give the same ids. */
function commonRoot(names: readonly string[]): string {
  const [first] = names;
  const slash = first?.indexOf("/") ?? -1;
  if (first === undefined || slash < 0) return "";
  const root = first.slice(0, slash + 1);
  return names.every((name) => name.startsWith(root)) ? root : "";
}

async function readWhole(
  note: TextSource,
): Promise<{ readonly text?: string; readonly isBroken: boolean; readonly failure?: string }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of note.open()) {
      size += chunk.length;
      // The size in the listing may be old.
      if (size > NOTE_BYTES_MAX) return { isBroken: false, failure: "Cannot read the note: it is longer than 16 MiB" };
      chunks.push(Uint8Array.from(chunk));
    }
  } catch {
    return { isBroken: false, failure: "Cannot read the note: the file cannot be opened or is damaged" };
  }
  const bytes = Buffer.concat(chunks);
  const text = bytes
    .toString("utf8")
    .replace(/^\ufeff/u, "")
    .replaceAll("\r\n", "\n");
  const isBroken = text.includes("\ufffd") && !Buffer.from(bytes.toString("utf8"), "utf8").equals(bytes);
  return { text, isBroken };
}

/** A note that was read. */
interface NoteFile {
  /** Relative path with `/`. */
  readonly path: string;
  /** With LF alone. */
  readonly text: string;
  readonly modifiedAtMs: number;
}

/** The memories of one note, and what was wrong with it. */
function* draftsOfNote(
  note: NoteFile,
  context: { readonly zone: ZoneConverter; readonly prepare: PrepareOptions },
): Iterable<SourceItem> {
  const matter = readFrontMatter(note.text);
  const text = dropComments(matter.body).trim();
  const name = (note.path.split("/").at(-1) ?? note.path).replace(NOTE_NAME, "");
  const title = (matter.properties.get("title")?.[0] ?? name).slice(0, MEMORY_LABEL_LENGTH_MAX).toWellFormed();
  if (text === "") {
    yield { type: "skipped", what: "empty" };
    return;
  }
  const dated = findDate(matter, name, note.modifiedAtMs);
  if (dated.note !== undefined) yield { type: "problem", line: 1, text: excerpt(note.path), why: dated.note };
  const { time } = dated;
  const atMs = time.type === "instant" ? time.atMs : context.zone.toInstant(time.localMs);
  const { level } = context.prepare.answers;
  const beside = besideText(matter);
  for (const part of splitNote(text, MEMORY_TEXT_LENGTH_MAX)) {
    const draft: MemoryDraft = {
      text: part.text.toWellFormed(),
      source: "markdown",
      conversation: { key: note.path.slice(-MEMORY_LABEL_LENGTH_MAX).toWellFormed(), title },
      externalId: partId(note.path, part.heading),
      occurredAtMs: atMs,
      ...(level === undefined ? {} : { level }),
      ...(beside === undefined ? {} : { context: beside }),
    };
    yield { type: "record", line: matter.lines + part.line, time, from: undefined, hasMedia: false, draft };
  }
}

function partId(path: string, heading: string): string {
  const whole = heading === "" ? path : `${path}#${heading}`;
  return `md:${whole.normalize("NFC").slice(0, 1_000)}`;
}

function besideText(matter: FrontMatter): MemoryDraft["context"] {
  const strip = (values: readonly string[] | undefined): string[] =>
    (values ?? [])
      .flatMap((value) => value.split(/[,\s]+/u))
      .map((tag) => tag.replace(/^#/u, ""))
      .filter((tag) => tag !== "");
  const tags = strip(matter.properties.get("tags") ?? matter.properties.get("tag"));
  const aliases = [...(matter.properties.get("aliases") ?? matter.properties.get("alias") ?? [])];
  return fitContext({ ...(tags.length > 0 ? { tags } : {}), ...(aliases.length > 0 ? { aliases } : {}) });
}

function findDate(
  matter: FrontMatter,
  name: string,
  modifiedAtMs: number,
): { time: RecordTime; note: string | undefined } {
  let note: string | undefined;
  for (const property of ["date", "created", "created_at", "date created", "creation date"]) {
    const value = matter.properties.get(property)?.[0];
    if (value === undefined) continue;
    const time = parseIsoTime(value.replace(/^\[\[(.*)\]\]$/u, "$1"));
    if (time !== undefined) return { time, note };
    note = `Cannot read the date in the property ${property}: there is no such day, or it is not written as YYYY-MM-DD; another date was taken`;
  }
  const daily = /(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)/u.exec(name);
  const dayMs = daily === null ? undefined : civilMs(Number(daily[1]), Number(daily[2]), Number(daily[3]));
  if (dayMs !== undefined) return { time: { type: "local", localMs: dayMs, precision: "day" }, note };
  return { time: { type: "instant", atMs: modifiedAtMs, text: new Date(modifiedAtMs).toISOString() }, note };
}

const FENCE = /^\s{0,3}(`{3,}|~{3,})/u;

/** Calls back for every line with whether it stands in a fenced block; returns the lines that are kept. */
function* fencedLines(text: string): Iterable<{ readonly line: string; readonly isCode: boolean }> {
  let fence = "";
  for (const line of text.split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === "") {
      if (mark !== undefined) fence = mark;
      yield { line, isCode: mark !== undefined };
      continue;
    }
    const closes = mark?.startsWith(fence) === true && line.trim() === mark;
    if (closes) fence = "";
    yield { line, isCode: true };
  }
}

/** Drops `%% … %%` outside code. A comment that never closes is kept: it may be a per cent sign said twice. */
export function dropComments(text: string): string {
  if (!text.includes("%%")) return text;
  let kept = "";
  // What stands since an opening mark, in case it never closes.
  let held: string | undefined;
  for (const { line, isCode } of fencedLines(text)) {
    // Inside code nothing is a mark, also not a span of code on one line.
    const parts = isCode && held === undefined ? [line] : line.split(/(`[^`]*`|%%)/u);
    for (const part of parts) {
      if (part === "%%") {
        if (held === undefined) held = part;
        else held = undefined;
      } else if (held === undefined) kept += part;
      else held += part;
    }
    if (held === undefined) kept += "\n";
    else held += "\n";
  }
  return (kept + (held ?? "")).replaceAll(/\n{3,}/gu, "\n\n").trimEnd();
}

/** A part of a note. */
interface NotePart {
  /** The heading it stands under, with an ordinal when it comes again; empty for the head and for a whole note. */
  readonly heading: string;
  /** 1 for the body's first line. */
  readonly line: number;
  readonly text: string;
}

/** Splits a note at its headings when it is longer than `lengthMax`, and parts still too long at paragraphs. */
export function splitNote(text: string, lengthMax: number): NotePart[] {
  if (text.length <= lengthMax) return [{ heading: "", line: 1, text }];
  const parts: NotePart[] = [];
  const seen = new Map<string, number>();
  let lines: string[] = [];
  let heading = "";
  let start = 1;
  let number = 0;
  const close = (): void => {
    const whole = lines.join("\n").trim();
    if (whole !== "") parts.push(...splitLong({ heading, line: start, text: whole }, lengthMax));
    lines = [];
  };
  for (const { line, isCode } of fencedLines(text)) {
    number++;
    const found = isCode ? undefined : /^#{1,6}\s+(.+?)\s*#*$/u.exec(line)?.[1];
    if (found !== undefined) {
      close();
      start = number;
      const times = (seen.get(found) ?? 0) + 1;
      seen.set(found, times);
      heading = times === 1 ? found : `${found}~${times}`;
    }
    lines.push(line);
  }
  close();
  return parts;
}

function splitLong(part: NotePart, lengthMax: number): NotePart[] {
  const pieces: NotePart[] = [];
  let { text } = part;
  while (text.length > lengthMax) {
    const paragraph = text.lastIndexOf("\n\n", lengthMax);
    const line = text.lastIndexOf("\n", lengthMax);
    const space = text.lastIndexOf(" ", lengthMax);
    const cut = [paragraph, line, space].find((at) => at > lengthMax / 2) ?? safeCut(text, lengthMax);
    pieces.push({ ...part, heading: pieceHeading(part.heading, pieces.length), text: text.slice(0, cut).trimEnd() });
    text = text.slice(cut).trimStart();
  }
  if (text !== "") pieces.push({ ...part, heading: pieceHeading(part.heading, pieces.length), text });
  return pieces;
}

/** Never between the halves of one letter. */
function safeCut(text: string, at: number): number {
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff ? at - 1 : at;
}

function pieceHeading(heading: string, piece: number): string {
  return piece === 0 ? heading : `${heading}^${piece + 1}`;
}
