/**
 * What a change can have an effect on: the changed files and all that import them, however far. Pure.
 *
 * Guarantees: more rather than less. What is not source (a fixture, a table) touches its whole room; what is in no room (a setting of a
 * tool, the list of packages) touches everything; a test that reads the disk is always touched, since nobody sees what it reads.
 */
import { posix } from "node:path";

/** The sources of a checkout: path from its root, with `/` → text. */
export type Sources = ReadonlyMap<string, string>;

const SOURCE = /\.tsx?$/;
const TEST = /\.test\.tsx?$/;
const READS_DISK = /\b(?:readFileSync|readdirSync|globSync)\b/;
const IMPORTED = /\b(?:from|import)\s*\(?\s*"([^"]+)"/g;
const ROOM = /^(?:packages|apps)\/[^/]+\//;
const TOOLS = /^(?:tools|bench|examples|docs)\//;

/**
 * The sources that have to be looked at again.
 * @param changed paths that were added, changed or removed; of any kind
 * @param doors package name → its folder, for imports of rooms
 */
export function touchedBy(
  changed: ReadonlySet<string>,
  sources: Sources,
  doors: ReadonlyMap<string, string>,
): Set<string> {
  const waiting: string[] = [];
  for (const path of changed) {
    if (SOURCE.test(path) && (ROOM.test(path) || TOOLS.test(path))) waiting.push(path);
    else if (ROOM.test(path)) waiting.push(...inRoom(path, sources));
    else if (!TOOLS.test(path) && !path.endsWith(".md")) return new Set(sources.keys());
  }
  const importers = importersOf(sources, doors);
  const reached = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...(importers.get(path) ?? []));
  }
  for (const [path, text] of sources) if (TEST.test(path) && READS_DISK.test(text)) reached.add(path);
  return new Set([...reached].filter((path) => sources.has(path)));
}

function inRoom(path: string, sources: Sources): string[] {
  const room = ROOM.exec(path)?.[0] ?? path;
  return [...sources.keys()].filter((other) => other.startsWith(room));
}

/** Path → the sources that import it. */
function importersOf(sources: Sources, doors: ReadonlyMap<string, string>): Map<string, string[]> {
  const importers = new Map<string, string[]>();
  for (const [path, text] of sources) {
    for (const [, specifier] of text.matchAll(IMPORTED)) {
      const target = specifier === undefined ? undefined : targetOf(specifier, path, doors);
      if (target === undefined) continue;
      const known = importers.get(target);
      if (known === undefined) importers.set(target, [path]);
      else known.push(path);
    }
  }
  return importers;
}

/** The file an import means; undefined for a package of others. */
function targetOf(specifier: string, from: string, doors: ReadonlyMap<string, string>): string | undefined {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier);
  return doors.get(specifier);
}
