import { type RawBuilder, sql } from "kysely";

/** A column of a record set: its name and its type in SQL. Both are literals of our own code. */
export type RecordColumn = readonly [name: string, type: string];

/**
 * Rows as one parameter: `json_to_recordset` of a JSON text. Hundreds of rows are one short statement, the same on every server,
 * where a list of values would be ten thousand parameters to compile and to parse.
 * Bytes are given as `\x…` (see `hexOfSealed`).
 */
export function recordset(rows: readonly object[], columns: readonly RecordColumn[]): RawBuilder<unknown> {
  const definition = columns.map(([name, type]) => `"${name}" ${type}`).join(", ");
  return sql`json_to_recordset(cast(${JSON.stringify(rows)}::text as json)) as r(${sql.raw(definition)})`;
}

/** `a, b, c` of columns. */
export function columnNames(columns: readonly RecordColumn[]): RawBuilder<unknown> {
  return sql.raw(columns.map(([name]) => `"${name}"`).join(", "));
}

/** `a = excluded.a, …` of columns. */
export function excludedValues(columns: readonly RecordColumn[]): RawBuilder<unknown> {
  return sql.raw(columns.map(([name]) => `"${name}" = excluded."${name}"`).join(", "));
}

/** base64url → PostgreSQL's text form of bytes. */
export function hexOfSealed(sealed: string): string {
  return `\\x${Buffer.from(sealed, "base64url").toString("hex")}`;
}
