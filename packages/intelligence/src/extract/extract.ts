/**
 * Reads one text: people, places, organisations, days, times, amounts, events, things, promises, and the relations it states.
 *
 * Guarantees: pure and deterministic, bounded (8,192 characters are read), no provider, no clock. Spans lie in the text as given.
 * Does not: know the person's world; who "she" or "Carla" is, `connectMemory` decides.
 */
import { type Words, wordsOf } from "./compile-lexicon.ts";
import { findAmounts, findDates, localDay } from "./dates.ts";
import type { ContentWord, Extraction, Fact, Mention } from "./extraction.ts";
import { findFacts } from "./facts.ts";
import { findEvents, findThings } from "./happenings.ts";
import { findNames } from "./names.ts";
import { findPeople, findQualifiers } from "./people.ts";
import { findPromises } from "./promises.ts";
import { type Draft, draftAt, type Reading } from "./reading.ts";
import { stemWord } from "./stem-word.ts";
import { decideLanguage, languageVotes } from "./tell-language.ts";
import { readTokens, type Token } from "./tokens.ts";

/** When and where a text was written, and what is known already. */
export interface ExtractOptions {
  /** The text's own time: an ISO date, or a moment with its offset. */
  readonly at: string;
  /** IANA name of the writer's time zone; UTC when absent. Used for moments, not for dates. */
  readonly zone?: string;
  /** ISO 639-1; told from the text when absent. */
  readonly language?: string;
  /** Votes for languages of the writer's earlier texts. */
  readonly languageVotes?: Readonly<Record<string, number>>;
  /** What a folded name is known to be. */
  readonly nameHint?: Reading["nameHint"];
}

/** The days that a text names, and nothing else of it: a fraction of the work. `value` is `YYYY-MM-DD`. */
export function datesInText(text: string, options: ExtractOptions): readonly Mention[] {
  const reading = startReading(text, options);
  findDates(reading);
  return reading.drafts.map(toMention);
}

function startReading(text: string, options: ExtractOptions): Reading {
  const tokens = readTokens(text);
  const language = options.language ?? decideLanguage(languageVotes(tokens), options.languageVotes ?? {});
  return {
    text,
    tokens,
    words: wordsOf(language),
    drafts: [],
    nameHint: options.nameHint ?? (() => undefined),
    day: localDay(options.at, options.zone ?? "UTC"),
  };
}

/** Day of a text whose times nobody asks for. */
const NO_TIME = "2000-01-01";

/** Whom and what a text names, of a language (ISO 639-1; told from the text when absent), when it does not matter when it was written: its times are worth nothing. */
export function mentionsIn(text: string, language?: string): readonly Mention[] {
  return extractFromText(text, { at: NO_TIME, ...(language === undefined ? {} : { language }) }).mentions;
}

/** Extracts from one text. */
export function extractFromText(text: string, options: ExtractOptions): Extraction {
  const reading = startReading(text, options);
  const { tokens, words } = reading;
  const facts: Fact[] = [];
  findDates(reading);
  findNames(reading);
  findPeople(reading);
  findQualifiers(reading);
  findEvents(reading);
  findThings(reading);
  findAmounts(reading);
  findPromises(reading, facts);
  findFacts(reading, facts);
  const content = contentWords(reading);
  return {
    language: words.language,
    mentions: reading.drafts.map(toMention),
    facts,
    words: content,
    fields: fieldsOf(content, words),
    hasMe: tokens.some((token) => words.me.has(token.low)),
    isActing: tokens.some((token) => ACTING.has(token.low)),
    isAside: tokens.some(
      (token, at) => words.asides.has(token.low) && (token.low !== "read" || READ_WHAT.has(tokens[at + 1]?.low ?? "")),
    ),
    goesOn: tokens.some((token) => words.goesOn.has(token.low)),
  };
}

/** What follows "read" when it is a book or a paper that is read, and not somebody's letter. */
const READ_WHAT = new Set("a an about that in some another".split(" "));
const ACTING = new Set(
  "i i'm i'll i've i'd we we're we'll we've ich wir bin je j nous on yo voy vamos nosotros eu vou nos io ho andiamo ben biz main maine hum serai".split(
    " ",
  ),
);

function toMention(draft: Draft): Mention {
  const { first: _first, last: _last, ...mention } = draft;
  return mention;
}

function isContent(token: Token, words: Words): boolean {
  return (
    !words.small.has(token.low) &&
    !words.me.has(token.low) &&
    !token.isNumber &&
    token.low.length > 2 &&
    !words.hisPossessive.has(token.low)
  );
}

function contentWords(reading: Reading): ContentWord[] {
  const { tokens, words } = reading;
  const found: ContentWord[] = [];
  for (const [at, token] of tokens.entries()) {
    if (!isContent(token, words) || (draftAt(reading, at, "date") >= 0 && !words.weekdays.has(token.low))) continue;
    const neighbour = (place: number): string => {
      const other = tokens[place];
      if (other === undefined || other.clause !== token.clause || !isContent(other, words)) return "";
      return stemWord(other.low, words.language);
    };
    const name = reading.drafts.some((draft) => draft.form === "name" && draft.first <= at && draft.last >= at);
    found.push({
      low: token.low,
      stem: stemWord(token.low, words.language),
      isName: name,
      isIndefinite: words.indefinite.has(tokens[at - 1]?.low ?? ""),
      before: neighbour(at - 1),
      after: neighbour(at + 1),
      sentence: token.sentence,
    });
  }
  return found;
}

function fieldsOf(content: readonly ContentWord[], words: Words): Record<string, number> {
  const fields: Record<string, number> = {};
  const seen = new Set<string>();
  for (const word of content) {
    if (seen.has(word.stem)) continue;
    seen.add(word.stem);
    for (const field of words.fields.get(word.stem) ?? []) fields[field] = (fields[field] ?? 0) + 1;
  }
  return fields;
}
