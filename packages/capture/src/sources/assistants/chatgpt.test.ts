import fc from "fast-check";
import { expect, test } from "vitest";

import type { TextSource } from "../container.ts";
import { conversation, type NodeSketch } from "../testing/chatgpt-fixture.ts";
import { collect, prepareOptions, textSource } from "../testing/text-fixture.ts";
import { CHATGPT } from "./chatgpt.ts";
import { prepareConversations, sniffConversations } from "./export.ts";

const FILE = "conversations.json";

async function read(conversations: unknown, files: readonly TextSource[] = []) {
  const text = typeof conversations === "string" ? conversations : JSON.stringify(conversations);
  // Chunks that end in the middle of everything, and of a long export not more of them than of a file.
  const chunkBytes = text.length < 10_000 ? 64 : 65_536;
  return collect(
    prepareConversations(CHATGPT, [textSource(FILE, text, chunkBytes)], { ...prepareOptions(FILE), files }),
  );
}

async function textsOf(...nodes: readonly NodeSketch[]): Promise<string[]> {
  const { records } = await read([conversation(nodes)]);
  return records.map(({ draft }) => draft.text);
}

/** `text` said by the person at `id`, behind `parent`. */
function said(id: string, parent: string | null, text: string, more: Partial<NodeSketch> = {}): NodeSketch {
  return { id, parent, role: "user", text, ...more };
}

test("what the person said becomes memories of the conversation; answers, tools and what is hidden do not", async () => {
  const { problems, records, skipped } = await read([
    conversation([
      { id: "root" },
      { id: "s", parent: "root", role: "system", text: "You are ChatGPT" },
      said("c", "s", "", { message: { content: { content_type: "user_editable_context", user_profile: "I am Ann" } } }),
      said("h", "c", "hidden", { message: { metadata: { is_visually_hidden_from_conversation: true } } }),
      said("q1", "h", "I am allergic to walnuts", { at: 1_714_564_800.123 }),
      { id: "t", parent: "q1", role: "tool", text: "3 pages found" },
      { id: "a1", parent: "t", role: "assistant", text: "I promise to remember that" },
      said("e", "a1", " \n"),
      said("q2", "e", "My flight leaves at nine", { at: null }),
    ]),
  ]);
  expect(problems).toEqual([]);
  expect(skipped).toEqual(["system", "system", "system", "system", "system", "empty"]);
  const shared = {
    source: "chatgpt",
    conversation: { key: "66a1c0de-0000-8000-a000-000000000001", title: "Trip to Lisbon" },
    occurredAtMs: 1_714_564_800_123,
  };
  expect(records.map(({ draft }) => draft)).toEqual([
    {
      ...shared,
      text: "I am allergic to walnuts",
      externalId: "chatgpt:66a1c0de-0000-8000-a000-000000000001/q1",
    },
    // Without a time of its own it was said after the one before it, which the answer's is.
    {
      ...shared,
      text: "My flight leaves at nine",
      externalId: "chatgpt:66a1c0de-0000-8000-a000-000000000001/q2",
      occurredAtMs: 1_700_000_000_000,
    },
  ]);
  expect(records.every(({ from }) => from === undefined)).toBe(true);
});

test("of a tree only the way to the current node is read; without one, the way to the newest leaf", async () => {
  const nodes = [
    { id: "root" },
    said("q1", "root", "first"),
    said("q2-old", "q1", "second, as it was", { at: 1_700_000_010 }),
    said("q2", "q1", "second, as it is", { at: 1_700_000_020 }),
    said("q2-new", "q1", "second, never sent", { at: 1_700_000_015 }),
  ];
  const texts = async (fields: Readonly<Record<string, unknown>>) =>
    (await read([conversation(nodes, fields)])).records.map(({ draft }) => draft.text);
  expect(await texts({ current_node: "q2-old" })).toEqual(["first", "second, as it was"]);
  expect(await texts({ current_node: undefined })).toEqual(["first", "second, as it is"]);
  expect(await texts({ current_node: null })).toEqual(["first", "second, as it is"]);
  expect(await texts({ current_node: "nowhere" })).toEqual(["first", "second, as it is"]);
  const timeless = conversation([said("q1", null, "first"), said("q2", "q1", "second", { at: null })], {
    current_node: null,
  });
  expect((await read([timeless])).records.map(({ draft }) => draft.text)).toEqual(["first", "second"]);
});

