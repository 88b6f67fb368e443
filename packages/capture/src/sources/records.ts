/** What JSONL and CSV share: fields that were found, as a draft. */
import type { ZoneConverter } from "@kaelix/base";
import {
  MEMORY_CONTEXT_BYTES_MAX,
  MEMORY_LABEL_LENGTH_MAX,
  MEMORY_TEXT_LENGTH_MAX,
  type MemoryDraft,
} from "@kaelix/model";
import { hashParts, OrdinalCounter } from "./external-id.ts";
import { formatRecordTime } from "./local-time.ts";
import type { PrepareOptions, RecordTime, SourceItem } from "./types.ts";
import { zoneConverter } from "./zone.ts";

/** The fields of one record, parsed. */
export interface RecordFields {
  readonly line: number;
  readonly text: string;
  readonly source: MemoryDraft["source"];
  readonly time: RecordTime | undefined;
  readonly from: string | undefined;
  /** The record's own id. */
  readonly id: string | undefined;
  readonly extra: Pick<
    MemoryDraft,
    "level" | "judged" | "neverRecalled" | "conversation" | "caption" | "attachments" | "files" | "context"
  >;
}

/** Turns fields into drafts: zones, owners, stable ids. */
export class RecordBuilder {
  readonly #zone: ZoneConverter;
  readonly #ordinals = new OrdinalCounter();
  readonly #options: PrepareOptions;
  readonly #format: "jsonl" | "csv";

  constructor(format: "jsonl" | "csv", options: PrepareOptions) {
    this.#format = format;
    this.#options = options;
    this.#zone = zoneConverter(options.answers.zone ?? options.zone);
  }

  /** The draft, or why there can be none. */
  build(fields: RecordFields): SourceItem | string {
    if (fields.text.length > MEMORY_TEXT_LENGTH_MAX) {
      return `Cannot keep the text: current length is ${fields.text.length}, must be at most ${MEMORY_TEXT_LENGTH_MAX}`;
    }
    const labels = [fields.from, fields.id, fields.extra.conversation?.title, fields.extra.caption];
    if (labels.some((label) => (label?.length ?? 0) > MEMORY_LABEL_LENGTH_MAX)) {
      return `Cannot keep the record: a name or an id is longer than ${MEMORY_LABEL_LENGTH_MAX} letters`;
    }
    const { me, level } = this.#options.answers;
    const { time, from } = fields;
    const draft: MemoryDraft = {
      ...fields.extra,
      text: fields.text,
      source: fields.source,
      externalId: fields.id === undefined ? this.#hashId(fields) : this.#ownId(fields.id),
      ...(time === undefined ? {} : { occurredAtMs: this.#toInstant(time) }),
      ...(from === undefined || from === me ? {} : { speaker: from }),
      ...(level === undefined ? {} : { level }),
    };
    const hasMedia = (fields.extra.attachments?.length ?? 0) + (fields.extra.files?.length ?? 0) > 0;
    return { type: "record", line: fields.line, time, from, hasMedia, draft };
  }

  /** A bare number counts rows of one file and means another record in the next, so the file's name is part of it. */
  #ownId(id: string): string {
    if (!/^\d{1,9}$/u.test(id)) return id;
    const file = bareName(this.#options.fileName).toLowerCase();
    return `${this.#format}:${file.slice(-200)}#${id}`;
  }

  #toInstant(time: RecordTime): number {
    return time.type === "instant" ? time.atMs : this.#zone.toInstant(time.localMs);
  }

  #hashId({ time, from, text, extra }: RecordFields): string {
    const at = time === undefined ? "" : formatRecordTime(time);
    const id = hashParts(this.#format, extra.conversation?.key ?? "", at, from ?? "", text);
    return this.#ordinals.next(`${this.#format}:${id}`);
  }
}

/** A file's name without its ending and the number of a second download: `notes (1).csv` is `notes`. */
function bareName(fileName: string): string {
  const name = fileName.replace(/\.\w{1,8}$/u, "");
  if (name === fileName) return fileName;
  // In two steps: one expression that begins with spaces goes back over each run of them.
  const first = name.replace(/\(\d{1,3}\)$/u, "");
  return first === name ? name : first.trimEnd();
}

/** A context that is kept only when it fits; undefined when it is empty. */
export function fitContext(context: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  if (Object.keys(context).length === 0) return undefined;
  return Buffer.byteLength(JSON.stringify(context)) <= MEMORY_CONTEXT_BYTES_MAX ? context : undefined;
}
