import { expect, test } from "vitest";

import { loadLanguage, monthNamesOf, termOf, termsOf } from "./languages.ts";
import { foldDiacritics, splitWords } from "./tokens.ts";

const words = (text: string): string[] => splitWords(text).map((word) => word.text);
const stems = (text: string, language: string): string[] => termsOf(text, language).map(({ term }) => term);

test("splitWords keeps the places of words in the text as given", () => {
  const text = "Ａnna’s café, re-opened: L'École n’est 12 km!";
  for (const word of splitWords(text)) {
    const raw = text.slice(word.start, word.end).toLowerCase().normalize("NFKC");
    expect(raw.startsWith(word.text.slice(0, 2))).toBe(true);
  }
  expect(words(text)).toEqual(["anna", "café", "re", "opened", "l", "école", "n", "est", "12", "km"]);
});

test("splitWords drops what English hangs behind an apostrophe", () => {
  expect(words("Carla's didn't we're I'll can't")).toEqual(["carla", "did", "we", "i", "can"]);
});

test("splitWords cuts scripts without spaces into words", () => {
  expect(words("昨日東京で寿司を食べた")).toContain("東京");
  expect(words("昨日東京で寿司を食べた")).toContain("寿司");
  expect(words("我们在北京吃饭")).toContain("北京");
  expect(words("ฉันกินข้าวที่กรุงเทพ").length).toBeGreaterThan(2);
  expect(words("iPhoneを買った")[0]).toBe("iphone");
});

test("splitWords cuts a blob so that it cannot fill the vocabulary", () => {
  expect(words("x".repeat(10_000))[0]).toHaveLength(64);
});

test("foldDiacritics leaves out what people leave out, and keeps vowels of Indic scripts", () => {
  expect(["Zürich", "łódź", "smørrebrød", "straße", "ёлка"].map((word) => foldDiacritics(word.toLowerCase()))).toEqual([
    "zurich",
    "lodz",
    "smorrebrod",
    "strasse",
    "елка",
  ]);
  expect(foldDiacritics("हिन्दी")).toBe("हिन्दी");
});

test("termOf brings English forms together", () => {
  for (const family of [
    ["went", "go", "going", "gone"],
    ["adoption", "adopted", "adopting", "adopt"],
    ["children", "child"],
    ["researching", "researched", "research"],
    ["photos", "photography", "photograph"],
  ]) {
    expect(new Set(family.map((word) => termOf(word, "en"))).size, family.join(" ")).toBe(1);
  }
});

test("termOf brings forms of other languages together once loaded", async () => {
  const families: Readonly<Record<string, readonly string[]>> = {
    de: ["kinder", "kindern"],
    fr: ["chansons", "chanson"],
    es: ["gatos", "gato"],
    ru: ["книга", "книги"],
    it: ["ragazzi", "ragazzo"],
  };
  for (const [language, family] of Object.entries(families)) {
    await loadLanguage(language);
    expect(new Set(family.map((word) => termOf(word, language))).size, language).toBe(1);
  }
});

test("termsOf finds a word with and without its diacritics alike", async () => {
  await loadLanguage("fr");
  expect(stems("l'école", "fr").at(-1)).toBe(stems("l'ecole", "fr").at(-1));
  await loadLanguage("xx");
  expect(stems("Žluťoučký kůň", "xx")).toEqual(["zlutoucky", "kun"]);
});

test("termsOf marks words without matter by language", () => {
  expect(
    termsOf("what did Carla say about the walnuts", "en")
      .filter((word) => !word.isStop)
      .map(({ text }) => text),
  ).toEqual(["carla", "walnuts"]);
});

test("monthNamesOf names months in a language and falls back on English", () => {
  expect(monthNamesOf("de")[2]).toBe("märz");
  expect(monthNamesOf("not a language")[2]).toBe("march");
});

test("verbs meet their own forms before nouns that look alike", () => {
  for (const [form, base] of [
    ["lives", "live"],
    ["leaves", "leave"],
    ["went", "go"],
  ])
    expect(termOf(form ?? "", "en")).toBe(termOf(base ?? "", "en"));
});

test("splitWords ends a plain word where a pause is, and nowhere else", () => {
  const text = "tea—milk, tea’s x1y didn't naïve cafe\u0301bar a🙂b 3D x_y ABC";
  expect(words(text)).toEqual([
    "tea",
    "milk",
    "tea",
    "x1y",
    "did",
    "naïve",
    "cafébar",
    "a",
    "b",
    "3d",
    "x",
    "y",
    "abc",
  ]);
});
