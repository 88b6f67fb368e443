/** Numbers that are worth money or an identity: cards, accounts, national and tax ids. Level 3. */
import {
  ibanLength,
  isAadhaar,
  isCardNumber,
  isCodiceFiscale,
  isCpf,
  isDniOrNie,
  isFrenchNir,
  isGermanTaxId,
  isIban,
  isNino,
  isPan,
  isSsn,
  isSwissAhv,
  isTckn,
} from "./checksums.ts";
import type { Evidence } from "./evidence.ts";
import type { NumberSpan } from "./number-spans.ts";
import { type Scene, tokenAt } from "./scene.ts";

interface NumberRule {
  readonly rule: string;
  readonly text: string;
  /** How far shape and check digit speak alone, and with a word such as "passport" or "tax id" near. */
  readonly alone: number;
  readonly named: number;
  readonly check: (digits: string) => boolean;
  /** The grouping that makes the shape by itself telling, as digits per group. */
  readonly grouping?: string;
}

const DIGIT_RULES: readonly NumberRule[] = [
  {
    rule: "number-card",
    text: "Holds a payment card number with a valid check digit",
    alone: 0.9,
    named: 0.95,
    check: isCardNumber,
  },
  {
    rule: "number-ahv",
    text: "Holds a Swiss insurance number with a valid check digit",
    alone: 0.9,
    named: 0.95,
    check: isSwissAhv,
  },
  {
    rule: "number-nir",
    text: "Holds a French insurance number with a valid key",
    alone: 0.85,
    named: 0.95,
    check: isFrenchNir,
  },
  {
    rule: "number-aadhaar",
    text: "Holds an Aadhaar number with a valid check digit",
    alone: 0.35,
    named: 0.95,
    check: isAadhaar,
    grouping: "4,4,4",
  },
  {
    rule: "number-tckn",
    text: "Holds a Turkish identity number with valid check digits",
    alone: 0.6,
    named: 0.95,
    check: isTckn,
  },
  {
    rule: "number-cpf",
    text: "Holds a CPF with valid check digits",
    alone: 0.4,
    named: 0.95,
    check: isCpf,
    grouping: "3,3,3,2",
  },
  {
    rule: "number-tax-id",
    text: "Holds a German tax id with a valid check digit",
    alone: 0.3,
    named: 0.95,
    check: isGermanTaxId,
    grouping: "2,3,3,3",
  },
  {
    rule: "number-ssn",
    text: "Holds a number in the form of a US social security number",
    alone: 0.2,
    named: 0.9,
    check: isSsn,
    grouping: "3,2,4",
  },
];

const SIGN_RULES: readonly Omit<NumberRule, "grouping">[] = [
  {
    rule: "number-dni",
    text: "Holds a Spanish identity number with a valid letter",
    alone: 0.85,
    named: 0.95,
    check: isDniOrNie,
  },
  {
    rule: "number-codice-fiscale",
    text: "Holds a codice fiscale with a valid letter",
    alone: 0.9,
    named: 0.95,
    check: isCodiceFiscale,
  },
  { rule: "number-nino", text: "Holds a British National Insurance number", alone: 0.6, named: 0.95, check: isNino },
  { rule: "number-pan", text: "Holds an Indian PAN", alone: 0.6, named: 0.95, check: isPan },
];

function digitEvidence(scene: Scene, span: NumberSpan): Evidence | undefined {
  if (span.digits.length < 9 || span.digits.length > 19 || span.isGlued) return undefined;
  const at = tokenAt(scene.tokens, span.start);
  const isNamed = scene.concepts.isNear("idNoun", at, at, 10) || scene.concepts.isNear("accountNoun", at, at, 10);
  if (!isNamed && scene.concepts.isNear("harmlessNumber", at, at, 8)) return undefined;
  for (const row of DIGIT_RULES) {
    if (!row.check(span.digits)) continue;
    const isGrouped = row.grouping !== undefined && span.groups.join(",") === row.grouping;
    const weight = isNamed ? row.named : isGrouped ? Math.max(row.alone, 0.75) : row.alone;
    return { rule: row.rule, level: 3, weight, text: row.text, at, soft: false };
  }
  return undefined;
}

