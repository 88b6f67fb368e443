import { expect, test } from "vitest";
import { detectLanguage, loadLanguageDetector } from "./detect-language.ts";

test("detectLanguage gives undefined before the data is loaded", () => {
  expect(detectLanguage("this is a perfectly ordinary English sentence")).toBeUndefined();
});

test.each([
  ["en", "the neighbours are having a barbecue and the smoke comes through our window"],
  ["de", "morgen fahren wir mit dem Zug nach Hamburg und bleiben bis zum Sonntag"],
  ["es", "esta mañana hemos comprado fruta en el mercado de la plaza"],
  ["fr", "nous avons mangé des crêpes au bord de la mer avec les enfants"],
  ["pt", "hoje a gente foi ao mercado comprar feijão e não tinha mais nada"],
  ["it", "questa mattina abbiamo comprato il pane e siamo tornati a casa"],
  ["tr", "bugün pazardan domates aldık ve akşam yemeğinde salata yaptık"],
])("detectLanguage recognises %s", async (language, text) => {
  await loadLanguageDetector();
  const found = detectLanguage(text);
  expect(found?.language).toBe(language);
  expect(found?.confidence).toBeGreaterThan(0.5);
});

test("detectLanguage says nothing of a text without enough letters", async () => {
  await loadLanguageDetector();
  expect(detectLanguage("ok 12")).toBeUndefined();
  expect(detectLanguage("")).toBeUndefined();
});

test("detectLanguage is less sure of short texts", async () => {
  await loadLanguageDetector();
  const short = detectLanguage("guten Morgen");
  expect(short?.confidence ?? 0).toBeLessThan(0.5);
});
