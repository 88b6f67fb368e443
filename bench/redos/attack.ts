/**
 * Texts that make an expression go back over the same letters: a piece of what it takes, again and again, and at the end something that
 * it does not take. Pieces are taken from the expression itself: its letters, its classes, and short runs of them.
 */

const ENDINGS = ["\u0000", "", "!", "\n"];
const COMMON = [
  "a",
  "A",
  "0",
  " ",
  "\t",
  "\n",
  "-",
  "_",
  ".",
  ",",
  ":",
  "/",
  "\\",
  '"',
  "'",
  "(",
  "[",
  "{",
  "<",
  "*",
  "+",
  "=",
  "@",
  "é",
  "ß",
  "一",
  "🙂",
  "\u200d",
  "1,",
  "a ",
  " a",
  "0 ",
  "0.",
  "a.",
  "ab",
  "a-",
  "  ",
  "\r\n",
  "%2",
  "20",
];

/** Texts that are repeated to attack an expression, at most `pumpsMax`. */
export function pumpsFor(source: string, pumpsMax: number): string[] {
  const letters = new Set<string>();
  for (const match of source.matchAll(
    /\\u\{([0-9a-fA-F]+)\}|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([dDwWsSpPbB])|\\(.)|([^\\()[\]{}|?*+^$])/gsu,
  )) {
    const [, long, four, two, kind, escaped, plain] = match;
    const code = long ?? four ?? two;
    if (code !== undefined) letters.add(String.fromCodePoint(Number.parseInt(code, 16)));
    else if (kind !== undefined) for (const one of CLASS_LETTERS[kind] ?? []) letters.add(one);
    else letters.add(escaped === undefined ? (plain ?? "") : (ESCAPES[escaped] ?? escaped));
  }
  const own = [...letters].slice(0, 24);
  const words = [...source.matchAll(/[\p{L}]{2,12}/gu)].map(([word]) => word).slice(0, 6);
  const pairs = own.slice(0, 7).flatMap((one) => own.slice(0, 7).map((other) => one + other));
  return [...new Set([...own, ...COMMON, ...words, ...words.map((word) => `${word} `), ...pairs])]
    .filter((pump) => pump !== "")
    .slice(0, pumpsMax);
}

const CLASS_LETTERS: Readonly<Record<string, readonly string[]>> = {
  d: ["0", "9"],
  D: ["a"],
  w: ["a", "0", "_"],
  W: ["-", " "],
  s: [" ", "\n", "\t"],
  S: ["a", "."],
  p: ["a", "É", "1", "一"],
  P: ["a"],
};
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v", 0: "\u0000" };

/** What stands before the repeated piece: something that lets the expression begin. */
export function headsFor(source: string): readonly string[] {
  const begin =
    /^\^?((?:\\.|[^\\()[\]{}|?*+.$^]){1,12})/u
      .exec(source)?.[1]
      ?.replaceAll(/\\(.)/g, (_all, letter: string) => ESCAPES[letter] ?? letter) ?? "";
  return begin === "" ? [""] : ["", begin];
}

/** What a text ends with, at most `max`. */
export function endings(max: number): readonly string[] {
  return ENDINGS.slice(0, max);
}
