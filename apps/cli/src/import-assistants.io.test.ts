import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { claimedProduct } from "./testing/products-of-tests.ts";

const { data, owner, run } = await claimedProduct();

interface Turn {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** One conversation in which each turn answers the one before it. */
function exported(...turns: readonly Turn[]): string {
  const mapping = Object.fromEntries(
    turns.map(({ id, role, text }, at) => {
      const content = { content_type: "text", parts: [text] };
      const message = { id, author: { role }, create_time: 1_714_564_800 + at * 60, content, metadata: {} };
      return [id, { id, message, parent: turns[at - 1]?.id ?? null, children: [] }];
    }),
  );
  const current = turns.at(-1)?.id;
  return JSON.stringify([{ title: "Dinner", create_time: 1_714_564_800, mapping, current_node: current, id: "c1" }]);
}

test("a ChatGPT export is looked at, imported once however often, and taken back as one", async () => {
  const file = join(data, "conversations.json");
  const first: Turn = { id: "q1", role: "user", text: "My sister Carla is allergic to walnuts" };
  const answer: Turn = { id: "a1", role: "assistant", text: "I live in Paris and will remember the walnuts" };
  writeFileSync(file, exported(first, answer));

  const looked = await run("import", "preview", file);
  expect(looked, looked.err).toMatchObject({ code: 0 });
  expect(looked.err).toContain("your own messages come, its answers do not");
  expect(looked.out).toContain("allergic to walnuts");
  expect(looked.out).not.toContain("Paris");

  // Nothing has to be answered, so a script needs no --yes.
  expect(await run("import", "run", file)).toMatchObject({ code: 0, out: expect.stringMatching(/ done 1 0 0\n$/) });
  writeFileSync(file, exported(first, answer, { id: "q2", role: "user", text: "The dinner is on Friday" }));
  const again = await run("import", "run", file);
  expect(again, again.err).toMatchObject({ code: 0, out: expect.stringMatching(/ done 1 1 0\n$/) });

  const { data: page } = await owner.call("memories.list", { query: { source: "chatgpt" } });
  expect(
    page.data.map(({ conversation, source, speaker, text }) => [text, source, speaker, conversation?.title]),
  ).toEqual([
    ["The dinner is on Friday", "chatgpt", null, "Dinner"],
    ["My sister Carla is allergic to walnuts", "chatgpt", null, "Dinner"],
  ]);
  const asked = await run("ask", "what is Carla allergic to?");
  expect(asked.out).toContain("is allergic to walnuts");

  const [id = ""] = again.out.split(" ");
  expect(await run("import", "undo", id)).toMatchObject({ code: 0 });
  const { data: left } = await owner.call("memories.list", { query: { source: "chatgpt" } });
  expect(left.data.map(({ text }) => text)).toEqual(["My sister Carla is allergic to walnuts"]);
});

/** Messages of the person's, and one of Claude's between them. */
function claudeExport(...texts: readonly string[]): string {
  const messages = texts.flatMap((text, at) => {
    const times = { created_at: `2025-05-01T12:0${at}:00Z`, attachments: [], files: [] };
    const said = { uuid: `q${at}`, sender: "human", text, ...times };
    return [said, { uuid: `a${at}`, sender: "assistant", text: "Madrid is where I would go", ...times }];
  });
  const other = { uuid: "broken", name: "Nobody's", chat_messages: [{ uuid: "x", text: "whose?" }] };
  return JSON.stringify([{ uuid: "talk-1", name: "Holidays", chat_messages: messages }, other]);
}

test("a Claude export is looked at, imported once however often, lists what it cannot read, and is taken back as one", async () => {
  mkdirSync(join(data, "claude"));
  const file = join(data, "claude/conversations.json");
  writeFileSync(file, claudeExport("My brother Tom is afraid of geese"));
  const looked = await run("import", "preview", file);
  expect(looked, looked.err).toMatchObject({ code: 0, out: expect.stringContaining("afraid of geese") });
  expect(looked.err).toContain("as Claude exports them; your own messages come, its answers do not");
  expect(looked.out).not.toContain("Madrid");
  expect(await run("import", "run", file)).toMatchObject({ code: 0, out: expect.stringMatching(/ done 1 0 1\n$/) });
  writeFileSync(file, claudeExport("My brother Tom is afraid of geese", "He comes on Friday"));
  const again = await run("import", "run", file);
  expect(again, again.err).toMatchObject({ code: 0, out: expect.stringMatching(/ done 1 1 1\n$/) });
  expect(again.err).toContain("conversation 2");
  const told = async (): Promise<readonly string[]> =>
    (await owner.call("memories.list", { query: { source: "claude" } })).data.data.map(({ text }) => text);
  expect(await told()).toEqual(["He comes on Friday", "My brother Tom is afraid of geese"]);
  expect((await run("ask", "what is Tom afraid of?")).out).toContain("geese");
  expect(await run("import", "undo", again.out.split(" ")[0] ?? "")).toMatchObject({ code: 0 });
  expect(await told()).toEqual(["My brother Tom is afraid of geese"]);
});
