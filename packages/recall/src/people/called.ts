/** Whether somebody or something is called by a word. */

interface Called {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly relation: string | null;
}

/** The words of a text, in lower case. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** True when each of the words begins a word of a name, of another name, or of what they are. */
export function isCalled({ aliases, name, relation }: Called, words: readonly string[]): boolean {
  return words.every((word) =>
    [name, relation ?? "", ...aliases].some((text) => wordsOf(text).some((one) => one.startsWith(word))),
  );
}
