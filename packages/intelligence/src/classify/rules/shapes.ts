/** Concepts found by their shape in any language: sums of money, numbers, dates, names, made-up words. */
import { type Concept, conceptNumber } from "./concepts.ts";
import type { NumberSpan } from "./number-spans.ts";
import { type Scene, tokenAt } from "./scene.ts";
import { FLAG_CAPITAL, FLAG_DIGIT, FLAG_INNER_CAPITAL, FLAG_LETTER, FLAG_OPENS } from "./tokens.ts";
import { valueShape } from "./value-shape.ts";

const EVERY_LANGUAGE = -1;
const MONEY = conceptNumber("money");
const NUMBER = conceptNumber("number");
const LONG_NUMBER = conceptNumber("longNumber");
const DATE = conceptNumber("date");
const NAME = conceptNumber("name");
const PASSWORD_SHAPE = conceptNumber("passwordShape");
const CODE_NUMBER = conceptNumber("codeNumber");
const QUOTED_WORD = conceptNumber("quotedWord");
const WORD_ROW = conceptNumber("wordRow");
const NUMBERED_ROW = conceptNumber("numberedRow");

const MONEY_BEFORE = /(?:[£$€₹₺]|\brs\.?|\beur|\bchf|\bgbp|\busd|r\$)\s?$/i;
const MONEY_AFTER =
  /^\s?(?:[€£$₹₺]|k\b|grand\b|quid\b|lakhs?\b|lacs?\b|crore|lpa\b|euros?\b|eur\b|pounds\b|dollars\b|bucks\b|mil\b|mila\b|bin\b|tl\b|lira|reais\b|conto|rs\b|rupees|rupaye|hazaa?r|naira|francs?\b|chf\b|tausend|tsd|brutto|netto|netti|net\b|lordi|al mes|por m[eê]s|par mois|al mese|a month|a year|pa\b|p\/m\b|per month|per annum|an hour)/i;

function markNumbers(scene: Scene): void {
  for (const span of scene.numbers) {
    const at = tokenAt(scene.tokens, span.start);
    scene.concepts.add(NUMBER, at, at, EVERY_LANGUAGE);
    if (span.digits.length >= 4 && !isCounted(scene, at)) scene.concepts.add(LONG_NUMBER, at, at, EVERY_LANGUAGE);
    const before = scene.text.slice(Math.max(0, span.start - 5), span.start);
    const after = scene.text.slice(span.end, span.end + 12);
    const isThousands = /^\d{1,3}(?:[.,]\d{3}){1,3}$/.test(
      scene.text.slice(span.start, span.end + (after.startsWith(",") ? 4 : 0)),
    );
    if (MONEY_BEFORE.test(before) || MONEY_AFTER.test(after) || isThousands)
      scene.concepts.add(MONEY, at, at, EVERY_LANGUAGE);
    if (/^(?:st|nd|rd|th)\b|^\.\s?(?:\p{L}|\d)|^\/\d/u.test(after)) scene.concepts.add(DATE, at, at, EVERY_LANGUAGE);
  }
}

/** Names of services and things that are written with a capital inside, as made-up passwords are. */
const NAMES_WITH_CAPITALS =
  /^(?:whatsapp|youtube|facetime|linkedin|playstation|powerpoint|onedrive|sharepoint|soundcloud|snapchat|doordash|hellofresh|mediamarkt|blablacar|aliexpress|chatgpt|github|openstreetmap|wordpress|tripadvisor|mastercard|easyjet|flixbus|icloud)$/i;

function markWords(scene: Scene): void {
  const { tokens, text } = scene;
  for (let at = 0; at < tokens.count; at += 1) {
    const flags = tokens.flags[at] ?? 0;
    if ((flags & FLAG_CAPITAL) !== 0 && (flags & FLAG_OPENS) === 0 && (flags & FLAG_INNER_CAPITAL) === 0) {
      const isOfCalendar = scene.concepts.isNear("month", at, at, 0);
      if (!isOfCalendar && (tokens.end[at] ?? 0) - (tokens.start[at] ?? 0) > 1)
        scene.concepts.add(NAME, at, at, EVERY_LANGUAGE);
    }
    const isMixed = (flags & FLAG_DIGIT) !== 0 && (flags & FLAG_LETTER) !== 0;
    if (!isMixed && (flags & FLAG_INNER_CAPITAL) === 0) continue;
    const start = tokens.start[at] ?? 0;
    const end = tokens.end[at] ?? 0;
    if (end - start < 6 || end - start > 40) continue;
    const word = text.slice(start, end);
    const shape = valueShape(word);
    const isMadeUp =
      (shape === "strong" && /[a-z]{3}/i.test(word)) || (shape === "camel" && !NAMES_WITH_CAPITALS.test(word));
    if (isMadeUp && !scene.concepts.isNear("harmlessCode", at, at, 2))
      scene.concepts.add(PASSWORD_SHAPE, at, at, EVERY_LANGUAGE);
  }
}

