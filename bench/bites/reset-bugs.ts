/** The defences of a new password by a link, taken away one at a time. */
import type { SeededBug } from "./seeded-bugs.ts";

const TESTS = "identity/reset-door";

/** Each stands once in its file, and its tests fail without it. */
export const RESET_BUGS: readonly SeededBug[] = [
  {
    name: "link: what is above opens to the new password",
    file: "identity/identity.ts",
    is: "    this.resets.requireOpen(principal.userId);\n",
    becomes: "",
    tests: TESTS,
  },
  {
    name: "link: what is above is shared meanwhile",
    file: "access/grants.ts",
    is: "if (isHeld && request",
    becomes: "if (!isHeld && request",
    tests: TESTS,
  },
  {
    name: "link: a second link makes its own password the one from before",
    file: "identity/reset-door.ts",
    is: "(before.held ?? { sinceMs: nowMs, password: row.password })",
    becomes: "{ sinceMs: nowMs, password: row.password }",
    tests: TESTS,
  },
  {
    name: "link: a passkey made since opens again",
    file: "identity/reset-door.ts",
    is: '      if (madeAtMs >= held.sinceMs) throw securityErrors("account-held");\n',
    becomes: "",
    tests: TESTS,
  },
  {
    name: "link: a link works twice",
    file: "identity/reset-door.ts",
    is: "      this.#links.delete(hash);\n      // Held",
    becomes: "      // Held",
    tests: TESTS,
  },
  {
    name: "link: an older link works beside a newer one",
    file: "identity/reset-door.ts",
    is: "link.user === user || ",
    becomes: "",
    tests: TESTS,
  },
  {
    name: "link: a link never ends",
    file: "identity/reset-door.ts",
    is: " || link.untilMs <= this.#parts.clock.monotonicMs()",
    becomes: "",
    tests: TESTS,
  },
  {
    name: "link: sessions stay",
    file: "identity/reset-door.ts",
    is: "      await endSessions(row.user);\n",
    becomes: "",
    tests: TESTS,
  },
  {
    name: "link: the second factor is not asked for",
    file: "identity/reset-door.ts",
    is: "      if (isShown) await secondFactor(row, request.factorCode, address);\n",
    becomes: "",
    tests: TESTS,
  },
  {
    name: "link: nothing is ever held",
    file: "identity/reset-door.ts",
    is: "this.standing(user).heldSinceMs !== null",
    becomes: "this.standing(user).heldSinceMs === 0",
    tests: TESTS,
  },
  {
    name: "link: who is kept out comes in",
    file: "identity/reset-door.ts",
    is: '      if (isSuspended(row)) throw securityErrors("identity-suspended");\n',
    becomes: "",
    tests: TESTS,
  },
  {
    name: "link: any password opens again",
    file: "identity/reset-door.ts",
    is: "(await passwords.verify(held.password, password)) ? true : undefined",
    becomes: "(await passwords.verify(held.password, password)) || true",
    tests: TESTS,
  },
  {
    name: "link: any password can be set",
    file: "identity/reset-door.ts",
    is: "      await checkPassword(row, newPassword);\n",
    becomes: "",
    tests: TESTS,
  },
  {
    name: "link: a lost factor is asked for all the same",
    file: "identity/reset-door.ts",
    is: "      if (!isShown && factors.has(row.user)) await factors.clear(person);\n",
    becomes: "",
    tests: TESTS,
  },
  {
    name: "link: a restart forgets that it is held",
    file: "access/fold.ts",
    is: "? null : { sinceMs, password }",
    becomes: "? null : null",
    tests: TESTS,
  },
];
