/**
 * Questions about the asker's own life, and which memories answer them: "What is the name of my dog?", "Where do I work?", "Do I have plans
 * in November?". Pure; plans and names in English forms, where one works, studies and lives in those of own-facts.ts.
 *
 * Guarantees: "my dog" is answered by a dog that is said to be the asker's, never by Tom's; "Where do I work?" by words that say where, never
 * by "work was busy"; plans by what was told of a day before that day came. What merely holds the words is no answer.
 * It does not: know who the asker's dog is by any other memory; a name that stands in another message than the dog is not found.
 */
import { extractFromText, ME } from "@kaelix/intelligence";
import { findTimes, type SearchDocument } from "@kaelix/views";

import type { AimedQuestion } from "./aimed-question.ts";
import { DAY_MS } from "./digest/calendar.ts";
import { type CommitmentKind, commitmentOf } from "./digest/commitments.ts";
import { daysOf } from "./digest/dates-ahead.ts";
import { isOver, readFactQuestion, saysFact } from "./own-facts.ts";
import { splitSentences } from "./sentences.ts";

/** What an own question asks memories for, beside what every such question is. */
type OwnQuestion = Pick<AimedQuestion, "text" | "wanted" | "isAnsweredBy">;

/** Reads a question about the asker's own life; undefined for any other. `nowMs`: when it is asked. */
export function readOwnQuestion(text: string, nowMs: number): AimedQuestion | undefined {
  const own = readPlans(text, nowMs) ?? readOwnPromises(text) ?? readOwnFact(text) ?? readOwnName(text);
  return own && { ...own, isOfAsker: true, otherwise: "nothing" };
}

const OWN_PROMISES =
  /^\s*(?:what (?:did|have|had) (?:i|we) promised?|what (?:are|were) my (?:open )?promises|what do (?:i|we) owe|was (?:habe|hab|haben|hatte|hatten) (?:ich|wir) (?:alles )?versprochen|was (?:schulde|schulden) (?:ich|wir))(?:\s+(?:to do|people|others|anybody|anyone|everyone|anderen))?\s*\??\s*$/iu;
/** Words that stand in most sentences that commit somebody. */
const COMMITTING =
  "will promise promised owe send call bring pay return give buy book check fix write ask drive remind forget schicke bringe rufe zahle buche kaufe gebe melde kümmere hole schreibe repariere leihe bestelle versprochen schulde vergiss nicht";

/** What the asker committed to, whatever words it took; not what others promised them. */
function readOwnPromises(text: string): OwnQuestion | undefined {
  if (!OWN_PROMISES.test(text)) return undefined;
  const kinds: readonly (CommitmentKind | undefined)[] = /owe|schulde/iu.test(text) ? ["debt"] : ["promise", "debt"];
  return {
    text: COMMITTING,
    wanted: "time",
    isAnsweredBy: ({ speaker, text: said }) =>
      speaker === undefined &&
      splitSentences(said).some(({ text: sentence }) => kinds.includes(commitmentOf(sentence))),
  };
}

