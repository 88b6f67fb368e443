/** One spelling for words that differ in case and marks only: lower case, no diacritics, `ß` as `ss`, dotless `ı` as `i`. */
const ASCII_LOWER = /^[a-z0-9'-]*$/;

/** Folds a word or a phrase for look-up. */
export function foldWord(text: string): string {
  if (ASCII_LOWER.test(text)) return text;
  const lower = text.toLowerCase();
  if (ASCII_LOWER.test(lower)) return lower;
  return lower
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll("ß", "ss")
    .replaceAll("ı", "i")
    .replaceAll("’", "'");
}

/** The words of a table's cell as a set, folded. */
export function wordSet(...cells: readonly (string | undefined)[]): ReadonlySet<string> {
  return new Set(
    cells.flatMap((cell) =>
      cell === undefined
        ? []
        : foldWord(cell)
            .split(/\s+/)
            .filter((word) => word !== ""),
    ),
  );
}
