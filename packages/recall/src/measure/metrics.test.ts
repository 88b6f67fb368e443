import { expect, test } from "vitest";

import { parseSessionDate, parseLocomo } from "./locomo.ts";
import { gainAt, mean, percentile, recallAt, reciprocalRank } from "./metrics.ts";

const RANKED = ["D1:4", "D2:1", "D1:1", "D3:9"];

test("recallAt is the share of the evidence found, and 1 without evidence", () => {
  expect(recallAt(RANKED, ["D1:1", "D9:9"], 3)).toBe(0.5);
  expect(recallAt(RANKED, ["D1:1"], 2)).toBe(0);
  expect(recallAt(RANKED, [], 5)).toBe(1);
  expect(recallAt(RANKED, ["D1:4; D2:1"], 5)).toBe(0);
});

test("reciprocalRank and gainAt count the place of the evidence", () => {
  expect(reciprocalRank(RANKED, ["D1:1", "D3:9"])).toBeCloseTo(1 / 3);
  expect(gainAt(RANKED, ["D1:4"], 10)).toBe(1);
  expect(gainAt(RANKED, ["D2:1"], 10)).toBeCloseTo(1 / Math.log2(3));
});

test("percentile and mean take an empty list", () => {
  expect([percentile([], 0.5), mean([])]).toEqual([0, 0]);
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
});

test("parseLocomo keeps malformed ids as they are and needs no field to be there", () => {
  const [conversation] = parseLocomo([
    {
      conversation: {
        session_10: [{ speaker: "Ines", dia_id: "D10:1", text: "later" }],
        session_2: [{ speaker: "Jonas", dia_id: "D2:1", text: "earlier", blip_caption: "a boat" }],
        session_2_date_time: "12:05 am on 3 March, 2022",
        session_3_date_time: "1:00 pm on 4 March, 2022",
      },
      qa: [
        { question: "Who?", evidence: ["D8:6; D9:17", "D"], category: 5 },
        { question: "What?", category: 9 },
      ],
    },
  ]);
  expect(conversation?.turns.map(({ id, caption }) => [id, caption])).toEqual([
    ["D2:1", "a boat"],
    ["D10:1", undefined],
  ]);
  expect(conversation?.turns[0]?.occurredAtMs).toBe(Date.UTC(2022, 2, 3, 0, 5));
  expect(conversation?.questions).toEqual([
    { text: "Who?", category: "adversarial", answer: "", evidence: ["D8:6; D9:17", "D"] },
    { text: "What?", category: "other", answer: "", evidence: [] },
  ]);
});

test("parseSessionDate reads noon and midnight", () => {
  expect(parseSessionDate("12:00 pm on 1 May, 2023")).toBe(Date.UTC(2023, 4, 1, 12));
  expect(parseSessionDate("12:30 am on 1 May, 2023")).toBe(Date.UTC(2023, 4, 1, 0, 30));
  expect(parseSessionDate("some day")).toBeUndefined();
});
