/**
 * Questions for what somebody has or goes to: "Which doctor does Oma have?", "Who is Mum's dentist?", "Which school does Tom go to?". Pure;
 * English and German forms.
 *
 * Guarantees: it is answered by a sentence that holds the thing as theirs: "Oma's doctor", "the doctor of Oma", "Oma sees Dr. Klein", or
 * "my doctor" where they say so themselves. Whose it is, is read from who is named nearest before it; another's is no answer.
 * It does not: know who "you" is where nobody is named, or that what two share belongs to a third.
 */
import { mentionsIn, sexOfName } from "@kaelix/intelligence";
import { parseQuery, termsOf } from "@kaelix/views";

import type { AimedQuestion, Held } from "./aimed-question.ts";
import { isNamedIn } from "./of-whom.ts";
import { type Sentence, splitSentences } from "./sentences.ts";

const WHO = String.raw`(?<who>(?:(?:my|our|the|mein\p{L}*|unser\p{L}*|der|die) )?\p{L}[\p{L}.-]*(?: \p{L}[\p{L}.-]*)?)`;
const THING = String.raw`(?<thing>\p{L}[\p{L}-]*(?: \p{L}[\p{L}-]*){0,2}?)`;
/** Those that are called by what they are wherever they are told of. */
const OWN_KIND =
  "(?<thing>doctor|dentist|gp|vet|lawyer|teacher|therapist|midwife|hairdresser|landlord|boss|school|nursery|bank|insurance)";
const NOW = "(?: now| these days| currently| at the moment| jetzt| gerade| derzeit| eigentlich| hin)*";

/** A question that is all of one form. */
function asks(...forms: readonly string[]): readonly RegExp[] {
  return forms.map((form) => new RegExp(String.raw`^[\s¿]*${form}${NOW}[\s?!.]*$`, "iu"));
}

const ASKS = asks(
  // "What pets does Ann have?" is answered by a cat, which need not be called a pet; a doctor is called so.
  `what ${OWN_KIND} (?:do|does|did) ${WHO} (?:have|use)`,
  `which ${THING} (?:do|does|did) ${WHO} (?:have|use)`,
  `(?:which|what) ${THING} (?:do|does|did) ${WHO} (?:see|go to|attend)`,
  `to (?:which|what) ${THING} (?:do|does|did) ${WHO} go`,
  `who(?: is|['’]s| was) ${WHO}['’]s? ${THING}`,
  `who(?: is|['’]s| was) the ${THING} of ${WHO}`,
  `what(?: is|['’]s| was) (?:the name of ${WHO}['’]s? ${THING}|the name of the ${THING.replace("thing", "other")} of ${WHO.replace("who", "whom")})`,
  `welche[nrs]? ${THING} (?:hat|hatte|besucht|nimmt|nutzt|benutzt)${NOW} ${WHO}`,
  `(?:zu|in|auf|bei|an) welche[mrns]? ${THING} (?:geht|ging|ist|war|muss|kommt)${NOW} ${WHO}`,
  `(?:wer|wie) (?:ist|war|heißt|heisst|hieß) (?:der|die|das) ${THING} von ${WHO}`,
);
/** German writes no apostrophe, and neither does who is in a hurry: only of a person it is certain that the s is none of the name's. */
const ASKS_BARE = asks(`(?:who(?: is|['’]s| was)|wer (?:ist|war)|wie (?:heißt|heisst|hieß)) (?<who>\\p{L}+)s ${THING}`);
const NOBODY = /^(?:I|we|you|it|this|that|there|he|she|they|ich|wir|du|ihr|er|sie|es|man|(?:my|our|the|die|der)$)/iu;
/** What says nothing of which it is. */
const PLAIN =
  /(?<!\p{L})(?:(?:kind|type|sort|brand|make) of|new|old|current|own|neue?[mnrs]?|alte?[mnrs]?|jetzige?[mnrs]?)(?!\p{L})/giu;
/** Words before a name that are none. */
const BESIDE_NAME = /^(?:my|our|the|der|die|mein\p{L}*|unser\p{L}*) /iu;
/** What a family calls its own, beside the names and words that are read from texts. */
const FAMILY =
  /^(?:mum|mummy|mom|mommy|mam|dad|daddy|gran|granny|nan|grandma|grandpa|grandad|mama|mami|mutti|papa|papi|vati|oma|omi|opa|opi)$/iu;
