/** In a process of its own: in this one another test may have loaded German. */
import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

const ASKED_BEFORE_LOADED = `
const { loadLanguage } = await import("./languages.ts");
const { translatedTerms } = await import("./translations.ts");
const before = translatedTerms("cat", ["de", "en"]);
await loadLanguage("de");
console.log(JSON.stringify([before, translatedTerms("katze", ["de", "en"])]));
`;

test("translatedTerms asked before a stemmer is loaded keeps nothing of it", () => {
  const told = execFileSync(process.execPath, ["--input-type=module", "--eval", ASKED_BEFORE_LOADED], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  expect(JSON.parse(told)).toEqual([[], ["cat", "kitten"]]);
});
