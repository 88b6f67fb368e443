import { expect, test } from "vitest";
import { classifyLines, type LineResult } from "./classify-lines.ts";

async function* lines(...all: string[]): AsyncGenerator<string> {
  await Promise.resolve();
  yield* all;
}

test("classifyLines answers good lines, reports bad ones and goes on", async () => {
  const results: LineResult[] = [];
  const input = lines('{"id":"a","text":"pin is 5120"}', "", "{", '{"id":2}', '"word"', '{"text":"nice boats"}');
  for await (const result of classifyLines(input)) results.push(result);
  expect(results).toMatchObject([
    { type: "classified", id: "a", level: 4, name: "ultra-secret" },
    { type: "bad", line: 3, problem: "not-json" },
    { type: "bad", line: 4, problem: "no-text" },
    { type: "bad", line: 5, problem: "no-text" },
    { type: "classified", level: 1, name: "general" },
  ]);
});
