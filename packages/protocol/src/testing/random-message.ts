/**
 * Random messages out of the schema tables, as decoding must give them: fields that the version does not carry have their default.
 */
import type { seededRandom } from "@kaelix/base";

import type { ApiSchema, FieldSchema, Primitive } from "../schemas/schema.ts";
import type { UnknownTag } from "../wire/message.ts";
import type { MessageKind } from "./codecs.ts";

type Random = ReturnType<typeof seededRandom>;

const ZERO_UUID = "AAAAAAAAAAAAAAAAAAAAAA";
const TEXTS = ["", "a", "orders", "héllo", "漢字😀", "x".repeat(41), "y".repeat(42), "ü".repeat(60), "z".repeat(300)];
const INTEGER_BITS = { int8: 8, int16: 16, int32: 32, int64: 53, uint16: 16 } as const;
const UNKNOWN_TAG_MIN = 100;

/** A message of a version. */
export function randomMessage(schema: ApiSchema, kind: MessageKind, version: number, random: Random): object {
  return randomStruct(schema[kind], { schema, version, isCarried: true, random });
}

interface Place {
  readonly schema: ApiSchema;
  readonly version: number;
  /** False inside a structure that the version does not carry: all its fields have their defaults. */
  readonly isCarried: boolean;
  readonly random: Random;
}

function randomStruct(fields: readonly FieldSchema[], place: Place): object {
  const values = fields.map((field): [string, unknown] => [field.name, valueOf(field, place)]);
  const unknownTags = place.isCarried ? randomTags(place) : undefined;
  return Object.fromEntries([...values, ["unknownTags", unknownTags]]);
}

function isCarried(field: FieldSchema, { schema, version }: Place): boolean {
  const { since = 0, until = Infinity, tag } = field.options;
  const isFlexible = version >= (schema.flexibleSince ?? Infinity);
  return version >= since && version <= until && (tag === undefined || isFlexible);
}

function valueOf(field: FieldSchema, place: Place): unknown {
  const { random, version } = place;
  const { options } = field;
  if (!place.isCarried || !isCarried(field, place)) return defaultOf(field, place);
  const mayBeNull = options.nullable === true || (options.nullableSince ?? Infinity) <= version;
  if (mayBeNull && random.integer(4) === 0) return null;
  if (options.tag !== undefined && random.integer(3) === 0) return defaultOf(field, place);
  const one = (): unknown =>
    typeof field.type === "string" ? randomPrimitive(field.type, random) : randomStruct(field.type.fields, place);
  return field.isList ? Array.from({ length: random.integer(4) }, one) : one();
}

function defaultOf(field: FieldSchema, place: Place): unknown {
  if (field.options.default !== undefined) return field.options.default;
  if (field.isList) return [];
  if (typeof field.type !== "string") return randomStruct(field.type.fields, { ...place, isCarried: false });
  if (field.type === "string") return "";
  if (field.type === "boolean") return false;
  if (field.type === "uuid") return ZERO_UUID;
  return field.type === "bytes" || field.type === "records" ? new Uint8Array(0) : 0;
}

function randomPrimitive(type: Primitive, random: Random): unknown {
  switch (type) {
    case "boolean":
      return random.integer(2) === 1;
    case "string":
      return TEXTS[random.integer(TEXTS.length)];
    case "uuid":
      return random.integer(4) === 0 ? ZERO_UUID : Buffer.from(random.bytes(16)).toString("base64url");
    case "bytes":
    case "records":
      return random.bytes(random.integer(200));
    case "float64":
      return random.fraction() * 1e9 - 5e8;
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "uint16": {
      const size = 2 ** INTEGER_BITS[type];
      const value = Math.floor(random.fraction() * size);
      return type === "uint16" ? value : value - size / 2;
    }
  }
}

function randomTags({ schema, version, random }: Place): UnknownTag[] | undefined {
  if (version < (schema.flexibleSince ?? Infinity) || random.integer(5) > 0) return undefined;
  return Array.from({ length: 1 + random.integer(2) }, (_, index) => ({
    tag: UNKNOWN_TAG_MIN + index,
    bytes: random.bytes(random.integer(200)),
  }));
}
