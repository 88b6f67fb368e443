import { expect, test } from "vitest";

import { classifyByRules } from "./classify-by-rules.ts";
import { JudgeThread } from "./judge-thread.ts";

test("JudgeThread.judge answers as classifyByRules does, list by list in the order of asking", async () => {
  const lists = [
    ["the train left at nine", "Mum is allergic to walnuts", "meine PIN ist 4471"],
    [],
    ["my password is hunter2!"],
    ["mein Gehalt ist 4.200 Euro netto", "x".repeat(3_000)],
  ];
  const thread = new JudgeThread();
  try {
    const answers = await Promise.all(lists.map((list) => thread.judge(list)));
    expect(answers).toEqual(lists.map((list) => list.map((text) => classifyByRules(text))));
  } finally {
    await thread.end();
  }
});

test("JudgeThread.judge rejects what is open when the thread ends, and whatever comes later", async () => {
  const thread = new JudgeThread();
  const open = thread.judge(["my password is hunter2!"]);
  const refused = expect(open).rejects.toThrow("has ended");
  await thread.end();
  await refused;
  await expect(thread.judge(["hello"])).rejects.toThrow("has ended");
});
