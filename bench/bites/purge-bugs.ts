/** Defences of taking what was erased out of the files of the log (ADR 30); read with `seeded-bugs.ts`. */
import type { SeededBug } from "./seeded-bugs.ts";

const tests = "purge/purge.test";

/** All of them. */
export const PURGE_BUGS: readonly SeededBug[] = [
  {
    name: "purge: what a key still opens goes",
    file: "purge/purge-rules.ts",
    is: 'if (opened?.type === "opened") {',
    becomes: 'if (opened?.type === "opened" && offset < 0) {',
    tests,
  },
  {
    name: "purge: what no event has closed goes",
    file: "purge/purge-rules.ts",
    is: "return offset < closing.before || isLeft ?",
    becomes: "return offset >= 0 || isLeft ?",
    tests,
  },
  {
    name: "purge: what was erased stays",
    file: "purge/purge-rules.ts",
    is: 'encodeEvent({ ...event, digest: "", sealed: "" })',
    becomes: 'encodeEvent({ ...event, digest: "" })',
    tests,
  },
  {
    name: "purge: a person who still has a key goes",
    file: "purge/purge-rules.ts",
    is: 'return keystore.hasUserKey(user) ? "stays" : "goes";',
    becomes: 'return "goes";',
    tests,
  },
  {
    name: "purge: who goes takes the word of it along",
    file: "purge/purge-rules.ts",
    is: "if (offset < before && decodeText(key) === user)",
    becomes: "if (offset <= before && decodeText(key) === user)",
    tests,
  },
  {
    name: "purge: files of what is being told go",
    file: "purge/purge-rules.ts",
    is: "if (telling.has(memory)) {",
    becomes: "if (false as boolean) {",
    tests,
  },
  {
    name: "purge: files of what was told meanwhile go",
    file: "purge/purge-rules.ts",
    is: "if (piece === undefined || offset >= filesEnd)",
    becomes: "if (piece === undefined)",
    tests,
  },
  {
    name: "purge: what waited is forgotten",
    file: "purge/purge.ts",
    is: "if (this.#stop.signal.aborted || rules.isWaiting) return false;",
    becomes: "if (this.#stop.signal.aborted) return false;",
    tests,
  },
  {
    name: "purge: nothing is due but by a receipt",
    file: "purge/purge.ts",
    is: "oldestAtMs + withinMs / 2 <= clock.nowMs()",
    becomes: "oldestAtMs + withinMs <= clock.nowMs()",
    tests,
  },
];
