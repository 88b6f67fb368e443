/**
 * The block of properties at the head of a Markdown note, read tolerantly: scalars and lists of scalars, nothing else of YAML.
 * What it does not understand it leaves out; it never fails.
 */

/** A note taken apart. */
export interface FrontMatter {
  /** Lower-case names; a list has as many values as items. */
  readonly properties: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  /** Lines before the body. */
  readonly lines: number;
}

const PROPERTIES_LINES_MAX = 500;

/** Splits a note; a note without properties is all body. */
export function readFrontMatter(note: string): FrontMatter {
  const lines = note.split("\n", PROPERTIES_LINES_MAX);
  const none: FrontMatter = { properties: new Map(), body: note, lines: 0 };
  if (lines[0]?.trimEnd() !== "---") return none;
  const end = lines.findIndex((line, at) => at > 0 && /^(?:---|\.\.\.)\s*$/u.test(line));
  if (end < 0) return none;
  const properties = new Map<string, string[]>();
  let open: string[] | undefined;
  for (const line of lines.slice(1, end)) {
    const item = /^\s*-\s+(.*)$/u.exec(line);
    if (item !== null) {
      open?.push(...readScalar(item[1] ?? ""));
      continue;
    }
    const property = /^([\p{L}_][\p{L}\d _-]{0,60}?)\s*:(?:\s+(.*))?$/u.exec(line);
    if (property === null) {
      if (line.trim() !== "" && !line.startsWith(" ")) open = undefined;
      continue;
    }
    open = readValue(property[2] ?? "");
    properties.set((property[1] ?? "").toLowerCase(), open);
  }
  const head = lines.slice(0, end + 1).join("\n").length + 1;
  return { properties, body: note.slice(head), lines: end + 1 };
}

function readValue(text: string): string[] {
  const trimmed = text.trim();
  if (!trimmed.startsWith("[")) return readScalar(trimmed);
  const inner = beforeBracket(trimmed.slice(1));
  return inner.match(/\s*"[^"]*"\s*|\s*'[^']*'\s*|[^,]+/gu)?.flatMap(readScalar) ?? [];
}

/** What stands before the bracket that ends a list. By hand, as below: an expression would go back over long runs of white space. */
function beforeBracket(text: string): string {
  for (let at = text.indexOf("]"); at !== -1; at = text.indexOf("]", at + 1)) {
    const rest = text.slice(at + 1).trimStart();
    if (rest === "" || rest.startsWith("#")) return text.slice(0, at);
  }
  return text;
}

/** What stands before a comment: a hash behind white space. */
function beforeComment(text: string): string {
  for (let at = text.indexOf("#"); at !== -1; at = text.indexOf("#", at + 1)) {
    if (at > 0 && (text[at - 1] ?? "").trim() === "") return text.slice(0, at).trimEnd();
  }
  return text;
}

function readScalar(text: string): string[] {
  const trimmed = text.trim();
  const quoted = /^(?:"(.*)"|'(.*)')$/u.exec(trimmed);
  const value = quoted === null ? beforeComment(trimmed) : (quoted[1] ?? quoted[2] ?? "");
  return value === "" || value === "|" || value === ">" || value === "~" || value === "null" ? [] : [value];
}
