/**
 * A question that leans on the ones before it → the question that it means, in words of its own.
 *
 * Guarantees: it is made of words of the questions and, where these name nobody, of one name that the answer to the last one quotes; a
 * question that leans on nothing, or on what cannot be told, stays as it was asked. The same questions and answer give the same.
 * It does not: know more than English forms and the commonest German ones, or remember anything: whoever asks says what was asked before.
 */
import { isPlaceName } from "@kaelix/intelligence";
import type { Level, UserId } from "@kaelix/model";
import { findTimes } from "@kaelix/views";

import { askedInstead, bareWish, leaning, type Pronoun, type PronounPlace, pronounsIn, withoutEnd } from "./forms.ts";
import { mayBe, type Named, namedIn } from "./named.ts";

/** A question as it is meant. */
export interface Understood {
  readonly text: string;
  /** The memory that lent a name; absent: it is made of questions alone. */
  readonly lender?: Lender;
}

/** Of a memory that lends a name: its level, and whose it is. */
export interface Lender {
  readonly level: Level;
  readonly owner: UserId;
}

/** What the last question's answer quotes first: the words, where they are from, and who said them. */
export interface Quoted extends Lender {
  readonly text: string;
  readonly speaker?: string;
  readonly isGerman: boolean;
}

/** What is known of what went before. */
export interface Before {
  /** As they were understood, the last one last; not empty. */
  readonly questions: readonly string[];
  /** Looked up only where the questions name nobody. */
  readonly quoted: () => Promise<Quoted | undefined>;
  readonly nowMs: number;
}

const WORDS_MAX = 5;
/** Who moves there moves to it. */
const MOVING = /\b(?:move|go|travel|drive|fly|get|come|walk|ride)\s+$/iu;

/** What a question means after others; undefined: what it says. */
export async function understand(question: string, before: Before): Promise<Understood | undefined> {
  const last = before.questions.at(-1);
  if (last === undefined) return undefined;
  const wish = bareWish(question);
  if (wish !== undefined) return { text: askedInstead(last, wish) };
  const rest = leaning(question) ?? (isTime(bared(question), before.nowMs) ? bared(question) : undefined);
  if (rest !== undefined) {
    const meant = atTime(last, rest, before.nowMs) ?? (await aboutOther(last, rest, before));
    if (meant !== undefined) return meant;
  }
  return withNames(question, before);
}

function bared(question: string): string {
  return withoutEnd(question.trim());
}

/** A time that fills a phrase: as it stands, or behind the word that makes one of it. */
function timeIn(phrase: string, nowMs: number): string | undefined {
  for (const text of [phrase, `in ${phrase}`]) {
    const [time] = findTimes(text, { atMs: nowMs });
    if (time === undefined) continue;
    const around = (text.slice(0, time.start) + text.slice(time.end)).trim();
    if (/^(?:in|on|during|at|the|of|im|am)?$/iu.test(around)) return text;
  }
  return undefined;
}

function isTime(phrase: string, nowMs: number): boolean {
  return timeIn(phrase, nowMs) !== undefined;
}

/** The same at another time. */
function atTime(last: string, phrase: string, nowMs: number): Understood | undefined {
  const time = timeIn(phrase, nowMs);
  if (time === undefined) return undefined;
  const text = bared(last);
  const without = findTimes(text, { atMs: nowMs })
    .toReversed()
    .reduce((left, { end, start }) => {
      const head = left.slice(0, start).trimEnd();
      return `${head.replace(/\b(?:in|on|during|as of|since|im|am)$/iu, "")} ${left.slice(end)}`;
    }, text);
  return { text: `${without.replaceAll(/\s+/gu, " ").trim()} ${time}?` };
}

/** The same of somebody else, or of what belongs to somebody that was named. */
async function aboutOther(last: string, phrase: string, before: Before): Promise<Understood | undefined> {
  if (phrase.split(/\s+/u).length > WORDS_MAX) return undefined;
  const owned = /^(her|his|their|ihre?|seine?)\s+(.+)$/iu.exec(phrase);
  let other: { readonly text: string; readonly owner?: Named; readonly lender?: Lender } = { text: phrase };
  if (owned !== null) {
    const pronoun: Pronoun = /^(?:her|ihre?)$/iu.test(owned[1] ?? "")
      ? "she"
      : /^their$/iu.test(owned[1] ?? "")
        ? "they"
        : "he";
    const owner = await antecedent(pronoun, before);
    if (owner === undefined) return undefined;
    const isGerman = /^(?:ihr|sein)/iu.test(owned[1] ?? "");
    const text = isGerman ? `${owned[2] ?? ""} von ${owner.text}` : `${owner.text}'s ${owned[2] ?? ""}`;
    other = { text, owner, ...lentBy(owner.lender) };
  } else if (!isNamePhrase(phrase)) return undefined;
  const text = putIn(bared(last), other.text, other.owner);
  if (text === undefined) return undefined;
  return { text: `${text}?`, ...lentBy(other.lender) };
}

/** "Carla", "my sister", "the dog", "in Berlin": nothing that says something of its own. */
function isNamePhrase(phrase: string): boolean {
  return /^(?:(?:in|at|from|with|for)\s+)?(?:(?:my|our|the|mein\p{L}*|unser\p{L}*)\s+\p{L}+|\p{Lu}[\p{L}'’-]*(?:\s\p{Lu}[\p{L}'’-]*)*)(?:['’]s(?:\s\p{L}+)?)?$/u.test(
    phrase,
  );
}

