/**
 * What a password must be (NIST SP 800-63B-4 §3.1.1): long enough, none of those guessed first, not the person's own name or number.
 * No rule about which letters. Pure.
 */
import { normalisePassword, PASSWORD_LENGTH_MAX } from "./parse.ts";

/** Why a password cannot be used. */
export type PasswordProblem = "length" | "common" | "personal";

// What the list of common ones lacks, folded as `fold` does: our own name, and words of other languages and services.
const MORE = new Set(
  `kaelix ichliebedich willkommen bienvenue instagram linkedin fortnite roblox login superuser toor yourpassword thepassword`.split(
    " ",
  ),
);
const ROWS = [
  "01234567890123456789",
  "98765432109876543210",
  "qwertyuiopasdfghjklzxcvbnm",
  "qwertzuiopasdfghjklyxcvbnm",
  "azertyuiopqsdfghjklmwxcvbn",
  "abcdefghijklmnopqrstuvwxyz",
];
// Of what is left when digits around it are taken off: less than this says nothing.
const STEM_LETTERS_MIN = 3;
const PERSONAL_LETTERS_MIN = 4;
const OTHER_LETTERS_MIN = 4;

/**
 * Checks a password as typed.
 * @param personal texts that must not be nearly all of it: name, phone number
 * @param common the passwords guessed first, folded (`commonPasswords`)
 * @returns undefined when it may be used
 */
export function passwordProblem(
  typed: string,
  lengthMin: number,
  personal: readonly string[],
  common: ReadonlySet<string>,
): PasswordProblem | undefined {
  if (typed.length < lengthMin || typed.length > PASSWORD_LENGTH_MAX) return "length";
  if (new Set(normalisePassword(typed).toLowerCase()).size <= 2) return "common";
  const plain = fold(typed);
  // Nothing is left of a password without letters and digits: there is no list of those.
  if (plain === "") return undefined;
  const spelled = fold(typed.replaceAll("@", "a").replaceAll("$", "s"));
  if (isCommon(plain, common) || isCommon(spelled, common)) return "common";
  const own = personal.flatMap((text) => [text, ...text.split(/\s+/)]).map(fold);
  const isOwn = own.some(
    (word) =>
      word.length >= PERSONAL_LETTERS_MIN && plain.includes(word) && plain.length - word.length < OTHER_LETTERS_MIN,
  );
  return isOwn ? "personal" : undefined;
}

/** Guessed first as it stands, spelled with digits, between digits, or twice in a row. */
function isCommon(plain: string, common: ReadonlySet<string>): boolean {
  const isKnown = (word: string): boolean => {
    return common.has(word) || MORE.has(word) || ROWS.some((row) => row.includes(word)) || new Set(word).size === 1;
  };
  const stem = unspell(plain.replaceAll(/^\d+|(?<!\d)\d+$/g, ""));
  const half = plain.slice(0, plain.length / 2);
  const isTwice = plain.length % 2 === 0 && half + half === plain && (half.length <= 4 || isKnown(half));
  return isTwice || isKnown(plain) || (stem.length >= STEM_LETTERS_MIN && isKnown(stem));
}

/** Lower case, letters and digits alone. */
function fold(text: string): string {
  return normalisePassword(text)
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** `p4ssw0rd` → `password`. */
function unspell(text: string): string {
  const letters: Readonly<Record<string, string>> = {
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
  };
  return text.replaceAll(/\d/g, (digit) => letters[digit] ?? digit);
}
