/**
 * `node tools/generate-protocol.ts`: writes packages/protocol/src/generated from packages/protocol/src/schemas. With `--check` it only
 * says whether the files are fresh.
 *
 *     schemas/produce.ts ─► generated/produce.ts   types, decode and encode of both messages
 *     all tables         ─► generated/apis.ts      keys, versions, first flexible version
 *                        └► generated/index.ts     the door @kaelix/protocol/messages
 *
 * What is printed is straight-line code: the tables are not needed at run time.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { SCHEMAS } from "../packages/protocol/src/schemas/tables.ts";
import { type Api, resolveApis, type Struct, structsOf } from "./protocol/model.ts";
import { printDecoders } from "./protocol/print-decode.ts";
import { printEncoders } from "./protocol/print-encode.ts";
import { printTypes } from "./protocol/print-types.ts";

/** Where the generated files stand. */
const FOLDER = join(import.meta.dirname, "../packages/protocol/src/generated");
const FILE_LINES_MAX = 500;
const LINE_WIDTH = 118;
const BANNER = "// Written by tools/generate-protocol.ts from src/schemas; do not edit.\n";

/** Names of generated files that are missing, differ from what the tables give, or are left over. */
export function staleProtocolFiles(): string[] {
  const wanted = generateProtocol();
  const names = new Set([...wanted.keys(), ...readdirSync(FOLDER)]);
  return [...names].filter((name) => {
    const text = wanted.get(name);
    return (
      text === undefined || !readdirSync(FOLDER).includes(name) || readFileSync(join(FOLDER, name), "utf8") !== text
    );
  });
}

/** The text of every generated file, by name. */
function generateProtocol(): Map<string, string> {
  const apis = resolveApis(SCHEMAS);
  const files = new Map<string, string>();
  const door: string[] = [];
  for (const api of apis) {
    const name = kebab(api.schema.name);
    const whole = printFile([printMessage(api, api.request), printMessage(api, api.response)]);
    if (whole.split("\n").length <= FILE_LINES_MAX) {
      files.set(`${name}.ts`, whole);
      door.push(printExport([...namesOf(api.request), ...namesOf(api.response)], `./${name}.ts`));
      continue;
    }
    for (const root of [api.request, api.response]) {
      files.set(`${name}-${root.kind}.ts`, printFile([printMessage(api, root)]));
      door.push(printExport(namesOf(root), `./${name}-${root.kind}.ts`));
    }
  }
  files.set("apis.ts", printApis(apis));
  files.set("index.ts", `${BANNER}${door.join("")}`);
  return files;
}

function printMessage(api: Api, root: Struct): string {
  return [printTypes(api, root), printDecoders(root), printEncoders(root)].join("\n");
}

function printFile(parts: readonly string[]): string {
  const text = parts.join("\n");
  const types = ["Complete", "Loose", "RecordBytes", "UnknownTag"].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(text),
  );
  const imports = [
    `import type { ${types.join(", ")} } from "../wire/message.ts";`,
    `import type { WireReader } from "../wire/reader.ts";`,
    `import type { WireWriter } from "../wire/writer.ts";`,
  ];
  return `${BANNER}${imports.join("\n")}\n\n${text}`;
}

/** Every name of a message that the door lists. */
function namesOf(root: Struct): string[] {
  const types = structsOf(root).map((struct) => `type ${struct.typeName}`);
  return [`decode${root.typeName}`, `encode${root.typeName}`, ...types];
}

function printExport(names: readonly string[], from: string): string {
  const rows: string[] = [];
  for (const name of names) {
    const row = rows.at(-1);
    if (row === undefined || row.length + name.length + 2 > LINE_WIDTH) rows.push(`  ${name},`);
    else rows[rows.length - 1] = `${row} ${name},`;
  }
  return `export {\n${rows.join("\n")}\n} from "${from}";\n`;
}

function printApis(apis: readonly Api[]): string {
  const rows = apis.map(({ schema }) => {
    const [versionMin, versionMax] = schema.advertised ?? schema.versions;
    const values = [
      `key: ${schema.key}`,
      `name: "${schema.name}"`,
      `versionMin: ${versionMin}`,
      `versionMax: ${versionMax}`,
      `decodableMin: ${schema.versions[0]}`,
      `flexibleSince: ${schema.flexibleSince ?? "Infinity"}`,
    ];
    return `  ${schema.name}: { ${values.join(", ")} },\n`;
  });
  const doc =
    "/**\n * Every API of the protocol that has codecs, by Kafka's name. `versionMin` and `versionMax` are what Apache Kafka 4.3\n" +
    " * advertises; versions below `decodableMin` are advertised for old clients but have no codec.\n */\n";
  return `${BANNER}${doc}export const APIS = {\n${rows.join("")}} as const;\n`;
}

function kebab(name: string): string {
  return name.replaceAll(/(?<!^)([A-Z])/g, "-$1").toLowerCase();
}

function main(): void {
  if (process.argv.includes("--check")) {
    const stale = staleProtocolFiles();
    console.log(stale.length === 0 ? "The generated files are fresh" : `Not fresh: ${stale.join(", ")}`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  mkdirSync(FOLDER, { recursive: true });
  const files = generateProtocol();
  for (const name of readdirSync(FOLDER)) if (!files.has(name)) rmSync(join(FOLDER, name));
  for (const [name, text] of files) writeFileSync(join(FOLDER, name), text);
  console.log(`${files.size} files written`);
}

if (import.meta.main) main();
