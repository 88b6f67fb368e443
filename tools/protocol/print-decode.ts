/** Prints the functions that decode a message: one per structure, straight-line. */
import { bytesMinOf, carriedIf, type Field, flexibleOf, needsVersion, type Struct, structsOf } from "./model.ts";

/** The decoders of a message, the message's own first; only that one is exported. */
export function printDecoders(root: Struct): string {
  const structs = structsOf(root);
  const defaults = structs.flatMap((struct) => struct.fields.flatMap((field) => printStructDefault(field, struct)));
  return [...new Set(defaults), ...structs.map(printDecoder)].join("\n");
}

/** The type that a decoder gives. */
function decodedType(struct: Struct): string {
  return struct.kind === "response" ? `Complete<${struct.typeName}>` : struct.typeName;
}

function printDecoder(struct: Struct): string {
  const lines: string[] = [];
  const flexible = flexibleOf(struct);
  const body = struct.fields.filter((field) => field.tag === undefined).flatMap((field) => printField(field, struct));
  const tags = printTags(struct);
  if (flexible === "flexible") lines.push(`const flexible = version >= ${struct.flexibleSince};`);
  lines.push(...body, ...tags);
  const names = struct.fields.map((field) => field.name);
  if (struct.flexibleSince !== undefined) names.push("unknownTags");
  lines.push(
    names.length > 8
      ? `return {\n${names.map((name) => `    ${name},`).join("\n")}\n  };`
      : `return { ${names.join(", ")} };`,
  );
  const text = lines.map((line) => `  ${line}\n`).join("");
  const doc = struct.isRoot
    ? `/**\n * Decodes ${struct.typeName}.\n * @throws \`protocol-frame-invalid\`\n */\nexport `
    : "";
  const reader = /\breader\b/.test(text) ? "reader" : "_reader";
  return `${doc}function decode${struct.typeName}(${reader}: WireReader${versionParameter(struct)}): ${decodedType(struct)} {\n${text}}\n`;
}

/** The version parameter of a function for this structure, comma included; the exported ones always have it. */
export function versionParameter(struct: Struct): string {
  if (needsVersion(struct)) return ", version: number";
  return struct.isRoot ? ", _version: number" : "";
}

function decodeCall(struct: Struct): string {
  return `decode${struct.typeName}(reader${needsVersion(struct) ? ", version" : ""})`;
}

function printField(field: Field, struct: Struct): string[] {
  const condition = carriedIf(field, struct);
  if (field.isList && typeof field.type !== "string") return printList(field, field.type, struct, condition);
  const value = readValue(field, struct);
  if (condition === "") return [`const ${field.name} = ${value};`];
  return [
    `const ${field.name} = ${condition} ? ${value.includes("?") ? `(${value})` : value} : ${defaultText(field)};`,
  ];
}

function defaultText(field: Field): string {
  if (field.default !== undefined) return field.default;
  if (typeof field.type === "string") throw new Error(`${field.name} has no default`);
  return structDefaultName(field.type);
}

/** The expression that reads a field which is not a list of structures. */
function readValue(field: Field, struct: Struct): string {
  const { type, nullableSince } = field;
  const flexible = flexibleOf(struct);
  if (typeof type !== "string") {
    const call = decodeCall(type);
    return nullableSince === undefined ? call : `reader.isPresent() ? ${call} : null`;
  }
  const base = type === "records" ? "bytes" : type;
  const capital = `${base.slice(0, 1).toUpperCase()}${base.slice(1)}`;
  const plural = field.isList ? "s" : "";
  const hasLength = field.isList || base === "string" || base === "bytes";
  const plain = `reader.${base}${plural}(${hasLength ? flexible : ""})`;
  if (nullableSince === undefined) return plain;
  const nullable = `reader.nullable${capital}${plural}(${flexible})`;
  return nullableSince > field.since ? `version >= ${nullableSince} ? ${nullable} : ${plain}` : nullable;
}

