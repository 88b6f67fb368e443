/**
 * Text → words with the places they stand at.
 *
 * Guarantees: `start` and `end` are UTF-16 offsets into the text as given (normalising happens word by word, so that a highlight
 * never slips); the same word written in another case, width or composition comes out the same. Scripts that put no space
 * between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are cut by `Intl.Segmenter`.
 * It does not: stem or drop words; that depends on the language (languages.ts).
 */

/** A word of a text: NFKC, lower case, diacritics still on. `[start, end)` in UTF-16 units of the given text. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A word longer than this is a blob (a key, a link's tail): it is cut, so that one paste cannot fill the vocabulary. */
const WORD_LENGTH_MAX = 64;

const WORD_PATTERN = /[\p{L}\p{M}\p{N}]+(?:['’ʼ][\p{L}\p{M}]+)*/gu;
const ASCII_PATTERN = /^[a-z0-9]+$/;
const UNSPACED_PATTERN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const APOSTROPHE_PATTERN = /['’ʼ]/;
/** What English hangs on a word behind an apostrophe. */
const ENCLITICS = new Set(["s", "t", "re", "ve", "ll", "d", "m"]);

const ASCII_COUNT = 128;
const APOSTROPHE = 39;
/** By character code: 1 for ASCII letters and digits. */
const IS_PLAIN = Uint8Array.from({ length: ASCII_COUNT }, (_, code) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(code)) ? 1 : 0,
);

let segmenter: Intl.Segmenter | undefined;

/** The words of a text, in order. */
export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  // Most words are plain ASCII between spaces: telling letters apart by their number is several times as fast as the pattern.
  for (let at = 0; at < text.length;) {
    const end = endOfPlain(text, at);
    if (end > at && isPlainEnd(text, end)) {
      const raw = text.slice(at, end);
      words.push({ text: cutWord(raw.toLowerCase()), start: at, end });
      at = end;
    } else if (end > at || text.charCodeAt(at) >= ASCII_COUNT) {
      WORD_PATTERN.lastIndex = at;
      const run = WORD_PATTERN.exec(text);
      if (run === null) break;
      pushRun(words, run[0], run.index);
      at = WORD_PATTERN.lastIndex;
    } else at += 1;
  }
  return words;
}

/** Where a row of ASCII letters and digits from `at` ends; `at` itself where none begins. */
function endOfPlain(text: string, at: number): number {
  let end = at;
  while (end < text.length && IS_PLAIN[text.charCodeAt(end)] === 1) end += 1;
  return end;
}

/** True when the word certainly ends there: no letter of another script, mark or apostrophe carries it on. */
function isPlainEnd(text: string, end: number): boolean {
  const code = end < text.length ? text.charCodeAt(end) : 0;
  return code < ASCII_COUNT && code !== APOSTROPHE;
}

function pushRun(words: Word[], run: string, start: number): void {
  if (UNSPACED_PATTERN.test(run)) {
    segmenter ??= new Intl.Segmenter("ja", { granularity: "word" });
    for (const part of segmenter.segment(run)) pushWord(words, part.segment, start + part.index);
    return;
  }
  const cut = run.search(APOSTROPHE_PATTERN);
  if (cut < 0) {
    pushWord(words, run, start);
    return;
  }
  const head = run.slice(0, cut);
  const tail = run.slice(cut + 1);
  if (ENCLITICS.has(tail.toLowerCase())) {
    // "Carla's", "we're"; and "didn't", whose n belongs to the tail.
    const isNegation = tail.toLowerCase() === "t" && head.length > 3 && head.toLowerCase().endsWith("n");
    pushWord(words, isNegation ? head.slice(0, -1) : head, start);
    return;
  }
  // "l'école", "dell'arte": the elided article is a word of its own that the stop words drop.
  pushWord(words, head, start);
  pushRun(words, tail, start + cut + 1);
}

function pushWord(words: Word[], raw: string, start: number): void {
  const text = normaliseWord(raw);
  if (text !== "") words.push({ text, start, end: start + raw.length });
}

/** One word as it is compared: NFKC, lower case, at most 64 units. */
export function normaliseWord(raw: string): string {
  const lower = raw.toLowerCase();
  return cutWord(ASCII_PATTERN.test(lower) ? lower : lower.normalize("NFKC").toLowerCase());
}

function cutWord(text: string): string {
  return text.length > WORD_LENGTH_MAX ? text.slice(0, WORD_LENGTH_MAX) : text;
}

/** A word without the marks that people leave out when they type: é → e, ß → ss, ł → l. */
export function foldDiacritics(word: string): string {
  if (ASCII_PATTERN.test(word)) return word;
  // Only the combining marks of Latin, Greek and Cyrillic: in Indic scripts a mark is a vowel.
  return word
    .normalize("NFD")
    .replace(/[\u0300-\u036f\u064b-\u0652\u0640]/g, "")
    .normalize("NFC")
    .replace(/[ßæœøłđðþı]/g, (letter) => PLAIN_LETTERS.get(letter) ?? letter);
}

const PLAIN_LETTERS = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ø", "o"],
  ["ł", "l"],
  ["đ", "d"],
  ["ð", "d"],
  ["þ", "th"],
  ["ı", "i"],
]);
