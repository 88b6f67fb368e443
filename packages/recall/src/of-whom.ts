/**
 * Of whom was it told? A question that names one person is not answered with what was told of others. Pure.
 *
 * A sentence is of whom it names, of whoever said it, and where it asks or says "you" of whom it is said to. So "my bowl reminds me of art",
 * said by Carla, is of Carla; "how was your race, Ann?" is of Ann, and so is what Ann says to it.
 *
 * It does not: tell who "she" is, or follow a conversation of three about whom "you" means; such sentences may be of anybody.
 */
import { mentionsIn, isShortFor } from "@kaelix/intelligence";
import { type DetectLanguage, holdsWord, nameWords, type ParsedQuery, termsOf, type WordWeight } from "@kaelix/views";

import { namedIn } from "./follow-up/named.ts";
import type { RecallHit } from "./search.ts";
import { splitSentences } from "./sentences.ts";

/** What was asked and found. */
export interface Asking {
  readonly question: string;
  readonly query: ParsedQuery;
  /** The words that were looked for. */
  readonly words: readonly WordWeight[];
}

/**
 * So much more of the question must what was told of others hold than all the rest that was found, as a share of its weight. From five
 * public conversations: flat from 0.2 to 0.3.
 */
const LEAD_MIN = 0.25;
/** Longer texts are looked through so far. */
const READ_LENGTH_MAX = 4_096;

interface Pronouns {
  readonly me: ReadonlySet<string>;
  readonly you: ReadonlySet<string>;
}

const pronounsOf = (me: string, you: string): Pronouns => ({
  me: new Set(nameWords(me)),
  you: new Set(nameWords(you)),
});
/** Who speaks and who is spoken to, by language; in others neither shows. */
const PRONOUNS: Readonly<Record<string, Pronouns>> = {
  en: pronounsOf("I me my mine myself we us our ours", "you your yours yourself u ur"),
  de: pronounsOf(
    "ich mich mir mein meine meinen meinem meiner wir uns unser unsere",
    "du dich dir dein deine deinen deinem deiner euch euer eure",
  ),
  es: pronounsOf("yo me mi mis mío mía nos nosotros nosotras nuestro nuestra", "tú te ti tus tuyo tuya vosotros os"),
  fr: pronounsOf("je j me m moi mon ma mes nous notre nos", "tu te t toi ton ta tes vous votre vos"),
  it: pronounsOf("io mi mio mia miei mie noi ci nostro nostra", "tu ti tuo tua tuoi tue voi vi vostro"),
  pt: pronounsOf("eu me meu minha meus minhas nós nosso nossa", "tu te ti teu tua você vocês seu sua"),
  tr: pronounsOf("ben beni benim bana biz bizim bizi", "sen seni senin sana siz sizin"),
  hi: pronounsOf("main mera meri mere mujhe hum humara", "tum tumhara tumhari tera teri tere aap aapka aapki"),
};

function holdsPronoun(text: string, language: string, person: keyof Pronouns): boolean {
  const pronouns = PRONOUNS[language]?.[person];
  return pronouns !== undefined && nameWords(text).some((word) => pronouns.has(word));
}

/** True when a question names one person, by a given name or as a speaker, and what was found is of somebody else. */
export function isOfOthers(asking: Asking, hits: readonly RecallHit[], detect: DetectLanguage): boolean {
  const names = namesIn(asking, hits);
  if (areUntold(names, asking, hits)) return true;
  const [name, ...others] = names;
  if (name === undefined || others.length > 0 || isOfTheirs(asking.question, detect)) return false;
  const { ofOthers, rest } = heldBy(name, asking, hits, detect);
  return ofOthers - rest > LEAD_MIN;
}

/** True when somebody is asked about by what they are to whom is named: "Ann's sister". */
function isOfTheirs(question: string, detect: DetectLanguage): boolean {
  return mentionsIn(question, detect(question) ?? "en").some(({ form }) => form === "tie");
}

/** The first names of the people whom a question names, as they were looked for. */
function namesIn({ question, words }: Asking, hits: readonly RecallHit[]): readonly string[] {
  const given = namedIn(question, { onlyKnown: true }).flatMap(({ kind, text }) =>
    kind === "person" ? nameWords(text).slice(0, 1) : [],
  );
  const speakers = hits.flatMap(({ document }) => nameWords(document.speaker ?? "").slice(0, 1));
  const asked = new Set(words.map(({ word }) => word));
  return [...new Set([...given, ...speakers])].filter((name) => asked.has(name));
}

/**
 * True when one who is named stands in nothing that was found. Beside another who does, only when no memory names them at all: what Ann says of
 * "our wedding" is of Bob, too.
 */
