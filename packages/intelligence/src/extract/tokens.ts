/** Cuts a text into words with sentence and clause numbers. Linear; marks of punctuation end clauses and are no tokens. */
import { foldWord } from "./fold-word.ts";

/** One word of a text. */
export interface Token {
  readonly text: string;
  /** Folded: lower case without marks. */
  readonly low: string;
  /** Code units of the text, end exclusive. A possessive ending stands outside. */
  readonly start: number;
  readonly end: number;
  readonly isCapital: boolean;
  readonly isNumber: boolean;
  /** First word of a sentence. */
  readonly opens: boolean;
  /** Followed by a possessive ending: mum's. */
  readonly isPossessive: boolean;
  /** A case ending cut off at an apostrophe: Emre'ye → ye. */
  readonly ending: string;
  readonly sentence: number;
  readonly clause: number;
  /** The sign before the word, when it is one of `(`, `,`, `£`, `$`, `€`, `&`; empty otherwise. */
  readonly sign: string;
}

/** Longer texts are read up to here. */
const TEXT_LENGTH_READ_MAX = 8_192;

const PIECE = /[\p{L}\p{M}]+(?:[-'’.][\p{L}\p{M}]+)*['’]?|\d+(?:[.,:]\d+)*(?:st|nd|rd|th|er|º|ª)?|[^\s]/gu;
const ELISION = /^(?:[ldjmntsc]|qu|un|dell|all|nell|sull|dall|quest|jusqu|lorsqu)$/;
const CONTRACTION = /^(?:m|d|ll|ve|re|t)$/;
const IS_WORDS = new Set("he she it that there what who here where how let everyone".split(" "));

interface Place {
  sentence: number;
  clause: number;
  opens: boolean;
  sign: string;
}

/** Reads a text's words. */
export function readTokens(text: string): Token[] {
  const read = text.length > TEXT_LENGTH_READ_MAX ? text.slice(0, TEXT_LENGTH_READ_MAX) : text;
  const tokens: Token[] = [];
  const place: Place = { sentence: 0, clause: 0, opens: true, sign: "" };
  for (const match of read.matchAll(PIECE)) {
    const piece = match[0];
    const start = match.index;
    if (/^[\p{L}\p{M}\d]/u.test(piece)) pushWord(tokens, piece, start, place);
    else readSign(piece, place, tokens, read[start + 1]);
  }
  return tokens;
}

function readSign(sign: string, place: Place, tokens: readonly Token[], next: string | undefined): void {
  const last = tokens.at(-1);
  const isOrdinal = sign === "." && last?.isNumber === true && (next === " " || next === ",");
  const isTitle =
    sign === "." && last !== undefined && /^(?:dr|mr|mrs|ms|st|frau|sr|sra|mme|prof|no|vs|z|b|d|h)$/.test(last.low);
  if (isOrdinal || isTitle) return;
  if (/[.!?…\n;]/.test(sign)) {
    if (place.opens) return;
    place.sentence += 1;
    place.clause += 1;
    place.opens = true;
    place.sign = "";
    return;
  }
  if (/[,:()\-–—"“”«»]/.test(sign)) place.clause += 1;
  place.sign = sign;
}

function pushWord(tokens: Token[], piece: string, start: number, place: Place): void {
  const at = piece.search(/['’]/);
  if (at < 0) {
    push(tokens, piece, start, { place, ending: "", isPossessive: false });
    return;
  }
  const left = piece.slice(0, at);
  const right = piece.slice(at + 1);
  const folded = foldWord(left);
  if (right === "") {
    push(tokens, left, start, { place, ending: "", isPossessive: folded.endsWith("s") });
    return;
  }
  const rightFolded = foldWord(right);
  if (ELISION.test(folded) && right.length > 1 && !CONTRACTION.test(rightFolded)) {
    push(tokens, left, start, { place, ending: "", isPossessive: false });
    pushWord(tokens, right, start + at + 1, place);
  } else if (CONTRACTION.test(rightFolded) || (rightFolded === "s" && IS_WORDS.has(folded))) {
    push(tokens, piece, start, { place, ending: "", isPossessive: false });
  } else {
    push(tokens, left, start, { place, ending: rightFolded, isPossessive: rightFolded === "s" });
  }
}

function push(
  tokens: Token[],
  text: string,
  start: number,
  how: { readonly place: Place; readonly ending: string; readonly isPossessive: boolean },
): void {
  const first = text.charAt(0);
  tokens.push({
    text,
    low: foldWord(text),
    start,
    end: start + text.length,
    isCapital: first !== first.toLowerCase(),
    isNumber: /\d/.test(first),
    opens: how.place.opens,
    isPossessive: how.isPossessive,
    ending: how.ending,
    sentence: how.place.sentence,
    clause: how.place.clause,
    sign: how.place.sign,
  });
  how.place.opens = false;
  how.place.sign = "";
}
