/**
 * `npm run renewals`: which packages are due to be renewed, and which have known holes. Asks the registry, so it is no part of the checks that
 * run without a network; a workflow runs it every week.
 *
 * Ends with 1 when something is due by docs/dependencies.md, with 2 when the registry could not be asked.
 */
import { spawnSync } from "node:child_process";

import { parseAudit, parseOutdated, type Renewal, renewalOf } from "./renewals/due.ts";

const ASKED_MS_MAX = 120_000;

try {
  process.exitCode = report();
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exitCode = 2;
}

function report(): number {
  const renewals = parseOutdated(ask("outdated", "--json")).flatMap((one) => {
    const found = renewalOf(one, ask("view", one.name, "time", "--json"), Date.now());
    return found === undefined ? [] : [found];
  });
  for (const one of renewals) console.log(lineOf(one));
  const holes = parseAudit(ask("audit", "--json"));
  for (const { isMended, name, severity } of holes)
    console.log(
      `${name}: a known hole (${severity}), ${isMended ? "DUE: there is a version without it" : "no mend yet"}`,
    );
  const due = renewals.filter(({ isDue }) => isDue).length + holes.filter(({ isMended }) => isMended).length;
  console.log(`${renewals.length} can be renewed, ${holes.length} with known holes, ${due} due`);
  return due === 0 ? 0 : 1;
}

function lineOf({ current, isDue, latest, name, sinceMs }: Renewal): string {
  const since = new Date(sinceMs).toISOString().slice(0, 10);
  return `${name} ${current} → ${latest}, newer since ${since}${isDue ? ", DUE" : ""}`;
}

/** npm ends with 1 when it has something to tell: what counts is what it prints. */
function ask(...words: readonly string[]): unknown {
  const { error, stderr, stdout } = spawnSync("npm", words, { encoding: "utf8", timeout: ASKED_MS_MAX });
  if (error !== undefined) throw error;
  if (stdout.trim() === "") {
    if (stderr.trim() !== "") throw new Error(`npm ${words.join(" ")}: ${stderr.slice(0, 500)}`);
    return {};
  }
  return JSON.parse(stdout) as unknown;
}