/** Longer texts are looked through so far. */
const READ_LENGTH_MAX = 2_048;

/** Reads such a question; undefined for any other. */
export function readWhoseQuestion(question: string): AimedQuestion | undefined {
  for (const pattern of [...ASKS, ...ASKS_BARE]) {
    const groups = pattern.exec(question)?.groups;
    const who = (groups?.["who"] ?? groups?.["whom"])?.replace(BESIDE_NAME, "");
    const thing = (groups?.["thing"] ?? groups?.["other"])?.replace(PLAIN, " ").trim();
    if (who === undefined || thing === undefined || thing === "" || NOBODY.test(who) || NOBODY.test(thing)) continue;
    if (isPerson(who) || (/^\p{Lu}/u.test(who) && !ASKS_BARE.includes(pattern))) return askedOf(who, thing);
  }
  return undefined;
}

function askedOf(who: string, thing: string): AimedQuestion {
  const isThem = readerOf(who);
  const things = parseQuery(thing, { languages: ["en"] }).words.map(({ text }) => text);
  // "Dr. Klein" is a doctor whom nobody calls one.
  const also = /^(?:doctor|arzt|ärztin)$/iu.test(thing) ? " Dr" : "";
  return {
    text: `${who} ${thing}${also}`,
    wanted: "newest",
    isOfAsker: false,
    otherwise: things.length > 1 ? "words" : "nothing",
    isAnsweredBy: ({ speaker, text: whole }, language, held) => {
      if (also === "" && !things.every((word) => held.words.includes(word))) return false;
      const said = readSaid(whole.slice(0, READ_LENGTH_MAX), { isThem, language, speaker });
      return held.ranges
        .filter(([start, end]) => !isThem(whole.slice(start, end)))
        .some((range) => isTheirs(range, said));
    },
  };
}

function isPerson(word: string): boolean {
  return (
    FAMILY.test(word) ||
    sexOfName(word.split(" ", 1)[0]?.toLowerCase() ?? "") !== undefined ||
    mentionsOf(word, "de").length > 0
  );
}

/** Tells whether a word is what somebody is called, in either language: "Mama" is Mum. */
function readerOf(who: string): (text: string) => boolean {
  const words = who.split(" ");
  const [first = ""] = words;
  // "Grandma Rose" is one of two grandmothers, "Rose Hall" one of several Halls.
  const name = FAMILY.test(first) ? (words.at(-1) ?? first) : first;
  const [asked] = parseQuery(name, { languages: ["de", "en"] }).words;
  const given = sexOfName(name.toLowerCase()) !== undefined;
  const terms = new Set(asked?.terms.filter((term) => !given || asked.lesser?.includes(term) !== true));
  return (text) =>
    isNamedIn(text, name.toLowerCase()) ||
    ["de", "en"].some((language) => termsOf(text, language).some(({ term }) => terms.has(term)));
}

/** Somebody in a text, `[start, end)`. */
interface Person {
  readonly start: number;
  readonly end: number;
  /** `me`: who speaks; `you`: who is spoken to; `other`: "she", who was named before. */
  readonly kind: "them" | "named" | "me" | "you" | "other";
  readonly isPossessive: boolean;
}

interface Said {
  readonly text: string;
  readonly sentences: readonly Sentence[];
  /** In order. */
  readonly people: readonly Person[];
  /** They say it themselves. */
  readonly isSelf: boolean;
}

interface Reading {
  readonly isThem: (text: string) => boolean;
  readonly language: string;
  readonly speaker: string | undefined;
}

const SPEAKERS =
  /(?<!\p{L})(?:(?<mine>my|our|mein\p{L}*|unser\p{L}*)|(?<me>I|me|we|us|ich|mich|mir|wir|uns)|(?<yours>your|dein\p{L}*|euer|eure\p{L}*)|(?<you>you|du|dich|dir|euch))(?!\p{L})/giu;
const OTHERS = /(?<!\p{L})(?:(?<own>his|her|their|sein\p{L}{0,2}|ihr\p{L}{0,2})|he|she|they|er|sie)(?!\p{L})/giu;
/** Whoever has a title is rarely whom it is about, but the thing itself: "her dentist, Mr Webb". */
const TITLED = /^(?:dr|prof|mr|mrs|ms|miss|frau|herrn?)(?!\p{L})/iu;

