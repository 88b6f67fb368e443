/**
 * Passwords, PINs and codes that are given in a phrase: a noun ("password", "gate code"), perhaps a link ("is", ":"), a value.
 * A noun without a value is talk about passwords and finds nothing here.
 */
import type { Level } from "@kaelix/model";
import type { LexicalConcept } from "./concepts.ts";
import type { Evidence } from "./evidence.ts";
import { type Scene, tokenAt } from "./scene.ts";
import { isCounted } from "./shapes.ts";
import { bareChunk, type ValueShape, valueShape } from "./value-shape.ts";

interface SecretNoun {
  readonly concept: LexicalConcept;
  readonly rule: string;
  readonly text: string;
  /** Chunks looked at behind the noun. */
  readonly reach: number;
  /** Strength by the value's shape; absent: such a value does not count. */
  readonly weights: Readonly<Partial<Record<ValueShape, number>>>;
  /** Fewest digits of a value of digits. */
  readonly digitsMin: number;
  /** Added when the value follows a link word or sign. */
  readonly linked: number;
}

const PASSWORD_WEIGHTS = { digits: 0.6, strong: 0.85, quoted: 0.7, camel: 0.75, plain: 0.42 } as const;

const SECRET_NOUNS: readonly SecretNoun[] = [
  {
    concept: "passwordNoun",
    rule: "secret-password",
    text: "Gives a password",
    reach: 9,
    weights: PASSWORD_WEIGHTS,
    digitsMin: 3,
    linked: 0.25,
  },
  {
    concept: "passwordShort",
    rule: "secret-password",
    text: "Gives a password",
    reach: 6,
    weights: { ...PASSWORD_WEIGHTS, plain: 0.55 },
    digitsMin: 3,
    linked: 0.25,
  },
  {
    concept: "wifiNoun",
    rule: "secret-wifi",
    text: "Gives a Wi-Fi password",
    reach: 8,
    weights: { strong: 0.75, digits: 0.45, quoted: 0.5, camel: 0.45 },
    digitsMin: 6,
    linked: 0.15,
  },
  {
    concept: "pinNoun",
    rule: "secret-pin",
    text: "Gives a PIN or one-time code",
    reach: 9,
    weights: { digits: 0.75, strong: 0.6 },
    digitsMin: 3,
    linked: 0.15,
  },
  {
    concept: "codeNoun",
    rule: "secret-code",
    text: "Gives a code that opens or proves something",
    reach: 8,
    weights: { digits: 0.5, strong: 0.4 },
    digitsMin: 4,
    linked: 0.15,
  },
  {
    concept: "lockNoun",
    rule: "secret-lock-code",
    text: "Gives the code of a door, safe, alarm or lock",
    reach: 6,
    weights: { digits: 0.5 },
    digitsMin: 4,
    linked: 0.2,
  },
  {
    concept: "keySecretNoun",
    rule: "secret-key",
    text: "Gives a key, token or credential",
    reach: 6,
    weights: { strong: 0.7, digits: 0.3 },
    digitsMin: 8,
    linked: 0.15,
  },
  {
    concept: "recoveryNoun",
    rule: "secret-recovery",
    text: "Gives recovery codes",
    reach: 8,
    weights: { strong: 0.8, digits: 0.85 },
    digitsMin: 4,
    linked: 0.1,
  },
  {
    concept: "pickUpWord",
    rule: "secret-pick-up-word",
    text: "Gives a word by which people are trusted",
    reach: 8,
    weights: { quoted: 0.75, plain: 0.45, strong: 0.7, camel: 0.6 },
    digitsMin: 9,
    linked: 0.25,
  },
  {
    concept: "securityQuestion",
    rule: "secret-answer",
    text: "Gives the answer to a security question",
    reach: 6,
    weights: { quoted: 0.55, plain: 0.45, camel: 0.5 },
    digitsMin: 9,
    linked: 0.2,
  },
];

interface Chunk {
  readonly text: string;
  readonly start: number;
  readonly token: number;
}

/** The next chunks between blanks from an offset, at most `count`, within 160 signs. */
function chunksFrom(scene: Scene, offset: number, count: number): Chunk[] {
  const chunks: Chunk[] = [];
  const end = Math.min(scene.text.length, offset + 160);
  let start = -1;
  for (let at = offset; at <= end && chunks.length < count; at += 1) {
    const sign = at < end ? (scene.text[at] ?? " ") : " ";
    const isBlank = sign === " " || sign === "\n" || sign === "\t" || sign === "\u00a0";
    if (!isBlank && start < 0) start = at;
    if (isBlank && start >= 0) {
      chunks.push({ text: scene.text.slice(start, at), start, token: tokenAt(scene.tokens, start) });
      start = -1;
    }
  }
  return chunks;
}

