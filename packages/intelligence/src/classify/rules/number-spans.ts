/** Runs of digits with light separators, read once: what every number rule looks at. Linear and bounded. */

/** One run, for example `4111 1111-11`. */
export interface NumberSpan {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  /** Digits per group: `+49 151 23` is [2, 3, 2]. */
  readonly groups: readonly number[];
  /** The separators as they stand, in order. */
  readonly separators: string;
  /** A plus sign or an opening bracket stands before it. */
  readonly hasPlus: boolean;
  readonly hasBracket: boolean;
  /** A letter touches it on the left or on the right. */
  readonly isGlued: boolean;
}

const DIGITS_MAX = 64;
const SPANS_MAX = 2048;

function isDigitUnit(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0xff10 && unit <= 0xff19);
}

function isLetterUnit(unit: number): boolean {
  const lower = unit | 32;
  return (lower >= 0x61 && lower <= 0x7a) || unit === 0x5f || (unit >= 0xc0 && unit < 0x2000);
}

const SEPARATORS = " .-/()\u00a0\u202f\u2013·";

function readSpan(text: string, start: number): NumberSpan {
  let digits = "";
  let separators = "";
  const groups: number[] = [];
  let group = 0;
  let end = start;
  let gap = "";
  for (let at = start; at < text.length && digits.length < DIGITS_MAX; at += 1) {
    const unit = text.charCodeAt(at);
    if (isDigitUnit(unit)) {
      if (gap !== "") {
        separators += gap;
        groups.push(group);
        group = 0;
        gap = "";
      }
      digits += String.fromCharCode(unit >= 0xff10 ? unit - 0xfee0 : unit);
      group += 1;
      end = at + 1;
    } else if (gap.length < 2 && SEPARATORS.includes(text[at] ?? "x")) gap += text[at] ?? "";
    else break;
  }
  groups.push(group);
  const before = start > 0 ? text.charCodeAt(start - 1) : 32;
  const wide = text.slice(Math.max(0, start - 2), start);
  const isGlued = isLetterUnit(before) || (end < text.length && isLetterUnit(text.charCodeAt(end)));
  return {
    start,
    end,
    digits,
    groups,
    separators,
    hasPlus: wide.includes("+"),
    hasBracket: wide.includes("("),
    isGlued,
  };
}

/** All runs of a text in order; after 2,048 runs the rest is a table of figures and left alone. */
export function readNumberSpans(text: string): NumberSpan[] {
  const spans: NumberSpan[] = [];
  for (let at = 0; at < text.length && spans.length < SPANS_MAX; at += 1) {
    if (!isDigitUnit(text.charCodeAt(at))) continue;
    const span = readSpan(text, at);
    spans.push(span);
    at = span.end;
  }
  return spans;
}
