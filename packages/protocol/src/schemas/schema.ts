/**
 * The language of the schema tables: one table per API says which fields its request and response have in which version.
 * `tools/generate-protocol.ts` turns the tables into src/generated; nothing reads them at run time.
 *
 * A field is carried from `since` to `until` (both default to the ends of the API's own range). A field with a `tag` is carried as a
 * tagged field. The default of a field is what decoding gives in a version that does not carry it, and what encoding writes when it
 * is left out; without one it is 0, false, "", the zero UUID, an empty list or empty bytes.
 */

/** Types that hold no other type. `records` is `bytes` that are sent without a copy. */
export type Primitive =
  | "boolean"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint16"
  | "float64"
  | "string"
  | "uuid"
  | "bytes"
  | "records";

/** What a field may say beside its name and type. */
export interface FieldOptions {
  /** First version that carries it. */
  readonly since?: number;
  /** Last version that carries it. */
  readonly until?: number;
  /** True: null is allowed in every version that carries it. */
  readonly nullable?: boolean;
  /** First version in which null is allowed. */
  readonly nullableSince?: number;
  readonly tag?: number;
  readonly default?: string | number | boolean | null;
}

/** A named structure. */
export interface StructSchema {
  readonly name: string;
  readonly fields: readonly FieldSchema[];
}

/** One field of a structure. */
export interface FieldSchema {
  readonly name: string;
  readonly type: Primitive | StructSchema;
  readonly isList: boolean;
  readonly options: FieldOptions;
}

/** One API: both messages, all versions. */
export interface ApiSchema {
  readonly key: number;
  readonly name: string;
  /** First and last version that the tables describe. */
  readonly versions: readonly [number, number];
  /** What Apache Kafka 4.3 advertises, when that differs from `versions`. */
  readonly advertised?: readonly [number, number];
  /** First version with compact types and tagged fields; undefined when there is none. */
  readonly flexibleSince?: number;
  readonly request: readonly FieldSchema[];
  readonly response: readonly FieldSchema[];
}

/** A field of a primitive type, or with `[]` a list of them. */
export function field(name: string, type: Primitive | `${Primitive}[]`, options: FieldOptions = {}): FieldSchema {
  const isList = type.endsWith("[]");
  return { name, type: (isList ? type.slice(0, -2) : type) as Primitive, isList, options };
}

/** A structure to be used by `one` and `list`. */
export function struct(name: string, fields: readonly FieldSchema[]): StructSchema {
  return { name, fields };
}

/** A field that holds one structure. */
export function one(name: string, type: StructSchema, options: FieldOptions = {}): FieldSchema {
  return { name, type, isList: false, options };
}

/** A field that holds a list of structures. */
export function list(name: string, type: StructSchema, options: FieldOptions = {}): FieldSchema {
  return { name, type, isList: true, options };
}