function isAt(scene: Scene, concept: LexicalConcept, token: number): boolean {
  return scene.concepts.nearest(concept, token, token) >= 0;
}

const TIME_OR_UNIT =
  /^\s?(?:am|pm|uhr|h|hrs|hours?|minutes?|mins?|days?|weeks?|months?|years?|people|times|%|€|\$|£|₹|₺|euros?|eur|quid|pounds?|bucks|dollars?|rs|rupees|rupaye|lakhs?|tl|lira|reais|chars?|characters?|letters?|digits?|zeichen|buchstaben|caracteres|caract[eè]res|caratteri|karakter|km|kg|g|ml|miles|steps|jahre|tage|wochen|stunden|años|ans|anni|anos|y[ıi]l|gün|baje|saal|din|nights?|pages?|stellig\w*|haneli|d[ií]gitos|chiffres|cifre)\b/i;

function isYear(bare: string): boolean {
  return /^(?:19|20)\d\d$/.test(bare);
}

/** A postcode of five digits stands between a house's number and a town: `12, 10969 Berlin`. */
function isPostcode(text: string, start: number): boolean {
  const hasHouse = /\d\s?[a-z]?,\s$/i.test(text.slice(Math.max(0, start - 6), start));
  return hasHouse && /^\d{5}\s\p{Lu}\p{Ll}/u.test(text.slice(start, start + 8));
}

function digitsOf(scene: Scene, start: number): { readonly count: number; readonly end: number } {
  const span = scene.numbers.find((candidate) => candidate.end > start && candidate.start <= start + 3);
  if (span === undefined) return { count: 0, end: start };
  return { count: span.digits.length, end: span.end };
}

interface Given {
  readonly shape: ValueShape;
  readonly isLinked: boolean;
  readonly distance: number;
}

function judgeValue(scene: Scene, noun: SecretNoun, chunk: Chunk, isLinked: boolean): ValueShape {
  const shape = valueShape(chunk.text);
  if (shape === "none" && /^\d$/.test(bareChunk(chunk.text)) && digitsOf(scene, chunk.start).count >= noun.digitsMin)
    return "digits";
  if (shape !== "digits") return shape;
  if (isPostcode(scene.text, chunk.start) || isCounted(scene, chunk.token)) return "none";
  const { count, end } = digitsOf(scene, chunk.start);
  if (
    count < noun.digitsMin ||
    (count >= 9 &&
      noun.concept !== "keySecretNoun" &&
      noun.concept !== "recoveryNoun" &&
      noun.concept !== "passwordNoun") ||
    /[£$€₹₺]/.test(chunk.text) ||
    /[£$€₹₺]\s?$/.test(scene.text.slice(Math.max(0, chunk.start - 2), chunk.start))
  )
    return "none";
  if (TIME_OR_UNIT.test(scene.text.slice(end, end + 14))) return "none";
  return isYear(bareChunk(chunk.text)) && !isLinked ? "none" : "digits";
}