function isSign(unit: number): boolean {
  const lower = unit | 32;
  return (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

interface TakenSigns {
  readonly signs: string;
  /** The last of them is followed by one more: they end within a word. */
  readonly isCut: boolean;
}

/** Takes letters and digits from `start` over single blanks and hyphens until `length` are together. */
function takeSigns(text: string, start: number, length: number): TakenSigns {
  let signs = "";
  let gap = 0;
  let at = start;
  for (; at < text.length && signs.length < length; at += 1) {
    const unit = text.charCodeAt(at);
    if (isSign(unit)) {
      signs += text[at] ?? "";
      gap = 0;
    } else if ((unit === 0x20 || unit === 0x2d || unit === 0xa0 || unit === 0x2e) && gap === 0) gap = 1;
    else break;
  }
  return { signs: signs.toUpperCase(), isCut: gap === 0 && isSign(text.charCodeAt(at)) };
}

function ibanEvidence(scene: Scene, at: number): Evidence | undefined {
  const start = scene.tokens.start[at] ?? 0;
  const length = ibanLength(scene.text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return undefined;
  const { signs } = takeSigns(scene.text, start, length);
  if (isIban(signs))
    return {
      rule: "number-iban",
      level: 3,
      weight: 0.95,
      text: "Holds an IBAN with a valid checksum",
      at,
      soft: false,
    };
  if (signs.length < length || !scene.concepts.isNear("accountNoun", at, at, 8)) return undefined;
  return {
    rule: "number-iban-said",
    level: 3,
    weight: 0.8,
    text: "Holds a number that the text calls an account",
    at,
    soft: true,
  };
}

const SIGN_LENGTHS = [9, 10, 16];

function signEvidence(scene: Scene, at: number): Evidence | undefined {
  const start = scene.tokens.start[at] ?? 0;
  const isNamed = scene.concepts.isNear("idNoun", at, at, 10);
  for (const length of SIGN_LENGTHS) {
    const { signs, isCut } = takeSigns(scene.text, start, length);
    if (signs.length < length) return undefined;
    // "keeps 1204 logs" holds no number that ends in the L of "logs".
    if (isCut) continue;
    const row = SIGN_RULES.find((candidate) => candidate.check(signs));
    if (row !== undefined)
      return { rule: row.rule, level: 3, weight: isNamed ? row.named : row.alone, text: row.text, at, soft: false };
  }
  return undefined;
}

/** A word for a number of that kind and a number after or before it. */
function namedNumberEvidence(scene: Scene): Evidence[] {
  const found: Evidence[] = [];
  for (const [concept, rule, digitsMin, text] of [
    ["idNoun", "number-id-named", 5, "Holds a number that the text calls an official id"],
    ["accountNoun", "number-account-named", 6, "Holds a number that the text calls an account"],
  ] as const) {
    const places = scene.concepts.get(concept);
    if (places === undefined) continue;
    for (const span of scene.numbers) {
      if (span.digits.length < digitsMin || span.digits.length > 30) continue;
      const at = tokenAt(scene.tokens, span.start);
      if (!scene.concepts.isNear(concept, at, at, 7)) continue;
      if (scene.concepts.isNear("harmlessNumber", at, at, 3)) continue;
      found.push({ rule, level: 3, weight: 0.8, text, at, soft: true });
      break;
    }
  }
  return found;
}

/** All money and identity numbers of a text. */
export function findNumbers(scene: Scene): Evidence[] {
  const found: Evidence[] = [];
  for (const span of scene.numbers) {
    const evidence = digitEvidence(scene, span);
    if (evidence !== undefined) found.push(evidence);
  }
  let lastAt = -1;
  for (const span of scene.numbers) {
    const digitToken = tokenAt(scene.tokens, span.start);
    for (let at = Math.max(0, digitToken - 1); at <= digitToken; at += 1) {
      if (at <= lastAt || at >= scene.tokens.count) continue;
      lastAt = at;
      const evidence = ibanEvidence(scene, at) ?? signEvidence(scene, at);
      if (evidence !== undefined) found.push(evidence);
    }
  }
  return [...found, ...namedNumberEvidence(scene)];
}
