/** How much corrections teach, and what they harm, over texts in five languages that nothing was fitted to. */
import { readFileSync } from "node:fs";
import type { Level } from "@kaelix/model";
import { expect, test } from "vitest";

import { classifyByRules } from "../classify/classify-by-rules.ts";
import { Lessons } from "./lessons.ts";

interface Line {
  readonly text: string;
  readonly level: Level;
  readonly kind?: string;
}

function read(name: string): Line[] {
  const file = new URL(`../../fixtures/${name}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

const KINDS = [...Map.groupBy(read("taught"), ({ kind }) => kind).values()];

/** The share of texts that are right after `count` corrections of their kind; every run of corrections is tried. Nobody corrects what is right. */
function rightAfter(count: number): number {
  let [right, all] = [0, 0];
  for (const kind of KINDS) {
    const wrong = kind.filter(({ level, text }) => classifyByRules(text).level !== level);
    for (let first = 0; first < wrong.length; first += 1) {
      const corrections = [...wrong.slice(first), ...wrong.slice(0, first)].slice(0, count);
      const lessons = new Lessons({ corrections, ordinary: [] });
      for (const line of kind) {
        if (corrections.includes(line)) continue;
        all += 1;
        if (lessons.adjust(line.text, classifyByRules(line.text)).level === line.level) right += 1;
      }
    }
  }
  return right / all;
}

test("after three corrections of a kind most of that kind are right, after four nearly all; before hardly any", () => {
  expect(rightAfter(0)).toBeLessThan(0.15);
  expect(rightAfter(2)).toBeGreaterThan(0.7);
  expect(rightAfter(3)).toBeGreaterThan(0.92);
  expect(rightAfter(4)).toBeGreaterThan(0.95);
});

test("what is of no kind that was taught stays as it was: with all lessons of nine kinds at once, fewer than one in a hundred moves", () => {
  const lessons = new Lessons({ corrections: KINDS.flat(), ordinary: [] });
  const others = ["ordinary", "levels", "everyday", "strangers", "personas"].flatMap(read);
  let [moved, lowered] = [0, 0];
  for (const { text } of others) {
    const byRules = classifyByRules(text);
    const { level } = lessons.adjust(text, byRules);
    if (level !== byRules.level) moved += 1;
    if (level < byRules.level) lowered += 1;
  }
  expect(moved / others.length).toBeLessThan(0.01);
  expect(lowered).toBe(0);
});
