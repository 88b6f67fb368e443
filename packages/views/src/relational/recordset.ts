import { encodeText } from "@kaelix/base";
import { type RawBuilder, sql } from "kysely";

/** A column of a record set: its name and its type in SQL. Both are literals of our own code. */
export type RecordColumn = readonly [name: string, type: string];

/** A row to be written, by column. Bytes are base64 (see `base64OfSealed`). */
export type RecordRow = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Rows as one parameter: `json_to_recordset` of a JSON text. Hundreds of rows are one short statement, the same on every server,
 * where a list of values would be ten thousand parameters to compile and to parse. What is equal in all rows, as much of one import is,
 * is sent once beside them: the text is half as long, and reading it is a third of what writing rows costs.
 * Bytes are given as base64 (see `base64OfSealed`) and selected by `recordColumns`.
 */
export function recordset(rows: readonly RecordRow[], columns: readonly RecordColumn[]): RawBuilder<unknown> {
  const [first = {}] = rows;
  const isShared = ([name]: RecordColumn): boolean => rows.every((row) => row[name] === first[name]);
  const shared = columns.slice(1).filter(isShared);
  const own = columns.filter((column) => !shared.includes(column));
  const definition = own.map((column) => `"${column[0]}" ${textTypeOf(column)}`).join(", ");
  const names = own.map(([name]) => name);
  // As bytes: both clients send them as they are, where a string is counted and encoded letter by letter.
  const text = sql`cast(${encodeText(JSON.stringify(rows, names))}::text as json)`;
  const once = shared.map(
    (column) => sql`, cast(${first[column[0]]} as ${sql.raw(textTypeOf(column))}) as ${sql.ref(column[0])}`,
  );
  return sql`(select *${sql.join(once, sql``)} from json_to_recordset(${text}) as own(${sql.raw(definition)})) as r`;
}

/** Bytes travel as base64. */
function textTypeOf([, type]: RecordColumn): string {
  return type === "bytea" ? "text" : type;
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
