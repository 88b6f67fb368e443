/**
 * Questions for what something cost, what it weighs or measures, who has it, what was decided about it, who is not part of it, and whose
 * birthday is when. Pure; English and German forms.
 *
 * Guarantees: a price is answered by a sum, a weight by one, a decision by words of deciding, "who is not coming?" by words that deny; all of them of the
 * matter that is asked about. It does not: add sums up, or know that a decision was taken back in other words.
 */
import { findTimes } from "@kaelix/views";

import type { AimedQuestion } from "./aimed-question.ts";
import { splitSentences } from "./sentences.ts";

/** How much of the matter a memory must hold itself: "the new glasses" are glasses, and verbs are often others. */
const MATTER_SHARE_MIN = 0.4;

interface Form {
  readonly asks: readonly RegExp[];
  /** How much of the matter a memory must hold, where that is more than of others: its day puts it first, and not its words. */
  readonly shareMin?: number;
  /** What a sentence of an answer holds. */
  readonly says: RegExp;
  readonly otherwise: AimedQuestion["otherwise"];
}

const THING = String.raw`(?<thing>\p{L}.*?)`;

/** A question that is all of one form. */
function asks(...forms: readonly string[]): readonly RegExp[] {
  return forms.map((form) => new RegExp(String.raw`^\s*${form}[\s?!.]*$`, "iu"));
}

const SUM = String.raw`[€$£₹¥]\s?\d|\d[\d.,' ]*(?:€|\$|£|₹|-)?\s?(?:€|\$|£|₹|(?:euros?|eur|dollars?|bucks?|quid|pounds?|pence|cents?|chf|franken|francs?|rupees?|rs|zł)(?!\p{L}))`;
const PAYING = String.raw`(?:costs?|paid|pay|price[ds]?|charge[ds]?|wants|rent|fees?|fine|deposit|salary|bill|kostet|kosten|kostete|gekostet|bezahlt|zahlen|preis|miete|gebühr|strafe|kaution|gehalt|rechnung)(?!\p{L})[^.?!\d]{0,30}\d|(?:was|were|for|war|waren|für) (?:about |around |only |ca\.? |rund |nur )?\d[\d.,]*(?=\s*(?:[.,;!)]|$)| (?:each|per|pro)(?!\p{L}))`;

const PRICE: Form = {
  asks: asks(
    String.raw`how (?:much|expensive) (?:money )?(?:is|was|are|were) (?!time|left|there)${THING}`,
    String.raw`how much (?:money )?(?:do|does|did|will|would|has|have|had) ${THING} cost`,
    String.raw`how much (?:did|do|have|had) (?:i|we|you|they|he|she|\p{L}+) (?:pay|paid|spend|spent) (?:for|on) ${THING}`,
    String.raw`what (?:do|does|did|will) ${THING} cost`,
    String.raw`(?:what|how much) (?:do|does|did) (?:i|we|you|they|he|she|\p{L}+) pay for ${THING}`,
    String.raw`what(?:['’]s| is| was) the (?:price|cost) of ${THING}`,
    String.raw`(?:was|wie ?viel) (?:hat|haben|hatte|hatten) ${THING} gekostet`,
    String.raw`(?:was|wie ?viel) koste(?:t|n|te|ten) ${THING}`,
    String.raw`(?:was|wie ?viel) (?:habe|haben|hat) (?:ich|wir|\p{L}+) für ${THING} (?:bezahlt|gezahlt|ausgegeben)`,
    String.raw`(?:was|wie ?viel) (?:zahle|zahlen|zahlt|bezahle|bezahlen|bezahlt) (?:ich|wir|\p{L}+) für ${THING}`,
    String.raw`wie hoch (?:ist|sind|war|waren) (?=.*(?:miete|rechnung|gehalt|kaution|gebühr|preis|kosten|strafe))${THING}`,
    String.raw`wie teuer (?:ist|sind|war|waren) ${THING}`,
  ),
  says: new RegExp(`${SUM}|(?<!\\p{L})(?:${PAYING})`, "iu"),
  // What holds "cost" tells what something else did.
  otherwise: "nothing",
};

const AMOUNT = String.raw`(?<!\p{L})\d[\d.,]*\s?`;

