/**
 * One table folds a UTF-16 unit to the letter a lexicon is written in: lower case, no diacritics, full-width and
 * look-alike letters and digits as plain ones. 0 means "separates words", SKIP means "is not there at all".
 * It keeps offsets (one unit in, one unit out), which a full NFKC of the text would not.
 */

/** The folded value of units that take no part in a word: zero-width signs, combining marks, soft hyphens. */
export const SKIP = 1;

const LOOK_ALIKES: readonly (readonly [from: string, to: string])[] = [
  ["авеіјкмнорстухѕԁ", "abeijkmhopctyxsd"],
  ["АВЕІЈКМНОРСТУХЅ", "abeijkmhopctyxs"],
  ["αβεικνορτυχ", "abeiknoptux"],
  ["ΑΒΕΙΚΜΝΟΡΤΥΧΖ", "abeikmnoptyxz"],
  ["ßẞøØłŁđĐıİæÆœŒþð", "ssoollddiiaaootd"],
];

const FOLDED_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x30, 0x24f],
  [0x370, 0x52f],
  [0x1e00, 0x1eff],
  [0xff10, 0xff5a],
];

const SKIPPED_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x200b, 0x200f],
  [0x2060, 0x2064],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
];

function foldUnit(unit: number): number {
  const text = String.fromCharCode(unit);
  const plain = text.normalize("NFKD").toLowerCase().normalize("NFKD");
  const first = plain.charCodeAt(0);
  if ((first >= 0x61 && first <= 0x7a) || (first >= 0x30 && first <= 0x39)) return first;
  return /\p{L}|\p{N}/u.test(text) ? text.toLowerCase().charCodeAt(0) : 0;
}

function buildFoldTable(): Uint16Array {
  const table = new Uint16Array(0x10000);
  for (const [first, last] of FOLDED_RANGES) {
    for (let unit = first; unit <= last; unit += 1) table[unit] = foldUnit(unit);
  }
  // Other scripts stand for themselves, so that their words are words though no lexicon knows them yet.
  for (let unit = 0x530; unit < 0x2000; unit += 1) if (unit < 0x1e00) table[unit] = unit;
  for (let unit = 0x2e80; unit < 0xd800; unit += 1) table[unit] = unit;
  for (const [first, last] of SKIPPED_RANGES) table.fill(SKIP, first, last + 1);
  for (const [from, to] of LOOK_ALIKES) {
    for (let at = 0; at < from.length; at += 1) table[from.charCodeAt(at)] = to.charCodeAt(at);
  }
  // Ordinal signs and other letters that are marks in running text.
  for (const sign of "ºª¹²³¼½¾×÷´¨¸˙") table[sign.charCodeAt(0)] = 0;
  return table;
}

/** The table itself: 65,536 entries, 128 KiB, built once when the module loads. */
export const FOLD_TABLE: Uint16Array = buildFoldTable();

/** Folds a word or phrase as the tokeniser would, keeping blanks; for lexicons. */
export function foldText(text: string): string {
  let out = "";
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdfff) {
      out += text[at] ?? "";
      continue;
    }
    const folded = FOLD_TABLE[unit] ?? 0;
    if (folded === SKIP) continue;
    out += folded === 0 ? (text[at] ?? "") : String.fromCharCode(folded);
  }
  return out;
}
