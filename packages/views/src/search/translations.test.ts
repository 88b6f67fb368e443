import { beforeAll, expect, test } from "vitest";

import { loadLanguage, termOf } from "./languages.ts";
import { translatedTerms } from "./translations.ts";

beforeAll(() => loadLanguage("de"));

test("translatedTerms gives the words of the other language, from either and in any form", () => {
  expect(translatedTerms("birthdays", ["de", "en"])).toEqual([termOf("geburtstag", "de")]);
  expect(translatedTerms("gaste", ["de", "en"])).toContain(termOf("guest", "en"));
  expect(translatedTerms("schlussel", ["de", "en", "fr"])).toEqual([termOf("key", "en")]);
  expect(translatedTerms("gramophone", ["de", "en"])).toEqual([]);
});

test("translatedTerms leaves an index of one language alone", () => {
  expect(translatedTerms("birthday", ["en"])).toEqual([]);
  expect(translatedTerms("geburtstag", ["de", "fr"])).toEqual([]);
});
