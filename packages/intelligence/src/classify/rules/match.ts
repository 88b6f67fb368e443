/** Finds the phrases of all lexicons in the words of a text, then keeps those of the languages the text is written in. */
import { type CompiledLexicon, edgeKey, ID_ANY, ID_NUMBER } from "./lexicon-tables.ts";
import { type Concept, CONCEPT_COUNT, conceptNumber } from "./concepts.ts";
import { FLAG_DIGIT, FLAG_LETTER, type Tokens } from "./tokens.ts";

const STOP = conceptNumber("stop");
/** More occurrences of one concept than this are not kept: who says a thing 4,096 times has said it. */
const OCCURRENCES_MAX = 4096;

/** Where one concept occurs: token indexes of first and last word, in order of the first. */
export interface Occurrences {
  readonly first: number[];
  readonly last: number[];
  readonly languages: number[];
}

/** Copied for each text: many times faster than making it anew. */
const NOWHERE: readonly (Occurrences | undefined)[] = Array.from({ length: CONCEPT_COUNT });

/** Where every concept occurs in a text. */
export class ConceptMap {
  readonly #byConcept = NOWHERE.slice();

  /** Adds one place; phrases of one concept arrive in order of their first word. */
  add(concept: number, first: number, last: number, languages: number): void {
    const known = this.#byConcept[concept];
    if (known === undefined) this.#byConcept[concept] = { first: [first], last: [last], languages: [languages] };
    else if (known.first.length < OCCURRENCES_MAX) {
      known.first.push(first);
      known.last.push(last);
      known.languages.push(languages);
    }
  }

  /** The places of one concept; undefined when it does not occur. */
  get(concept: Concept): Occurrences | undefined {
    return this.#byConcept[conceptNumber(concept)];
  }

  /** The places of the concept with this number. */
  getAt(concept: number): Occurrences | undefined {
    return this.#byConcept[concept];
  }

  /** True when the concept stands within `distance` words of the words from `first` to `last`. */
  isNear(concept: Concept, first: number, last: number, distance: number): boolean {
    return this.nearest(concept, first - distance, last + distance) >= 0;
  }

  /** The index of the first place that touches the words from `from` to `to`; -1 when none does. */
  nearest(concept: Concept, from: number, to: number): number {
    return this.nearestAt(conceptNumber(concept), from, to);
  }

  /** The same, by the concept's number. */
  nearestAt(concept: number, from: number, to: number): number {
    const known = this.#byConcept[concept];
    if (known === undefined) return -1;
    let low = 0;
    let high = known.first.length;
    // Phrases are at most eight words, so one that begins more than eight words earlier cannot reach `from`.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((known.first[middle] ?? 0) < from - 8) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < known.first.length && (known.first[at] ?? 0) <= to; at += 1) {
      if ((known.last[at] ?? 0) >= from) return at;
    }
    return -1;
  }

  /** Drops the places that no language of `mask` claims. */
  keepLanguages(mask: number): void {
    for (let concept = 0; concept < CONCEPT_COUNT; concept += 1) {
      const known = this.#byConcept[concept];
      if (known !== undefined && !keepPlaces(known, mask)) this.#byConcept[concept] = undefined;
    }
  }
}

/** Closes the gaps of the places that no language of `mask` claims; false when none is left. */
function keepPlaces({ first, last, languages }: Occurrences, mask: number): boolean {
  let kept = 0;
  for (let at = 0; at < first.length; at += 1) {
    const claimed = languages[at] ?? 0;
    if ((claimed & mask) === 0) continue;
    if (kept < at) {
      first[kept] = first[at] ?? 0;
      last[kept] = last[at] ?? 0;
      languages[kept] = claimed;
    }
    kept += 1;
  }
  if (kept < first.length) first.length = last.length = languages.length = kept;
  return kept > 0;
}

/** Phrases found in a text and how many common words of each language it holds. */
export interface MatchedText {
  readonly concepts: ConceptMap;
  readonly votes: readonly number[];
}

interface Walk {
  readonly lexicon: CompiledLexicon;
  readonly tokens: Tokens;
  readonly concepts: ConceptMap;
  readonly votes: number[];
}

function noteEnds({ lexicon, concepts, votes }: Walk, node: number, first: number, last: number): void {
  const { ends } = lexicon;
  const end = ends.from[node + 1] ?? 0;
  for (let at = ends.from[node] ?? 0; at < end; at += 1) {
    const concept = ends.concepts[at] ?? 0;
    const languages = ends.languages[at] ?? 0;
    if (concept !== STOP) concepts.add(concept, first, last, languages);
    else for (let bits = languages; bits !== 0; bits &= bits - 1) countVote(votes, 31 - Math.clz32(bits & -bits));
  }
}

function countVote(votes: number[], at: number): void {
  votes[at] = (votes[at] ?? 0) + 1;
}

function stepTo(walk: Walk, key: number, first: number, at: number): void {
  const next = walk.lexicon.edges.get(key);
  if (next === 0) return;
  noteEnds(walk, next, first, at);
  walkFrom(walk, next, first, at + 1);
}

// At most five edges per word and eight words per phrase; real phrases share few prefixes, so this stays near one step a word.
function walkFrom(walk: Walk, node: number, first: number, at: number): void {
  const { tokens } = walk;
  if (at >= tokens.count || at - first >= 8) return;
  const word = tokens.word[at] ?? 0;
  const stemShort = tokens.stemShort[at] ?? 0;
  const stemLong = tokens.stemLong[at] ?? 0;
  if (word !== 0) stepTo(walk, edgeKey(node, word), first, at);
  if (stemShort !== 0) stepTo(walk, edgeKey(node, stemShort), first, at);
  if (stemLong !== 0) stepTo(walk, edgeKey(node, stemLong), first, at);
  const isNumber = ((tokens.flags[at] ?? 0) & (FLAG_DIGIT | FLAG_LETTER)) === FLAG_DIGIT;
  if (isNumber) stepTo(walk, edgeKey(node, ID_NUMBER), first, at);
  if (node !== 1) stepTo(walk, edgeKey(node, ID_ANY), first, at);
}

/** Finds every phrase of every lexicon. */
export function matchPhrases(tokens: Tokens, lexicon: CompiledLexicon): MatchedText {
  const walk: Walk = { lexicon, tokens, concepts: new ConceptMap(), votes: lexicon.languages.map(() => 0) };
  for (let at = 0; at < tokens.count; at += 1) {
    const isKnown = tokens.word[at] !== 0 || tokens.stemShort[at] !== 0 || (tokens.flags[at] ?? 0) & FLAG_DIGIT;
    if (isKnown) walkFrom(walk, 1, at, at);
  }
  return { concepts: walk.concepts, votes: walk.votes };
}

/** The languages (bits) a text is judged in: those with at least two fifths of the leader's votes; all when nobody votes. */
export function activeLanguages(votes: readonly number[], languages: readonly string[], told?: string): number {
  const top = Math.max(...votes);
  const toldAt = told === undefined ? -1 : languages.indexOf(told);
  const toldBit = toldAt < 0 ? 0 : 1 << toldAt;
  if (top < 2) return toldBit === 0 ? -1 : toldBit | 1;
  let mask = toldBit;
  for (const [at, count] of votes.entries()) if (count >= 1 && (top < 5 || count >= top * 0.4)) mask |= 1 << at;
  return mask;
}
