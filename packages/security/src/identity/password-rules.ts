/**
 * What a password must be (NIST SP 800-63B-4 §3.1.1): long enough, none of those guessed first, not the person's own name or number.
 * No rule about which letters. Pure.
 */
import { normalisePassword, PASSWORD_LENGTH_MAX } from "./parse.ts";

/** Why a password cannot be used. */
export type PasswordProblem = "length" | "common" | "personal";

// What guessers try first, folded as `fold` does: the most frequent of published lists that have eight letters or more when padded with
// digits, and rows of keys. A small list by design; an installation may ask a large one (`isBreached`).
const COMMON = new Set(
  `password passwort motdepasse contrasena senha parola qwerty qwertyui qwertyuiop qwertzui qwertzuiop azerty azertyuiop asdfgh asdfghjk
  asdfghjkl yxcvbnm zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc iloveyou ichliebedich jetaime sunshine princess football baseball basketball
  superman batman spiderman starwars pokemon dragon monkey shadow master letmein welcome willkommen bienvenue trustno michael jennifer
  jordan hunter killer charlie whatever freedom computer internet samsung google facebook instagram linkedin amazon microsoft windows
  hallo hello helloworld test testtest changeme changeit default secret geheim admin administrator root user guest login abc abcd abcdef
  abcdefgh abcabc aaaaaa aaaaaaaa summer winter spring autumn sommer herbst january february march april june july august september october
  november december monday friday chocolate cookie flower butterfly purple orange liverpool chelsea arsenal barcelona realmadrid juventus
  bayern schalke dortmund nirvana metallica blink minecraft fortnite roblox hannah jessica ashley daniel thomas andrew joshua matthew robert
  nicole michelle alexander maximilian kaelix memory letmeinnow passwordpassword mypassword yourpassword thepassword newpassword
  passw passwd pass admin adminadmin superuser rootroot toor qwe qweqwe asdasd zaqwsx zaqxsw`.split(/\s+/),
);
const ROWS = [
  "01234567890123456789",
  "98765432109876543210",
  "qwertyuiopasdfghjklzxcvbnm",
  "abcdefghijklmnopqrstuvwxyz",
];
const PERSONAL_LETTERS_MIN = 4;
const OTHER_LETTERS_MIN = 4;

/**
 * Checks a password as typed.
 * @param personal texts that must not be nearly all of it: name, phone number
 * @returns undefined when it may be used
 */
export function passwordProblem(
  typed: string,
  lengthMin: number,
  personal: readonly string[],
): PasswordProblem | undefined {
  if (typed.length < lengthMin || typed.length > PASSWORD_LENGTH_MAX) return "length";
  if (new Set(normalisePassword(typed).toLowerCase()).size <= 2) return "common";
  const plain = fold(typed);
  // Nothing is left of a password without letters and digits: there is no list of those.
  if (plain === "") return undefined;
  if (isCommon(plain)) return "common";
  const own = personal.flatMap((text) => [text, ...text.split(/\s+/)]).map(fold);
  const isOwn = own.some(
    (word) =>
      word.length >= PERSONAL_LETTERS_MIN && plain.includes(word) && plain.length - word.length < OTHER_LETTERS_MIN,
  );
  return isOwn ? "personal" : undefined;
}

function isCommon(plain: string): boolean {
  const isRow = ROWS.some((row) => row.includes(plain));
  const half = plain.slice(0, plain.length / 2);
  const isTwice = plain.length % 2 === 0 && half + half === plain && half.length <= 4;
  return isRow || isTwice || COMMON.has(plain) || COMMON.has(unspell(plain.replaceAll(/^\d+|(?<!\d)\d+$/g, "")));
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
