/** Defences of keys: shredding, rotation, renewal, and the key server; read with `seeded-bugs.ts`. */
import type { SeededBug } from "./seeded-bugs.ts";

/** All of them. */
export const KEY_BUGS: readonly SeededBug[] = [
  {
    name: "a shredded user comes back by a rewrap",
    file: "keys/user-keys.ts",
    is: "return this.#lock.run(user, async () => {\n      const to = await append([userTombstone",
    becomes:
      "return (async (work: () => Promise<ShredRange>) => work())(async () => {\n      const to = await append([userTombstone",
    tests: "keys/kek-rotation.test.ts",
  },
  {
    name: "a shredded memory comes back by a renewal",
    file: "keys/memory-rewrap.ts",
    is: "if (records.length > 0) await write(records);",
    becomes: "await nextTurn(); if (records.length > 0) await write(records);",
    tests: "keys/user-key-races.test.ts",
  },
  {
    name: "a former key's level keys are kept",
    file: "keys/user-keyring.ts",
    is: "this.#kept.filter(({ purpose }) => !isPassing(purpose))",
    becomes: "this.#kept.filter(({ purpose }) => isPassing(purpose) || true)",
    tests: "keys/user-key-renewal.test.ts",
  },
  {
    name: "versions destroyed while keys are behind",
    file: "keys/kek-rotation.ts",
    is: "if (this.#clock.nowMs() - sinceMs >=",
    becomes: "await kek.destroyBefore(kek.currentVersion()); if (this.#clock.nowMs() - sinceMs >=",
    tests: "keys/kek-rotation.test.ts",
  },
  {
    name: "versions destroyed while records are damaged",
    file: "keys/kek-rotation.ts",
    is: "if (quarantined > 0 || damagedRanges > 0 || !following) {",
    becomes: "if (!following) {",
    tests: "keys/kek-rotation.test.ts",
  },
  {
    name: "old versions are never destroyed",
    file: "keys/kek-rotation.ts",
    is: "await kek.destroyBefore(oldest);",
    becomes: "",
    tests: "keys/kek-rotation.test.ts",
  },
  {
    name: "an interrupted epoch is forgotten",
    file: "keys/kek-rotation.ts",
    is: "[this.#done, this.#total] = [0, keystore.usersBehind(kek.currentVersion())];",
    becomes:
      "[this.#done, this.#total] = [0, keystore.usersBehind(kek.currentVersion())]; if (this.#clock.nowMs() < 0 || (await kek.currentSinceMs()) === this.#clock.nowMs() && this.#problem === undefined && kek.currentVersion() === 3 && this.#total < 20) return;",
    tests: "keys/kek-rotation.test.ts",
  },
  {
    name: "HTTP to another machine",
    file: "keys/transit-kek.ts",
    is: '(url.protocol === "http:" && isLoopback(url.hostname))',
    becomes: 'url.protocol === "http:"',
    tests: "keys/transit-kek.io",
  },
  {
    name: "redirects are followed",
    file: "keys/transit-kek.ts",
    is: 'redirect: "error"',
    becomes: 'redirect: "follow"',
    tests: "keys/transit-kek.io",
  },
  {
    name: "no time-out",
    file: "keys/transit-kek.ts",
    is: "const deadline = AbortSignal.timeout(timeoutMs);",
    becomes: "const deadline = AbortSignal.timeout(timeoutMs * 100_000);",
    tests: "keys/transit-kek.io",
  },
  {
    name: "rotation is tried again",
    file: "keys/transit-kek.ts",
    is: "`keys/${this.key}/rotate`, {}, 1)",
    becomes: "`keys/${this.key}/rotate`, {})",
    tests: "keys/transit-kek.io",
  },
  {
    name: "the answer is quoted",
    file: "keys/transit-kek.ts",
    is: "throw unreachable(`it answered ${answer.status}`);\n    return",
    becomes: "throw unreachable(`it answered ${answer.errors}`);\n    return",
    tests: "keys/transit-kek.io",
  },
];
