import fc from "fast-check";
import { expect, test } from "vitest";

import { excerptOf, mergeRanges, splitText } from "./text-parts.ts";

test("splitText joined is the text itself, whatever the ranges", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(fc.tuple(fc.integer({ min: -5, max: 40 }), fc.integer({ min: -5, max: 40 }))),
      (text, ranges) => {
        expect(
          splitText(text, ranges)
            .map((part) => part.text)
            .join(""),
        ).toBe(text);
      },
    ),
  );
});

test("splitText marks exactly the ranges", () => {
  const parts = splitText("Dinner at the harbour", [[14, 21]]);
  expect(parts).toEqual([
    { text: "Dinner at the ", marked: false },
    { text: "harbour", marked: true },
  ]);
});

test("splitText links http and https, without the full stop, and nothing else", () => {
  const [before, link, after] = splitText("See https://example.org/a, then.");
  expect([before?.url, link?.url, after?.url]).toEqual([undefined, "https://example.org/a", undefined]);
  expect(splitText("javascript:alert(1) data:text/html,x ftp://x.y").every((part) => part.url === undefined)).toBe(
    true,
  );
  expect(splitText("<img src=x onerror=alert(1)>")).toEqual([{ text: "<img src=x onerror=alert(1)>", marked: false }]);
});

test("splitText marks inside a link keep the link", () => {
  const parts = splitText("https://example.org/harbour", [[20, 27]]);
  expect(parts.map((part) => [part.text, part.marked, part.url])).toEqual([
    ["https://example.org/", false, "https://example.org/harbour"],
    ["harbour", true, "https://example.org/harbour"],
  ]);
  expect(splitText("https://example.org", [], false)[0]?.url).toBeUndefined();
});

test("mergeRanges sorts, clips and joins", () => {
  expect(
    mergeRanges(
      [
        [5, 9],
        [-3, 2],
        [8, 30],
        [4, 4],
      ],
      12,
    ),
  ).toEqual([
    [0, 2],
    [5, 12],
  ]);
});

test("excerptOf keeps the first highlight inside and moves it along", () => {
  const text = `${"word ".repeat(100)}harbour ${"word ".repeat(100)}`;
  const cut = excerptOf(text, [[500, 507]], 120);
  const [start, end] = cut.highlights[0] ?? [0, 0];
  expect(cut.text.slice(start, end)).toBe("harbour");
  expect(cut.text.length).toBeLessThan(130);
  expect(excerptOf("short", [[0, 2]], 120)).toEqual({ text: "short", highlights: [[0, 2]] });
});
