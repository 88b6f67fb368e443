import { createSecretKey } from "node:crypto";

import { systemRandom } from "@kaelix/base";
import { DEFAULT_TENANT, LEVELS, makeId, type MemoryContent } from "@kaelix/model";
import fc from "fast-check";
import { expect, test } from "vitest";

import { type MemoryKey, openContent, sealContent } from "./content.ts";
import { sealBytes } from "./envelope.ts";
import { makeFileKey } from "./pieces.ts";

const sources = { nowMs: 1_750_000_000_000, random: systemRandom };
const ids = { tenant: DEFAULT_TENANT, user: makeId("usr", 1, systemRandom), memory: makeId("mem", 1, systemRandom) };
const keyAt = (level: 1 | 2 | 3 | 4): MemoryKey => ({
  ...ids,
  level,
  keyVersion: 1,
  key: createSecretKey(Buffer.alloc(32, 5)),
});
const label = fc.string({ maxLength: 20 });
const contents: fc.Arbitrary<MemoryContent> = fc.record(
  {
    text: fc.string({ maxLength: 100 }),
    caption: label,
    speaker: label,
    conversationTitle: label,
    externalId: label,
    attachments: fc.array(label, { maxLength: 3 }),
    files: fc.array(
      fc.record({
        id: fc.constant(makeId("fil", 1, systemRandom)),
        name: label,
        type: label,
        bytes: fc.nat(),
        key: fc.constant(makeFileKey(systemRandom)),
        offsets: fc.array(fc.nat(), { maxLength: 3 }),
      }),
      { maxLength: 2 },
    ),
    client: fc.record({ key: fc.constant(makeId("key", 1, systemRandom)), name: label }),
    changeReason: label,
    context: fc.oneof(label, fc.dictionary(label, fc.integer(), { maxKeys: 3, noNullPrototype: true })),
    reasons: fc.array(fc.record({ rule: label, level: fc.constantFrom(...LEVELS), text: label }), { maxLength: 2 }),
  },
  { requiredKeys: ["text", "reasons"] },
);

test("openContent returns what sealContent sealed, of that version only", () => {
  fc.assert(
    fc.property(contents, fc.constantFrom(...LEVELS), (content, level) => {
      const sealed = sealContent(keyAt(level), 3, content, sources);
      expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(openContent(keyAt(level), 3, sealed)).toEqual({ type: "opened", content });
      expect(openContent(keyAt(level), 2, sealed).type).toBe("refused");
    }),
    { numRuns: 100 },
  );
});

test("openContent refuses what opens and is no memory content", () => {
  const scope = {
    tenant: ids.tenant,
    user: ids.user,
    subject: ids.memory,
    level: 3,
    version: 1,
    purpose: "content",
  } as const;
  const wrong = ["", "null", "[]", "7", "{}", '{"text":7,"reasons":[]}', '{"text":"a"}', '{"text":"a","reasons":{}}'];
  wrong.push('{"text":"a","reasons":[{"rule":"r","level":5,"text":"t"}]}', '{"text":"a","reasons":[null]}');
  wrong.push('{"text":"a","reasons":[],"speaker":1}', '{"text":"a","reasons":[],"attachments":[1]}');
  wrong.push('{"text":"a","reasons":[],"client":{"key":"key_1","name":"a"}}', '{"text":"a","reasons":[],"client":7}');
  wrong.push('{"text":"a","reasons":[],"changeReason":7}');
  const file = { id: makeId("fil", 1, systemRandom), name: "a", type: "b", bytes: 1, key: "AAAA", offsets: [0] };
  for (const files of [7, [7], [file], [{ ...file, key: makeFileKey(systemRandom), offsets: [-1] }]])
    wrong.push(JSON.stringify({ text: "a", reasons: [], files }));
  wrong.push('{"text":"a","reasons":[],"context":7}', '{"text":"a","reasons":[],"attachments":"x"}');
  for (const text of [...wrong.map((json) => Buffer.from(json)), Buffer.of(0xff, 0xfe)]) {
    const sealed = sealBytes(keyAt(3), scope, text, sources);
    expect(openContent(keyAt(3), 1, sealed)).toEqual({ type: "refused", why: "content" });
  }
});
