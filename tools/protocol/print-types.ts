/** Prints the interfaces of a message. */
import { type Api, carriedIf, type Field, type Struct, structsOf } from "./model.ts";

/** The interfaces of a message, the message itself first. */
export function printTypes(api: Api, root: Struct): string {
  return structsOf(root)
    .map((struct) => printInterface(api, root, struct))
    .join("\n");
}

function printInterface(api: Api, root: Struct, struct: Struct): string {
  const [first, last] = api.schema.versions;
  const what = struct.isRoot
    ? `Body of ${api.schema.name}'s ${struct.kind}, versions ${first} to ${last}.`
    : `Part of ${root.typeName}.`;
  const lines = struct.fields.map((field) => {
    const isOptional = struct.kind === "response" && field.isOptional;
    const type = `${typeOf(field, struct)}${isOptional ? " | undefined" : ""}`;
    return `  readonly ${field.name}${isOptional ? "?" : ""}: ${type};${versionsOf(field, struct)}`;
  });
  if (api.schema.flexibleSince !== undefined) lines.push("  readonly unknownTags?: readonly UnknownTag[] | undefined;");
  return `/** ${what} */\nexport interface ${struct.typeName} {\n${lines.join("\n")}\n}\n`;
}

function versionsOf(field: Field, struct: Struct): string {
  if (carriedIf(field, struct) === "") return "";
  return field.until < struct.until ? ` // ${field.since}–${field.until}` : ` // ${field.since}+`;
}

function typeOf(field: Field, struct: Struct): string {
  const base = elementTypeOf(field, struct);
  const listed = field.isList ? `readonly ${base}[]` : base;
  return field.nullableSince === undefined ? listed : `${listed} | null`;
}

/** The TypeScript type of a field, or of its elements when it is a list. */
function elementTypeOf(field: Field, struct: Struct): string {
  const { type } = field;
  if (typeof type !== "string") return type.typeName;
  if (type === "boolean") return "boolean";
  if (type === "string" || type === "uuid") return "string";
  if (type === "bytes") return "Uint8Array";
  if (type === "records") return struct.kind === "request" ? "Uint8Array" : "RecordBytes";
  return "number";
}
