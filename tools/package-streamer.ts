/**
 * Makes the npm package `@kaelix/streamer` in a folder: the broker and its storage for programs and tests of others, as plain ES modules with types.
 *
 * It is what the repository runs: the sources of the three rooms it consists of, stripped, in the places they have here. Only the one door is
 * exported. Declarations are the compiler's.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { type Doors, doorsOf, foreignDependencies, readRooms, rewired, ROOT, writeRoom } from "./package-modules.ts";

const DOOR = "packages/streamer/src/index";
const FOLDERS = new Set(["packages/base", "packages/protocol", "packages/streamer"]);

/** Writes the package into a folder. */
export function packageStreamer(target: string): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const rooms = readRooms().filter(({ folder }) => FOLDERS.has(folder));
  const doors = doorsOf(rooms);
  for (const room of rooms) writeRoom(room, doors, target);
  writeDeclarations(target, doors);
  cpSync(join(ROOT, "LICENSE"), join(target, "LICENSE"));
  writeFileSync(join(target, "README.md"), readme());
  const streamer = rooms.find(({ manifest }) => manifest.name === "@kaelix/streamer");
  const manifest = {
    name: "@kaelix/streamer",
    version: streamer?.manifest.version,
    description: "A Kafka broker in one process, for tests and for one machine",
    license: "Apache-2.0",
    type: "module",
    engines: { node: ">=24" },
    exports: { ".": { types: `./${DOOR}.d.ts`, default: `./${DOOR}.js` } },
    dependencies: foreignDependencies(rooms),
    // Its types speak of Node's sockets.
    peerDependencies: { "@types/node": ">=24" },
    peerDependenciesMeta: { "@types/node": { optional: true } },
  };
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Of the guide what somebody has who has the package alone. */
function readme(): string {
  const guide = readFileSync(join(ROOT, "docs/guide/use-as-a-test-kafka.md"), "utf8");
  const [title = "", text = ""] = guide.split("\n\n");
  const example = /```ts\n.*?\n```\n.*?(?=\n## )/s.exec(guide)?.[0] ?? "";
  const served = /## What is served\n\n(.*?)\n\n/s.exec(guide)?.[1]?.replace(/ What is missing.*/, "") ?? "";
  return `${[title, text, example.trimEnd(), served].join("\n\n")}\n`;
}

function writeDeclarations(target: string, doors: Doors): void {
  // Inside of the repository, where the compiler finds what the sources import.
  const work = mkdtempSync(join(ROOT, ".streamer-types-"));
  try {
    const config = {
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: ROOT, outDir: work },
      // Every source by name: what the compiler meets by way of node_modules first it takes for a library, and declares nothing of.
      include: [...FOLDERS].map((folder) => join(ROOT, folder, "src/**/*.ts")),
      exclude: [join(ROOT, "packages/*/src/**/*.test.ts"), join(ROOT, "packages/*/src/**/testing/**")],
    };
    writeFileSync(join(work, "tsconfig.json"), JSON.stringify(config));
    execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", join(work, "tsconfig.json")], { stdio: "inherit" });
    for (const path of globSync("packages/**/*.d.ts", { cwd: work })) {
      if (path.includes("/testing/")) continue;
      mkdirSync(dirname(join(target, path)), { recursive: true });
      writeFileSync(join(target, path), rewired(readFileSync(join(work, path), "utf8"), path, doors));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
