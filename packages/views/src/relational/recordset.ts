import { encodeText } from "@kaelix/base";
import { type RawBuilder, sql } from "kysely";

/** A column of a record set: its name and its type in SQL. Both are literals of our own code. */
export type RecordColumn = readonly [name: string, type: string];

/**
 * Rows as one parameter: `json_to_recordset` of a JSON text. Hundreds of rows are one short statement, the same on every server,
 * where a list of values would be ten thousand parameters to compile and to parse.
 * Bytes are given as base64 (see `base64OfSealed`) and selected by `recordColumns`.
 */
export function recordset(rows: readonly object[], columns: readonly RecordColumn[]): RawBuilder<unknown> {
  const definition = columns.map(([name, type]) => `"${name}" ${type === "bytea" ? "text" : type}`).join(", ");
  // As bytes: both clients send them as they are, where a string is counted and encoded letter by letter.
  return sql`json_to_recordset(cast(${encodeText(JSON.stringify(rows))}::text as json)) as r(${sql.raw(definition)})`;
}

/** `a, b, c` of columns. */
export function columnNames(columns: readonly RecordColumn[]): RawBuilder<unknown> {
  return sql.raw(columns.map(([name]) => `"${name}"`).join(", "));
}

/** `a = excluded.a, …` of columns. */
export function excludedValues(columns: readonly RecordColumn[]): RawBuilder<unknown> {
  return sql.raw(columns.map(([name]) => `"${name}" = excluded."${name}"`).join(", "));
}

/** `a, b, decode(c, 'base64')` of a record set's columns. */
export function recordColumns(columns: readonly RecordColumn[]): RawBuilder<unknown> {
  return sql.raw(
    columns.map(([name, type]) => (type === "bytea" ? `decode("${name}", 'base64')` : `"${name}"`)).join(", "),
  );
}

/** base64url → base64: a third smaller than PostgreSQL's own text form of bytes, and every row crosses to the database's thread. */
export function base64OfSealed(sealed: string): string {
  return Buffer.from(sealed, "base64url").toString("base64");
}