function areUntold(names: readonly string[], { words }: Asking, hits: readonly RecallHit[]): boolean {
  const untold = names.filter((name) => !isTold(name, hits));
  if (untold.length === names.length) return untold.length > 0;
  return untold.some((name) => words.every(({ documents, word }) => word !== name || documents === 0));
}

/** Whether something that was found names somebody or was said by them. */
function isTold(name: string, hits: readonly RecallHit[]): boolean {
  return hits.some(({ document }) => isNamedIn(`${document.speaker ?? ""} ${document.text}`, name));
}

/** True of a text that holds a name's word; short forms of a name are the name. */
export function isNamedIn(text: string, name: string): boolean {
  const isShort = (short: string, full: string): boolean => short.length > 1 && isShortFor(short, full);
  return nameWords(text).some((word) => word === name || isShort(word, name) || isShort(name, word));
}

/** The greatest share of a question's words, its name left out, that a memory holds: in sentences of others, and in the rest. */
function heldBy(
  name: string,
  asking: Asking,
  hits: readonly RecallHit[],
  detect: DetectLanguage,
): { readonly ofOthers: number; readonly rest: number } {
  const isOfAsker = holdsPronoun(asking.question, detect(asking.question) ?? "en", "me");
  const share = shareIn(asking, name);
  const most = { ofOthers: 0, rest: 0 };
  for (const { document } of hits) {
    const text = document.text.slice(0, READ_LENGTH_MAX);
    const language = detect(document.text) ?? "en";
    const apart: { ofOthers: string[]; rest: string[] } = { ofOthers: [], rest: [] };
    // "Our daughter is born! Her name is Ann": all of it is of Ann.
    let isNamed = isCalledSo(text, name);
    for (const { text: sentence } of splitSentences(text)) {
      isNamed ||= isAbout(sentence, name);
      const kind =
        !isNamed && isOfAnother(sentence, { name, speaker: document.speaker, isOfAsker, language })
          ? "ofOthers"
          : "rest";
      apart[kind].push(sentence);
    }
    most.ofOthers = Math.max(most.ofOthers, share(apart.ofOthers.join(" "), language));
    most.rest = Math.max(most.rest, share(`${apart.rest.join(" ")} ${document.caption ?? ""}`, language));
  }
  return most;
}

function shareIn({ query, question, words }: Asking, name: string): (text: string, language: string) => number {
  // What is hung on a name is no word of its own: "Zeynep'in".
  const endings = Array.from(question.matchAll(/(?<!\p{L})(\p{L}+)['’](\p{L}+)/gu), ([, stem = "", ending = ""]) =>
    nameWords(stem)[0] === name ? nameWords(ending)[0] : undefined,
  );
  const weights = new Map(
    words.map(({ word, weight }) => [word, word === name || endings.includes(word) ? 0 : weight]),
  );
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return (text, language) => {
    const terms = new Set(termsOf(text, language).map(({ term }) => term));
    const held = query.words.reduce(
      (sum, word) => (holdsWord(terms, word) ? sum + (weights.get(word.text) ?? 0) : sum),
      0,
    );
    return total === 0 ? 0 : held / total;
  };
}

/** True of a text that says what somebody is called. */
export function isCalledSo(text: string, name: string): boolean {
  return Array.from(text.matchAll(CALLING), ([, called = ""]) => called).some((called) => isNamedIn(called, name));
}

const CALLING =
  /(?<!\p{L})(?:name(?:['’]s| is| will be)|named|called|heißt|heissen|heißen|namens|name ist)\s+(\p{L}+)/giu;

/** True of a sentence that names somebody otherwise than to speak to them ("Thanks, Ann!"). */
function isAbout(sentence: string, name: string): boolean {
  // "Gifts: Ann a scarf, Bob Wollsocken" is said to nobody: whoever is spoken to stands last.
  const spoken = sentence.replace(
    /(?:^|,)\s*(?:\p{L}+,?\s+){0,2}?(\p{Lu}\p{L}+)\s*(?=[,.!?]|$)/gu,
    (said, last: string) => (isNamedIn(last, name) ? " " : said),
  );
  return isNamedIn(spoken, name);
}

interface Said {
  readonly name: string;
  readonly speaker: string | undefined;
  /** The question is about the asker, too. */
  readonly isOfAsker: boolean;
  readonly language: string;
}

function isOfAnother(sentence: string, { isOfAsker, language, name, speaker }: Said): boolean {
  if (/[?？؟]\s*$/u.test(sentence) || holdsPronoun(sentence, language, "you")) return false;
  if (speaker !== undefined) return !isNamedIn(speaker, name);
  const isOfOwner = !isOfAsker && holdsPronoun(sentence, language, "me");
  return isOfOwner || namedIn(sentence, { onlyKnown: true }).some(({ kind }) => kind === "person");
}
