/**
 * `npm run package`: makes the npm package `kaelix` in `dist/package`: plain JavaScript that needs only Node 24.
 *
 * Beside it, in `dist/client`, the package `@kaelix/client` for programs of others.
 *
 * Every room becomes a folder of stripped sources; imports of rooms become relative. The web app and the prepared database go along.
 * Tests, benches and tools stay behind.
 */
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, relative } from "node:path";

import { packageClient } from "./package-client.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, "..");
const target = join(root, "dist/package");
/** The web app is built, its sources and their libraries stay behind; the client is for programs of others. */
const ROOMS_LEFT_OUT = new Set(["apps/web", "packages/client"]);

const manifest = readManifest(".");
const rooms = (manifest.workspaces ?? []).map((folder) => ({ folder, manifest: readManifest(folder) }));
const folderOf = new Map(rooms.map((room) => [room.manifest.name, room.folder]));
/** Every door of every room as it is imported, with its source. */
const doors = new Map(
  rooms.flatMap(({ folder, manifest: { exports = {}, name } }) =>
    Object.entries(exports).map(([door, source]) => [join(name, door), join(folder, source)]),
  ),
);

rmSync(target, { recursive: true, force: true });
const dependencies: Record<string, string> = {};
for (const room of rooms) {
  if (ROOMS_LEFT_OUT.has(room.folder)) continue;
  for (const [name, version] of Object.entries(room.manifest.dependencies ?? {})) {
    if (!folderOf.has(name)) dependencies[name] = version;
  }
  for (const path of globSync("src/**/*.ts", { cwd: join(root, room.folder) })) {
    if (/\.(test|fuzz|bench)\.ts$/.test(path) || path.includes("/testing/") || path.endsWith("conformance.ts"))
      continue;
    write(join(room.folder, path));
  }
}
copy("apps/web/dist");
copy("packages/views/.prepared");
copy("LICENSE");
writeFileSync(join(target, "README.md"), readme());
writeFileSync(
  join(target, "package.json"),
  `${JSON.stringify(
    {
      name: "kaelix",
      version: manifest.version,
      description: manifest.description,
      license: "Apache-2.0",
      type: "module",
      engines: { node: ">=24" },
      bin: { kaelix: "apps/cli/src/kaelix.js" },
      dependencies: Object.fromEntries(
        Object.entries(dependencies).toSorted(([left], [right]) => (left < right ? -1 : 1)),
      ),
    },
    null,
    2,
  )}\n`,
);
console.log(`Made ${relative(root, target)}: npm publish ./dist/package`);
packageClient(join(root, "dist/client"));
console.log("Made dist/client: npm publish ./dist/client");

/** Writes one source as JavaScript, with imports of rooms made relative. */
function write(path: string): void {
  const source = readFileSync(join(root, path), "utf8");
  const [firstLine = ""] = source.split("\n", 1);
  const head = firstLine.startsWith("#!") ? `${firstLine}\n` : "";
  const stripped = stripTypeScriptTypes(source.slice(head.length), { mode: "strip" });
  const code = stripped
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
  const out = join(target, path.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, head + code.replaceAll(/^[ \t]+$/gm, ""), { mode: head === "" ? 0o644 : 0o755 });
}

/** The repository's README speaks to somebody who has the repository: of it the package keeps what it is. */
function readme(): string {
  const [title = "", text = ""] = readFileSync(join(root, "README.md"), "utf8").split("\n\n");
  const start = ["```sh", "npm install --global kaelix", "kaelix serve", "```"].join("\n");
  const then = "It prints one URL with a claim code: open it and sign up. `kaelix --help` names the other commands.";
  return `${[title, text, "It needs Node 24 or newer, no keys, no cloud and no database to set up.", start, then].join("\n\n")}\n`;
}

function copy(path: string): void {
  if (!existsSync(join(root, path))) throw new Error(`${path} is missing: run npm ci first, which makes it`);
  cpSync(join(root, path), join(target, path), { recursive: true });
}

function readManifest(folder: string): Manifest {
  // Written by us, read by us.
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;
}
