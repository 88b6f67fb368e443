import fc from "fast-check";
import { expect, test } from "vitest";
import { decide, piecesOf } from "./decide.ts";

test("piecesOf leaves a short text whole", () => {
  expect(piecesOf("a walk along the canal")).toEqual(["a walk along the canal"]);
});

test("piecesOf covers every sign of a long text, in order and with overlap", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 200, maxLength: 500 }), (words) => {
      const text = words.join(" ");
      let covered = 0;
      for (const piece of piecesOf(text)) {
        const at = text.indexOf(piece, Math.max(0, covered - 400));
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThanOrEqual(covered);
        covered = Math.max(covered, at + piece.length);
      }
      expect(covered).toBe(text.length);
    }),
    { numRuns: 20 },
  );
});

test("piecesOf ends on a text without a blank", () => {
  expect(piecesOf("x".repeat(50_000)).length).toBeLessThan(100);
});

test("decide finds a number that stands where two pieces meet", () => {
  for (let lead = 970; lead < 1000; lead += 5) {
    const prose = "we looked at boats. ".repeat(60).slice(0, lead);
    const text = `${prose} DE89 3704 0044 0532 0130 00 ${"boats and more boats. ".repeat(40)}`;
    expect(decide(text).reasons.map((reason) => reason.rule)).toContain("number-iban");
  }
});

test.each([
  ["a lodging of people in danger", "they sleep above the bakery now, her husband must never find out, bring milk"],
  ["a word for the school", "whoever collects the twins has to say 'silver kettle' or the school keeps them"],
  ["a key by its place", "just look under the third flowerpot and let yourself in"],
  ["a dismissal before it is told", "we're letting Dora go on monday, hr has the letter ready, she doesn't know"],
])("decide hears %s that is not named", (_name, text) => {
  expect(decide(text).level).toBeGreaterThanOrEqual(3);
});
