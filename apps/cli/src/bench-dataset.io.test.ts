import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

const FOLDER = mkdtempSync(join(tmpdir(), "kaelix-bench-"));
afterAll(() => rmSync(FOLDER, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly said: string;
}

/** Runs `kaelix bench` over a file of this text. */
function bench(name: string, text: string, ...more: readonly string[]): Promise<Ended> {
  const file = join(FOLDER, "set.jsonl");
  writeFileSync(file, text);
  const parameters = [join(import.meta.dirname, "kaelix.ts"), "bench", name, "--dataset", file, ...more];
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, (failure, out, said) => {
      resolve({ code: typeof failure?.code === "number" ? failure.code : 0, out, said });
    });
  });
}

test("bench recall prints figures and then every question, as one array", async () => {
  const { code, out } = await bench(
    "recall",
    '{"id":"a","text":"Mum is allergic to walnuts"}\n{"question":"What is Mum allergic to?","evidence":["a"],"answer":"walnuts"}\n',
    "--json",
  );
  expect(code).toBe(0);
  const rows: unknown = JSON.parse(out);
  expect(rows).toEqual(
    expect.arrayContaining([
      { name: "recall@5", value: 100, unit: "%" },
      expect.objectContaining({ name: "question 1", value: 100, cited: ["a"], kind: "quoted" }),
    ]),
  );
});

test("bench classify prints figures by level, language and category, then every text", async () => {
  const lines = [
    '{"id":7,"text":"Lovely weather","level":"general"}',
    '{"id":8,"text":"meine PIN ist 4471","level":4,"lang":"de","category":"pin"}',
  ];
  const { code, out } = await bench("classify", lines.join("\n"), "--json");
  expect(code).toBe(0);
  const rows: unknown = JSON.parse(out);
  expect(rows).toEqual(
    expect.arrayContaining([
      { name: "accuracy", value: 1, unit: "fraction" },
      { name: "accuracy, level 4", value: 1, unit: "fraction" },
      { name: "accuracy, level 2", value: null, unit: "fraction" },
      { name: "levels 3 and 4 caught as 3 or more, de", value: 1, unit: "fraction" },
      { name: "called 3 or more though below, unknown", value: 0, unit: "fraction" },
      { name: "accuracy, category pin", value: 1, unit: "fraction" },
      expect.objectContaining({ name: "text 8", lang: "de", category: "pin" }),
      expect.objectContaining({ name: "text 7", id: "7", line: 1, level: 1, found: 1, value: 1 }),
    ]),
  );
});

test("a data set with faults is refused with file and line of each", async () => {
  const recall = await bench("recall", '{"text":"x"}\n{"text":5}\n');
  expect([recall.code, recall.out]).toEqual([2, ""]);
  expect(recall.said).toMatch(/set\.jsonl:2: text: current value is a number, must be a string/);
  const classify = await bench("classify", '{"text":"x","level":1}\n\n{"text":"x","level":9}\n');
  expect(classify.code).toBe(2);
  expect(classify.said).toMatch(/set\.jsonl:3: level: current value is 9, must be 1 to 4 or a level's name/);
});
