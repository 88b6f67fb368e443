import { encodeText } from "@kaelix/base";
import { expect, test } from "vitest";
import { LINE_BYTES_MAX, readLines, type TextLine } from "./text-lines.ts";
import { textSource } from "./testing/text-fixture.ts";

async function lines(content: string | Uint8Array, chunk?: number): Promise<TextLine[]> {
  const all: TextLine[] = [];
  for await (const batch of readLines(textSource("x", content, chunk).open())) all.push(...batch.lines);
  return all;
}

test("readLines gives the same lines for every size of chunk", async () => {
  const content = "\ufeffone\r\ntwo 🌿 ä\n\nlast";
  for (const chunk of [1, 2, 3, 4, 5, 100]) {
    const read = await lines(content, chunk);
    expect(read.map((line) => line.text)).toEqual(["one", "two 🌿 ä", "", "last"]);
    expect(read.map((line) => line.endsWithCrlf)).toEqual([true, false, false, false]);
  }
});

test("readLines drops a line over the limit and keeps its neighbours", async () => {
  const read = await lines(`a\n${"x".repeat(LINE_BYTES_MAX + 5)}\nb\n`, 65_536);
  expect(read.map((line) => [line.number, line.trouble, line.text.slice(0, 3)])).toEqual([
    [1, "none", "a"],
    [2, "long", "xxx"],
    [3, "none", "b"],
  ]);
  expect(read[1]?.text.length).toBeLessThanOrEqual(200);
});

test("readLines replaces broken UTF-8 and says so, but not for a replacement letter that was written", async () => {
  const read = await lines(Buffer.concat([encodeText("ok \ufffd\n"), Buffer.from([0x61, 0xff, 0x62, 0x0a])]));
  expect(read.map((line) => [line.text, line.trouble])).toEqual([
    ["ok \ufffd", "none"],
    ["a\ufffdb", "broken"],
  ]);
});

test("readLines reads UTF-16 with a byte order mark", async () => {
  const written = "\ufeffä\r\n🌿\n";
  expect((await lines(Buffer.from(written, "utf16le"), 3)).map((line) => line.text)).toEqual(["ä", "🌿"]);
});
