import type { Route } from "@kaelix/contract";

import { type FieldProblem, FieldsError } from "./problem.ts";

/** A schema of the contract. */
export type Schema = NonNullable<Route["body"]>;

type Issue = NonNullable<ReturnType<Schema["safeParse"]>["error"]>["issues"][number];

const FIELD_PROBLEMS_MAX = 20;

/**
 * Parses a value at the edge. `place` is put before each sentence ("In the query: "), empty for the body.
 * @throws FieldsError with a JSON pointer for each wrong field, 20 at most
 */
export function parseInput(schema: Schema, value: unknown, place: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue) => fieldsOf(issue, place));
  throw new FieldsError(fields.slice(0, FIELD_PROBLEMS_MAX));
}

function fieldsOf(issue: Issue, place: string): FieldProblem[] {
  const base = issue.path.map((part) => `/${escape(String(part))}`).join("");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      pointer: `${base}/${escape(key.slice(0, 100))}`,
      detail: `${place}This field is not known`,
    }));
  }
  return [{ pointer: base, detail: `${place}${wordsOf(issue)}` }];
}

/** What the schema says, and in words of ours where it has only its library's. */
function wordsOf(issue: Issue): string {
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) return "Must be given";
  if (issue.code === "too_small" && issue.origin === "string" && issue.minimum === 1) return "Must not be empty";
  return issue.message;
}

/** RFC 6901 §3. */
function escape(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}
