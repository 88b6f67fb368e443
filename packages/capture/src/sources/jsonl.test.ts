import { expect, test } from "vitest";
import { prepareJsonl } from "./jsonl.ts";
import { formatRecordTime } from "./local-time.ts";
import { collect, prepareOptions, textSource } from "./testing/text-fixture.ts";
import type { ImportAnswers } from "./types.ts";

function read(lines: readonly unknown[], answers: ImportAnswers = {}, end = "\n") {
  const content = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join(end);
  return collect(prepareJsonl(textSource("x.jsonl", content), prepareOptions("x.jsonl", answers)));
}

test("prepareJsonl reads times of every kind", async () => {
  const times: readonly (readonly [unknown, string])[] = [
    ["2025-01-02T10:00:00+01:00", "2025-01-02T10:00:00+01:00"],
    ["2025-01-02T10:00:00.123456Z", "2025-01-02T10:00:00.123Z"],
    ["2025-01-02 10:00:00+0530", "2025-01-02T10:00:00+05:30"],
    ["2025-01-02T10:00", "2025-01-02T10:00"],
    ["2025-01-02", "2025-01-02"],
    [1_735_808_400, "2025-01-02T09:00:00.000Z"],
    [1_735_808_400_000, "2025-01-02T09:00:00.000Z"],
    ["1735808400", "2025-01-02T09:00:00.000Z"],
    [1_735_808_400_000_000, "2025-01-02T09:00:00.000Z"],
  ];
  const { records, problems } = await read(times.map(([at]) => ({ text: "hi", at })));
  expect(problems).toEqual([]);
  expect(records.map(({ time }) => (time === undefined ? "" : formatRecordTime(time)))).toEqual(
    times.map(([, at]) => at),
  );
});

test("prepareJsonl lists what it cannot read and reads on", async () => {
  const { records, problems } = await read(
    [
      "\ufeff" + JSON.stringify({ text: "first" }),
      "",
      { text: 7 },
      { note: null },
      [1, 2],
      { content: "bad day", date: "2024-02-30" },
      { content: "bad type", date: {} },
      { text: "new level", level: "cosmic" },
      { text: "x".repeat(70_000) },
      '{"text":"cut o',
    ],
    {},
    "\r\n",
  );
  expect(records.map(({ draft }) => draft.text)).toEqual(["first", "new level"]);
  expect(problems.map(({ line, why }) => `${line} ${why.slice(0, 24)}`)).toEqual([
    "3 Cannot read the text: cu",
    "4 Cannot read the text: th",
    "5 Cannot read the line: it",
    "6 Cannot read the time: mu",
    "7 Cannot read the time: cu",
    "8 The level is not known a",
    "9 Cannot keep the text: cu",
    "10 Cannot read the line: it",
  ]);
  expect(problems.every(({ text }) => text.length <= 200)).toBe(true);
  expect(records[1]?.draft.level).toBeUndefined();
});

test("prepareJsonl reads the lines of our own export", async () => {
  const line = {
    id: "mem_01JGK3N5Z7Q8X9V0T1R2S3A4B5",
    text: "Dinner at the harbour",
    level: "confidential",
    occurred_at: "2024-12-01T10:05:23.000Z",
    recorded_at: "2025-01-01T00:00:00.000Z",
    source: "whatsapp",
    speaker: "Bob",
    conversation: { id: "con_01JGK3N5Z7Q8X9V0T1R2S3A4B5", title: "Book Club" },
    external_id: "wa:abc",
    caption: "the harbour",
    attachments: ["a.jpg"],
  };
  const { records, problems } = await read([
    line,
    { ...line, external_id: null, conversation: null, speaker: null, caption: null },
  ]);
  expect(problems).toEqual([]);
  expect(records[0]?.draft).toEqual({
    text: "Dinner at the harbour",
    source: "whatsapp",
    level: 2,
    speaker: "Bob",
    conversation: { key: "con_01JGK3N5Z7Q8X9V0T1R2S3A4B5", title: "Book Club" },
    externalId: "wa:abc",
    caption: "the harbour",
    attachments: ["a.jpg"],
    occurredAtMs: Date.UTC(2024, 11, 1, 10, 5, 23),
  });
  expect(records[1]?.draft.externalId).toBe("mem_01JGK3N5Z7Q8X9V0T1R2S3A4B5");
  expect(records[1]?.draft.speaker).toBeUndefined();
});

test("prepareJsonl tells the files that came along by their ids, and the names of those that did not", async () => {
  const [kept, gone, cut] = ["A", "B", "C"].map((letter) => `fil_${letter.repeat(26)}`);
  const name = "../a photo.jpg";
  const line = {
    text: "at the sea",
    files: [kept, gone, cut].map((id) => ({ id, name, bytes: 3, type: "image/jpeg" })),
  };
  const along = (id: string | undefined, content: string) => textSource(`attachments/${id}-a photo.jpg`, content);
  const options = { ...prepareOptions("x.jsonl", {}), files: [along(kept, "one"), along(cut, "tw")] };
  const { records } = await collect(prepareJsonl(textSource("memories.jsonl", JSON.stringify(line)), options));
  const { attachments, files } = records[0]?.draft ?? {};
  expect(files).toMatchObject([{ name: "a photo.jpg", bytes: 3 }]);
  expect(attachments).toEqual(["a photo.jpg", "a photo.jpg"]);
});

test("prepareJsonl gives records without an id a stable one", async () => {
  const lines = [
    { text: "a", from: "Ann" },
    { text: "a", from: "Ann" },
    { text: "b", from: "Bob", tags: ["x"] },
  ];
  const first = (await read(lines, { me: "Ann" })).records;
  const second = (await read([...lines, { text: "c" }])).records;
  expect(new Set(first.map(({ draft }) => draft.externalId)).size).toBe(3);
  expect(second.slice(0, 3).map(({ draft }) => draft.externalId)).toEqual(first.map(({ draft }) => draft.externalId));
  expect(first.map(({ draft }) => draft.speaker)).toEqual([undefined, undefined, "Bob"]);
  expect(first[2]?.draft.context).toEqual({ tags: ["x"] });
});
