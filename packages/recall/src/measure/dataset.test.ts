import { expect, test } from "vitest";

import { readDataset } from "./dataset.ts";
import { measureRecall } from "./measure.ts";

const LINES = [
  '{"id":"a","at":"2024-01-01T10:00:00Z","speaker":"Ann","text":"Mum is allergic to walnuts"}',
  "",
  '{"id":"b","at":"2024-01-02","text":"Bread and milk"}',
  '{"question":"What is Mum allergic to?","evidence":["a"],"answer":"walnuts","category":"one"}',
];
const problemsOf = (text: string): readonly string[] => {
  const read = readDataset(text);
  return read.type === "bad" ? read.problems.map((problem) => `${problem.line}: ${problem.text}`) : [];
};

test("JSON lines are memories and questions", () => {
  const read = readDataset(LINES.join("\r\n"));
  expect(read).toMatchObject({
    type: "read",
    conversations: [
      {
        turns: [{ id: "a", speaker: "Ann", occurredAtMs: Date.UTC(2024, 0, 1, 10) }, { id: "b" }],
        questions: [{ text: "What is Mum allergic to?", category: "one", answer: "walnuts", evidence: ["a"] }],
      },
    ],
  });
});

test("one JSON document is of the LoCoMo shape, pretty or in a line", () => {
  const conversation = {
    sample_id: "c",
    conversation: { session_1: [{ dia_id: "D1:1", speaker: "Ann", text: "Hi" }] },
    qa: [{ question: "Who?", evidence: ["D1:1"], category: 4, answer: "Ann" }],
  };
  for (const text of [
    JSON.stringify([conversation]),
    JSON.stringify([conversation], null, 2),
    JSON.stringify(conversation),
    JSON.stringify(conversation, null, 2),
  ])
    expect(readDataset(text)).toMatchObject({ type: "read", conversations: [{ id: "c", turns: [{ id: "D1:1" }] }] });
});

test("everything wrong is told of with its line", () => {
  expect(
    problemsOf(
      [
        '{"id":"a","text":"Mum"}',
        '{"id":"b","text":5}',
        '{"id":"a","text":"again"}',
        "nope",
        "[]",
        '{"question":"x","evidence":"a"}',
        '{"text":"x","at":"31 Foo"}',
        '{"id":"c"}',
      ].join("\n"),
    ),
  ).toEqual([
    "2: text: current value is a number, must be a string",
    "3: id: current value is a, which line 1 has already",
    "4: not JSON, must be a JSON object",
    "5: must be a JSON object",
    "6: evidence: current value is a string, must be a list of ids",
    '7: at: current value is "31 Foo", must be a time such as 2026-11-20T14:03:00Z',
    "8: must have text (a memory) or question",
  ]);
  expect(problemsOf('[\n {"a": 1},\n {"b": }\n]')[0]).toMatch(/^3: not JSON/);
  expect(problemsOf('[\n {"a": 1}')[0]).toMatch(/^2: not JSON/);
  expect(problemsOf('{"id":"a","text":"x"\n{"id":"b","text":"y"}')[0]).toBe("1: not JSON, must be a JSON object");
});

test("a file with nothing to measure says what is missing", () => {
  expect(problemsOf("  \n")).toEqual(["0: the file is empty, must hold memories and questions"]);
  expect(problemsOf("[]")).toEqual(["0: holds no conversation, must hold one or more"]);
  expect(problemsOf('[{"sample_id":"c"}]')[0]).toContain("conversation 1 (c): has no turns");
  expect(problemsOf('{"text":"x"}')).toEqual(["0: holds no question, must hold one or more lines with question"]);
  expect(problemsOf('{"question":"x"}')).toEqual(["0: conversation all: has questions and no memories"]);
  expect(problemsOf("x\n".repeat(1_000)).length).toBeLessThanOrEqual(20);
});

test("measureRecall gives figures and every question's own outcome", async () => {
  const read = readDataset(LINES.join("\n"));
  if (read.type === "bad") throw new Error("The data set must be readable");
  const { rows, questions } = await measureRecall(read.conversations, () => "en");
  const valueOf = (name: string): number | undefined => rows.find((row) => row.name === name)?.value;
  expect([valueOf("recall@5"), valueOf("answer contained/one"), valueOf("questions")]).toEqual([100, 100, 1]);
  expect(questions).toMatchObject([
    { question: "What is Mum allergic to?", found: ["a"], cited: ["a"], kind: "quoted", held: 1, value: 100 },
  ]);
});
