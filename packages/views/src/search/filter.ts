/**
 * Which documents a request lets through. The ceiling always holds; everything else narrows.
 */
import type { ConversationId, ImportId, Level, MemoryId, SourceKind } from "@kaelix/model";

import { nameWords } from "./cues.ts";
import type { DocumentTable } from "./document-table.ts";
import { foldDiacritics, splitWords } from "./tokens.ts";

/** What narrows a search. Several values of one filter mean "any of them"; several filters mean "all of them". */
export interface SearchFilters {
  /** Speakers: each word of a value must begin a word of the name, whatever the case and the diacritics. */
  readonly people?: readonly string[];
  /** Speakers in the same way, and people whom memories name. */
  readonly persons?: readonly string[];
  readonly sources?: readonly SourceKind[];
  /** Occurred at or after, epoch ms. */
  readonly afterMs?: number;
  /** Occurred before, epoch ms. */
  readonly beforeMs?: number;
  /** First told at or below this offset of the partition of whose they are. */
  readonly toldUpTo?: number;
  /** Exactly these levels, as far as the ceiling allows. */
  readonly levels?: readonly Level[];
  /** Null stands for memories without a conversation. */
  readonly conversationIds?: readonly (ConversationId | null)[];
  readonly importIds?: readonly ImportId[];
  /** What the memory must hold; several mean "all of them". */
  readonly has?: readonly HasKind[];
  /** True: what passes is left out, and what does not is let through. The ceiling stays what it is. */
  readonly isInverted?: boolean;
}

/** Whom a word means in somebody's world. */
export interface MeantPeople {
  /** Everything they are called by. */
  readonly names: readonly string[];
  /** The memories that name them, and those that they said under a name. */
  readonly memories: ReadonlySet<MemoryId>;
  /** True: they are the one whose memories these are, so what has no speaker is theirs. */
  readonly isOwner?: boolean;
}

/** A value of `people` or `persons`, as it was written → whom it means there; a value that is not here means speakers called so alone. */
export type WhoIs = ReadonlyMap<string, MeantPeople>;

/** What a memory may hold. */
export type HasKind = "file" | "picture" | "link" | "number" | "question";

/** Every kind, in the order they are told of. */
export const HAS_KINDS: readonly HasKind[] = ["file", "picture", "link", "number", "question"];

/** Says of a document number whether it passes. */
export type DocumentTest = (doc: number) => boolean;

/** The test of a request's ceiling and filters over a table. */
export function makeTest(
  table: DocumentTable,
  ceiling: Level,
  filters: SearchFilters = {},
  whoIs: WhoIs = new Map(),
): DocumentTest {
  const tests: DocumentTest[] = [];
  const { people, persons, sources, afterMs, beforeMs, toldUpTo, levels, conversationIds, importIds, has } = filters;
  if (levels !== undefined) tests.push((doc) => levels.some((level) => level === table.levels[doc]));
  if (afterMs !== undefined) tests.push((doc) => (table.occurredAts[doc] ?? 0) >= afterMs);
  if (beforeMs !== undefined) tests.push((doc) => (table.occurredAts[doc] ?? 0) < beforeMs);
  if (toldUpTo !== undefined) tests.push((doc) => (table.firstOffsets[doc] ?? 0) <= toldUpTo);
  if (sources !== undefined)
    tests.push(
      oneOf(
        table.sources,
        sources.map((source) => table.sourceNames.known(source)),
      ),
    );
  if (importIds !== undefined)
    tests.push(
      oneOf(
        table.imports,
        importIds.map((id) => table.importNames.known(id)),
      ),
    );
  if (conversationIds !== undefined) {
    const wanted = conversationIds.map((id) => (id === null ? 0 : table.conversationNames.known(id)));
    tests.push(oneOf(table.conversations, wanted));
  }
  if (people !== undefined) tests.push(saidBy(table, people, whoIs));
  if (persons !== undefined) {
    const [said, named] = [saidBy(table, persons, whoIs), documentsOf(table, meantBy(persons, whoIs))];
    tests.push((doc) => said(doc) || named.has(doc));
  }
  for (const kind of has ?? []) tests.push((doc) => holds(table, doc, kind));
  const wanted = filters.isInverted !== true;
  // Most requests narrow nothing, and ask this of every document that holds one of their words.
  if (tests.length === 0 && wanted) return (doc) => (table.levels[doc] ?? 255) <= ceiling;
  return (doc) => (table.levels[doc] ?? 255) <= ceiling && tests.every((test) => test(doc)) === wanted;
}

function holds(table: DocumentTable, doc: number, kind: HasKind): boolean {
  switch (kind) {
    case "file":
      return table.files[doc] === 1;
    case "picture":
      return table.captionOf(doc) !== undefined;
    case "link":
      return /\bhttps?:\/\/|\bwww\./i.test(table.textOf(doc));
    case "number":
      return /\p{N}/u.test(table.textOf(doc));
    case "question":
      return table.asks[doc] === 1;
  }
}

function oneOf(column: Int32Array | Uint8Array, wanted: readonly (number | undefined)[]): DocumentTest {
  const numbers = new Set(wanted);
  return (doc) => numbers.has(column[doc]);
}

function meantBy(values: readonly string[], whoIs: WhoIs): readonly MeantPeople[] {
  return values.flatMap((value) => whoIs.get(value) ?? []);
}

function documentsOf(table: DocumentTable, people: readonly MeantPeople[]): ReadonlySet<number> {
  return new Set(people.flatMap(({ memories }) => [...memories].flatMap((id) => table.numberOf(id) ?? [])));
}

/** Said by who is called so, or by whom the world means by it, under any of their names, where it says that it was them. */
function saidBy(table: DocumentTable, values: readonly string[], whoIs: WhoIs): DocumentTest {
  const isCalled = oneOf(table.speakers, speakersNamed(table, values));
  const others = meantBy(values, whoIs).map((meant) => {
    const names = new Set(meant.names.map(nameKey));
    const speakers = Array.from({ length: table.speakerNames.count }, (_, at) => at).filter(
      (speaker) => speaker > 0 && names.has(nameKey(table.speakerNames.name(speaker) ?? "")),
    );
    return { ...meant, documents: documentsOf(table, [meant]), isTheirs: oneOf(table.speakers, speakers) };
  });
  return (doc) =>
    isCalled(doc) ||
    others.some(
      ({ documents, isOwner, isTheirs }) =>
        (isOwner === true && table.speakers[doc] === 0) || (documents.has(doc) && isTheirs(doc)),
    );
}

function nameKey(name: string): string {
  return nameWords(name).join(" ");
}

/** The numbers of the speakers that any of the values names. */
function speakersNamed(table: DocumentTable, people: readonly string[]): number[] {
  const wanted = people.map((person) => splitWords(person).map((word) => foldDiacritics(word.text)));
  const found: number[] = [];
  for (let speaker = 1; speaker < table.speakerNames.count; speaker++) {
    const parts = nameWords(table.speakerNames.name(speaker) ?? "");
    const isNamed = wanted.some(
      (words) => words.length > 0 && words.every((word) => parts.some((part) => part.startsWith(word))),
    );
    if (isNamed) found.push(speaker);
  }
  return found;
}
