import { APP_BUGS } from "./app-bugs.ts";
import { CODE_BUGS } from "./code-bugs.ts";
import { KEY_BUGS } from "./key-bugs.ts";
import { PURGE_BUGS } from "./purge-bugs.ts";
import { RESET_BUGS } from "./reset-bugs.ts";
import { RETENTION_BUGS } from "./retention-bugs.ts";
import { SEALING_BUGS } from "./sealing-bugs.ts";
import { SEEDED_BUGS, type SeededBug } from "./seeded-bugs.ts";
import { SIGNING_BUGS } from "./signing-bugs.ts";
import { WAY_IN_BUGS } from "./way-in-bugs.ts";

/** Rooms whose defences are taken away. */
export const ROOMS = ["packages/security", "packages/capture", "apps/server"] as const;

/** Every defence that the bench takes away, one at a time; paths are below the repository. */
export const ALL_BUGS: readonly SeededBug[] = [
  ...[
    ...SEEDED_BUGS,
    ...KEY_BUGS,
    ...SIGNING_BUGS,
    ...WAY_IN_BUGS,
    ...APP_BUGS,
    ...CODE_BUGS,
    ...RESET_BUGS,
    ...SEALING_BUGS,
  ].map((bug) => standing(bug, "packages/security")),
  ...PURGE_BUGS.map((bug) => standing(bug, "packages/capture")),
  ...RETENTION_BUGS.map((bug) => standing(bug, "apps/server")),
];

function standing(bug: SeededBug, room: (typeof ROOMS)[number]): SeededBug {
  const tests = bug.tests.split(" ").map((test) => `${room}/src/${test}`);
  return { ...bug, file: `${room}/src/${bug.file}`, tests: tests.join(" ") };
}