/** The question with other words in the place of what it was about; undefined when it has no such place. */
function putIn(last: string, other: string, owner: Named | undefined): string | undefined {
  const names = namedIn(last);
  const name = other.replace(/^(?:in|at|from|with|for)\s+/iu, "");
  const kind = isPlaceName(name.toLowerCase()) || /^(?:in|at|from)\s/iu.test(other) ? "place" : "person";
  const place =
    names.findLast(({ text }) => text === owner?.text) ??
    names.findLast((one) => one.kind === kind) ??
    names.findLast((one) => one.kind === "thing");
  if (place !== undefined) {
    const tail = last.slice(place.end);
    // "my brother's birthday" and "my sister's": one ending, not two.
    const word = /^['’]s\b/u.test(tail) ? name.replace(/['’]s$/u, "") : name;
    return `${last.slice(0, place.start)}${word}${tail}`;
  }
  if (kind === "place") return undefined;
  return ofSomebody(last, name);
}

const THIRD: Readonly<Record<string, string>> = { do: "does", am: "is", have: "has", are: "is", were: "was" };

/** What was asked of the asker, of somebody else: "Where do I live?" and "Carla" → "Where does Carla live?" */
function ofSomebody(last: string, name: string): string | undefined {
  const subject = /\b(do|did|am|was|have|had|will|would|can|could)\s+i\b/iu.exec(last);
  if (subject !== null) {
    const verb = (subject[1] ?? "").toLowerCase();
    const behind = last.slice(subject.index + subject[0].length);
    return `${last.slice(0, subject.index)}${THIRD[verb] ?? verb} ${name}${behind}`;
  }
  const own = /\b(?:my|mein\p{L}*)\s+/iu.exec(last);
  if (own === null) return undefined;
  return `${last.slice(0, own.index)}${name}'s ${last.slice(own.index + own[0].length)}`;
}

/** The question with names in the places of its pronouns. */
async function withNames(question: string, before: Before): Promise<Understood | undefined> {
  const own = namedIn(question);
  let [text, lender, found] = ["", undefined as Lender | undefined, false];
  let at = 0;
  for (const place of pronounsIn(question)) {
    // "When did Carla say that she leaves?": of whom it speaks it says itself.
    if (own.some((named) => named.end <= place.start && mayBe(place.pronoun, named))) continue;
    const named = await antecedent(place.pronoun, before);
    if (named === undefined) continue;
    const head = question.slice(at, place.start);
    text += head + worded(place, named, { head, questions: before.questions });
    at = place.end;
    found = true;
    // All that is lent is lent by what the last answer quotes first.
    lender ??= named.lender;
  }
  if (!found) return undefined;
  return { text: text + question.slice(at), ...lentBy(lender) };
}

function lentBy(lender: Lender | undefined): Pick<Understood, "lender"> {
  return lender === undefined ? {} : { lender };
}

function worded(
  { owns, pronoun }: PronounPlace,
  { text }: Named,
  { head, questions }: { readonly head: string; readonly questions: readonly string[] },
): string {
  if (pronoun !== "there") return owns ? `${text}'s` : text;
  if (MOVING.test(head)) return `to ${text}`;
  const last = questions.findLast((question) => question.includes(text)) ?? "";
  const by = /\b(at|near)\s+(?:the\s+)?$/iu.exec(last.slice(0, last.indexOf(text)))?.[1];
  return `${by ?? "in"} ${text}`;
}

/** Whom or what a pronoun stands for: named by the last question, else by what its answer quotes, else by the questions before. */
async function antecedent(
  pronoun: Pronoun,
  { questions, quoted }: Before,
): Promise<(Named & { readonly lender?: Lender }) | undefined> {
  const fitting = (text: string): Named | undefined => {
    const all = namedIn(text).filter((named) => mayBe(pronoun, named));
    const [only] = all;
    // Of two who may be meant neither is.
    return new Set(all.map((named) => named.text)).size === 1 ? only : undefined;
  };
  const last = fitting(questions.at(-1) ?? "");
  if (last !== undefined) return last;
  if (pronoun !== "it") {
    const answer = await quoted();
    const named = answer === undefined ? undefined : namedBy(answer, pronoun);
    if (named !== undefined) return named;
  }
  for (const question of questions.slice(0, -1).toReversed()) {
    const named = fitting(question);
    if (named !== undefined) return named;
  }
  return undefined;
}

function namedBy(
  { isGerman, level, owner, speaker, text }: Quoted,
  pronoun: Pronoun,
): (Named & { readonly lender: Lender }) | undefined {
  const lender = { level, owner };
  const all = namedIn(text, { onlyKnown: isGerman }).filter((named) => mayBe(pronoun, named) && named.kind !== "thing");
  const names = new Set(all.map((named) => named.text));
  const [only] = all;
  // "My sister" of somebody else's words is not the asker's.
  if (names.size > 1) return undefined;
  if (only !== undefined && !(speaker !== undefined && /^(?:my|our)\s/iu.test(only.text))) return { ...only, lender };
  const said: Named | undefined =
    speaker === undefined ? undefined : { text: speaker, kind: "person", start: 0, end: 0 };
  return said !== undefined && mayBe(pronoun, said) ? { ...said, lender } : undefined;
}
