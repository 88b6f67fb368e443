import type { Level } from "@kaelix/model";
import { expect, test } from "vitest";

import { classifyByRules } from "../classify/classify-by-rules.ts";
import { provenLevel } from "../classify/proven-level.ts";
import { Lessons, wasTaught } from "./lessons.ts";
import { wordsToLearn } from "./words.ts";

function taught(level: Level, ...texts: string[]): Lessons {
  return new Lessons({ corrections: texts.map((text) => ({ text, level })), ordinary: [] });
}

function judged(lessons: Lessons, text: string, levelMax?: Level) {
  return lessons.adjust(text, classifyByRules(text), levelMax);
}

const KESTREL = [
  "Project Kestrel moves to the second phase after the review",
  "Kestrel prototype flew for nine minutes on Tuesday",
  "Asked the supplier for Kestrel rotor blades in carbon",
];
const NEXT = "The Kestrel team grows by two engineers in spring";
const PHONES = [
  "Rowing club reception is on 0221 4479 310 from nine to five",
  "Rowing club boat house phone: 0221 4479 355",
  "Call the rowing club kitchen at 0221 4479 322 for the dinner",
];
const NEXT_PHONE = "The rowing club bar can be reached at 0221 4479 377";

test("two memories that were moved up take the next like them along, and it says why", () => {
  const found = judged(taught(3, ...KESTREL.slice(0, 2)), NEXT);
  expect(found).toMatchObject({ level: 3, decidedBy: "rule" });
  expect(found.reasons[0]).toEqual({
    rule: "taught",
    level: 3,
    text: "Because you put 2 memories like this at secret",
  });
  expect(wasTaught(found.reasons)).toBe(true);
  expect(judged(taught(3, ...KESTREL), "The cat sleeps on the radiator").level).toBe(1);
});

test("one memory alone takes along only what says nearly the same", () => {
  const lessons = taught(2, "Thursday's salsa evening at the harbour with Nadia");
  expect(judged(lessons, "Thursday's salsa evening at the harbour, Nadia again").level).toBe(2);
  expect(judged(lessons, "The harbour is closed on Thursday because of the regatta").level).toBe(1);
});

test("it lowers after three that agree, not after two, and not with one against them", () => {
  expect(classifyByRules(NEXT_PHONE).level).toBe(2);
  expect(judged(taught(1, ...PHONES.slice(0, 2)), NEXT_PHONE).level).toBe(2);
  expect(judged(taught(1, ...PHONES), NEXT_PHONE)).toMatchObject({
    level: 1,
    reasons: [{ rule: "taught", text: "Because you put 3 memories like this at general" }],
  });
  const corrections = PHONES.map((text) => ({ text, level: 1 as Level }));
  const against = { text: "Rowing club trainer at home: 0221 4479 341", level: 2 as Level };
  const divided = new Lessons({ corrections: [...corrections, against], ordinary: [] });
  expect(judged(divided, NEXT_PHONE).level).toBe(2);
});

test("it lowers nothing that stands on other grounds than those that were overruled", () => {
  const text = "Rowing club kitchen phone 0221 4479 377; my HIV test came back positive";
  const byRules = classifyByRules(text);
  expect(byRules.level).toBe(3);
  const five = [
    ...PHONES,
    "Rowing club office phone 0221 4479 300",
    "Rowing club phone of the boat hall 0221 4479 399",
  ];
  expect(judged(taught(1, ...five), text)).toEqual(byRules);
});

test("what check digits, key formats and given secrets prove is never lowered, however often the like was", () => {
  const texts = [
    "Holiday card of the house is 4111 1111 1111 1111",
    "Garage code word for the house is kept: password is BurntToast88",
    "house deploy key AKIAIOSFODNN7EXAMPLE",
  ];
  for (const text of texts) {
    const byRules = classifyByRules(text);
    expect(byRules.level, text).toBeGreaterThanOrEqual(3);
    expect(provenLevel(text), text).toBe(byRules.level);
    const lessons = taught(1, ...Array.from({ length: 8 }, () => text));
    expect(judged(lessons, text), text).toEqual(byRules);
  }
});

test("a person's own choice stands, and what was taught above what is open does not shine through", () => {
  const lessons = taught(3, ...KESTREL);
  const chosen = { level: 1, confidence: 1, decidedBy: "person", reasons: [] } as const;
  expect(lessons.adjust(NEXT, chosen)).toBe(chosen);
  expect(judged(lessons, NEXT, 3).level).toBe(3);
  expect(judged(lessons, NEXT, 2)).toEqual(classifyByRules(NEXT));
});

test("what is usual for a person says nothing, and leaving as many of a kind as were moved means that the kind is not meant", () => {
  const ordinary = Array.from({ length: 60 }, (_, at) => `Kestrel stand-up number ${at}, the team met in spring`);
  const corrections = KESTREL.map((text) => ({ text, level: 3 as Level }));
  expect(judged(new Lessons({ corrections, ordinary }), "The Kestrel team met in spring").level).toBe(1);
  const kept = [
    "The Kestrel team has a new kettle",
    "Kestrel team photo on the wall",
    "The Kestrel team bakes on Fridays",
  ].map((text) => ({ text, level: 1 as Level }));
  expect(judged(new Lessons({ corrections: [...corrections, ...kept], ordinary: [] }), NEXT).level).toBe(1);
});

test("words are numbers: bare figures, grammar and houses of addresses left out, scripts without spaces by pairs", () => {
  expect(wordsToLearn("the and of ich und el la")).toEqual(new Set());
  expect(wordsToLearn("room 4471")).toEqual(wordsToLearn("Room"));
  expect(wordsToLearn("gate b12")).toEqual(wordsToLearn("Gate B79"));
  expect(wordsToLearn("anna@gmail.com")).toEqual(wordsToLearn("Anna"));
  expect([...wordsToLearn("東京の会社")].length).toBe(4);
  expect([...wordsToLearn("Müller")]).toEqual([...wordsToLearn("MULLER")]);
  expect([...wordsToLearn("Kestrel")].every(Number.isInteger)).toBe(true);
});
