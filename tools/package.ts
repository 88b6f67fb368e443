/**
 * `npm run package`: makes the npm package `kaelix` in `dist/package`: plain JavaScript that needs only Node 24.
 *
 * Beside it, for programs of others, `@kaelix/client` in `dist/client` and `@kaelix/streamer` in `dist/streamer`.
 *
 * Every room becomes a folder of stripped sources; imports of rooms become relative. The web app and the prepared database go along.
 * Tests, benches and tools stay behind.
 */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

import { packageClient } from "./package-client.ts";
import { doorsOf, foreignDependencies, readManifest, readRooms, ROOT, writeRoom } from "./package-modules.ts";
import { packageStreamer } from "./package-streamer.ts";

const target = join(ROOT, "dist/package");
/** The web app is built, its sources and their libraries stay behind; the client is for programs of others. */
const ROOMS_LEFT_OUT = new Set(["apps/web", "packages/client"]);

const manifest = readManifest(".");
const allRooms = readRooms();
const rooms = allRooms.filter(({ folder }) => !ROOMS_LEFT_OUT.has(folder));

rmSync(target, { recursive: true, force: true });
for (const room of rooms) writeRoom(room, doorsOf(allRooms), target);
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
      dependencies: foreignDependencies(rooms),
    },
    null,
    2,
  )}\n`,
);
console.log(`Made ${relative(ROOT, target)}: npm publish ./dist/package`);
packageClient(join(ROOT, "dist/client"));
console.log("Made dist/client: npm publish ./dist/client");
packageStreamer(join(ROOT, "dist/streamer"));
console.log("Made dist/streamer: npm publish ./dist/streamer");

/** The repository's README speaks to somebody who has the repository: of it the package keeps what it is. */
function readme(): string {
  const [title = "", text = ""] = readFileSync(join(ROOT, "README.md"), "utf8").split("\n\n");
  const start = ["```sh", "npm install --global kaelix", "kaelix serve", "```"].join("\n");
  const then = "It prints one URL with a claim code: open it and sign up. `kaelix --help` names the other commands.";
  return `${[title, text, "It needs Node 24 or newer, no keys, no cloud and no database to set up.", start, then].join("\n\n")}\n`;
}

function copy(path: string): void {
  if (!existsSync(join(ROOT, path))) throw new Error(`${path} is missing: run npm ci first, which makes it`);
  cpSync(join(ROOT, path), join(target, path), { recursive: true });
}
