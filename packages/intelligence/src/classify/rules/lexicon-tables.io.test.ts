/** Compiling every lexicon takes a while, so this stands apart from the pure tests. */
import { expect, test } from "vitest";
import { checkLexiconTable } from "../../../training/compile-lexicons.ts";
import { LEXICON_LANGUAGES, LEXICON_TABLE } from "./lexicon-table.ts";
import { unpackLexicons } from "./lexicon-tables.ts";

test("lexicon-table.ts is what the lexicons give", () => {
  expect(checkLexiconTable).not.toThrow();
});

test("unpackLexicons finds as many phrases as were packed, each language once", () => {
  const { ends, languages, phraseCount } = unpackLexicons(LEXICON_TABLE, LEXICON_LANGUAGES);
  expect(languages).toEqual(["en", "de", "es", "fr", "pt", "it", "tr", "hi"]);
  expect(phraseCount).toBeGreaterThan(20_000);
  const claimed = ends.languages.reduce((all, one) => all | one, 0);
  expect(claimed).toBe((1 << languages.length) - 1);
});
