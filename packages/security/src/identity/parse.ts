/** What people type when they sign up or in, parsed once. Pure. */

/** Shortest password that settings start with, and the longest there is, in UTF-16 units. */
export const PASSWORD_LENGTH_MIN = 8;
/** Longest password, in UTF-16 units: longer input is refused before it is hashed. */
export const PASSWORD_LENGTH_MAX = 1_024;

const NAME_LENGTH_MAX = 200;
const PHONE_TYPED_MAX = 40;
const PHONE_PATTERN = /^\+[1-9]\d{6,14}$/;

/**
 * A phone number without the spaces, dashes, dots and parentheses people write; otherwise as typed, never "corrected".
 * @returns undefined when it is not + and 7 to 15 digits, the first not 0 (the length of E.164)
 */
export function parsePhone(typed: string): string | undefined {
  if (typed.length > PHONE_TYPED_MAX) return undefined;
  const phone = typed.replaceAll(/[\s().\u2010-\u2015-]/g, "");
  return PHONE_PATTERN.test(phone) ? phone : undefined;
}

const EMAIL_LENGTH_MAX = 254;
const EMAIL_PATTERN =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * One e-mail address, trimmed and in lower case: the form that HTML's `input type=email` accepts, no display name, no quotes, no list.
 * Two addresses that differ in case alone are one here, as they are at every provider of mail.
 * @returns undefined when it is none
 */
export function parseEmail(typed: string): string | undefined {
  if (typed.length > EMAIL_LENGTH_MAX) return undefined;
  const address = typed.trim().toLowerCase();
  return EMAIL_PATTERN.test(address) ? address : undefined;
}

/** A name: trimmed, 1 to 200 UTF-16 units, without control characters. */
export function parseName(typed: string): string | undefined {
  const name = typed.trim();
  return name.length >= 1 && name.length <= NAME_LENGTH_MAX && !/\p{Cc}/u.test(name) ? name : undefined;
}

/** The form of a password that is hashed: NFKC, so that every keyboard writes the same one. */
export function normalisePassword(typed: string): string {
  return typed.normalize("NFKC");
}

/** A claim or invite code without what people add or lose when they copy it: case, hyphens and spaces. */
export function normaliseCode(typed: string): string {
  return typed.slice(0, 100).replaceAll(/[\s-]/g, "").toUpperCase();
}
