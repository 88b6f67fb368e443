import { expect, test } from "vitest";
import { readFrontMatter } from "./front-matter.ts";
import { formatRecordTime } from "./local-time.ts";
import { dropComments, prepareMarkdown, splitNote } from "./markdown.ts";
import { collect, prepareOptions, textSource } from "./testing/text-fixture.ts";

async function read(notes: Readonly<Record<string, string>>) {
  const sources = Object.entries(notes).map(([name, text]) => textSource(name, text, 1000));
  return collect(prepareMarkdown(sources, prepareOptions("vault")));
}

test("prepareMarkdown makes one memory per note, with the best date there is", async () => {
  const { records, problems, skipped } = await read({
    "vault/2025-01-12.md": "No properties. [[People/Bob#^b1|Bob]] `[[code]]`\r\n",
    "vault/People/Bob.md":
      "---\naliases: [Bobby]\ntags: friend\ncreated: 2024-02-30\n---\n# Bob\nMet at [[Gym]]. %% secret %%\n",
    "vault/dated.md": "---\ntitle: 'A title'\ndate: 2024-05-06T07:08\ntags:\n  - a\n  - '#b'\n---\nwords",
    "vault/empty.md": "---\ntags: x\n---\n\n",
  });
  expect(
    records.map(({ time, draft }) => [draft.externalId, time === undefined ? "" : formatRecordTime(time), draft.text]),
  ).toEqual([
    ["md:2025-01-12.md", "2025-01-12", "No properties. [[People/Bob#^b1|Bob]] `[[code]]`"],
    ["md:People/Bob.md", "2020-01-01T00:00:00.000Z", "# Bob\nMet at [[Gym]]."],
    ["md:dated.md", "2024-05-06T07:08", "words"],
  ]);
  expect(records[1]?.draft.context).toEqual({ tags: ["friend"], aliases: ["Bobby"] });
  expect(records[2]?.draft.context).toEqual({ tags: ["a", "b"] });
  expect(records[2]?.draft.conversation).toEqual({ key: "dated.md", title: "A title" });
  expect(problems.map(({ text }) => text)).toEqual(["People/Bob.md"]);
  expect(skipped).toEqual(["empty"]);
});

test("dropComments leaves code and comments that never close", () => {
  expect(dropComments("a %%b%% c")).toBe("a  c");
  expect(dropComments("a %%b\nc%% d")).toBe("a  d");
  expect(dropComments("a `%%b%%` c")).toBe("a `%%b%%` c");
  expect(dropComments("```\n%% kept %%\n```\nx %%y%%")).toBe("```\n%% kept %%\n```\nx");
  expect(dropComments("100%% sure")).toBe("100%% sure");
});

test("splitNote splits long notes at headings, not inside code, and keeps every word", () => {
  const code = "```\n# not a heading\n```";
  const text = `head\n\n# One\n${"a ".repeat(30)}\n${code}\n# Two\n${"b ".repeat(200)}\n# One\nagain`;
  const parts = splitNote(text, 120);
  expect(parts.map((part) => part.heading)).toEqual(["", "One", "Two", "Two^2", "Two^3", "Two^4", "One~2"]);
  expect(parts.every((part) => part.text.length <= 120)).toBe(true);
  expect(
    parts
      .map((part) => part.text)
      .join(" ")
      .replaceAll(/\s+/gu, ""),
  ).toBe(text.replaceAll(/\s+/gu, ""));
  expect(splitNote("short", 120)).toEqual([{ heading: "", line: 1, text: "short" }]);
});

test("readFrontMatter reads scalars and lists and survives the rest", () => {
  const { properties, body } = readFrontMatter(
    '---\na: 1 # note\nb: "x: y"\nc: [p, "q, r"]\nd:\n- one\n- two\ne: {deep: 1}\nbroken\n---\nbody\n',
  );
  expect([...properties]).toEqual([
    ["a", ["1"]],
    ["b", ["x: y"]],
    ["c", ["p", "q, r"]],
    ["d", ["one", "two"]],
    ["e", ["{deep: 1}"]],
  ]);
  expect(body).toBe("body\n");
  expect(readFrontMatter("---\nnever closed").body).toBe("---\nnever closed");
});
