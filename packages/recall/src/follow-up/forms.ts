/** The words by which a question leans on the one before it, in English and German. Pure. */

/** Words that ask, at the beginning of a question. */
const ASKING =
  "what time|what day|which day|how (?:much|many|often|long|old|far)(?: times)?|who|whom|what|when|where|why|how|which \\p{L}+|whose \\p{L}+|" +
  "wann|wohin|woher|wo|wer|wem|wen|warum|was|wie (?:oft|viele?|lange|alt)|wie|welche[rsnm]? \\p{L}+";
const OPENING = new RegExp(`^\\s*(${ASKING})(?![\\p{L}\\p{N}])\\s*`, "iu");

/** "When was that?", "and where?", "who was there?", "wann war das?": nothing but what is wanted of the same. */
const BARE = new RegExp(
  `^\\s*(?:(?:and|so|but|ok|und|aber)\\b[,\\s]*)?(when|where|who|why|how (?:often|long|much|many times)|wann|wo|wer|warum|wie oft|wie lange)` +
    "(?:\\s+(?:was|is|were|did|does|war|ist))?(?:\\s+(?:that|this|it|they|there|das|es|dort|dabei))?(?:\\s+(?:happen|be|there|dabei|passiert))?[\\s?!.]*$",
  "iu",
);
/** "When was the last time?", "and the first time?" */
const ORDER =
  /^\s*(?:(?:and|so|but)\b[,\s]*)?(?:when was\s+|what about\s+)?the (last|first) time(?: that (?:was|happened))?[\s?!.]*$/iu;
/** "And Carla?", "what about last year?", "und ihre Schwester?" */
const LEAN =
  /^\s*(?:(?:and|so|but|or|und|aber|oder)\b[,\s]*(?:what about|how about|was ist mit|wie ist es mit)?|what about|how about|was ist mit|wie ist es mit)\s+(.+)$/iu;
const DO = /^(?:did|do|does)\s+/iu;
const AUXILIARY =
  /^(?:did|do|does|was|is|were|are|am|have|has|had|will|would|can|could|should|habe|hat|hatte|bin|ist|war|waren|sind|wohne|\p{L}+e)\s+(?:i|you|he|she|it|we|they|my|our|his|her|their|the|ich|wir|er|sie|es|mein\p{L}*|\p{Lu}\p{L}+)\b/iu;

/** What of the same is asked for; undefined when the question asks for something of its own. */
export function bareWish(question: string): string | undefined {
  const order = ORDER.exec(question)?.[1];
  if (order !== undefined) return `when was the ${order.toLowerCase()} time`;
  return BARE.exec(question)?.[1]?.toLowerCase();
}

/** What stands behind "and", "what about"; undefined when it does not begin so. */
export function leaning(question: string): string | undefined {
  return LEAN.exec(withoutEnd(question))?.[1];
}

/** A question without what ends it. Looked for where such a run begins alone: one that does not end the text would be tried at each letter. */
export function withoutEnd(question: string): string {
  return question.replace(/(?<![\s?!.])[\s?!.]+$/u, "");
}

/** The same matter, asked for something else: "Who had lunch with Ines?" and "when" → "When … had lunch with Ines?" */
export function askedInstead(before: string, wish: string): string {
  const text = withoutEnd(before);
  const opening = OPENING.exec(text);
  const rest = opening === null ? text.charAt(0).toLowerCase() + text.slice(1) : text.slice(opening[0].length);
  const head = wish.charAt(0).toUpperCase() + wish.slice(1);
  if (/\btime$/u.test(wish)) return `${head} ${rest.replace(DO, "")}?`;
  // Of "Who brought the dog?" nobody is left to have brought it.
  const isWhole = opening === null || AUXILIARY.test(rest) || /^(?:when|where|why|how)/iu.test(opening[1] ?? "");
  return isWhole ? `${head} ${rest}?` : `${head} was it: ${rest}?`;
}

/** Words that stand for a person or a thing that was named before. */
export type Pronoun = "she" | "he" | "they" | "it" | "there";

const PRONOUNS: Readonly<Record<string, Pronoun>> = {
  she: "she",
  her: "she",
  hers: "she",
  he: "he",
  him: "he",
  his: "he",
  they: "they",
  them: "they",
  their: "they",
  it: "it",
  its: "it",
  there: "there",
};
const OWNING: ReadonlySet<string> = new Set(["his", "their", "its"]);
const WORD = /[\p{L}]+/gu;
/** Words behind "her" that are owned by nobody: "did I call her about it". */
const NO_NOUN = new Set(
  "about after again all and as at before by ever for from in last me much often on or out over still that the then to today tomorrow too up when where with yesterday".split(
    " ",
  ),
);

/** One pronoun of a question. `owns`: something of theirs follows. */
export interface PronounPlace {
  readonly pronoun: Pronoun;
  readonly start: number;
  readonly end: number;
  readonly owns: boolean;
}

/** The pronouns of an English question, in order. "Is there …", "was it that …" stand for nothing. */
export function pronounsIn(question: string): readonly PronounPlace[] {
  const found: PronounPlace[] = [];
  for (const { 0: word, index } of question.matchAll(WORD)) {
    const low = word.toLowerCase();
    const pronoun = PRONOUNS[low];
    if (pronoun === undefined) continue;
    const behind = /^\s+(\p{L}+)/u.exec(question.slice(index + word.length))?.[1]?.toLowerCase();
    if (pronoun === "there" && /\b(?:is|are|was|were|been)\s+$/iu.test(question.slice(0, index))) continue;
    if (low === "it" && behind === "that") continue;
    const owns = OWNING.has(low) || (low === "her" && behind !== undefined && !NO_NOUN.has(behind));
    found.push({ pronoun, start: index, end: index + word.length, owns });
  }
  return found;
}
