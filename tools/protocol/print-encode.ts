/** Prints the functions that encode a message: one per structure, straight-line. */
import { carriedIf, type Field, flexibleOf, needsVersion, type Struct, structsOf } from "./model.ts";
import { taggedCondition, versionParameter } from "./print-decode.ts";

/** The encoders of a message, the message's own first; only that one is exported. */
export function printEncoders(root: Struct): string {
  return structsOf(root).map(printEncoder).join("\n");
}

function printEncoder(struct: Struct): string {
  const flexible = flexibleOf(struct);
  const lines: string[] = [];
  if (flexible === "flexible") lines.push(`const flexible = version >= ${struct.flexibleSince};`);
  for (const field of struct.fields) if (field.tag === undefined) lines.push(...printField(field, struct));
  lines.push(...printTags(struct));
  const text = lines.map((line) => `  ${line}\n`).join("");
  const type = struct.kind === "request" ? `Loose<${struct.typeName}>` : struct.typeName;
  const doc = struct.isRoot
    ? `/**\n * Encodes ${struct.typeName}.\n * @throws \`protocol-message-invalid\`\n */\nexport `
    : "";
  const message = /\bmessage\b/.test(text) ? "message" : "_message";
  const writer = /\bwriter\b/.test(text) ? "writer" : "_writer";
  const parameters = `${writer}: WireWriter${versionParameter(struct)}, ${message}: ${type}`;
  return `${doc}function encode${struct.typeName}(${parameters}): void {\n${text}}\n`;
}

/** The value of a field, its default in place when it may be missing. */
function valueOf(field: Field, struct: Struct): string {
  const plain = `message.${field.name}`;
  const mayMiss = struct.kind === "request" || field.isOptional;
  const fallback = field.default ?? "{}";
  if (!mayMiss) return plain;
  if (field.nullableSince === undefined || fallback === "null") return `${plain} ?? ${fallback}`;
  return `${plain} === undefined ? ${fallback} : ${plain}`;
}

function encodeCall(struct: Struct, value: string): string {
  return `encode${struct.typeName}(writer${needsVersion(struct) ? ", version" : ""}, ${value})`;
}

function printField(field: Field, struct: Struct): string[] {
  const condition = carriedIf(field, struct);
  const lines = typeof field.type === "string" ? printPrimitive(field, struct) : printStruct(field, field.type, struct);
  if (condition === "") return lines;
  const [first = ""] = lines;
  if (lines.length === 1 && !first.startsWith("if")) return [`if (${condition}) ${first}`];
  return [`if (${condition}) {`, ...lines.map((line) => `  ${line}`), "}"];
}

function printPrimitive(field: Field, struct: Struct): string[] {
  const value = valueOf(field, struct);
  const plain = writeCall(field, struct, value, false);
  if (field.nullableSince === undefined) return [plain];
  const nullable = writeCall(field, struct, value, true);
  if (field.nullableSince <= field.since) return [nullable];
  return [`if (version >= ${field.nullableSince}) ${nullable}`, `else ${plain}`];
}

function writeCall(field: Field, struct: Struct, value: string, isNullable: boolean): string {
  const base = typeof field.type === "string" ? field.type : field.type.typeName;
  const capital = `${base.slice(0, 1).toUpperCase()}${base.slice(1)}`;
  const plural = field.isList ? "s" : "";
  const hasLength = field.isList || base === "string" || base === "bytes" || base === "records";
  const method = isNullable ? `nullable${capital}${plural}` : `${base}${plural}`;
  return `writer.${method}(${value}${hasLength ? `, ${flexibleOf(struct)}` : ""});`;
}

function printStruct(field: Field, type: Struct, struct: Struct): string[] {
  const { name } = field;
  const value = valueOf(field, struct);
  const isNullable = field.nullableSince !== undefined;
  if (!field.isList) {
    if (!isNullable) return [`${encodeCall(type, value)};`];
    return [
      `const ${name} = ${value};`,
      `writer.present(${name} !== null);`,
      `if (${name} !== null) ${encodeCall(type, name)};`,
    ];
  }
  const loop = `for (const element of ${name}) ${encodeCall(type, "element")};`;
  if (!isNullable) {
    return [`const ${name} = ${value};`, `writer.arrayLength(${name}.length, ${flexibleOf(struct)});`, loop];
  }
  const isAlways = (field.nullableSince ?? 0) <= field.since;
  const nullLength = isAlways ? "-1" : `writer.nullLength(version >= ${field.nullableSince})`;
  const length = `${name} === null ? ${nullLength} : ${name}.length`;
  return [
    `const ${name} = ${value};`,
    `writer.arrayLength(${length}, ${flexibleOf(struct)});`,
    `if (${name} !== null) ${loop}`,
  ];
}

function printTags(struct: Struct): string[] {
  const flexible = flexibleOf(struct);
  if (flexible === "false") return [];
  const tagged = struct.fields.filter((field) => field.tag !== undefined).sort((a, b) => (a.tag ?? 0) - (b.tag ?? 0));
  if (tagged.some((field, index) => field.tag !== index)) throw new Error(`${struct.typeName}: tags have gaps`);
  if (tagged.length === 0)
    return [`${flexible === "true" ? "" : "if (flexible) "}writer.unknownTags(message.unknownTags);`];
  const lines: string[] = [];
  for (const field of tagged) lines.push(...printTaggedTest(field, struct));
  const counts = tagged.map((field) => `(${flagOf(field)} ? 1 : 0)`);
  lines.push(`writer.uvarint(${[...counts, "(message.unknownTags?.length ?? 0)"].join(" + ")});`);
  for (const field of tagged) lines.push(...printTagged(field, struct));
  lines.push("writer.appendTags(message.unknownTags);");
  return flexible === "true" ? lines : ["if (flexible) {", ...lines.map((line) => `  ${line}`), "}"];
}

function flagOf(field: Field): string {
  return `has${field.name.slice(0, 1).toUpperCase()}${field.name.slice(1)}`;
}

/** The value and whether it must be sent: only what differs from its default is. */
function printTaggedTest(field: Field, struct: Struct): string[] {
  const { name, type } = field;
  const tests = [taggedCondition(field, struct)];
  let value = valueOf(field, struct);
  if (field.isList) tests.push(`${name}.length > 0`);
  else if (type === "boolean") tests.push(field.default === "true" ? `!${name}` : name);
  else if (typeof type === "string") tests.push(`${name} !== ${field.default}`);
  else {
    value = `message.${name}`;
    const isStructSet = type.fields
      .map((inner) => `(${name}.${inner.name} ?? ${inner.default}) !== ${inner.default}`)
      .join(" || ");
    tests.push(`${name} !== undefined`, `(${isStructSet})`);
  }
  return [`const ${name} = ${value};`, `const ${flagOf(field)} = ${tests.filter((test) => test !== "").join(" && ")};`];
}

function printTagged(field: Field, struct: Struct): string[] {
  const { name, type } = field;
  const lines = [`const ${name}Tag = writer.beginTag(${field.tag});`];
  if (typeof type === "string") lines.push(writeCall(field, struct, name, false));
  else if (field.isList) {
    lines.push(`writer.arrayLength(${name}.length, true);`);
    lines.push(`for (const element of ${name}) ${encodeCall(type, "element")};`);
  } else lines.push(`${encodeCall(type, name)};`);
  lines.push(`writer.endTag(${name}Tag);`);
  return [`if (${flagOf(field)}) {`, ...lines.map((line) => `  ${line}`), "}"];
}
