/** What stands in an index under a ceiling, as a whole: counts, lengths, who speaks. */
import type { Level } from "@kaelix/model";

import { nameWords } from "./cues.ts";
import type { ParsedQuery } from "./query.ts";
import type { IndexParts } from "./user-index.ts";

/** What is visible under a ceiling, as a whole. */
export interface Corpus {
  readonly documents: number;
  readonly averageLength: number;
  readonly sessions: number;
  readonly averageSessionLength: number;
  readonly sessionLengths: Float32Array;
  /** Numbers of the speakers of what is visible. */
  readonly speakers: ReadonlySet<number>;
  /** Numbers of its languages, each with how many documents are in it. */
  readonly languages: ReadonlyMap<number, number>;
}

/** For each index what was counted last: among many people the same one is rarely asked twice in a row. */
const corpora = new WeakMap<
  IndexParts["table"],
  { readonly generation: number; readonly ceiling: Level; corpus: Corpus }
>();

/** Counts and lengths of what is visible under the ceiling; kept until the index changes. */
export function corpusOf(parts: IndexParts, ceiling: Level): Corpus {
  const memo = corpora.get(parts.table);
  if (memo?.generation === parts.generation && memo.ceiling === ceiling) return memo.corpus;
  const { levels, lengths, speakers: speakerOf, languages: languageOf } = parts.table;
  const sessionOf = parts.threads.sessions;
  const isSpeaker = new Uint8Array(parts.table.speakerNames.count);
  const inLanguage = new Uint32Array(parts.table.languageNames.count);
  const sessionLengths = new Float32Array(parts.threads.sessionCount);
  let documents = 0;
  let total = 0;
  for (let doc = 0; doc < parts.table.count; doc++) {
    if ((levels[doc] ?? 255) > ceiling) continue;
    const length = lengths[doc] ?? 0;
    documents += 1;
    total += length;
    isSpeaker[speakerOf[doc] ?? 0] = 1;
    const language = languageOf[doc] ?? 0;
    inLanguage[language] = (inLanguage[language] ?? 0) + 1;
    const session = sessionOf[doc] ?? 0;
    sessionLengths[session] = (sessionLengths[session] ?? 0) + length;
  }
  const sessions = sessionLengths.reduce((count, length) => count + (length > 0 ? 1 : 0), 0);
  const corpus = {
    documents,
    averageLength: total / Math.max(1, documents),
    sessions,
    averageSessionLength: total / Math.max(1, sessions),
    sessionLengths,
    speakers: numbersOf(isSpeaker),
    languages: new Map([...inLanguage.entries()].filter(([, count]) => count > 0)),
  };
  corpora.set(parts.table, { generation: parts.generation, ceiling, corpus });
  return corpus;
}

/** The places that are marked. */
function numbersOf(marks: Uint8Array): ReadonlySet<number> {
  return new Set([...marks.keys()].filter((at) => marks[at] === 1));
}

/** Which words of a query are names of those who speak, and of whom. */
export function namesIn(
  { table }: IndexParts,
  query: ParsedQuery,
  corpus: Corpus,
): { readonly words: ReadonlySet<string>; readonly speakers: ReadonlySet<number> } {
  const words = new Set<string>();
  const speakers = new Set<number>();
  for (const speaker of corpus.speakers) {
    const parts = nameWords(table.speakerNames.name(speaker) ?? "");
    for (const word of query.words) {
      if (word.isStop || !parts.includes(word.text)) continue;
      words.add(word.text);
      speakers.add(speaker);
    }
  }
  return { words, speakers };
}
