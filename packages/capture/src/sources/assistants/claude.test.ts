import { text } from "node:stream/consumers";
import { Readable } from "node:stream";

import fc from "fast-check";
import { expect, test } from "vitest";

import { claudeConversation, type MessageSketch, NOBODY } from "../testing/claude-fixture.ts";
import { collect, prepareOptions, textSource } from "../testing/text-fixture.ts";
import { CHATGPT } from "./chatgpt.ts";
import { CLAUDE } from "./claude.ts";
import { prepareConversations, sniffConversations } from "./export.ts";

const FILE = "conversations.json";

async function read(conversations: unknown) {
  const json = typeof conversations === "string" ? conversations : JSON.stringify(conversations);
  return collect(prepareConversations(CLAUDE, [textSource(FILE, json, 64)], prepareOptions(FILE)));
}

async function textsOf(
  messages: readonly MessageSketch[],
  fields: Readonly<Record<string, unknown>> = {},
): Promise<string[]> {
  return (await read([claudeConversation(messages, fields)])).records.map(({ draft }) => draft.text);
}

test("what the person said becomes memories of the conversation; answers do not", async () => {
  const { problems, records, skipped } = await read([
    claudeConversation([
      { id: "q1", text: "I am allergic to walnuts" },
      { id: "a1", sender: "assistant", text: "I promise to remember that" },
      { id: "e", text: " \n" },
      { id: "q2", text: "My flight leaves at nine", at: null },
    ]),
  ]);
  expect(problems).toEqual([]);
  expect(skipped).toEqual(["system", "empty"]);
  const conversation = { key: "c1a0de00-0000-4000-8000-000000000001", title: "Trip to Lisbon" };
  const shared = { source: "claude", conversation, occurredAtMs: Date.UTC(2025, 4, 1, 12, 0, 0, 123) };
  expect(records.map(({ draft }) => draft)).toEqual([
    { ...shared, text: "I am allergic to walnuts", externalId: `claude:${conversation.key}/q1` },
    { ...shared, text: "My flight leaves at nine", externalId: `claude:${conversation.key}/q2` },
  ]);
});

test("blocks of text count before the text beside them, which older exports have alone; what a tool said is nobody's words", async () => {
  const block = (words: string, type = "text") => ({ type, text: words });
  expect(
    await textsOf([
      { id: "1", text: "flat", message: { content: undefined } },
      { id: "2", text: "flat", message: { content: [block("first"), block("found", "tool_result"), block("second")] } },
      { id: "3", message: { text: "", content: [block("block alone")] } },
      { id: "4", text: "kept", message: { content: [{ type: "image" }] } },
    ]),
  ).toEqual(["flat", "first\n\nsecond", "block alone", "kept"]);
});

test("what was edited away stays out, from the first message on; without a word of what follows what, all counts", async () => {
  const messages: readonly MessageSketch[] = [
    { id: "q1-old", text: "first, as it was", parent: NOBODY, at: "2025-05-01T12:00:00Z" },
    { id: "a1-old", sender: "assistant", parent: "q1-old", at: "2025-05-01T12:01:00Z" },
    { id: "q1", text: "first", parent: NOBODY, at: "2025-05-01T12:02:00Z" },
    { id: "a1", sender: "assistant", parent: "q1", at: "2025-05-01T12:03:00Z" },
    { id: "q2-old", text: "second, as it was", parent: "a1", at: "2025-05-01T12:04:00Z" },
    { id: "q2", text: "second", parent: "a1", at: "2025-05-01T12:05:00Z" },
  ];
  expect(await textsOf(messages)).toEqual(["first", "second"]);
  expect(await textsOf(messages, { current_leaf_message_uuid: "q2-old" })).toEqual(["first", "second, as it was"]);
  expect(await textsOf(messages.map(({ parent: _parent, ...message }) => message))).toHaveLength(4);
  // A message whose link to the others is lost was said all the same.
  const torn = messages.map((message) => (message.id === "q2" ? { ...message, parent: "gone" } : message));
  expect(await textsOf(torn, { current_leaf_message_uuid: "q2" })).toContain("first");
  const circle = await read([
    claudeConversation([
      { id: "a", text: "one", parent: "b" },
      { id: "b", text: "two", parent: "a" },
    ]),
  ]);
  expect(circle.records).toHaveLength(2);
  expect(circle.problems).toMatchObject([{ why: expect.stringContaining("circle") }]);
});

