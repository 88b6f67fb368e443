/**
 * Makes the npm package `@kaelix/client` in a folder: plain ES modules and their types, with no dependencies.
 *
 * The sources are stripped as they are, with the one door of the contract that they use. Declarations are the compiler's; the shapes of
 * the wire, which the sources take from schemas, are printed from those schemas, so that whoever installs the package needs no zod.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename, dirname, join } from "node:path";

import { routes } from "@kaelix/contract";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "..");
const SOURCES = "packages/client/src";
/** What the door of the contract consists of. */
const CONTRACT = ["calls.ts", "problem.ts", "purpose-header.ts"];

type JsonSchema = Readonly<Record<string, unknown>>;

/** Writes the package into a folder. */
export function packageClient(target: string): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(join(target, "contract"), { recursive: true });
  const own = globSync("*.ts", { cwd: join(ROOT, SOURCES) }).filter((name) => !name.endsWith(".test.ts"));
  for (const name of own) writeModule(join(ROOT, SOURCES, name), join(target, name), "./contract/calls.js");
  for (const name of CONTRACT)
    writeModule(join(ROOT, "packages/contract/src", name), join(target, "contract", name), "");
  writeDeclarations(target, own);
  writeFileSync(join(target, "types.d.ts"), printTypes());
  cpSync(join(ROOT, "LICENSE"), join(target, "LICENSE"));
  cpSync(join(ROOT, "packages/client/README.md"), join(target, "README.md"));
  const { version } = JSON.parse(readFileSync(join(ROOT, "packages/client/package.json"), "utf8")) as {
    version: string;
  };
  const manifest = {
    name: "@kaelix/client",
    version,
    description: "A memory server from browsers, Node and React Native",
    license: "Apache-2.0",
    type: "module",
    sideEffects: false,
    exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
  };
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function writeModule(source: string, out: string, contract: string): void {
  const code = stripTypeScriptTypes(readFileSync(source, "utf8"), { mode: "strip" });
  writeFileSync(out.replace(/\.ts$/, ".js"), rewired(code, contract).replaceAll(/^[ \t]+$/gm, ""));
}

function rewired(code: string, contract: string): string {
  return code.replaceAll('"@kaelix/contract/calls"', `"${contract}"`).replaceAll(/("\.{1,2}\/[^"\n]*)\.ts"/g, '$1.js"');
}

function writeDeclarations(target: string, own: readonly string[]): void {
  const work = mkdtempSync(join(dirname(target), ".client-types-"));
  try {
    const config = {
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        stripInternal: true,
        types: [],
        rootDir: ROOT,
        outDir: work,
      },
      include: [join(ROOT, SOURCES, "index.ts"), join(ROOT, "packages/contract/src/problem.ts")],
    };
    writeFileSync(join(work, "tsconfig.json"), JSON.stringify(config));
    execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", join(work, "tsconfig.json")], { stdio: "inherit" });
    for (const name of own) {
      const made = name.replace(/\.ts$/, ".d.ts");
      // The table of routes is nobody's business; the shapes of the wire are printed.
      if (name === "routes.ts" || name === "types.ts") continue;
      const text = readFileSync(join(work, SOURCES, made), "utf8");
      writeFileSync(join(target, made), rewired(text, "./contract/problem.js"));
    }
    const problem = readFileSync(join(work, "packages/contract/src/problem.d.ts"), "utf8");
    writeFileSync(join(target, "contract/problem.d.ts"), problem);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The shapes of `types.ts` in words of their own. */
function printTypes(): string {
  const output = (name: keyof typeof routes): string => {
    const { success } = routes[name];
    return success.type === "json" ? printType(z.toJSONSchema(success.schema, { io: "output" })) : "undefined";
  };
  const body = (schema: z.ZodType): string => printType(z.toJSONSchema(schema, { io: "input" }));
  const lines = {
    Memory: output("memories.read"),
    MemoryFile: `Memory["files"][number]`,
    AddedMemory: `${output("memories.create")} & { readonly position: string | undefined }`,
    MemoryChange: body(routes["memories.edit"].body),
    MemoryVersion: `(${output("memories.versions")})["data"][number]`,
    Person: `(${output("people.list")})["data"][number]`,
    PersonPage: output("people.read"),
    Day: output("digests.read"),
    SearchResult: output("searches.run"),
    SearchOptions: `Omit<${body(routes["searches.run"].body)}, "query">`,
    Answer: output("answers.ask"),
    AskOptions: `Omit<${body(routes["answers.ask"].body)}, "question">`,
    Import: output("imports.read"),
    ImportAnswers: body(routes["imports.start"].body),
  };
  const printed = Object.entries(lines).map(([name, text]) => `export type ${name} = ${text};`);
  return `/** Shapes of the wire, printed from the schemas that the server checks by. */\n${printed.join("\n")}\n`;
}

/** A JSON Schema as a type of TypeScript. Knows what the contract's schemas come to; anything else stops the build. */
function printType(schema: JsonSchema, definitions = fieldsOf(schema["$defs"])): string {
  const print = (part: unknown): string => printType(fieldsOf(part), definitions);
  const reference = schema["$ref"];
  if (typeof reference === "string") return print(definitions[basename(reference)]);
  if ("const" in schema) return JSON.stringify(schema["const"]);
  const choices = listOf(schema["enum"]);
  if (choices.length > 0) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  const parts = [...listOf(schema["anyOf"]), ...listOf(schema["oneOf"])];
  if (parts.length > 0) return `(${parts.map(print).join(" | ")})`;
  const whole = listOf(schema["allOf"]);
  if (whole.length > 0) return whole.map(print).join(" & ");
  const { type } = schema;
  if (Array.isArray(type)) return `(${type.map((one: unknown) => print({ ...schema, type: one })).join(" | ")})`;
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "number":
    case "integer":
      return "number";
    case "array": {
      const fixed = listOf(schema["prefixItems"]);
      return fixed.length > 0 ? `readonly [${fixed.map(print).join(", ")}]` : `readonly (${print(schema["items"])})[]`;
    }
    case "object":
      return printObject(schema, print);
    case undefined:
      return "unknown";
    default:
      throw new Error(`Cannot print a schema of type ${String(type)}`);
  }
}

function printObject(schema: JsonSchema, print: (part: unknown) => string): string {
  const required = listOf(schema["required"]);
  const properties = Object.entries(fieldsOf(schema["properties"]));
  if (properties.length === 0) return `{ readonly [name: string]: ${print(schema["additionalProperties"])} }`;
  const fields = properties.map(([name, part]) => {
    const isNeeded = required.includes(name);
    return `readonly ${JSON.stringify(name)}${isNeeded ? "" : "?"}: ${print(part)}${isNeeded ? "" : " | undefined"}`;
  });
  return `{ ${fields.join("; ")} }`;
}

function fieldsOf(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
