/** What the npm packages have in common: rooms' sources as plain JavaScript, with imports of rooms made relative. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, relative } from "node:path";

/** The repository. */
export const ROOT = join(import.meta.dirname, "..");

/** A package.json, as far as packages are made from it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, string>>;
}

/** A workspace. */
export interface Room {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Every door of every room as it is imported, with its source. */
export type Doors = ReadonlyMap<string, string>;

/** The manifest of a folder of the repository. */
export function readManifest(folder: string): Manifest {
  // Written by us, read by us.
  return JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;
}

/** Every workspace, in leaning order. */
export function readRooms(): Room[] {
  return (readManifest(".").workspaces ?? []).map((folder) => ({ folder, manifest: readManifest(folder) }));
}

/** The doors of rooms. */
export function doorsOf(rooms: readonly Room[]): Doors {
  return new Map(
    rooms.flatMap(({ folder, manifest: { exports = {}, name } }) =>
      Object.entries(exports).map(([door, source]) => [join(name, door), join(folder, source)]),
    ),
  );
}

/** What a room needs that is no room, with versions, by name. */
export function foreignDependencies(rooms: readonly Room[]): Record<string, string> {
  const found = rooms.flatMap(({ manifest }) => Object.entries(manifest.dependencies ?? {}));
  const foreign = found.filter(([name]) => !name.startsWith("@kaelix/"));
  return Object.fromEntries(foreign.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Writes a room's sources as JavaScript below a folder, in the places they have in the repository. Tests stay behind. */
export function writeRoom({ folder }: Room, doors: Doors, target: string): void {
  for (const name of globSync("src/**/*.ts", { cwd: join(ROOT, folder) })) {
    if (/\.(test|fuzz|bench)\.ts$/.test(name) || name.includes("/testing/") || name.endsWith("conformance.ts"))
      continue;
    const path = join(folder, name);
    const source = readFileSync(join(ROOT, path), "utf8");
    const [firstLine = ""] = source.split("\n", 1);
    const head = firstLine.startsWith("#!") ? `${firstLine}\n` : "";
    const code = rewired(stripTypeScriptTypes(source.slice(head.length), { mode: "strip" }), path, doors);
    const out = join(target, path.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, head + code.replaceAll(/^[ \t]+$/gm, ""), { mode: head === "" ? 0o644 : 0o755 });
  }
}

/** Code or declarations of a source, with imports as they are once everything is JavaScript. @throws when it imports what is no door */
export function rewired(code: string, path: string, doors: Doors): string {
  return code
    .replaceAll(
      /((?:from|import)\s*\(?\s*")(@kaelix\/[a-z/-]+)(")/g,
      (_whole, before: string, name: string, after: string) => {
        const door = doors.get(name);
        if (door === undefined) throw new Error(`${path} imports ${name}, which is no door`);
        const way = relative(dirname(path), door.replace(/\.ts$/, ".js"));
        return `${before}${way.startsWith(".") ? way : `./${way}`}${after}`;
      },
    )
    .replaceAll(/("\.{1,2}\/[^"\n]*)\.ts"/g, '$1.js"');
}
