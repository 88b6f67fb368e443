/** Making folders so that it always comes back. */
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it (mode 0700), asking for each once on the way up and once on the way down. No wrong if it is there.
 *
 * Not `mkdir` with `recursive`: where a folder that is there answers "no such file" to whatever is made in it, as `/proc` does, Node
 * goes up and down for ever, and on a thread that no signal but SIGKILL ends.
 * @throws the system's error of the folder that cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (cause) {
    if (systemCodeOf(cause) !== "ENOENT" || dirname(path) === path) throw cause;
    await makeFolder(dirname(path));
    await makeOne(path);
  }
}

/** Makes a folder in one that is there. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (cause) {
    const isThere = systemCodeOf(cause) === "EEXIST" && (await stat(path)).isDirectory();
    if (!isThere) throw cause;
  }
}

/** The code of a system error such as `ENOENT`; `unknown` when it has none. */
export function systemCodeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
}
