/** Defences of letting go by age (ADR 27); read with `seeded-bugs.ts`. */
import type { SeededBug } from "./seeded-bugs.ts";

/** All of them. */
export const RETENTION_BUGS: readonly SeededBug[] = [
  {
    name: "retention: what was not announced goes along",
    file: "retention/retention.ts",
    is: "...both(announced, now),",
    becomes: "...now,",
    tests: "retention/retention.test",
  },
  {
    name: "retention: a longer rule does not hold at once",
    file: "retention/retention.ts",
    is: "...both(announced, now),",
    becomes: "...announced,",
    tests: "retention/retention.test",
  },
  {
    name: "retention: an announcement counts however late",
    file: "retention/retention.ts",
    is: "lateMs >= 0 && lateMs < NOTICE_MS",
    becomes: "lateMs >= 0",
    tests: "retention/retention.test",
  },
  {
    name: "retention: one announced by a clock that was ahead stays",
    file: "retention/retention.ts",
    is: " || announced.at > nowMs",
    becomes: "",
    tests: "retention/retention.test",
  },
  {
    name: "retention: what is kept by name goes",
    file: "retention/retention.ts",
    is: "except: book.kept(owner.user) }",
    becomes: "except: [] }",
    tests: "retention/retention.test",
  },
  {
    name: "retention: a rule is chosen and nothing is announced",
    file: "retention/retention.ts",
    is: "      onKept();\n      await this.#announce(owner);",
    becomes: "      onKept();",
    tests: "retention/retention.test",
  },
  {
    name: "retention: what a stop cut off is gone on with too late",
    file: "eraser.ts",
    is: "const asked = await this.#parts.erasures.round();",
    becomes: "await this.#parts.retention.round();\n      const asked = await this.#parts.erasures.round();",
    tests: "retention/retention.test",
  },
];
