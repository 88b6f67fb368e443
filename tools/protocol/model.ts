/**
 * The schema tables made ready for printing: every structure has a name that is unique in the door, every field its own range of
 * versions, its default as source text and the smallest number of bytes it can take.
 */
import type { ApiSchema, FieldSchema, Primitive, StructSchema } from "../../packages/protocol/src/schemas/schema.ts";

/** Which of an API's two messages. */
export type MessageKind = "request" | "response";

/** A structure of one message. */
export interface Struct {
  readonly typeName: string;
  /** Versions in which it can occur. */
  readonly since: number;
  readonly until: number;
  readonly fields: readonly Field[];
  readonly kind: MessageKind;
  readonly flexibleSince: number | undefined;
  /** True when it is the message itself. */
  readonly isRoot: boolean;
}

/** A field of a structure. */
export interface Field {
  readonly name: string;
  readonly type: Primitive | Struct;
  readonly isList: boolean;
  readonly since: number;
  readonly until: number;
  /** First version in which null is allowed; undefined when never. */
  readonly nullableSince: number | undefined;
  readonly tag: number | undefined;
  /** Source text of the default; undefined for structures that are not null by default. */
  readonly default: string | undefined;
  /** May be left out when a response is encoded. */
  readonly isOptional: boolean;
}

/** One API with its resolved messages. */
export interface Api {
  readonly schema: ApiSchema;
  readonly request: Struct;
  readonly response: Struct;
}

const ZERO_UUID = "AAAAAAAAAAAAAAAAAAAAAA";
const IMPLICIT_DEFAULTS: Readonly<Record<Primitive, string>> = {
  boolean: "false",
  int8: "0",
  int16: "0",
  int32: "0",
  int64: "0",
  uint16: "0",
  float64: "0",
  string: '""',
  uuid: `"${ZERO_UUID}"`,
  bytes: "new Uint8Array(0)",
  records: "new Uint8Array(0)",
};
const BYTES_MIN: Readonly<Record<Primitive, number>> = {
  boolean: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint16: 2,
  float64: 8,
  string: 1,
  uuid: 16,
  bytes: 1,
  records: 1,
};
/** Names that the printed functions use for themselves. */
const NAMES_TAKEN = new Set([
  "reader",
  "writer",
  "version",
  "message",
  "flexible",
  "left",
  "element",
  "tag",
  "unknownTags",
]);

/** Resolves all tables together, since names must be unique among them. */
export function resolveApis(schemas: readonly ApiSchema[]): Api[] {
  const nameOf = structNames(schemas);
  return schemas.map((schema) => ({
    schema,
    request: resolveMessage(schema, "request", nameOf),
    response: resolveMessage(schema, "response", nameOf),
  }));
}

/** The structures of a message, each once, inner ones after the ones that hold them. */
export function structsOf(root: Struct): Struct[] {
  const found = new Map<string, Struct>();
  const visit = (struct: Struct): void => {
    if (found.has(struct.typeName)) return;
    found.set(struct.typeName, struct);
    for (const field of struct.fields) if (typeof field.type !== "string") visit(field.type);
  };
  visit(root);
  return [...found.values()];
}

/** The fewest bytes a structure can take in any version. */
export function bytesMinOf(struct: Struct): number {
  let size = struct.flexibleSince !== undefined && struct.flexibleSince <= struct.since ? 1 : 0;
  for (const field of struct.fields) {
    if (field.tag !== undefined || field.since > struct.since || field.until < struct.until) continue;
    if (field.isList || field.nullableSince !== undefined) size += 1;
    else size += typeof field.type === "string" ? BYTES_MIN[field.type] : bytesMinOf(field.type);
  }
  return size;
}

type NameOf = (schema: ApiSchema, kind: MessageKind, struct: StructSchema) => string;

