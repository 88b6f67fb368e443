/** Check digits of numbers that are worth money or an identity. All take bare digits or letters, no separators. */

function digitAt(digits: string, at: number): number {
  return digits.charCodeAt(at) - 48;
}

/** Luhn (ISO/IEC 7812-1): payment cards. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const value = digitAt(digits, digits.length - 1 - at);
    const doubled = value * 2;
    sum += at % 2 === 0 ? value : doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** A payment card: 13 to 19 digits, a known issuer's first digits, Luhn. */
export function isCardNumber(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19 || /^(\d)\1*$/.test(digits)) return false;
  const head2 = Number(digits.slice(0, 2));
  const head4 = Number(digits.slice(0, 4));
  const isVisa = digits.startsWith("4") && [13, 16, 19].includes(digits.length);
  const isMaster = digits.length === 16 && ((head2 >= 51 && head2 <= 55) || (head4 >= 2221 && head4 <= 2720));
  const isAmex = digits.length === 15 && (head2 === 34 || head2 === 37);
  const isOther = digits.length >= 14 && [30, 35, 36, 38, 39, 50, 56, 58, 60, 62, 63, 64, 65, 67, 81].includes(head2);
  return (isVisa || isMaster || isAmex || isOther) && isLuhn(digits);
}

/** The rest of a long number by 97, letters as 10 to 35 (ISO 7064). */
function remainder97(text: string): number {
  let rest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    rest = unit <= 57 ? (rest * 10 + unit - 48) % 97 : (rest * 100 + unit - 55) % 97;
  }
  return rest;
}

/** Lengths of IBANs by country (ISO 13616 registry). */
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MR: 27,
  MT: 31,
  MU: 30,
  NL: 18,
  NO: 15,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  SA: 24,
  SC: 31,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SV: 28,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  XK: 20,
};

/** How many signs an IBAN of this country has; undefined for a country without IBANs. */
export function ibanLength(country: string): number | undefined {
  return IBAN_LENGTHS[country];
}

/** An IBAN in upper case without blanks: known country, its length, mod 97 = 1. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(text) || IBAN_LENGTHS[text.slice(0, 2)] !== text.length) return false;
  return remainder97(text.slice(4) + text.slice(0, 4)) === 1;
}

const VERHOEFF_PRODUCT = [
  "0123456789",
  "1234067895",
  "2340178956",
  "3401289567",
  "4012395678",
  "5987604321",
  "6598710432",
  "7659821043",
  "8765932104",
  "9876543210",
];
const VERHOEFF_TURN = [
  "0123456789",
  "1576283094",
  "5803796142",
  "8916043527",
  "9453126870",
  "4286573901",
  "2793806415",
  "7046913258",
];

/** Verhoeff (1969): Indian Aadhaar, 12 digits, the first 2 to 9. */
export function isAadhaar(digits: string): boolean {
  if (!/^[2-9]\d{11}$/.test(digits) || /^(\d)\1*$/.test(digits)) return false;
  let check = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const turned = digitAt(VERHOEFF_TURN[at % 8] ?? "", digitAt(digits, digits.length - 1 - at));
    check = digitAt(VERHOEFF_PRODUCT[check] ?? "", turned);
  }
  return check === 0;
}

/** German tax id (ISO 7064 mod 11,10), 11 digits with exactly one or two repeats among the first ten. */
export function isGermanTaxId(digits: string): boolean {
  if (!/^[1-9]\d{10}$/.test(digits)) return false;
  if (new Set(digits.slice(0, 10)).size > 9 || new Set(digits.slice(0, 10)).size < 8) return false;
  let product = 10;
  for (let at = 0; at < 10; at += 1) {
    const sum = (digitAt(digits, at) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, 10);
}

/** Swiss AHV number: 13 digits from 756, EAN-13 check digit. */
export function isSwissAhv(digits: string): boolean {
  if (!/^756\d{10}$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < 12; at += 1) sum += digitAt(digits, at) * (at % 2 === 0 ? 1 : 3);
  return (10 - (sum % 10)) % 10 === digitAt(digits, 12);
}

/** French NIR: 15 digits, sex, year, month, place, order, key of 97. */
export function isFrenchNir(digits: string): boolean {
  if (!/^[12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)\d{10}$/.test(digits)) return false;
  return 97 - (Number(digits.slice(0, 13)) % 97) === Number(digits.slice(13));
}

/** Brazilian CPF: 11 digits, two check digits. */
export function isCpf(digits: string): boolean {
  if (!/^\d{11}$/.test(digits) || /^(\d)\1*$/.test(digits)) return false;
  for (const length of [9, 10]) {
    let sum = 0;
    for (let at = 0; at < length; at += 1) sum += digitAt(digits, at) * (length + 1 - at);
    if (((sum * 10) % 11) % 10 !== digitAt(digits, length)) return false;
  }
  return true;
}

/** Turkish identity number: 11 digits, not from 0, two check digits. */
export function isTckn(digits: string): boolean {
  if (!/^[1-9]\d{10}$/.test(digits)) return false;
  let odd = 0;
  let even = 0;
  for (let at = 0; at < 9; at += 2) odd += digitAt(digits, at);
  for (let at = 1; at < 8; at += 2) even += digitAt(digits, at);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return tenth === digitAt(digits, 9) && (odd + even + tenth) % 10 === digitAt(digits, 10);
}

const DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";

/** Spanish DNI (eight digits) or NIE (X, Y or Z and seven digits) with its letter, upper case. */
export function isDniOrNie(text: string): boolean {
  if (!/^[XYZ\d]\d{7}[A-Z]$/.test(text)) return false;
  const number = text.replace("X", "0").replace("Y", "1").replace("Z", "2").slice(0, 8);
  return DNI_LETTERS[Number(number) % 23] === text[8];
}

const CODICE_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** Italian codice fiscale: 16 signs, upper case, check letter. */
export function isCodiceFiscale(text: string): boolean {
  if (!/^[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/.test(text)) return false;
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const unit = text.charCodeAt(at);
    const value = unit <= 57 ? unit - 48 : unit - 65;
    sum += at % 2 === 0 ? (CODICE_ODD[value] ?? 0) : value;
  }
  return sum % 26 === text.charCodeAt(15) - 65;
}

/** British National Insurance number, upper case without blanks; it has no check digit, only forbidden letters. */
export function isNino(text: string): boolean {
  return /^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(text) && !/^(?:BG|GB|NK|KN|TN|NT|ZZ)/.test(text);
}

/** Indian PAN, upper case: five letters (the fourth says who holds it), four digits, a letter. */
export function isPan(text: string): boolean {
  return /^[A-Z]{3}[PCHFATBLJG][A-Z]\d{4}[A-Z]$/.test(text);
}

/** US social security number: nine digits, no area 000, 666 or 9xx, no zero groups. */
export function isSsn(digits: string): boolean {
  return (
    /^\d{9}$/.test(digits) &&
    !/^(?:000|666|9)/.test(digits) &&
    digits.slice(3, 5) !== "00" &&
    digits.slice(5) !== "0000"
  );
}
