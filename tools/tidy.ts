/**
 * The house rules as code: what a reviewer would otherwise have to look for by eye. Run as a test (`tidy.test.ts`).
 *
 * Guarantees: the order of `workspaces` is the order of imports; files stay short; what leaves a door has a docstring; nothing
 * exported is dead; a document has one title. It reads text, not types: the formatter keeps the text regular enough.
 */
import { readFileSync } from "node:fs";
import { globSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** One rule broken: where, and what to do. */
interface Breach {
  readonly file: string;
  readonly rule: "import-law" | "size" | "docstring" | "dead-export" | "title" | "purity" | "words";
  readonly text: string;
}

interface Room {
  readonly name: string;
  readonly folder: string;
  readonly order: number;
  readonly dependencies: ReadonlySet<string>;
  /** Its `devDependencies`: for its tests alone. */
  readonly forTests: ReadonlySet<string>;
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly room: Room | undefined;
  readonly isTest: boolean;
}

interface House {
  readonly root: string;
  readonly rooms: readonly Room[];
  readonly sources: readonly SourceFile[];
  readonly developerDependencies: ReadonlySet<string>;
}

const FILE_LINES_MAX = 500;
/** Doors that are an interface to the world outside the repository: their exports need no caller in it. */
const PUBLIC_ROOMS = new Set(["@kaelix/client", "@kaelix/contract", "@kaelix/protocol"]);
/** Doors beside a room's first one. */
const SECOND_DOORS = new Set([
  "@kaelix/contract/answer-stream",
  "@kaelix/contract/calls",
  "@kaelix/contract/digest-titles",
  "@kaelix/contract/import-place",
  "@kaelix/contract/review-cards",
  "@kaelix/contract/client-name",
  "@kaelix/protocol/messages",
  "@kaelix/views/database-thread",
]);
const IMPORT_PATTERN = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)"([^"]+)"/g;
const EXPORT_PATTERN =
  /^export (?:async )?(?:declare )?(?:const|let|function\*?|class|abstract class|interface|type) ([A-Za-z0-9_$]+)/gm;
/** Words that belong to where something was made rather than to the product. */
const WORDS_REFUSED = [/\/work\/main/, /\/work\/shared/, /registry\.npmjs\.org/, /deb\.debian\.org/, /\bissue #\d+/i];

/** Every breach of the house rules below `root`. */
export function tidy(root: string): readonly Breach[] {
  const house = readHouse(root);
  return [
    ...house.sources.flatMap((file) => [
      ...importBreaches(house, file),
      ...sizeBreaches(file),
      ...purityBreaches(file),
      ...wordBreaches(file.path, file.text),
    ]),
    ...house.rooms.flatMap((room) => docstringBreaches(house, room)),
    ...deadExportBreaches(house),
    ...documentBreaches(root),
  ];
}

function readHouse(root: string): House {
  const parse = (path: string): Record<string, unknown> => ({ ...JSON.parse(readFileSync(join(root, path), "utf8")) });
  const manifest = parse("package.json");
  const workspaces = Array.isArray(manifest["workspaces"]) ? manifest["workspaces"].map(String) : [];
  const namesOf = (value: unknown): string[] => (typeof value === "object" && value !== null ? Object.keys(value) : []);
  const rooms = workspaces.map((folder, order): Room => {
    const own = parse(join(folder, "package.json"));
    const dependencies = new Set(namesOf(own["dependencies"]));
    return {
      name: String(own["name"]),
      folder,
      order,
      dependencies,
      forTests: new Set(namesOf(own["devDependencies"])),
    };
  });
  const paths = globSync(
    ["packages/*/{src,training}/**/*.ts", "apps/*/src/**/*.{ts,tsx}", "tools/**/*.ts", "bench/**/*.ts"],
    {
      cwd: root,
    },
  );
  const sources = paths.map((path) => ({
    path,
    text: readFileSync(join(root, path), "utf8"),
    room: rooms.find((room) => path.startsWith(`${room.folder}/`)),
    isTest: /\.(test|fuzz)\.tsx?$/.test(path) || path.includes("/testing/") || path.endsWith("conformance.ts"),
  }));
  return { root, rooms, sources, developerDependencies: new Set(namesOf(manifest["devDependencies"])) };
}

function importsOf(file: SourceFile): string[] {
  const code = file.text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  return [...code.matchAll(IMPORT_PATTERN)].map((match) => match[1] ?? "");
}

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

function importBreaches(house: House, file: SourceFile): Breach[] {
  const room = file.room;
  if (room === undefined) return [];
  const breach = (text: string): Breach => ({ file: file.path, rule: "import-law", text });
  return importsOf(file).flatMap((specifier): Breach[] => {
    if (specifier.startsWith("node:")) return [];
    if (specifier.startsWith(".")) {
      const target = relative(house.root, resolve(house.root, dirname(file.path), specifier));
      if (target.startsWith(`${room.folder}/`) || file.isTest) return [];
      return [breach(`Cannot import ${specifier}: it leaves the room, import the other room's door`)];
    }
    const name = packageOf(specifier);
    const other = house.rooms.find((candidate) => candidate.name === name);
    if (other === undefined) {
      const inTest = file.isTest && (room.forTests.has(name) || house.developerDependencies.has(name));
      const declared = room.dependencies.has(name) || inTest;
      return declared ? [] : [breach(`Cannot import ${name}: ${room.folder}/package.json must declare it`)];
    }
    if (other === room) return [breach(`Cannot import ${name}: a room does not go through its own door`)];
    const isTesting = file.isTest && specifier === `${name}/testing`;
    const isDoor = specifier === name || SECOND_DOORS.has(specifier);
    if (!isDoor && !isTesting) return [breach(`Cannot import ${specifier}: only the door ${name} is open`)];
    if (file.isTest) return [];
    if (other.order > room.order)
      return [breach(`Cannot import ${name}: it is listed below ${room.name} in workspaces`)];
    return room.dependencies.has(name)
      ? []
      : [breach(`Cannot import ${name}: ${room.folder}/package.json must declare it`)];
  });
}

function sizeBreaches(file: SourceFile): Breach[] {
  const lines = file.text.split("\n").length - 1;
  if (lines <= FILE_LINES_MAX) return [];
  return [{ file: file.path, rule: "size", text: `Has ${lines} lines, must have ${FILE_LINES_MAX} at most` }];
}

function purityBreaches(file: SourceFile): Breach[] {
  const isPure = file.path.endsWith("/fold.ts") || file.path.includes("/core/");
  if (!isPure || file.isTest) return [];
  const impure = importsOf(file).filter((specifier) => specifier.startsWith("node:"));
  const clock = /\b(Date\.now|performance\.now|Math\.random)\(/.exec(file.text);
  const found = [...impure, ...(clock === null ? [] : [clock[0]])];
  return found.map((what) => ({
    file: file.path,
    rule: "purity",
    text: `Uses ${what}; pure files take it as an argument`,
  }));
}

function wordBreaches(path: string, text: string): Breach[] {
  if (path.startsWith("tools/tidy")) return [];
  return WORDS_REFUSED.filter((word) => word.test(text)).map((word) => ({
    file: path,
    rule: "words",
    text: `Holds ${word.source}, which says where it was made`,
  }));
}

/** Names that leave a door, with the file that declares each. */
function doorOf(house: House, room: Room): Map<string, SourceFile> {
  const names = new Map<string, SourceFile>();
  const door = house.sources.find((file) => file.path === `${room.folder}/src/index.ts`);
  if (door === undefined) return names;
  for (const match of door.text.matchAll(/export (?:type )?\{([^}]*)\}\s*from\s*"([^"]+)"/g)) {
    const path = join(room.folder, "src", match[2] ?? "");
    const source = house.sources.find((file) => file.path === path);
    if (source === undefined) continue;
    for (const part of (match[1] ?? "").split(",")) {
      const name = part
        .trim()
        .replace(/^type /, "")
        .split(" as ")[0];
      if (name !== undefined && name !== "") names.set(name, source);
    }
  }
  return names;
}

