/** Defences of taking what was erased out of the files of the log (ADR 30); read with `seeded-bugs.ts`. */
import type { SeededBug } from "./seeded-bugs.ts";

const tests = "purge/purge.test";
const accounts = "purge/departures.test";

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
  {
    name: "purge: what is due is looked for behind the first closing",
    file: "purge/purge.ts",
    is: "oldestAtMs === undefined ? nextOffset : nextOffset - 1;",
    becomes: "nextOffset;",
    tests,
  },
  {
    name: "purge: accounts that have ended are never due",
    file: "purge/purge.ts",
    is: "return this.#isDueIn(filesOf(TOPICS.identity.name, 0), (range) => readDepartures(log, range));",
    becomes: "return false;",
    tests,
  },
  {
    name: "purge: an account that still has a key goes",
    file: "purge/departures.ts",
    is: " || keystore.hasUserKey(user)) return",
    becomes: ") return",
    tests: accounts,
  },
  {
    name: "purge: an invitation that was taken back opens again",
    file: "purge/departures.ts",
    is: ' || decoded.event.type === "invite.revoked") return',
    becomes: ") return",
    tests: accounts,
  },
  {
    name: "purge: a sign-up that was refused comes to life",
    file: "purge/departures.ts",
    is: "if (people.has(holder)) contested.add(holder);",
    becomes: "",
    tests: accounts,
  },
  {
    name: "purge: who goes takes the word of the account's end along",
    file: "purge/departures.ts",
    is: "offset >= before ||",
    becomes: "offset > before ||",
    tests: accounts,
  },
  {
    name: "purge: decisions of who still has a key go",
    file: "purge/departures.ts",
    is: "&& !keystore.hasUserKey(ownerOf(key))",
    becomes: "",
    tests: accounts,
  },
  {
    name: "purge: a move whose memory never came to the log is settled",
    file: "changes.ts",
    is: "rows.filter((row) => row.level === levels.get(row.memoryId))",
    becomes: "rows",
    tests: "changes.test",
  },
];
