/** Contact data: e-mail addresses, phone numbers, street addresses in several countries' manners. Level 2. */
import type { Evidence } from "./evidence.ts";
import type { NumberSpan } from "./number-spans.ts";
import { type Scene, tokenAt } from "./scene.ts";
import { FLAG_CAPITAL, FLAG_DIGIT, FLAG_LETTER } from "./tokens.ts";

const EMAIL_AT = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[a-zA-Z]{2,})/y;
const PLACES_MAX = 256;

function isBusiness(scene: Scene, at: number): boolean {
  return scene.concepts.isNear("public", at, at, 14);
}

function findEmails(scene: Scene): Evidence[] {
  const { text } = scene;
  for (
    let sign = text.indexOf("@"), seen = 0;
    sign >= 0 && seen < PLACES_MAX;
    sign = text.indexOf("@", sign + 1), seen += 1
  ) {
    let start = sign;
    while (start > 0 && sign - start < 64 && /[\w.+-]/.test(text[start - 1] ?? " ")) start -= 1;
    EMAIL_AT.lastIndex = start;
    const match = start < sign ? EMAIL_AT.exec(text) : null;
    if (match === null) continue;
    const at = tokenAt(scene.tokens, start);
    const isRole =
      /^(?:info|support|hello|contact|office|press|sales|noreply|no-reply|help|kontakt|tickets|bookings?)@/i.test(
        match[0],
      );
    const weight = isRole || isBusiness(scene, at) ? 0.3 : 0.9;
    return [{ rule: "contact-email", level: 2, weight, text: "Holds an e-mail address", at, soft: false }];
  }
  return [];
}

function isDateOrTime(span: NumberSpan): boolean {
  const shape = span.groups.join(",");
  if (/^(?:1|2|4),(?:1|2),(?:1|2|4)$/.test(shape)) return true;
  return /^(?:1|2),2$/.test(shape) || /^4,4$/.test(shape);
}

const TOLL_FREE = /^(?:0800|00800|0900|0845|0870|0808|1800|1888|1877|1866|18[0-9]{2}0|900)/;

function phoneWeight(scene: Scene, span: NumberSpan, at: number): number {
  const length = span.digits.length;
  if (length < 7 || length > 15 || span.isGlued || isDateOrTime(span)) return 0;
  const isNamed = scene.concepts.isNear("contactNoun", at, at, 8);
  const isHarmless = scene.concepts.isNear("harmlessNumber", at, at, isNamed ? 3 : 5);
  if ((isHarmless && !span.hasPlus) || TOLL_FREE.test(span.digits)) return 0;
  if (/[.,]\d{1,2}$/.test(scene.text.slice(span.start, span.end + 3)) && span.groups.length === 2) return 0;
  const looksDialled = span.hasPlus || span.hasBracket || span.digits.startsWith("0") || span.groups.length >= 2;
  let weight = isNamed ? 0.85 : 0;
  if (span.hasPlus && length >= 9) weight = Math.max(weight, 0.85);
  else if (looksDialled && length >= 9 && length <= 13)
    weight = Math.max(weight, span.digits.startsWith("0") || span.hasBracket ? 0.75 : 0.6);
  else if (length === 10 && /^[6-9]/.test(span.digits)) weight = Math.max(weight, 0.5);
  return isBusiness(scene, at) ? weight * 0.4 : weight;
}

function findPhones(scene: Scene): Evidence[] {
  let best: Evidence | undefined;
  for (const span of scene.numbers) {
    const at = tokenAt(scene.tokens, span.start);
    const weight = phoneWeight(scene, span, at);
    if (weight > (best?.weight ?? 0))
      best = { rule: "contact-phone", level: 2, weight, text: "Holds a phone number", at, soft: false };
  }
  return best === undefined ? [] : [best];
}

const STREET_ENDING =
  /(?:stra(?:ss|ß)e|str\.?|weg|gasse|allee|platz|steig|damm|ufer|chaussee|ring|pfad|stieg|hof|straat|laan|vej|gatan|gata)$/i;
