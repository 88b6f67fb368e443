import fc from "fast-check";
import { expect, test } from "vitest";
import { MEMORY_TEXT_LENGTH_MAX } from "@kaelix/model";
import { CHATGPT } from "./assistants/chatgpt.ts";
import { prepareConversations } from "./assistants/export.ts";
import { prepareCsv } from "./csv.ts";
import { prepareJsonl } from "./jsonl.ts";
import { prepareMarkdown } from "./markdown.ts";
import { collect, prepareOptions, textSource } from "./testing/text-fixture.ts";
import type { PreparedSource } from "./types.ts";
import { prepareChat } from "./whatsapp/chat.ts";

/** Pieces that real files are made of, to be put together in every wrong way. */
const PIECES = [
  "22/08/2018, 14:42 - ",
  "[22/08/2018, 14:42:09] ",
  "31/02/2018, 25:61 - ",
  "99.99.99, 99:99 - ",
  "Ann: ",
  ": ",
  "::",
  "\u200e",
  "\u202a",
  "\u202f",
  "<attached: ",
  "<Media omitted>",
  ">",
  "\n",
  "\r\n",
  '"',
  '""',
  ",",
  ";",
  "\t",
  "---\n",
  "%%",
  "```",
  "# ",
  "{",
  "}",
  '{"text":"x","at":"',
  "[",
  "]",
  "null",
  "2024-02-30",
  "1e400",
  "-1",
  "٢٢/٨/٢٠١٨، ٢:٤٢ م - ",
  "۱۳۹۹/۱۲/۳۰ ۱۴:۴۲ - ",
  "29/2/2566 14:42 - ",
  "\ud83c",
  "🌿",
  "\u0000",
  "date,text\n",
  '[{"id":"c","mapping":{"a":{"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["',
  '"]}}}}}',
  "x".repeat(300),
];

test("every source survives whatever it is given and yields only whole records", async () => {
  const prepares: readonly ((name: string, text: string) => Promise<PreparedSource | undefined>)[] = [
    (name, text) => prepareChat(textSource(name, text, 64), prepareOptions(name)),
    (name, text) => prepareCsv(textSource(name, text, 64), prepareOptions(name)),
    (name, text) => Promise.resolve(prepareJsonl(textSource(name, text, 64), prepareOptions(name))),
    (name, text) => Promise.resolve(prepareMarkdown([textSource(name, text, 64)], prepareOptions(name))),
    (name, text) => Promise.resolve(prepareConversations(CHATGPT, [textSource(name, text, 64)], prepareOptions(name))),
  ];
  const content = fc.array(
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ maxLength: 6 })),
    { maxLength: 40 },
  );
  const property = fc.asyncProperty(content, fc.nat(prepares.length - 1), async (pieces, which) => {
    const { records, problems } = await collect(await prepares[which]?.("x.csv", pieces.join("")));
    for (const { draft } of records) {
      expect(draft.text).not.toBe("");
      expect(draft.text.length).toBeLessThanOrEqual(MEMORY_TEXT_LENGTH_MAX);
      expect(Number.isFinite(draft.occurredAtMs ?? 0)).toBe(true);
      expect(draft.externalId).toBeTypeOf("string");
    }
    expect(problems.every(({ text, why }) => text.length <= 200 && why !== "")).toBe(true);
  });
  await fc.assert(property, { numRuns: 400, seed: 42 });
});
