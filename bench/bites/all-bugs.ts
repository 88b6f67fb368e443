import { APP_BUGS } from "./app-bugs.ts";
import { CODE_BUGS } from "./code-bugs.ts";
import { SEEDED_BUGS } from "./seeded-bugs.ts";
import { WAY_IN_BUGS } from "./way-in-bugs.ts";

/** Every defence that the bench takes away, one at a time. */
export const ALL_BUGS = [...SEEDED_BUGS, ...WAY_IN_BUGS, ...APP_BUGS, ...CODE_BUGS];
