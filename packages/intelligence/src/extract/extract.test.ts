import { expect, test } from "vitest";

import { extractFromText } from "./extract.ts";
import { type Extraction, ME } from "./extraction.ts";

const at = "2024-03-06";

function values(extraction: Extraction, kind: string): string[] {
  return extraction.mentions.filter((mention) => mention.kind === kind).map((mention) => mention.value);
}

function stated(extraction: Extraction): string[] {
  const name = (index: number): string => (index === ME ? "me" : (extraction.mentions[index]?.text ?? "?"));
  return extraction.facts.map((fact) => `${name(fact.from)} ${fact.type} ${name(fact.to)}`);
}

test.each([
  ["dinner on the 24th", "en", "2024-03-24"],
  ["dentist on friday", "en", "2024-03-08"],
  ["blitz is saturday week", "en", "2024-03-16"],
  ["back in three weeks", "en", "2024-03-27"],
  ["exam jan 9", "en", "2025-01-09"],
  ["Termin am 19. April", "de", "2024-04-19"],
  ["boda el 15 de junio", "es", "2024-06-15"],
  ["visite le 18", "fr", "2024-03-18"],
  ["pranzo il 21 settembre", "it", "2024-09-21"],
  ["batizado a 9 de junho", "pt", "2024-06-09"],
  ["ameliyat 14 Mart'ta", "tr", "2024-03-14"],
  ["shaadi 8 December ko", "hi", "2024-12-08"],
])("extractFromText resolves days ahead of the memory: %s", (text, language, day) => {
  expect(values(extractFromText(text, { at, language }), "date")).toEqual([day]);
});

test("extractFromText takes the writer's own day, and no day that does not exist", () => {
  const late = { at: "2024-03-06T23:30:00Z", language: "en" } as const;
  expect(values(extractFromText("call them tomorrow", { ...late, zone: "Asia/Tokyo" }), "date")).toEqual([
    "2024-03-08",
  ]);
  expect(values(extractFromText("call them tomorrow", late), "date")).toEqual(["2024-03-07"]);
  expect(values(extractFromText("due 31 february", late), "date")).toEqual([]);
});

test("extractFromText ties names to kin and roles", () => {
  expect(stated(extractFromText("my manager is Odette, very calm", { at }))).toEqual(["me colleague Odette"]);
  expect(stated(extractFromText("Bastien, mon frère, cherche un appart", { at, language: "fr" }))).toContain(
    "me family Bastien",
  );
  expect(stated(extractFromText("Mei's mum is poorly", { at }))).toEqual(["Mei family mum"]);
  expect(stated(extractFromText("Ayten'in torunu geldi", { at, language: "tr" }))).toEqual(["Ayten family torunu"]);
});

test("extractFromText says who owes whom", () => {
  expect(stated(extractFromText("Declan owes me 480 for the clutch", { at }))).toContain("Declan owes me");
  expect(stated(extractFromText("promised Bea i'd be her witness", { at }))).toContain("me owes Bea");
  expect(stated(extractFromText("Timo hat mir 30 Euro geliehen", { at, language: "de" }))).toContain("me owes Timo");
  expect(stated(extractFromText("borrowed Gareth's tent for the lakes", { at }))).toContain("Gareth owns tent");
});

test("extractFromText knows allergies, work, home and days of events", () => {
  expect(stated(extractFromText("my sister is allergic to penicillin", { at }))).toContain(
    "my sister allergic_to penicillin",
  );
  expect(stated(extractFromText("first day at Brightloom", { at }))).toEqual(["me works_at Brightloom"]);
  expect(stated(extractFromText("we moved to Lisbon in the end", { at }))).toEqual(["me lives_in Lisbon"]);
  expect(stated(extractFromText("mum's hip op is booked, 9th of april", { at }))).toContain(
    "hip op scheduled_for 9th of april",
  );
});

test("extractFromText finds money and times", () => {
  const read = extractFromText("lent him £1,200 at 7:30", { at });
  expect(values(read, "amount")).toEqual(["1200"]);
  expect(values(read, "time")).toEqual(["7:30"]);
});

test("extractFromText tells common nouns from names in German", () => {
  expect(
    values(extractFromText("Kuchen mit Lotte im Garten, der Hund bellt", { at, language: "de" }), "person"),
  ).toEqual(["lotte"]);
});

test("extractFromText survives any text, and its spans lie in it", () => {
  const pieces = [
    "mum",
    "'",
    "’s",
    "Ana",
    " ",
    "\n",
    "31.",
    "2.2.",
    "€",
    "...",
    "я",
    "日本",
    "😀",
    "I'll",
    "owe",
    "st",
    "the",
    "(",
    "-",
    "constructor",
    "__proto__",
    "promised",
    "12:99",
    "'ye",
  ];
  let seed = 7;
  for (let round = 0; round < 300; round += 1) {
    let text = "";
    for (let part = 0; part < 12; part += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      text += `${pieces[seed % pieces.length] ?? ""}${seed % 3 === 0 ? "" : " "}`;
    }
    const language = ["en", "de", "tr", "hi", "fr", "xx"][round % 6] ?? "en";
    for (const mention of extractFromText(text, { at, language }).mentions) {
      expect(text.slice(mention.start, mention.end), `seed 7, round ${round}`).toBe(mention.text);
    }
  }
});

test("extractFromText reads no further than its bound", () => {
  const long = `${"met Priya again. ".repeat(6_000)}met Zelda`;
  expect(values(extractFromText(long, { at, language: "en" }), "person")).not.toContain("zelda");
});

test.each([
  ["Carla's husband Nils is allergic to shellfish", "Nils"],
  ["Carla's husband is allergic to nuts", "husband"],
  ["My sister's son Tom is allergic to eggs", "Tom"],
  ["Carla ke pati ko peanuts se allergy hai", "pati"],
  ["Carla's allergic to nuts", "Carla"],
])("an allergy is of whom the sentence speaks, not of whom they belong to: %s", (text, who) => {
  const { facts, mentions } = extractFromText(text, { at: "2026-07-24" });
  const found = facts.filter(({ type }) => type === "allergic_to").map(({ from }) => mentions[from]?.text);
  expect(found).toEqual([who]);
});