const WEIGHT: Form = {
  asks: asks(
    String.raw`(?:what|how much|how heavy) (?:do|does|did) ${THING} weigh(?: now)?`,
    String.raw`how heavy (?:is|are|was|were) ${THING}(?: now)?`,
    String.raw`(?:was|wie ?viel) (?:wiegt|wiegen|wog)(?: jetzt)? ${THING}`,
    String.raw`wie schwer (?:ist|sind|war|waren)(?: jetzt)? ${THING}`,
  ),
  says: new RegExp(
    String.raw`${AMOUNT}(?:kg|kilos?|kilograms?|grams?|g|lbs?|pounds|stone|tonnes?|tons?|gramm|pfund|tonnen)(?!\p{L})|(?<!\p{L})(?:weigh\p{L}*|wiegt|wog)(?!\p{L})[^.?!\d]{0,20}\d`,
    "iu",
  ),
  otherwise: "words",
};

const HEIGHT: Form = {
  asks: asks(
    String.raw`how (?:tall|high|wide|deep) (?:is|are|was|were) ${THING}(?: now)?`,
    String.raw`wie (?:groß|hoch|breit|tief) (?:ist|sind|war|waren)(?: jetzt)? ${THING}`,
  ),
  says: new RegExp(
    String.raw`${AMOUNT}(?:mm|cm|m|met(?:er|re)s?|centimet(?:er|re)s?|feet|foot|ft|inch(?:es)?|in|zentimeter|quadratmeter|m²|m2|gb|acres?|hectares?|hektar)(?!\p{L})|\d['’′]\s?\d`,
    "iu",
  ),
  otherwise: "words",
};

/** Whoever has a thing may have given it back since. */
const HOLDER: Form = {
  asks: asks(
    String.raw`who(?: still)?(?: has| holds| keeps|['’]s)(?: got)?(?: still)? (?=(?:my|our|the)(?!\p{L}))${THING}(?: now| at the moment)?`,
    String.raw`wer hat(?: noch| gerade| jetzt)? (?=(?:meine?[nms]?|unser\p{L}*|den|die|das)(?!\p{L}))(?<thing>\p{L}+ \p{L}+)`,
    String.raw`(?:who(?:m)? (?:did|have|had) (?:i|we) (?:lend|lent|give|given|loan)|to whom did (?:i|we) (?:lend|give)) ${THING}(?: to)?`,
    String.raw`wem (?:habe|haben|hatte|hatten) (?:ich|wir) ${THING} (?:aus|ver)?ge(?:liehen|geben)`,
  ),
  shareMin: 0.7,
  says: /(?<!\p{L})(?:has|have|had|got|get|lent|lend|lending|borrow\p{L}*|gave|given|give|took|taken|back|return\p{L}*|holds?|keeps?|kept|left|with|at|hat|habe|haben|geliehen|leiht|leihe|ausgeliehen|verliehen|zurück\p{L}*|gegeben|gebe|bei|beim|mitgenommen)(?!\p{L})/iu,
  otherwise: "words",
};

const DECISION: Form = {
  asks: asks(
    String.raw`what (?:did|have|had) (?:i|we|you|they|\p{L}+) (?:decided?|agreed?|settled?)(?: to do| on)? (?:about|on|for|with|regarding|concerning) ${THING}`,
    String.raw`what(?:['’]s| is| was) (?:the|our) decision (?:about|on|for|regarding) ${THING}`,
    String.raw`(?:was|wie) (?:haben|hatten|habe) (?:wir|ich) (?:uns )?(?:wegen|zu[mr]?|über|beim?|für|mit|bezüglich) ${THING} (?:entschieden|beschlossen|ausgemacht|abgemacht|vereinbart)`,
    String.raw`(?:worauf|wofür) haben wir uns (?:wegen|beim?|mit|bezüglich) ${THING} (?:geeinigt|entschieden)`,
  ),
  says: /(?<!\p{L})(?:decid\p{L}+|decisions?|agreed?|settled|chose|chosen|going with|(?:let['’]?s|we(?:['’]ll| will)?) (?:take|go with|go for)|entschieden|entscheid\p{L}*|beschlossen|abgemacht|ausgemacht|vereinbart|geeinigt|wir nehmen|nehmen wir|dann nehmen)(?!\p{L})/iu,
  otherwise: "words",
};

