import { loadLanguage } from "@kaelix/views";
import { beforeAll, expect, test } from "vitest";

import { answersTo, NOTHING, type Told } from "./testing.ts";
import { readWhoseQuestion } from "./whose-question.ts";

beforeAll(() => loadLanguage("de"));

const OTHERS: readonly Told[] = [
  { on: "2026-01-02", text: "Rosa's doctor is Dr. Weiss in Mill Lane" },
  { on: "2026-01-03", text: "My dentist is Mrs Hall", speaker: "Ted" },
  { on: "2026-01-04", text: "Rosa goes to the Lindgren School since summer" },
  { on: "2026-01-05", text: "Oma came along with cake, and Rosa has to see the dentist" },
  { on: "2026-01-06", text: "I called our doctor, Rosa still has a cough" },
];

test.each([
  ["Which doctor does Oma have?", "Oma sees Dr. Klein at the market square", undefined],
  ["What doctor does Oma have?", "Oma sees Dr. Klein at the market square", undefined],
  ["which doctor does oma have", "I called Dr. Klein, Oma may come on Monday", undefined],
  ["Which doctor does Oma have?", "My doctor is Dr. Klein, he is very kind", "Oma"],
  ["Who is Mum's dentist?", "Mum has an appointment with her dentist, Mr Webb", undefined],
  ["who is mums dentist", "The dentist of Mum is Mr Webb, in the old mill", undefined],
  ["Who is Mum's dentist?", "Mum was in pain. Her dentist, Mr Webb, had time on Friday", undefined],
  ["Which school does Tom go to?", "Tom starts at Hill Primary School in September", undefined],
  ["To which school does Tom go?", "Rosa and Tom are at the same school, Hill Primary", undefined],
])("%s %s", async (question, line, speaker) => {
  const told = { on: "2026-01-10", text: line, ...(speaker === undefined ? {} : { speaker }) };
  const found = await answersTo(question, [...OTHERS, told]);
  expect(found.join("\n")).toContain(line);
  expect(found).toHaveLength(1);
  expect(await answersTo(question, OTHERS)).toEqual(NOTHING);
});

test.each([
  ["Welchen Arzt hat Oma?", "Oma geht jetzt zu Dr. Klein am Markt", undefined],
  ["welchen Arzt hat Oma", "Mein Arzt heißt Klein und ist sehr nett", "Oma"],
  ["Zu welchem Zahnarzt geht Mama?", "Mama hat am Freitag um neun einen Termin beim Zahnarzt Weber", undefined],
  ["Wer ist Mamas Zahnarzt?", "Der Zahnarzt von Mama heißt Weber", undefined],
  ["Auf welche Schule geht Tom?", "Tom kommt im Herbst auf die Waldschule", undefined],
])("%s %s", async (question, line, speaker) => {
  const others: readonly Told[] = [
    { on: "2026-01-02", text: "Papas Arzt ist Dr. Weiss in der Mühlgasse" },
    { on: "2026-01-03", text: "Mein Zahnarzt ist Frau Hall", speaker: "Ted" },
    { on: "2026-01-04", text: "Rosa geht seit Sommer auf die Lindenschule" },
    { on: "2026-01-05", text: "Die Schule hat den Wald gezeichnet, sagt Rosa" },
  ];
  const told = { on: "2026-01-10", text: line, ...(speaker === undefined ? {} : { speaker }) };
  const found = await answersTo(question, [...others, told], "de");
  expect(found.join("\n")).toContain(line);
  expect(found).toHaveLength(1);
  expect(await answersTo(question, others, "de")).toEqual(NOTHING);
});

test("what was told last stands first, with its day", async () => {
  const told: readonly Told[] = [
    { on: "2025-03-01", text: "Oma's doctor is Dr. Adam" },
    { on: "2026-03-01", text: "Oma has a new doctor, Dr. Klein" },
  ];
  const found = await answersTo("Which doctor does Oma have?", [...OTHERS, ...told]);
  expect(found).toHaveLength(2);
  expect(found[0]).toContain("Dr. Klein");
});

test("readWhoseQuestion reads nothing else", () => {
  for (const question of [
    "Which doctor do I have?",
    "Which doctor does she have?",
    "Who is Mrs Kern?",
    "Who is Tom?",
    "Which windows does the house have?",
    "What did Tom have for dinner?",
    "Wer ist Opas?",
  ])
    expect(readWhoseQuestion(question), question).toBeUndefined();
});
