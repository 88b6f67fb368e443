/** Every regular expression of the product: those written in its sources, and those made when it is loaded. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseAst } from "rolldown/parseAst";

/** One expression and where it stands. */
export interface Expression {
  readonly source: string;
  readonly flags: string;
  readonly at: string;
}

const ROOT = join(import.meta.dirname, "../..");

/** Reads the sources of rooms and faces, but for tests; `made` are those that were made while they ran. */
export function expressionsOf(made: readonly Expression[] = []): readonly Expression[] {
  const found = new Map<string, Expression>();
  const paths = globSync(["packages/*/src/**/*.ts", "apps/*/src/**/*.{ts,tsx}"], { cwd: ROOT });
  for (const path of paths) {
    if (/\.test\.tsx?$/.test(path) || path.includes("/testing/")) continue;
    const text = readFileSync(join(ROOT, path), "utf8");
    const tree: unknown = parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts", sourceType: "module" });
    for (const { flags, source } of literalsIn(tree)) {
      const key = `/${source}/${flags}`;
      if (!found.has(key)) found.set(key, { source, flags, at: path });
    }
  }
  for (const one of made) if (!found.has(`/${one.source}/${one.flags}`)) found.set(`/${one.source}/${one.flags}`, one);
  return [...found.values()];
}

function* literalsIn(node: unknown): Generator<{ readonly source: string; readonly flags: string }> {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) yield* literalsIn(item);
    return;
  }
  if ("regex" in node && typeof node.regex === "object" && node.regex !== null) {
    const { regex } = node;
    if ("pattern" in regex && "flags" in regex) yield { source: String(regex.pattern), flags: String(regex.flags) };
  }
  for (const value of Object.values(node)) yield* literalsIn(value);
}