const WHO_NOT =
  /^\s*(?:who|wer)(?!\p{L}).*?(?:(?<!\p{L})(?:not|cannot|cant|nicht|never|nie)(?!\p{L})|n['’]t(?!\p{L}))/iu;
const DENIES =
  /(?<!\p{L})(?:not|never|no longer|cannot|(?:is|are|was|do|does|did|ca|wo)nt|nobody|unable|unfortunately|cancel\p{L}*|declin\p{L}*|skip\p{L}*|nicht|nie|niemand|leider|abgesagt|sagt? ab|kein\p{L}*)(?!\p{L})|n['’]t(?!\p{L})/iu;
const NOT = /(?<!\p{L})(?:not|cannot|cant|nicht|never|nie)(?!\p{L})|n['’]t(?!\p{L})/giu;

/** "Whose birthday is in May?" */
const WHOSE_BIRTHDAY = asks(
  String.raw`whose birthday is (?<time>(?:in|on) \p{L}.*?|today|tomorrow)`,
  String.raw`who has (?:a|their|his|her) birthday (?<time>(?:in|on) \p{L}.*?|today|tomorrow)`,
  String.raw`wer hat (?<time>(?:im|am) \p{L}?.*?|heute|morgen) geburtstag`,
);
const BIRTHDAY = /(?<!\p{L})(?:birthdays?|bday|geburtstag\p{L}*)/iu;
/** Said on the day itself. */
const GREETS =
  /(?<!\p{L})(?:happy birthday|birthday today|turn(?:s|ed) \d+ today|alles (?:gute|liebe) zum geburtstag|glückwünsche zum|heute .*geburtstag)/iu;

/** Reads such a question; undefined for any other. `nowMs`: when it is asked. */
export function readMatterQuestion(text: string, nowMs: number): AimedQuestion | undefined {
  const time = WHOSE_BIRTHDAY.map((pattern) => pattern.exec(text)?.groups?.["time"]).find(
    (found) => found !== undefined,
  );
  if (time !== undefined) return birthdaysIn(time, nowMs);
  if (WHO_NOT.test(text)) return deniedQuestion(text);
  for (const form of [PRICE, DECISION, WEIGHT, HEIGHT, HOLDER]) {
    const thing = form.asks
      .map((pattern) => pattern.exec(text)?.groups?.["thing"])
      .find((found) => found !== undefined);
    if (thing !== undefined) return saidOf(thing, form);
  }
  return undefined;
}

/** Birthdays of a time of the year, by the day that is named or that they were told on. */
function birthdaysIn(time: string, nowMs: number): AimedQuestion | undefined {
  const language = /^(?:im|am|heute|morgen)/iu.test(time) ? "de" : "en";
  const [asked] = findTimes(time, { atMs: nowMs, language });
  if (asked === undefined) return undefined;
  const [from, to] = [dayOfYear(asked.fromMs), dayOfYear(asked.toMs - 1)];
  const isWithin = (atMs: number): boolean => dayOfYear(atMs) >= from && dayOfYear(atMs) <= to;
  return {
    text: `birthday Geburtstag ${time}`,
    wanted: "newest",
    isOfAsker: false,
    otherwise: "words",
    isAnsweredBy: ({ occurredAtMs, text }, told) =>
      splitSentences(text).some(({ text: sentence }) => {
        if (!BIRTHDAY.test(sentence) && !GREETS.test(sentence)) return false;
        if (GREETS.test(sentence) && isWithin(occurredAtMs)) return true;
        const named = findTimes(sentence, { atMs: occurredAtMs, language: told });
        return named.some(
          ({ fromMs, precision }) => (precision === "day" || precision === "month") && isWithin(fromMs),
        );
      }),
  };
}

/** A day's place among those of any year: the month and the day. */
function dayOfYear(atMs: number): number {
  const at = new Date(atMs);
  return at.getUTCMonth() * 31 + at.getUTCDate();
}

function saidOf(thing: string, { otherwise, says, shareMin = MATTER_SHARE_MIN }: Form): AimedQuestion {
  return {
    text: thing,
    wanted: "newest",
    isOfAsker: false,
    otherwise,
    isAnsweredBy: ({ text }, _language, { coverage }) => coverage >= shareMin && isToldIn(text, says),
  };
}

function deniedQuestion(text: string): AimedQuestion {
  return {
    text: text.replace(NOT, " "),
    wanted: "one",
    isOfAsker: false,
    otherwise: "nothing",
    isAnsweredBy: (document, _language, { coverage }) =>
      coverage >= MATTER_SHARE_MIN && isToldIn(document.text, DENIES),
  };
}

/** True when a sentence that asks nothing matches. */
function isToldIn(text: string, pattern: RegExp): boolean {
  return splitSentences(text).some((sentence) => !sentence.text.endsWith("?") && pattern.test(sentence.text));
}
