/** Phone numbers as sign-in names: nobody is texted, so an odd number is as good as any. */

/** `+`, a digit that is not 0, six to fourteen more (E.164). */
const PHONE_PATTERN = /^\+[1-9]\d{6,14}$/;

/** The number without the marks people write into it. */
export function normalizePhone(text: string): string {
  return text
    .trim()
    .replace(/^00/, "+")
    .replaceAll(/[\s().\-/]/g, "");
}

/** True for a number that the server takes. */
export function isPhone(text: string): boolean {
  return PHONE_PATTERN.test(normalizePhone(text));
}