function docstringBreaches(house: House, room: Room): Breach[] {
  return [...doorOf(house, room)].flatMap(([name, source]): Breach[] => {
    const declaration = new RegExp(
      `^export (?:async )?(?:declare )?(?:const|let|function\\*?|class|abstract class|interface|type) ${name.replaceAll("$", "\\$")}\\b`,
      "m",
    ).exec(source.text);
    if (declaration === null) return [];
    const before = source.text.slice(0, declaration.index).trimEnd();
    const isDocumented =
      before.endsWith("*/") && before.lastIndexOf("/**") > before.lastIndexOf("*/", before.length - 3);
    if (isDocumented) return [];
    return [{ file: source.path, rule: "docstring", text: `Export ${name} leaves the door without a docstring` }];
  });
}

/** Where each of the names stands, file by file. */
function filesByName(
  sources: readonly SourceFile[],
  names: Iterable<string>,
): ReadonlyMap<string, ReadonlySet<SourceFile>> {
  const files = new Map([...names].map((name) => [name, new Set<SourceFile>()]));
  for (const file of sources) {
    for (const word of file.text.match(/[A-Za-z0-9_$]+/g) ?? []) files.get(word)?.add(file);
  }
  return files;
}

function deadExportBreaches(house: House): Breach[] {
  const breaches: Breach[] = [];
  const names = house.sources.flatMap(({ text }) => [...text.matchAll(EXPORT_PATTERN)].map((match) => match[1] ?? ""));
  const filesWith = filesByName(house.sources, names);
  for (const file of house.sources) {
    if (file.isTest || file.path.endsWith("/index.ts")) continue;
    const open = file.room !== undefined && PUBLIC_ROOMS.has(file.room.name);
    for (const match of file.text.matchAll(EXPORT_PATTERN)) {
      const name = match[1] ?? "";
      const pattern = new RegExp(`\\b${name.replaceAll("$", "\\$")}\\b`);
      const users = [...(filesWith.get(name) ?? [])].filter((other) => other !== file);
      const usedInside = users.some((user) => !user.path.endsWith("/index.ts"));
      const usedByOwnDoor = users.some((user) => user.path.endsWith("/index.ts"));
      // A type that only appears in signatures of other exports of its file must still be nameable by callers.
      const isTypeOfSignature = /^export (interface|type)/.test(match[0]) && countOf(file.text, pattern) > 1;
      if (usedInside || isTypeOfSignature || (open && usedByOwnDoor)) continue;
      breaches.push({ file: file.path, rule: "dead-export", text: `Export ${name} is used nowhere else` });
    }
  }
  return breaches;
}

function countOf(text: string, pattern: RegExp): number {
  return [...text.matchAll(new RegExp(pattern.source, "g"))].length;
}

function documentBreaches(root: string): Breach[] {
  const documents = globSync(["*.md", "docs/**/*.md", "bench/**/*.md"], { cwd: root });
  return documents.flatMap((path): Breach[] => {
    const text = readFileSync(join(root, path), "utf8");
    const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "");
    const titles = [...prose.matchAll(/^# /gm)].length;
    const breaches = wordBreaches(path, text);
    if (titles !== 1) breaches.push({ file: path, rule: "title", text: `Has ${titles} titles, must have one` });
    return breaches;
  });
}