const PLANS =
  /^\s*(?:(?:do|have) (?:i|we)(?: have| got)?(?: any(?:thing)?| some(?:thing)?)? (?:plans?|planned|booked|on|scheduled|coming up|appointments?)|what (?:are|have) (?:my|our|i|we)(?: got)? (?:plans?|planned|booked|on|coming up)|what(?:['’]s| is| do (?:i|we) have) (?:planned|booked|on|coming up|scheduled)|(?:am i|are we) (?:free|busy|booked)|any(?:thing)? (?:plans?|planned|booked|on|coming up))\b/iu;
const MONTHS = "January February March April May June July August September October November December".split(" ");
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
/** "For November" is as much a time as "in November". */
const FOR_MONTH = new RegExp(`\\b(?:for|over|during)\\s+(?=(?:${MONTHS.join("|")})\\b)`, "iu");
/** A longer time is looked for by its months, a shorter one by its days too. */
const DAYS_NAMED_MAX = 10;
const MONTH_DAYS_MIN = 28;
const PLANS_DAYS_MAX = 400;

function readPlans(text: string, nowMs: number): OwnQuestion | undefined {
  const asked = PLANS.exec(text);
  if (asked === null) return undefined;
  const behind = text.slice(asked[0].length).replace(FOR_MONTH, "in ");
  const [time, ...others] = findTimes(behind, { atMs: nowMs });
  if (time === undefined || others.length > 0) return undefined;
  const beside = `${behind.slice(0, time.start)} ${behind.slice(time.end)}`;
  if (!/^(?:for|in|on|at|over|during|the|of|planned|booked|coming up|up|\W)*$/iu.test(beside)) return undefined;
  const today = Math.floor(nowMs / DAY_MS);
  const span = ahead(
    { fromDay: Math.floor(time.fromMs / DAY_MS), toDay: Math.ceil(time.toMs / DAY_MS) },
    today,
    time.text,
  );
  if (span === undefined) return undefined;
  const { fromDay, toDay } = span;
  return {
    text: wordsOfDays(fromDay, toDay),
    wanted: "ahead",
    isAnsweredBy: (document, language) => plansFor(document, language, span),
  };
}

interface Days {
  readonly fromDay: number;
  /** Exclusive. */
  readonly toDay: number;
}

/** The same days from today on; those of a month or day without a year that are over, next year's. */
function ahead({ fromDay, toDay }: Days, today: number, said: string): Days | undefined {
  const isOver = toDay <= today;
  if (isOver && (/\d{4}|\blast\b|\bago\b|\byesterday\b/iu.test(said) || toDay <= today - PLANS_DAYS_MAX))
    return undefined;
  const nextYear = (day: number): number => {
    const date = new Date(day * DAY_MS);
    return Date.UTC(date.getUTCFullYear() + 1, date.getUTCMonth(), date.getUTCDate()) / DAY_MS;
  };
  return isOver ? { fromDay: nextYear(fromDay), toDay: nextYear(toDay) } : { fromDay: Math.max(fromDay, today), toDay };
}

/** Words by which somebody may have named one of the days. */
function wordsOfDays(fromDay: number, toDay: number): string {
  const words = new Set<string>();
  const isShort = toDay - fromDay <= DAYS_NAMED_MAX;
  for (let day = fromDay; day < Math.min(toDay, fromDay + PLANS_DAYS_MAX); day++) {
    const date = new Date(day * DAY_MS);
    words.add(MONTHS[date.getUTCMonth()] ?? "");
    if (isShort) words.add(String(date.getUTCDate())).add(WEEKDAYS[date.getUTCDay()] ?? "");
  }
  return [...words, ...(isShort ? ["tomorrow", "tonight", "week", "weekend"] : ["month"]), "next"].join(" ");
}

function plansFor(document: SearchDocument, language: string, { fromDay, toDay }: Days): boolean {
  const said = Math.floor(document.occurredAtMs / DAY_MS);
  const isMeant = (day: number): boolean => day >= fromDay && day < toDay && day >= said;
  return splitSentences(document.text).some(({ text }) => {
    if (text.endsWith("?")) return false;
    if (daysOf(text, { said, language }).some(({ day }) => isMeant(day))) return true;
    if (toDay - fromDay < MONTH_DAYS_MIN) return false;
    return findTimes(text, { atMs: document.occurredAtMs, language }).some(
      ({ fromMs, precision, toMs }) => precision === "month" && isMeant(fromMs / DAY_MS) && toMs / DAY_MS <= toDay,
    );
  });
}

/** Other words for whom or what somebody calls their own. */
const SAME: readonly (readonly string[])[] = [
  "dog puppy pup".split(" "),
  "cat kitten kitty".split(" "),
  "mother mum mom mummy mam".split(" "),
  "father dad daddy".split(" "),
  "grandmother grandma granny nan gran".split(" "),
  "grandfather grandpa grandad granddad".split(" "),
  "wife wifey missus".split(" "),
  "husband hubby".split(" "),
  "boss manager".split(" "),
  "doctor gp".split(" "),
  "child kid".split(" "),
  "baby newborn".split(" "),
];
const NAME_OF = [
  /^\s*what(?:['’]s| is| was| are|['’]re) the names? of (?:my|our) (?<noun>\p{L}[\p{L} -]{1,30}?)\s*\??\s*$/iu,
  /^\s*what(?:['’]s| is| was| are) (?:my|our) (?<noun>\p{L}[\p{L} -]{1,30}?)(?:['’]s? names?| called| named)\s*\??\s*$/iu,
  /^\s*(?:how|what) (?:is|are) (?:my|our) (?<noun>\p{L}[\p{L} -]{1,30}?) (?:called|named)\s*\??\s*$/iu,
  /^\s*what do (?:i|we) call (?:my|our) (?<noun>\p{L}[\p{L} -]{1,30}?)\s*\??\s*$/iu,
];
const NAMING = /\b(?:named|called|names?(?: is| was|['’]s)|goes by)\b/iu;
/** "The landlord is Mr Petrakis": whoever writes so has one. */
const OF_ONES_OWN =
  /(?<!\p{L})[Tt]he (?:new )?(?:landlord|landlady|boss|manager|dentist|doctor|gp|vet|lawyer|teacher|cleaner|plumber|therapist|hairdresser|midwife|neighbou?r) (?:is|was|['’]s)(?: called| named)? \p{Lu}/u;
const NO_NAME = new Set([...MONTHS, ...WEEKDAYS, "I", "Christmas", "Easter"]);

function readOwnName(text: string): OwnQuestion | undefined {
  const noun = NAME_OF.map((pattern) => pattern.exec(text)?.groups?.["noun"]).find((found) => found !== undefined);
  if (noun === undefined) return undefined;
  const bare = noun.toLowerCase().trim();
  const nouns = SAME.find((words) => words.includes(bare)) ?? [bare];
  const any = `(?:${nouns.join("|")})`;
  const own = new RegExp(
    `\\b(?:my|our)\\s+(?:[\\p{L}-]+\\s+){0,2}${any}\\b|\\b(?:i|we)(?:['’]ve)?\\s+(?:just\\s+|now\\s+)?(?:have|had|got|get|adopted|bought|own)\\s+(?:[\\p{L}-]+\\s+){0,3}${any}\\b`,
    "iu",
  );
  const isNamed = new RegExp(`\\b${any}\\b`, "iu");
  const addressed = new RegExp(`\\byour\\s+(?:[\\p{L}-]+\\s+){0,1}${any}\\b`, "iu");
  return {
    text: `${nouns.join(" ")} name called`,
    wanted: "one",
    isAnsweredBy: ({ speaker, text: said }) =>
      splitSentences(said).some(({ text: sentence }) => {
        const isOwn =
          (speaker === undefined ? own : addressed).test(sentence) ||
          (speaker === undefined && isNamed.test(sentence) && OF_ONES_OWN.test(sentence));
        return isOwn && !sentence.endsWith("?") && (NAMING.test(sentence) || holdsName(sentence));
      }),
  };
}

/** A word with a capital inside a sentence, which is no day and no month. */
function holdsName(sentence: string): boolean {
  return Array.from(sentence.matchAll(/(?<=[\p{L}\p{N},;:]\s)\p{Lu}\p{L}+/gu)).some(([word]) => !NO_NAME.has(word));
}

function readOwnFact(text: string): OwnQuestion | undefined {
  const asked = readFactQuestion(text);
  if (asked === undefined) return undefined;
  const { isOfNow, type } = asked;
  return {
    text: asked.text,
    wanted: "one",
    isAnsweredBy: ({ occurredAtMs, speaker, text: said }, language) => {
      if (speaker !== undefined || (isOfNow && isOver(said, language))) return false;
      const told = splitSentences(said).filter((sentence) => !sentence.text.endsWith("?"));
      if (told.some((sentence) => saysFact(sentence.text, type))) return true;
      const at = new Date(occurredAtMs).toISOString();
      return extractFromText(said, { at, language }).facts.some((fact) => fact.from === ME && fact.type === type);
    },
  };
}
