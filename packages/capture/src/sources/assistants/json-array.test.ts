import fc from "fast-check";
import { expect, test } from "vitest";

import { textSource } from "../testing/text-fixture.ts";
import { type ArrayElement, readArray } from "./json-array.ts";

async function elementsOf(text: string | Uint8Array, { bytesMax = 1_000_000, chunkBytes = 7 } = {}) {
  const elements: ArrayElement[] = [];
  for await (const batch of readArray(textSource("a.json", text, chunkBytes).open(), bytesMax)) {
    elements.push(...batch.elements);
  }
  return elements;
}

test("readArray finds what JSON.parse finds, wherever the chunks end", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.jsonValue({ stringUnit: "grapheme" })),
    fc.constantFrom(0, 1, 2),
    fc.integer({ min: 1, max: 40 }),
    async (values, indent, chunkBytes) => {
      const elements = await elementsOf(JSON.stringify(values, null, indent), { chunkBytes });
      expect(elements.map(({ trouble }) => trouble)).toEqual(values.map(() => "none"));
      expect(elements.map(({ text }): unknown => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)));
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

test("readArray drops an element that is too long and none beside it", async () => {
  const long = { title: "long", text: `${"x".repeat(5_000)}"]},{` };
  const elements = await elementsOf(JSON.stringify([{ a: 1 }, long, { b: 2 }]), { bytesMax: 100 });
  expect(elements.map(({ trouble }) => trouble)).toEqual(["none", "long", "none"]);
  expect(elements[1]?.text.length).toBeLessThanOrEqual(1_024);
  expect(elements[1]?.text).toMatch(/^\{"title":"long"/u);
  expect(elements[2]?.text).toBe('{"b":2}');
});

test("readArray tells that a file was cut and which bytes are no letters", async () => {
  const whole = '\ufeff[\n{"a":"\\\\"},\n\n{"b":"]"}\n]\n';
  expect(await elementsOf(whole)).toEqual([
    { text: '{"a":"\\\\"}', trouble: "none" },
    { text: '{"b":"]"}\n', trouble: "none" },
  ]);
  const cut = (length: number) => elementsOf(whole.slice(0, length));
  expect(await cut(19)).toMatchObject([{ trouble: "none" }, { text: '{"b', trouble: "cut" }]);
  expect(await cut(15)).toEqual([
    { text: '{"a":"\\\\"}', trouble: "none" },
    { text: "", trouble: "cut" },
  ]);
  expect(await elementsOf("nothing of the kind")).toEqual([{ text: "", trouble: "cut" }]);
  const broken = Buffer.from('[{"a":"?"},{"b":1}]');
  broken[7] = 0xff;
  expect((await elementsOf(broken)).map(({ trouble }) => trouble)).toEqual(["broken", "none"]);
});
