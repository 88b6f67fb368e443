/** Single-key shortcuts as a pure step: key by key, with the moment before. */

/** What a key does. */
export type Command =
  | { readonly type: "go"; readonly to: string }
  | { readonly type: "palette" | "help" | "lock" | "search" | "compose" };

/** A started sequence: after `g` within this time a letter goes somewhere. */
const SEQUENCE_MS = 1_200;

/** Where `g` and a letter go. */
const GO: Readonly<Record<string, string>> = {
  t: "/",
  c: "/chats",
  s: "/search",
  l: "/timeline",
  p: "/people",
  r: "/review",
  i: "/import",
  m: "/settings",
  a: "/status",
};

const SINGLE: Readonly<Record<string, Command>> = {
  "/": { type: "search" },
  "?": { type: "help" },
  l: { type: "lock" },
  n: { type: "compose" },
};

/** A key that was pressed and when, ms. */
export interface Press {
  readonly key: string;
  readonly atMs: number;
}

/** The command of a key after another; undefined when there is none (yet). */
export function commandOf(press: Press, before: Press | undefined): Command | undefined {
  if (before?.key === "g" && press.atMs - before.atMs <= SEQUENCE_MS) {
    const to = GO[press.key];
    if (to !== undefined) return { type: "go", to };
  }
  return SINGLE[press.key];
}