function printList(field: Field, element: Struct, struct: Struct, condition: string): string[] {
  const { name, nullableSince } = field;
  const lengthArguments = `(${flexibleOf(struct)}, ${bytesMinOf(element)})`;
  const type = `${decodedType(element)}[]`;
  const isNullable = nullableSince !== undefined;
  const indent = condition === "" ? "" : "  ";
  const lines: string[] = [];
  if (!isNullable) {
    lines.push(`const ${name}: ${type} = [];`);
    if (condition !== "") lines.push(`if (${condition}) {`);
    lines.push(`${indent}for (let left = reader.arrayLength${lengthArguments}; left > 0; left -= 1) {`);
    lines.push(`${indent}  ${name}.push(${decodeCall(element)});`, `${indent}}`);
  } else {
    const nullable = `reader.nullableArrayLength${lengthArguments}`;
    const length =
      nullableSince > field.since
        ? `version >= ${nullableSince} ? ${nullable} : reader.arrayLength${lengthArguments}`
        : nullable;
    const counter = `${name}Left`;
    if (condition === "") {
      lines.push(`let ${counter} = ${length};`, `const ${name}: ${type} | null = ${counter} < 0 ? null : [];`);
    } else {
      lines.push(`let ${name}: ${type} | null = ${field.default};`, `if (${condition}) {`);
      lines.push(`  let ${counter} = ${length};`, `  ${name} = ${counter} < 0 ? null : [];`);
    }
    lines.push(`${indent}for (; ${counter} > 0; ${counter} -= 1) ${name}?.push(${decodeCall(element)});`);
  }
  if (condition !== "") lines.push("}");
  return lines;
}

function printTags(struct: Struct): string[] {
  if (struct.flexibleSince === undefined) return [];
  const tagged = struct.fields.filter((field) => field.tag !== undefined);
  const flexible = flexibleOf(struct);
  if (flexible === "false") return ["const unknownTags = undefined;"];
  if (tagged.length === 0) {
    return [
      `const unknownTags = ${flexible === "true" ? "" : "flexible ? "}reader.unknownTags()${flexible === "true" ? "" : " : undefined"};`,
    ];
  }
  const lines = tagged.map((field) => `let ${field.name}${taggedType(field, struct)} = ${defaultText(field)};`);
  lines.push("let unknownTags: UnknownTag[] | undefined;");
  const indent = flexible === "true" ? "" : "  ";
  if (flexible === "flexible") lines.push("if (flexible) {");
  lines.push(`${indent}for (let left = reader.tagCount(); left > 0; left -= 1) {`);
  lines.push(`${indent}  const tag = reader.uvarint();`, `${indent}  const tagEnd = reader.tagEnd();`);
  let word = "if";
  for (const field of tagged) {
    const condition = [`tag === ${field.tag}`, taggedCondition(field, struct)]
      .filter((part) => part !== "")
      .join(" && ");
    lines.push(`${indent}  ${word} (${condition}) {`);
    lines.push(...printTagged(field, struct).map((line) => `${indent}    ${line}`));
    lines.push(`${indent}    reader.endTag(tagEnd);`);
    word = "} else if";
  }
  lines.push(`${indent}  } else (unknownTags ??= []).push(reader.unknownTag(tag, tagEnd));`, `${indent}}`);
  if (flexible === "flexible") lines.push("}");
  return lines;
}

/** The condition under which a tag is known, inside a branch for flexible versions. */
export function taggedCondition(field: Field, struct: Struct): string {
  const isFirstFlexible = field.since <= (struct.flexibleSince ?? 0);
  return isFirstFlexible && field.until >= struct.until ? "" : carriedIf(field, struct);
}

function taggedType(field: Field, struct: Struct): string {
  const { type } = field;
  if (typeof type !== "string") return `: ${decodedType(type)}${field.isList ? "[]" : ""}`;
  if (field.nullableSince !== undefined) {
    if (type !== "string" || field.isList)
      throw new Error(`${struct.typeName}.${field.name}: no such tagged field yet`);
    return ": string | null";
  }
  return type === "int64" && field.default?.includes("*") === true ? ": number" : "";
}

function printTagged(field: Field, struct: Struct): string[] {
  if (field.isList && typeof field.type !== "string") {
    const length = `reader.arrayLength(true, ${bytesMinOf(field.type)})`;
    return [
      `${field.name} = [];`,
      `for (let left = ${length}; left > 0; left -= 1) ${field.name}.push(${decodeCall(field.type)});`,
    ];
  }
  return [`${field.name} = ${readValue(field, struct)};`];
}

/** The constant that stands for a structure which is not carried. */
function structDefaultName(struct: Struct): string {
  return `DEFAULT_${struct.typeName.replaceAll(/(?<!^)([A-Z])/g, "_$1").toUpperCase()}`;
}

function printStructDefault(field: Field, struct: Struct): string[] {
  const { type } = field;
  if (field.tag === undefined && carriedIf(field, struct) === "") return [];
  if (typeof type === "string" || field.isList || field.default !== undefined) return [];
  const values = type.fields.map((inner) => `${inner.name}: ${defaultText(inner)}`);
  return [`const ${structDefaultName(type)}: ${decodedType(type)} = { ${values.join(", ")} };\n`];
}
