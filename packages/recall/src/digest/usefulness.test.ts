import { expect, test } from "vitest";

import type { DigestLine } from "./digest.ts";
import { type NotUseful, weighed } from "./usefulness.ts";

function line(key: string, speaker: string): DigestLine {
  // Of a document only who said it is looked at.
  const document = { speaker } as DigestLine["evidence"][number]["document"];
  return { key, text: key, evidence: [{ document, range: [0, 1], position: { topic: "", partition: 0, offset: 0 } }] };
}

const PROMISES = { kind: "promises", lines: [line("a", "Ann"), line("b", "Bob"), line("c", "Ann")] } as const;
const QUIET = { kind: "quiet", lines: [line("d", "Dan")] } as const;

const told = (notUseful: readonly NotUseful[]): readonly string[] =>
  weighed([PROMISES, QUIET], notUseful, 2).map(
    ({ kind, lines, more }) => `${kind}: ${lines.map(({ key }) => key).join(" ")} +${more}`,
  );

test("weighed leaves sections as they are while nothing was called not useful", () => {
  expect(told([])).toEqual(["promises: a b +1", "quiet: d +0"]);
});

test("weighed leaves out the line itself and puts others about the same later", () => {
  expect(told([{ key: "a", kind: "promises", topic: "Ann" }])).toEqual(["promises: b c +0", "quiet: d +0"]);
});

test("weighed tells nothing more of a topic after three, of this kind alone", () => {
  const ann = (key: string): NotUseful => ({ key, kind: "quiet", topic: "Ann" });
  expect(told([ann("x"), ann("y"), ann("z")])).toEqual(["promises: a b +1", "quiet: d +0"]);
  const three = ["x", "y", "z"].map((key): NotUseful => ({ key, kind: "promises", topic: "Ann" }));
  expect(told(three)).toEqual(["quiet: d +0", "promises: b +0"]);
});

test("weighed puts a kind behind the others after three, with half as many lines", () => {
  const three = ["x", "y", "z"].map((key): NotUseful => ({ key, kind: "promises", topic: null }));
  expect(told(three)).toEqual(["quiet: d +0", "promises: a +2"]);
});
