/** A text on its way through extraction: its words, its language's tables, and the mentions found so far. */
import { conceptOf, holds, type Words } from "./compile-lexicon.ts";
import type { Mention } from "./extraction.ts";
import type { Token } from "./tokens.ts";

/** A mention with the words it covers, while mentions are still being found. */
export type Draft = { -readonly [Key in keyof Mention]: Mention[Key] } & { first: number; last: number };

/** What the parts of extraction share. */
export interface Reading {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly words: Words;
  readonly drafts: Draft[];
  /** What a folded name is in this person's world, when it is known there. */
  readonly nameHint: (folded: string) => "person" | "place" | "organisation" | undefined;
  /** The local day of the memory, `YYYY-MM-DD`. */
  readonly day: string;
}

/** The mention of a kind that covers a word. */
export function draftAt(reading: Reading, token: number, kind?: Mention["kind"]): number {
  return reading.drafts.findIndex(
    (draft) => draft.first <= token && draft.last >= token && (kind === undefined || draft.kind === kind),
  );
}

/** Adds a mention over words `first` to `last` and answers its index. */
export function addDraft(
  reading: Reading,
  span: { readonly first: number; readonly last: number },
  what: Pick<Draft, "kind" | "form" | "value"> & Partial<Draft>,
): number {
  const first = reading.tokens[span.first];
  const last = reading.tokens[span.last];
  if (first === undefined || last === undefined) return ME_NOTHING;
  reading.drafts.push({
    first: span.first,
    last: span.last,
    start: first.start,
    end: last.end,
    text: reading.text.slice(first.start, last.end),
    sentence: first.sentence,
    clause: first.clause,
    ties: [],
    aliases: [],
    isIndefinite: false,
    ...(reading.tokens[span.first - 1]?.clause === first.clause ? {} : { opensClause: true as const }),
    confidence: 0.8,
    ...what,
  });
  return reading.drafts.length - 1;
}

const ME_NOTHING = -2;

/** The folded word at a place; empty outside the text. */
export function lowAt(reading: Reading, at: number): string {
  return reading.tokens[at]?.low ?? "";
}

/** Whether the word at a place is in a set of the language. */
export function isIn(reading: Reading, at: number, set: ReadonlySet<string>): boolean {
  const low = lowAt(reading, at);
  return low !== "" && holds(set, low, reading.words);
}

/** The concept of the word at a place in a table of the language. */
export function conceptAt(reading: Reading, at: number, table: ReadonlyMap<string, string>): string | undefined {
  const low = lowAt(reading, at);
  return low === "" ? undefined : conceptOf(table, low, reading.words);
}

/** Whether two words stand in one clause. */
export function sameClause(reading: Reading, left: number, right: number): boolean {
  const one = reading.tokens[left];
  return one !== undefined && one.clause === reading.tokens[right]?.clause;
}

/** Whether two words stand in one sentence. */
export function sameSentence(reading: Reading, left: number, right: number): boolean {
  const one = reading.tokens[left];
  return one !== undefined && one.sentence === reading.tokens[right]?.sentence;
}