function readSaid(text: string, { isThem, language, speaker }: Reading): Said {
  const people: Person[] = [];
  const add = (start: number, end: number, person: Pick<Person, "kind"> & Partial<Person>): void => {
    if (!people.some((one) => one.start < end && start < one.end))
      people.push({ start, end, isPossessive: false, ...person });
  };
  for (const { 0: word, index } of text.matchAll(/\p{L}[\p{L}-]*/gu))
    if (isThem(word)) add(index, index + word.length, { kind: "them" });
  for (const { end, start, text: name } of mentionsOf(text, language))
    if (!TITLED.test(name)) add(start, end, { kind: "named" });
  // "Papas Hausarzt"
  for (const { 0: word, 1: stem = "", index } of text.matchAll(/(?<!\p{L})(\p{Lu}\p{L}+)s(?=\s)/gu))
    if (isPerson(stem)) add(index, index + word.length, { kind: "named" });
  for (const { 0: word, groups, index } of text.matchAll(SPEAKERS)) {
    const isMe = groups?.["mine"] !== undefined || groups?.["me"] !== undefined;
    const isPossessive = groups?.["mine"] !== undefined || groups?.["yours"] !== undefined;
    add(index, index + word.length, { kind: isMe ? "me" : "you", isPossessive });
  }
  for (const { 0: word, groups, index } of text.matchAll(OTHERS))
    add(index, index + word.length, { kind: "other", isPossessive: groups?.["own"] !== undefined });
  return {
    text,
    sentences: splitSentences(text),
    people: people.toSorted((left, right) => left.start - right.start),
    isSelf: speaker !== undefined && isThem(speaker),
  };
}

function mentionsOf(text: string, language: string): readonly { start: number; end: number; text: string }[] {
  return mentionsIn(text, language).filter(({ form, kind }) => kind === "person" && form !== "pronoun");
}

/** Behind the thing stands whose it is. */
const OF = /^\s+(?:of|for|von|für)\s+(?:(?:my|our|meine[mnr]?|unsere[mnr]?) )?$/iu;
/** Two of whom both are meant: "Oma and Rosa", "Oma went with Rosa". */
const BESIDE = /^\s*(?:,|and|und|&)\s*$|^[^,.;]{0,30}\s(?:with|mit)\s+$/iu;

/** Whether a thing, `[start, end)` in a text, is theirs. */
function isTheirs([start, end]: Held["ranges"][number], said: Said): boolean {
  const at = said.sentences.findIndex((sentence) => sentence.start <= start && end <= sentence.end);
  const sentence = said.sentences[at];
  if (sentence === undefined || sentence.text.trimEnd().endsWith("?")) return false;
  const here = said.people.filter((person) => person.start >= sentence.start && person.end <= sentence.end);
  const before = here.filter((person) => person.end <= start);
  const behind = here.filter((person) => person.start >= end && (person.kind === "them" || person.kind === "named"));
  const [next] = behind;
  if (next !== undefined && OF.test(said.text.slice(end, next.start))) return next.kind === "them";
  const nearest = before.at(-1);
  if (nearest !== undefined) return isOf(nearest, { before, here, said });
  if (next !== undefined) return next.kind === "them";
  return said.isSelf || lastNamed(said, sentence.start)?.kind === "them";
}

interface Around {
  readonly before: readonly Person[];
  /** Everybody in the sentence. */
  readonly here: readonly Person[];
  readonly said: Said;
}

function isOf(person: Person, { before, here, said }: Around): boolean {
  const isNamedHere = here.some(({ kind }) => kind === "them");
  if (person.kind === "other") return lastNamed(said, person.start)?.kind === "them";
  if (person.kind === "you") return isNamedHere && !said.isSelf;
  if (person.kind === "me")
    // "I called Dr. Klein, Oma may come on Monday"
    return said.isSelf || (!person.isPossessive && isNamedHere && !here.some(({ kind }) => kind === "named"));
  if (person.kind === "them") return true;
  const other = before.at(-2);
  return other?.kind === "them" && BESIDE.test(said.text.slice(other.end, person.start));
}

/** Who was named last before a place. */
function lastNamed({ people }: Said, at: number): Person | undefined {
  return people.findLast(({ end, kind }) => end <= at && (kind === "them" || kind === "named"));
}