/** Kafka's name, with the API's before it where two APIs share it, and the message's where its two messages do. */
function structNames(schemas: readonly ApiSchema[]): NameOf {
  const users = new Map<string, Set<string>>();
  const shapes = new Map<string, Set<string>>();
  const note = (map: Map<string, Set<string>>, key: string, value: string): void => {
    map.set(key, (map.get(key) ?? new Set()).add(value));
  };
  for (const schema of schemas) {
    for (const kind of ["request", "response"] as const) {
      for (const struct of innerStructs(schema[kind])) {
        note(users, struct.name, schema.name);
        note(shapes, `${schema.name}.${struct.name}`, kind);
      }
    }
  }
  return (schema, kind, struct) => {
    const isShared = (users.get(struct.name)?.size ?? 0) > 1;
    const isInBoth = (shapes.get(`${schema.name}.${struct.name}`)?.size ?? 0) > 1;
    if (isInBoth) return `${schema.name}${kind === "request" ? "Request" : "Response"}${struct.name}`;
    return isShared ? `${schema.name}${struct.name}` : struct.name;
  };
}

function innerStructs(fields: readonly FieldSchema[]): StructSchema[] {
  return fields.flatMap(({ type }) => (typeof type === "string" ? [] : [type, ...innerStructs(type.fields)]));
}

function resolveMessage(schema: ApiSchema, kind: MessageKind, nameOf: NameOf): Struct {
  const known = new Map<StructSchema, Struct>();
  const inner = innerStructs(schema[kind]);
  const isUsedTwice = (type: FieldSchema["type"]): boolean => inner.filter((struct) => struct === type).length > 1;
  const resolve = (struct: StructSchema, since: number, until: number, isRoot: boolean): Struct => {
    const before = known.get(struct);
    if (before !== undefined) return before;
    const typeName = isRoot ? struct.name : nameOf(schema, kind, struct);
    const fields = struct.fields.map((field) => resolveField(field, since, until));
    const { flexibleSince } = schema;
    const resolved = { typeName, since, until, fields, kind, flexibleSince, isRoot };
    known.set(struct, resolved);
    return resolved;
  };
  const resolveField = (field: FieldSchema, structSince: number, structUntil: number): Field => {
    const { options } = field;
    const since = Math.max(options.since ?? structSince, structSince);
    const until = Math.min(options.until ?? structUntil, structUntil);
    if (NAMES_TAKEN.has(field.name)) throw new Error(`${schema.name}: field ${field.name} has a name that is taken`);
    const [first, last] = isUsedTwice(field.type) ? schema.versions : [since, until];
    const type = typeof field.type === "string" ? field.type : resolve(field.type, first, last, false);
    const carriedAlways = since === structSince && until === structUntil;
    return {
      name: field.name,
      type,
      isList: field.isList,
      since,
      until,
      nullableSince: options.nullable === true ? since : options.nullableSince,
      tag: options.tag,
      default: defaultOf(field),
      isOptional:
        !carriedAlways || options.default !== undefined || options.tag !== undefined || field.name === "throttleTimeMs",
    };
  };
  const [since, until] = schema.versions;
  const name = `${schema.name}${kind === "request" ? "Request" : "Response"}`;
  return resolve({ name, fields: schema[kind] }, since, until, true);
}

function defaultOf(field: FieldSchema): string | undefined {
  const given = field.options.default;
  if (given === null) return "null";
  if (field.isList) return "[]";
  if (typeof field.type !== "string") return undefined;
  if (given === 2 ** 63) return "2 ** 63";
  return given === undefined ? IMPLICIT_DEFAULTS[field.type] : JSON.stringify(given);
}

/** The condition under which a field is carried; "" when always. */
export function carriedIf(field: Field, struct: Struct): string {
  const parts = [
    field.since > struct.since ? `version >= ${field.since}` : "",
    field.until < struct.until ? `version <= ${field.until}` : "",
  ];
  return parts.filter((part) => part !== "").join(" && ");
}

/** How a function for this structure says whether the version is flexible: a literal or the name of a local. */
export function flexibleOf(struct: Struct): "true" | "false" | "flexible" {
  if (struct.flexibleSince === undefined || struct.flexibleSince > struct.until) return "false";
  return struct.flexibleSince <= struct.since ? "true" : "flexible";
}

/** Whether a function for this structure looks at the version. */
export function needsVersion(struct: Struct): boolean {
  return (
    flexibleOf(struct) === "flexible" ||
    struct.fields.some(
      (field) =>
        carriedIf(field, struct) !== "" ||
        (field.nullableSince ?? field.since) > field.since ||
        (typeof field.type !== "string" && needsVersion(field.type)),
    )
  );
}