/** Walks the chunks behind a noun until a value, the end of the sentence or the reach. */
function valueBehind(scene: Scene, noun: SecretNoun, last: number): Given | undefined {
  const nounEnd = scene.tokens.end[last] ?? 0;
  const chunks = chunksFrom(scene, nounEnd, noun.reach + 1);
  let linkAt = -2;
  for (const [index, chunk] of chunks.entries()) {
    if (/^["'”’)\]]?[:=]|^(?:->|→|-|–|—|\/|\|)$/.test(chunk.text)) linkAt = index;
    const bare = bareChunk(chunk.text).replace(/^[:=]+/, "");
    if (bare === "") {
      if (/[.!]$/.test(chunk.text)) return undefined;
      if (/[?:=]$/.test(chunk.text)) linkAt = index;
      continue;
    }
    const isLinked = linkAt >= index - 1 || (linkAt >= 0 && index - linkAt <= 2);
    const value = { ...chunk, text: chunk.text.replace(/^[:=]+/, "") };
    const shape = judgeValue(scene, noun, value, linkAt >= 0);
    if (shape === "strong" || shape === "digits" || shape === "camel")
      return { shape, isLinked: linkAt >= 0, distance: index };
    const isLink = isAt(scene, "link", chunk.token);
    const isKnown = isLink || isAt(scene, "notValue", chunk.token);
    if (!isKnown && isLinked && linkAt >= index - 1 && (shape === "quoted" || shape === "plain")) {
      if (noun.weights[shape] !== undefined && endsHere(scene, chunk))
        return { shape, isLinked: linkAt >= 0, distance: index };
    }
    if (!isKnown && shape === "plain" && index === 0 && noun.concept === "passwordShort" && endsHere(scene, chunk))
      return { shape, isLinked: false, distance: 0 };
    if (isLink) linkAt = index;
    if (/[.!;]$/.test(chunk.text) && !isLink) return undefined;
    if (/[:=?]$/.test(chunk.text)) linkAt = index;
  }
  return undefined;
}

/** A plain word is a value only when the phrase ends with it, or goes on after a comma or a link. */
function endsHere(scene: Scene, chunk: Chunk): boolean {
  if (/[,.;!)"'”»]$/.test(chunk.text)) return true;
  const next = chunksFrom(scene, chunk.start + chunk.text.length, 1)[0];
  if (next === undefined || scene.text.slice(chunk.start, next.start).includes("\n")) return true;
  return (
    /^[,(–—-]/.test(next.text) ||
    isAt(scene, "link", next.token) ||
    isAt(scene, "shapeHint", next.token) ||
    isAt(scene, "notValue", next.token)
  );
}

/** "Winterfell7 is the password", "4417 for the alarm": a strong value within three chunks before the noun. */
function valueBefore(scene: Scene, noun: SecretNoun, first: number): Given | undefined {
  const from = scene.tokens.start[Math.max(0, first - 5)] ?? 0;
  const nounStart = scene.tokens.start[first] ?? 0;
  const before = chunksFrom(scene, from, 8).filter((chunk) => chunk.start < nounStart);
  for (const chunk of before.slice(-4).reverse()) {
    if (/[.!?]$/.test(chunk.text)) return undefined;
    const shape = judgeValue(scene, noun, chunk, false);
    if (shape === "strong" || (shape === "digits" && noun.concept !== "codeNoun"))
      return { shape, isLinked: false, distance: 2 };
  }
  return undefined;
}

function weightOf(
  scene: Scene,
  noun: SecretNoun,
  given: Given,
  places: { readonly first: number; readonly last: number },
): number {
  let weight = noun.weights[given.shape] ?? 0;
  if (weight === 0) return 0;
  if (given.isLinked) weight += noun.linked;
  if (noun.concept === "codeNoun" || noun.concept === "lockNoun") {
    const other = noun.concept === "codeNoun" ? "lockNoun" : "codeNoun";
    if (
      scene.concepts.isNear(other, places.first, places.last, 6) ||
      scene.concepts.isNear("unlocks", places.first, places.last, 8)
    )
      weight += 0.35;
    if (given.distance <= 1) weight += 0.1;
  }
  return Math.min(0.97, weight - Math.max(0, given.distance - 5) * 0.05);
}

const PLACES_MAX = 200;
const LEVEL: Level = 4;

/** All given passwords, PINs, codes, keys and answers of a text. */
export function findGivenSecrets(scene: Scene): Evidence[] {
  const found: Evidence[] = [];
  for (const noun of SECRET_NOUNS) {
    const places = scene.concepts.get(noun.concept);
    if (places === undefined) continue;
    let best: Evidence | undefined;
    for (let index = 0; index < places.first.length && index < PLACES_MAX; index += 1) {
      const first = places.first[index] ?? 0;
      const last = places.last[index] ?? 0;
      if (scene.concepts.nearest("harmlessCode", first, last) >= 0) continue;
      const given =
        valueBehind(scene, noun, last) ??
        (noun.weights.strong === undefined && noun.concept !== "lockNoun"
          ? undefined
          : valueBefore(scene, noun, first));
      if (given === undefined) continue;
      const weight = weightOf(scene, noun, given, { first, last });
      if (weight > (best?.weight ?? 0))
        best = { rule: noun.rule, level: LEVEL, weight, text: noun.text, at: first, soft: true };
    }
    if (best !== undefined) found.push(best);
  }
  return [...found, ...findSeedPhrase(scene)];
}

/** Twelve or more plain words in a row behind "seed", "recovery phrase": a wallet's words. */
function findSeedPhrase(scene: Scene): Evidence[] {
  const places = scene.concepts.get("seedNoun");
  if (places === undefined) return [];
  for (let index = 0; index < places.last.length && index < PLACES_MAX; index += 1) {
    const start = scene.tokens.end[places.last[index] ?? 0] ?? 0;
    const words = scene.text.slice(start, start + 320).match(/\p{L}{3,12}/gu) ?? [];
    const common = words
      .slice(0, 14)
      .filter((word) =>
        /^(?:the|and|for|you|that|this|with|are|not|but|was|have|der|die|das|und|que|los|les|des|para|con|una|per|che|bir|hai)$/i.test(
          word,
        ),
      );
    if (words.length < 11 || common.length > 1) continue;
    return [
      {
        rule: "secret-seed-phrase",
        level: LEVEL,
        weight: 0.9,
        text: "Gives the words of a wallet or a recovery phrase",
        at: places.first[index] ?? 0,
        soft: true,
      },
    ];
  }
  return [];
}
