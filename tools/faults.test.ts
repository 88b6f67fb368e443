/** The table of faults in docs/testing.md names tests that are there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

const SECTION = /## Faults, and the test of each\n(.*?)\n## /s.exec(readFileSync("docs/testing.md", "utf8"))?.[1] ?? "";
const ROWS = [...SECTION.matchAll(/^\| (.+?) \| `(.+?)` \| (.+?) \|$/gm)];

test("every fault of docs/testing.md has a test of the name that stands there", () => {
  expect(ROWS.length).toBeGreaterThan(40);
  for (const [, fault, path = "", name = ""] of ROWS) {
    const place = /^(packages|bench)\//.test(path) ? path : join("packages/streamer/src", path);
    expect(existsSync(place), `${fault}: ${place}`).toBe(true);
    const source = readFileSync(place, "utf8");
    const isThere = source.includes(`"${name}`) || source.includes(`\`${name}`);
    expect(isThere, `${fault}: ${place} has no test "${name}"`).toBe(true);
  }
});