test("pasted text comes as a file of text, what was read out of a document too; of other files the name", async () => {
  const attachments = [
    { file_name: "", extracted_content: "the whole recipe" },
    { file_name: "lease.pdf", file_type: "pdf", file_size: 9_000, extracted_content: "Rent is due on the 3rd" },
    { file_name: "notes.md", extracted_content: "# Notes" },
    { file_name: "../../etc/passwd", extracted_content: "" },
  ];
  const files = [{ file_name: "lease.pdf" }, { file_name: "harbour.png" }];
  const { records } = await read([claudeConversation([{ id: "q", message: { attachments, files } }])]);
  const [draft] = records.map((record) => record.draft);
  expect(draft?.files?.map(({ name }) => name)).toEqual(["pasted.txt", "lease.pdf.txt", "notes.md"]);
  expect(draft?.attachments).toEqual(["passwd", "harbour.png"]);
  expect(draft?.text).toBe("pasted.txt, lease.pdf.txt, notes.md, passwd, harbour.png");
  const [recipe] = draft?.files ?? [];
  expect(await text(Readable.from(recipe?.open() ?? []))).toBe("the whole recipe");
  expect(recipe?.bytes).toBe(16);
});

test("what cannot be read is listed and spoils no other", async () => {
  const { problems, records } = await read([
    7,
    { name: "No id", chat_messages: [] },
    { uuid: "x", name: "No messages" },
    claudeConversation([
      { id: "1", message: { sender: null } },
      { id: "2", text: "words", message: { uuid: null } },
      { id: "3", text: "x".repeat(200_000) },
      { id: "4", text: "good" },
    ]),
    claudeConversation([{ id: "5", text: "untitled" }], { name: "", created_at: "yesterday" }),
  ]);
  expect(records.map(({ draft }) => [draft.text, draft.conversation?.title])).toEqual([
    ["good", "Trip to Lisbon"],
    ["untitled", "Claude"],
  ]);
  expect(problems.map(({ line, why }) => [line, why.slice(0, 48)])).toEqual([
    [1, "Cannot read the conversation: it is not a JSON o"],
    [2, "Cannot read the conversation: it has no id"],
    [3, "Cannot read the conversation: its messages are m"],
    [4, "Cannot read the message: it does not say who wro"],
    [4, "Cannot read the message: it has no id"],
    [4, expect.stringContaining("Cannot keep the message: it is longer")],
  ]);
  const cut = await read(
    JSON.stringify([claudeConversation([{ id: "1", text: "whole" }]), { uuid: "y" }]).slice(0, -9),
  );
  expect(cut.records).toHaveLength(1);
  expect(cut.problems).toMatchObject([{ why: expect.stringContaining("cut off") }]);
});

test("each assistant's export is known from the other's", async () => {
  const sniffed = async (value: unknown) =>
    (await sniffConversations(textSource(FILE, JSON.stringify(value, null, 1)), [CHATGPT, CLAUDE]))?.format;
  const quoting = claudeConversation([{ id: "1", text: 'in ChatGPT it says "mapping": {' }]);
  expect(await sniffed([quoting])).toBe("claude");
  expect(await sniffed([{ id: "i", title: '"chat_messages": [', mapping: {} }])).toBe("chatgpt");
  expect(await sniffed([{ uuid: "1", messages: [] }])).toBeUndefined();
});

test("random JSON in the place of messages never stops an import", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.jsonValue(), async (messages, current) => {
      const fields = { chat_messages: messages, current_leaf_message_uuid: current };
      const { records } = await read([
        claudeConversation([], fields),
        claudeConversation([{ id: "1", text: "still" }]),
      ]);
      expect(records.at(-1)?.draft.text).toBe("still");
    }),
    { numRuns: 200 },
  );
});
