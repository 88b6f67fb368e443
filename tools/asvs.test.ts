/** docs/asvs.md is what it says: its counts are those of its rows, and every file that a row names is there. */
import { existsSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

const LINES = readFileSync("docs/asvs.md", "utf8").split("\n");
const ROWS = LINES.map((line) =>
  /^\| (\d+\.\d+\.\d+) +\|.*?\| (verified by test|by review|by decision|open|not applicable) +\|/.exec(line),
);

test("docs/asvs.md counts its rows rightly", () => {
  const rows = ROWS.flatMap((match) => (match === null ? [] : [{ id: match[1] ?? "", verdict: match[2] ?? "" }]));
  expect(rows).toHaveLength(253);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(253);
  for (const verdict of ["verified by test", "by review", "by decision", "open", "not applicable"]) {
    const stated = LINES.map((line) => new RegExp(`^\\| ${verdict} +\\| +(\\d+) \\|$`).exec(line)?.[1]).find(Boolean);
    expect(stated, verdict).toBe(String(rows.filter((row) => row.verdict === verdict).length));
  }
});

test("docs/asvs.md names files that are there, and a test or bench where it says so", () => {
  for (const [at, match] of ROWS.entries()) {
    if (match === null) continue;
    const files = [...(LINES[at] ?? "").matchAll(/`([\w.-]+\/[\w./-]+)`/g)].map(([, path = ""]) => path);
    for (const path of files) expect(existsSync(path), `${match[1]}: ${path}`).toBe(true);
    if (match[2] !== "verified by test") continue;
    const isTested = files.some(
      (path) => path.includes(".test.") || path.startsWith("bench/") || path.includes("/testing/"),
    );
    expect(isTested, `${match[1]} names no test`).toBe(true);
  }
});