const UNIT_AFTER =
  /^\s?(?:am\b|pm\b|uhr|h\b|hrs?\b|hours|min|days?\b|years?\b|people|times|%|km|kg|g\b|ml|miles|steps|pieces|pages|combos|views|cal|watt|°|grad|personen|personas|jahre|años|ans\b|anni|anos)/i;
const MASKED_AFTER = /^[,.]\d|^[/:]\d/;

/** True for a run that looks like a PIN or a one-time code: "4471", "884 201", "2-8-5-0". */
function isCodeNumber(span: NumberSpan, text: string): boolean {
  const { digits, groups } = span;
  if (digits.length < 4 || digits.length > 8 || span.isGlued || span.hasPlus) return false;
  if (/[£$€₹₺+#.,]\s?$/.test(text.slice(Math.max(0, span.start - 2), span.start).replace("#", ""))) return false;
  const after = text.slice(span.end, span.end + 12);
  if (MONEY_AFTER.test(after) || UNIT_AFTER.test(after) || MASKED_AFTER.test(after)) return false;
  if (groups.length === 1) return !/^(?:19|20)\d\d$/.test(digits) && !/^\d{1,4}0{3}$/.test(digits);
  const size = groups[0] ?? 0;
  if (groups.length === 3 && groups.every((group) => group <= 2) && /^-+$/.test(span.separators)) return true;
  if (groups.some((group) => group !== size)) return false;
  return size === 1 || (groups.length === 2 && size >= 3 && !span.separators.includes("."));
}

/** Words between a number and a word that can only mean a code; and between it and a thing that may have one, as doors do. */
const SECRET_REACH = 9;
const THING_REACH = 4;

/** Words that say that a number is a code. */
const CODE_WORDS = [
  "pinNoun",
  "codeNoun",
  "recoveryNoun",
  "passwordNoun",
  "passwordShort",
  "keySecretNoun",
] as const satisfies readonly Concept[];
const CODE_DEEDS = ["keypress", "unlocks", "codeSource"] as const satisfies readonly Concept[];
const CODED_THINGS = ["lockNoun", "keyNoun", "wifiNoun"] as const satisfies readonly Concept[];

/** True for a number that a word beside it counts, measures or puts in order, `message 1001`, or that ends a row of words. */
export function isCounted(scene: Scene, token: number): boolean {
  return (
    isCountedBy(scene, "countedNumber", token, [...CODE_WORDS, ...CODED_THINGS]) ||
    isCountedBy(scene, "numberedRow", token, CODE_WORDS)
  );
}

/**
 * The number behind `staff room` or `meter cupboard code` is a code: none of the words that speak for one may stand among the words that count.
 * Nor does a word behind a comma count the number before it: `pin 4471, bin the old ones` is no thousand of Turkish.
 */
function isCountedBy(scene: Scene, by: Concept, token: number, against: readonly Concept[]): boolean {
  const { concepts } = scene;
  const at = concepts.nearest(by, token, token);
  const places = concepts.get(by);
  if (places === undefined || at < 0) return false;
  const first = places.first[at] ?? 0;
  const last = places.last[at] ?? 0;
  if (last > token && isCutOff(scene, token)) return false;
  return against.every((concept) => concepts.nearest(concept, first, last) < 0);
}

/** True when a mark of the sentence stands between a word and the next. */
function isCutOff({ text, tokens }: Scene, token: number): boolean {
  return /[,;:.!?\n]/.test(text.slice(tokens.end[token] ?? 0, tokens.start[token + 1] ?? 0));
}

/** A number alone is no secret: a word of codes stands near, its digits are told one by one, or it is all there is. */
function isToldAsCode(scene: Scene, span: NumberSpan, at: number): boolean {
  if (span.groups.length > 3 && span.groups.every((group) => group === 1)) return true;
  if ([...CODE_WORDS, ...CODE_DEEDS].some((concept) => scene.concepts.isNear(concept, at, at, SECRET_REACH)))
    return true;
  if (CODED_THINGS.some((concept) => scene.concepts.isNear(concept, at, at, THING_REACH))) return true;
  return at === 0 && tokenAt(scene.tokens, span.end) === scene.tokens.count;
}

function markCodeNumbers(scene: Scene): void {
  for (const span of scene.numbers) {
    if (!isCodeNumber(span, scene.text)) continue;
    const at = tokenAt(scene.tokens, span.start);
    if (isCounted(scene, at) || scene.concepts.isNear("harmlessNumber", at, at, 6)) continue;
    if (scene.concepts.isNear("accountNoun", at, at, 3) && !scene.concepts.isNear("pinNoun", at, at, 3)) continue;
    if (isToldAsCode(scene, span, at)) scene.concepts.add(CODE_NUMBER, at, at, EVERY_LANGUAGE);
  }
}

const CHUNKS_MAX = 512;
const SIGN = /[\p{L}\d][_$!#%^&*][^\s"'“”]/gu;
const CHUNK_REACH = 40;

/** Made-up passwords that hold signs: the tokeniser cuts them, so they are read from the text itself. */
function markSignChunks(scene: Scene): void {
  const { text } = scene;
  let seen = 0;
  let last = -1;
  for (const match of text.matchAll(SIGN)) {
    if (match.index < last) continue;
    if ((seen += 1) > CHUNKS_MAX) return;
    const before = /[^\s"'“”]{0,40}$/.exec(text.slice(Math.max(0, match.index - CHUNK_REACH), match.index))?.[0] ?? "";
    const after = /^[^\s"'“”]{0,40}/.exec(text.slice(match.index, match.index + CHUNK_REACH))?.[0] ?? "";
    last = match.index + after.length;
    if (!/\p{L}{3}/u.test(before + after) || valueShape(before + after) !== "strong") continue;
    const at = tokenAt(scene.tokens, match.index - before.length);
    scene.concepts.add(PASSWORD_SHAPE, at, at, EVERY_LANGUAGE);
  }
}

const QUOTED = /(?:^|[\s(:,])['"‘“«„]\s?\p{L}[\p{L} -]{2,24}['"’”»“]/gu;

function markQuotes(scene: Scene): void {
  let seen = 0;
  for (const match of scene.text.matchAll(QUOTED)) {
    if ((seen += 1) > CHUNKS_MAX) return;
    const at = tokenAt(scene.tokens, match.index + 2);
    scene.concepts.add(QUOTED_WORD, at, at, EVERY_LANGUAGE);
  }
}

const FUNCTION_WORDS = new Set(
  `the and for you that this with are not but was have has had its our your his her their they she him them from just all
  out get got who what when then than too can will would did does been were about over into off still again only very
  der die das und ist nicht ich wir sie ein eine mit von auf für noch auch aber wie wenn dass mir bei aus nach mal nur was
  que los las del una con por para pero como más muy todo esta este les des est pas une dans sur avec pour mais qui
  não uma com mas tem ele ela isso che non una per con sono del della dei anche più come questo hanno
  bir çok için ama ile daha gibi var yok değil hai nahi bhi aur kya tha thi raha rahi kar par mat toh koi`.split(/\s+/),
);
const ROW = /(?:\b[a-z]{3,8} ){5,23}[a-z]{3,8}\b/g;
const ROW_LENGTH = 6;
/** Words of a wallet's phrase (BIP 39): a number behind so many makes them no line of something. */
const PHRASE_LENGTHS: ReadonlySet<number> = new Set([12, 15, 18, 21, 24]);

/** Six words in a row that no sentence would put there: the words of a wallet, or with a number behind them a line of something. */
function markWordRows(scene: Scene): void {
  let seen = 0;
  for (const match of scene.text.matchAll(ROW)) {
    if ((seen += 1) > CHUNKS_MAX) return;
    const at = tokenAt(scene.tokens, match.index);
    const end = match.index + match[0].length;
    const rows = rowLengths(match[0]);
    if (PHRASE_LENGTHS.has(rows.last) || !/^\s\d/.test(scene.text.slice(end, end + 2))) {
      if (rows.most < ROW_LENGTH) continue;
      scene.concepts.add(WORD_ROW, at, at, EVERY_LANGUAGE);
      return;
    }
    const number = tokenAt(scene.tokens, end + 1);
    if (rows.last >= ROW_LENGTH) scene.concepts.add(NUMBERED_ROW, number - ROW_LENGTH, number, EVERY_LANGUAGE);
  }
}

/** How many words no function word parts: at most, and at the end. A word that comes twice counts once at most. */
function rowLengths(words: string): { readonly most: number; readonly last: number } {
  let most = 0;
  const row = new Set<string>();
  for (const word of words.split(" ")) {
    if (FUNCTION_WORDS.has(word)) row.clear();
    else row.add(word);
    most = Math.max(most, row.size);
  }
  return { most, last: row.size };
}

/** Adds the shape concepts to a scene; called once, before the rules. */
export function markShapes(scene: Scene): void {
  markWordRows(scene);
  markNumbers(scene);
  markWords(scene);
  markSignChunks(scene);
  markCodeNumbers(scene);
  markQuotes(scene);
}