test("a later export brings under the same ids what it has in common with the one before", async () => {
  const before = [{ id: "root" }, said("q1", "root", "first"), said("q2", "q1", "second")];
  const ids = async (nodes: readonly NodeSketch[], title: string) =>
    (await read([conversation(nodes, { title })])).records.map(({ draft }) => draft.externalId?.split("/")[1]);
  expect(await ids(before, "New chat")).toEqual(["q1", "q2"]);
  expect(await ids([...before, said("q2b", "q1", "second, better"), said("q3", "q2b", "third")], "Lisbon")).toEqual([
    "q1",
    "q2b",
    "q3",
  ]);
});

test("random trees give the way that was built, oldest first, however they are shuffled", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 }),
    fc.infiniteStream(fc.nat()),
    async (parents, order) => {
      // Node 0 is the root; every other hangs below one that was made before it, so the way up is known.
      const below = parents.map((number, index) => number % (index + 1));
      const nodes = [{ id: "0" }, ...below.map((parent, index) => said(`${index + 1}`, `${parent}`, `m${index + 1}`))];
      const current = nodes.length - 1;
      const way: string[] = [];
      for (let at = current; at > 0; at = below[at - 1] ?? 0) way.unshift(`m${at}`);
      const shuffled = nodes
        .map((node) => ({ node, key: order.next().value }))
        .toSorted((left, right) => left.key - right.key)
        .map(({ node }) => node);
      const { problems, records } = await read([conversation(shuffled, { current_node: `${current}` })]);
      expect(problems).toEqual([]);
      expect(records.map(({ draft }) => draft.text)).toEqual(way);
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test("a circle, a lost parent and thousands of children end where they end", async () => {
  const circle = await read([conversation([said("a", "c", "one"), said("b", "a", "two"), said("c", "b", "three")])]);
  expect(circle.records.map(({ draft }) => draft.text)).toEqual(["one", "two", "three"]);
  expect(circle.problems).toMatchObject([{ text: "Trip to Lisbon", why: expect.stringContaining("circle") }]);
  const noCurrent = conversation([said("a", "b", "one"), said("b", "a", "two")], { current_node: null });
  expect((await read([noCurrent])).records).toHaveLength(2);
  expect(await textsOf(said("q", "lost", "said all the same"))).toEqual(["said all the same"]);
  const many = Array.from({ length: 5_000 }, (_, at) => said(`n${at}`, "root", `answer ${at}`));
  expect(await textsOf({ id: "root" }, ...many)).toEqual(["answer 4999"]);
  const chain = Array.from({ length: 5_000 }, (_, at) => said(`n${at}`, at === 0 ? null : `n${at - 1}`, `${at}`));
  expect(await textsOf(...chain)).toHaveLength(5_000);
});

test("bad records are listed and cost nothing beside them", async () => {
  const good = conversation([said("q", null, "good")]);
  const odd = { author: { role: "user" }, content: { content_type: "hologram", parts: ["?"] } };
  const { problems, records } = await read([
    7,
    null,
    { ...good, id: undefined },
    { ...good, mapping: [] },
    { ...good, mapping: undefined },
    { ...good, title: "Secret", is_do_not_remember: true },
    conversation([said("x", null, "", { message: { author: null } })]),
    conversation([said("x", null, "", { message: { content: "words" } })]),
    conversation([said("x", null, "", { message: odd })]),
    conversation([said("x", null, "y".repeat(65_537))]),
    conversation([said("x", null, "words")], { id: "i".repeat(1_100) }),
    { ...good, mapping: { a: 1, b: null, c: { message: "text" } }, current_node: "a" },
    good,
  ]);
  expect(records.map(({ draft }) => draft.text)).toEqual(["good"]);
  expect(problems.map(({ why }) => why)).toEqual([
    "Cannot read the conversation: it is not a JSON object",
    "Cannot read the conversation: it is not a JSON object",
    "Cannot read the conversation: it has no id",
    "Cannot read the conversation: its messages are missing",
    "Cannot read the conversation: its messages are missing",
    "Left out: you told ChatGPT not to remember this conversation",
    "Cannot read the message: it does not say who wrote it",
    "Cannot read the message: it has no content",
    "Cannot read the message: its kind of content is not known",
    "Cannot keep the message: it is longer than 65536 letters",
    "Cannot keep the message: its id is longer than 1024 letters",
  ]);
  expect(problems[5]?.text).toBe("Secret");
  expect(problems.every(({ text }) => text.length <= 200)).toBe(true);
});

test("a file that was cut, holds NaN or bytes that are no letters brings what can be read", async () => {
  const [one, two] = [conversation([said("a", null, "one")]), conversation([said("b", null, "two")], { id: "2" })];
  const text = JSON.stringify([one, two]);
  const cut = await read(text.slice(0, -40));
  expect(cut.records.map(({ draft }) => draft.text)).toEqual(["one"]);
  expect(cut.problems).toMatchObject([{ line: 2, why: "Cannot read on: the file is cut off here" }]);
  const notNumber = await read(text.replace('"create_time":1700000000.5', '"create_time":NaN'));
  expect(notNumber.records.map(({ draft }) => draft.text)).toEqual(["two"]);
  expect(notNumber.problems).toMatchObject([{ why: "Cannot read the conversation: it is not JSON" }]);
  const bytes = Buffer.from(text);
  bytes[bytes.indexOf("Lisbon")] = 0xff;
  const broken = await collect(prepareConversations(CHATGPT, [textSource(FILE, bytes, 64)], prepareOptions(FILE)));
  expect(broken.records).toHaveLength(2);
  expect(broken.problems).toMatchObject([{ why: "Some bytes are not UTF-8 and were replaced" }]);
});

test.each([[null], [0], [-1], ["1700000000"], ["NaN"], [1e300], [{}]])("a time of %j is none", async (at) => {
  const ofConversation = await read([conversation([said("q", null, "words", { at })])]);
  expect(ofConversation.records.map(({ draft }) => draft.occurredAtMs)).toEqual([1_700_000_000_500]);
  const none = await read([conversation([said("q", null, "words", { at })], { create_time: at })]);
  expect(none.records.map(({ draft }) => draft.occurredAtMs)).toEqual([undefined]);
});

test("pictures, files and what was spoken come with their messages where the export has them", async () => {
  const image = { content_type: "image_asset_pointer", asset_pointer: "file-service://file-Ab12" };
  const spoken = [
    { content_type: "audio_transcription", text: "book a table", direction: "in" },
    {
      content_type: "real_time_user_audio_video_asset_pointer",
      audio_asset_pointer: { asset_pointer: "sediment://file_00ff" },
    },
  ];
  const multimodal = (parts: readonly unknown[], attachments: readonly unknown[] = []) => ({
    message: { content: { content_type: "multimodal_text", parts }, metadata: { attachments } },
  });
  const files = [
    textSource("file-Ab12-harbour.png", "picture"),
    textSource("66a1/audio/file_00ff-9.wav", "sound"),
    textSource("notes.md", "nothing of it"),
  ];
  const { records } = await read(
    [
      conversation([
        said("q1", null, "", multimodal([image, "what is this?"], [{ id: "file-Ab12", name: "harbour.png" }])),
        said("q2", "q1", "", multimodal(spoken)),
        said("q3", "q2", "", multimodal([image])),
        said("q4", "q3", "see this", {
          message: { metadata: { attachments: [{ id: "file-Gone", name: "plan.pdf" }] } },
        }),
      ]),
    ],
    files,
  );
  expect(records.map(({ draft }) => [draft.text, draft.files?.map(({ name }) => name), draft.attachments])).toEqual([
    ["what is this?", ["harbour.png"], undefined],
    ["book a table", ["file_00ff-9.wav"], undefined],
    ["file-Ab12-harbour.png", ["file-Ab12-harbour.png"], undefined],
    ["see this", undefined, ["plan.pdf"]],
  ]);
  expect(records.every(({ hasMedia }) => hasMedia)).toBe(true);
});

test("sniffChatGpt knows ChatGPT's conversations, and no other assistant's", async () => {
  const sniffed = async (value: unknown) =>
    sniffConversations(textSource("any.json", JSON.stringify(value, null, 1)), [CHATGPT]);
  expect(await sniffed([conversation([said("q", null, "words")])])).toMatchObject({ format: "chatgpt" });
  expect(
    await sniffed([{ uuid: "1", name: "Talk", chat_messages: [{ sender: "human", text: "words" }] }]),
  ).toBeUndefined();
  expect(await sniffed({ mapping: {} })).toBeUndefined();
  expect(await sniffed([])).toBeUndefined();
});

test("names of prototypes, paths and great numbers in an export are data like any other", async () => {
  const file = textSource("file-Ab12-harbour.png", "picture");
  const attachments = [
    { id: "file-Ab12", name: "../../../etc/passwd" },
    { id: "../../file-Ab12", name: "up" },
    { id: "file-Gone", name: "__proto__" },
    { __proto__: { id: "file-Ab12" } },
  ];
  const keys = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const nodes = keys.map((id, at) =>
    said(id, keys[at - 1] ?? null, `at ${id}`, { message: { metadata: { attachments } } }),
  );
  // `Object.fromEntries` and JSON both make a field of its own of __proto__.
  const { problems, records } = await read([conversation(nodes)], [file]);
  expect(problems).toEqual([]);
  expect(records.map(({ draft }) => draft.text)).toEqual(keys.map((id) => `at ${id}`));
  // A file is found by its id alone and is called by the last part of its name, wherever the export says that it lies.
  expect(records[0]?.draft.files?.map(({ name }) => name)).toEqual(["passwd"]);
  expect(Object.hasOwn({}, "polluted")).toBe(false);
  const polluting = JSON.stringify([conversation([said("q", null, "words")])]).replace(
    '"mapping":{',
    '"__proto__":{"polluted":true,"mapping":{}},"mapping":{"__proto__":{"polluted":true},',
  );
  expect((await read(polluting)).records).toHaveLength(1);
  expect("polluted" in {}).toBe(false);
});

test("an export may be as deep, as long and as winding as it likes", async () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const deeply = JSON.stringify([conversation([said("q", null, "words")]), conversation([said("p", null, "more")])]);
  const { records } = await read(deeply.replace('"title":', `"odd":${deep},"title":`));
  expect(records.at(-1)?.draft.text).toBe("more");
  const many = 50_000;
  const way = Array.from({ length: many }, (_, at) => `"n${at}":{"parent":"n${at - 1}"}`).join(",");
  const last = `"q":{"parent":"n${many - 1}","message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["words"]}}}`;
  const winding = await read(`[{"id":"i","current_node":"q","mapping":{${way},${last}}}]`);
  expect(winding.records.map(({ draft }) => draft.text)).toEqual(["words"]);
  const circle = await read(
    `[{"id":"i","mapping":{${way.replace('"parent":"n-1"', `"parent":"n${many - 1}"`)},${last}}}]`,
  );
  expect(circle.records.map(({ draft }) => draft.text)).toEqual(["words"]);
  expect(circle.problems).toMatchObject([{ why: expect.stringContaining("circle") }]);
  const parts = JSON.stringify(Array.from({ length: 4 * many }, () => [""]));
  const wide = await read([
    conversation([said("q", null, "", { message: { content: { content_type: "text", parts: JSON.parse(parts) } } })]),
  ]);
  expect(wide.problems).toEqual([]);
});
