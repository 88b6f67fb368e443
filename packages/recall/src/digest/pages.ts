/** What a digest reads: a person's memories up to the end of its day, under its ceiling, in order of time. */
import { type ImportId, type Level, TOPICS } from "@kaelix/model";
import type { SearchDocument, UserIndex } from "@kaelix/views";

import type { Calendar } from "./calendar.ts";
import type { DigestEvidence } from "./digest.ts";

/** Texts that one section reads at most, the newest first. */
export const READ_MAX = 5_000;

/** The language of a text below this length often cannot be told: it is indexed as English, whatever it is written in. */
const SHORT_LENGTH = 64;

/** What pages are made of. */
export interface DigestPagesOptions {
  readonly index: UserIndex;
  readonly ceiling: Level;
  readonly calendar: Calendar;
  readonly partition: number;
  /** The day asked for, as a number. */
  readonly day: number;
  readonly importId?: ImportId;
}

/** A conversation as the digest sees it. */
export interface TalkPages {
  readonly conversation: number;
  readonly title: string;
  readonly source: number;
  /** Documents in order of time. */
  readonly docs: readonly number[];
}

/** The memories of a digest. Valid until the index changes. */
export class DigestPages {
  /** The day the digest is of. */
  readonly day: number;
  readonly calendar: Calendar;
  readonly #table: ReturnType<UserIndex["parts"]>["table"];
  readonly #partition: number;
  /** Documents in order of when they happened. */
  readonly #docs: readonly number[];
  readonly #days: ReadonlyMap<number, number>;
  #spoken: ReadonlyMap<number, ReadonlySet<string>> | undefined;

  constructor(options: DigestPagesOptions) {
    const { index, ceiling, calendar, importId } = options;
    this.calendar = calendar;
    this.#partition = options.partition;
    const { table } = index.parts(ceiling);
    this.#table = table;
    const wanted = importId === undefined ? undefined : (table.importNames.known(importId) ?? -1);
    // The first look at an import is of the day it ends on, whenever it is taken.
    const endMs = wanted === undefined ? calendar.startOf(options.day + 1) : Number.POSITIVE_INFINITY;
    const docs: number[] = [];
    for (let doc = 0; doc < table.count; doc++) {
      if ((table.levels[doc] ?? 255) > ceiling || (table.recordedAts[doc] ?? 0) >= endMs) continue;
      if (wanted === undefined || table.imports[doc] === wanted) docs.push(doc);
    }
    const { occurredAts, firstOffsets } = table;
    docs.sort(
      (left, right) =>
        (occurredAts[left] ?? 0) - (occurredAts[right] ?? 0) || (firstOffsets[left] ?? 0) - (firstOffsets[right] ?? 0),
    );
    this.#docs = docs;
    this.#days = new Map(docs.map((doc) => [doc, calendar.dayOf(occurredAts[doc] ?? 0)]));
    const last = docs.at(-1);
    this.day = wanted === undefined || last === undefined ? options.day : this.dayOf(last);
  }

  /** Memories that are there. */
  get count(): number {
    return this.#docs.length;
  }

  /** The day a document happened on. */
  dayOf(doc: number): number {
    return this.#days.get(doc) ?? 0;
  }

  /** The language a document is indexed in. */
  languageOf(doc: number): string {
    return this.#table.languageNames.name(this.#table.languages[doc] ?? 0) ?? "en";
  }

  /** The languages that a document may be written in: its own, and of a short one those of its conversation behind it. */
  languagesOf(doc: number): readonly string[] {
    const own = this.languageOf(doc);
    const conversation = this.#table.conversations[doc] ?? 0;
    if (own !== "en" || conversation === 0 || (this.document(doc)?.text.length ?? 0) >= SHORT_LENGTH) return [own];
    this.#spoken ??= new Map(
      this.#grouped(this.#table.conversations).map(([talk, docs]) => [
        talk,
        new Set(docs.map((one) => this.languageOf(one))),
      ]),
    );
    return [...new Set([own, ...(this.#spoken.get(conversation) ?? [])])];
  }

  /** Documents that happened from one day to another, both included, newest first; at most `READ_MAX`. */
  between(fromDay: number, toDay: number): readonly number[] {
    const found: number[] = [];
    for (let at = this.#docs.length - 1; at >= 0 && found.length < READ_MAX; at--) {
      const doc = this.#docs[at] ?? 0;
      const day = this.dayOf(doc);
      if (day < fromDay) break;
      if (day <= toDay) found.push(doc);
    }
    return found;
  }

  /** Documents told from one day to another, both included, newest first by when they happened. */
  told(fromDay: number, toDay: number): readonly number[] {
    const [fromMs, endMs] = [this.calendar.startOf(fromDay), this.calendar.startOf(toDay + 1)];
    const { recordedAts } = this.#table;
    return this.#docs
      .filter((doc) => (recordedAts[doc] ?? 0) >= fromMs && (recordedAts[doc] ?? 0) < endMs)
      .toReversed();
  }

  /** Documents whose text a pattern fits, newest first; at most `READ_MAX`. */
  matching(pattern: RegExp): readonly number[] {
    const found: number[] = [];
    for (let at = this.#docs.length - 1; at >= 0 && found.length < READ_MAX; at--) {
      const doc = this.#docs[at] ?? 0;
      if (pattern.test(this.document(doc)?.text ?? "")) found.push(doc);
    }
    return found;
  }

  document(doc: number): SearchDocument | undefined {
    return this.#table.document(doc);
  }

  /** A document as evidence; without a range its first words stand for it. */
  evidence(doc: number, range?: readonly [number, number]): readonly DigestEvidence[] {
    const document = this.document(doc);
    if (document === undefined) return [];
    const position = { topic: TOPICS.memories.name, partition: this.#partition, offset: document.offset };
    return [{ document, range: range ?? [0, headLength(document.text)], position }];
  }

  /** Conversations that have a title, with their documents. */
  talks(): readonly TalkPages[] {
    const { conversations, titles, sources, titleNames } = this.#table;
    return this.#grouped(conversations).flatMap(([conversation, docs]): TalkPages[] => {
      const last = docs.at(-1) ?? 0;
      const title = titleNames.name(titles[last] ?? 0);
      return title === null ? [] : [{ conversation, title, source: sources[last] ?? 0, docs }];
    });
  }

  /** Who speaks, with what they said in order of time; the person themself is left out. */
  speakers(): readonly { readonly name: string; readonly docs: readonly number[] }[] {
    const { speakers, speakerNames } = this.#table;
    return this.#grouped(speakers).flatMap(([speaker, docs]) => {
      const name = speakerNames.name(speaker);
      return name === null ? [] : [{ name, docs }];
    });
  }

  /** The newest day of a source. */
  lastDayOfSource(source: number): number {
    for (let at = this.#docs.length - 1; at >= 0; at--) {
      const doc = this.#docs[at] ?? 0;
      if (this.#table.sources[doc] === source) return this.dayOf(doc);
    }
    return 0;
  }

  /** Documents by what a column says of them, in order of time; those of which it says nothing (0) are left out. */
  #grouped(column: ArrayLike<number>): [number, number[]][] {
    return [...Map.groupBy(this.#docs, (doc) => column[doc] ?? 0)].filter(([value]) => value !== 0);
  }
}

const HEAD_LENGTH = 160;

function headLength(text: string): number {
  if (text.length <= HEAD_LENGTH) return text.length;
  const space = text.lastIndexOf(" ", HEAD_LENGTH);
  return space > HEAD_LENGTH / 2 ? space : HEAD_LENGTH;
}