const HOUSE_NUMBER = /^[\s,.]{1,3}(?:n[º°o.]{0,2}\s?)?\d{1,4}\s?[a-z]?\b(?![.:]\d|\s?(?:uhr|%|€|euro|km|min|grad))/i;

function germanicStreet(scene: Scene, at: number): boolean {
  const end = scene.tokens.end[at] ?? 0;
  const start = scene.tokens.start[at] ?? 0;
  if (end - start < 6 || ((scene.tokens.flags[at] ?? 0) & FLAG_LETTER) === 0) return false;
  const word = scene.text.slice(start, end);
  if (!STREET_ENDING.test(word)) return false;
  return HOUSE_NUMBER.test(scene.text.slice(end, end + 16));
}

function isHouseNumber(scene: Scene, at: number): boolean {
  if (at < 0 || at >= scene.tokens.count || ((scene.tokens.flags[at] ?? 0) & FLAG_DIGIT) === 0) return false;
  const word = scene.text.slice(scene.tokens.start[at] ?? 0, scene.tokens.end[at] ?? 0);
  return /^\d{1,5}[a-z]?$/i.test(word);
}

/** A street word with a house number beside it: "14 Larkspur Close", "rue des Lilas 12", "Lale Sokak No 14". */
function streetWeight(scene: Scene, first: number, last: number, isUnsure: boolean): number {
  for (let back = 2; back <= 4; back += 1) {
    if (!isHouseNumber(scene, first - back)) continue;
    const isNamed =
      ((scene.tokens.flags[first - 1] ?? 0) & FLAG_CAPITAL) !== 0 ||
      ((scene.tokens.flags[first] ?? 0) & FLAG_CAPITAL) !== 0;
    if (isNamed) return 0.85;
    if (!isUnsure) return 0.7;
    return scene.concepts.isNear("addressNoun", first, last, 8) ? 0.7 : 0;
  }
  if (isUnsure) return 0;
  if (isHouseNumber(scene, first - 1)) return 0.75;
  for (let ahead = 1; ahead <= 5; ahead += 1) if (isHouseNumber(scene, last + ahead)) return ahead === 1 ? 0.55 : 0.75;
  return 0;
}

function findStreets(scene: Scene): Evidence[] {
  let weight = 0;
  let at = 0;
  for (const concept of ["street", "streetUnsure"] as const) {
    const places = scene.concepts.get(concept);
    for (let index = 0; index < Math.min(places?.first.length ?? 0, PLACES_MAX); index += 1) {
      const first = places?.first[index] ?? 0;
      const found = streetWeight(scene, first, places?.last[index] ?? 0, concept === "streetUnsure");
      if (found <= weight) continue;
      weight = found;
      at = first;
    }
  }
  for (const span of scene.numbers) {
    if (weight > 0.8 || span.digits.length > 9) continue;
    const before = tokenAt(scene.tokens, span.start) - 1;
    if (before < 0 || !germanicStreet(scene, before)) continue;
    weight = 0.85;
    at = before;
  }
  if (weight === 0) return [];
  if (isBusiness(scene, at)) weight *= 0.45;
  return [{ rule: "contact-address", level: 2, weight, text: "Holds a street address", at, soft: true }];
}

const POSTCODE = /\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b/;

function findPostcode(scene: Scene): Evidence[] {
  const index = scene.text.search(POSTCODE);
  if (index < 0) return [];
  const at = tokenAt(scene.tokens, index);
  const weight = isBusiness(scene, at) ? 0.2 : 0.5;
  return [{ rule: "contact-postcode", level: 2, weight, text: "Holds a postcode of a few houses", at, soft: true }];
}

/** All contact data of a text. */
export function findContacts(scene: Scene): Evidence[] {
  const withNumbers =
    scene.numbers.length === 0 ? [] : [...findPhones(scene), ...findStreets(scene), ...findPostcode(scene)];
  return [...findEmails(scene), ...withNumbers];
}
