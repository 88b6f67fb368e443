/**
 * The passwords guessed first: some 49,000 of published lists, most frequent first, as zxcvbn ships them. Read with the first password that
 * is judged, not at the start: who only signs in needs none of it.
 */
let words: Promise<ReadonlySet<string>> | undefined;

/** The words as `passwordProblem` compares them: lower case, letters and digits alone. Read once. */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  words ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) =>
      new Set(dictionary["passwords-common"].map((word) => word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ""))),
  );
  return words;
}
