/**
 * How commands on the same machine find the server that runs on a data directory. No domain words, no heavy imports: the command line
 * reads this before it knows whether it needs anything else.
 */
import { readFile, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

import { writeFileDurably } from "./durable-file.ts";
import { makeFolder } from "./folders.ts";

/** How to reach a running server with the rights of whoever can read its data directory. */
export interface RunningServer {
  readonly url: string;
  readonly operatorToken: string;
  readonly pid: number;
  /** The authority that vouches for it when it speaks TLS under one of its own, PEM. */
  readonly authority?: string;
}

const ANSWER_MS_MAX = 5_000;

/** The data directory in force: the one named, else `KAELIX_DATA`, else `~/.kaelix`. Absolute. */
export function dataDirectoryOf(named: string | undefined): string {
  const variable = process.env["KAELIX_DATA"];
  const fallback = variable === undefined || variable === "" ? join(homedir(), ".kaelix") : variable;
  return resolve(named ?? fallback);
}

/** The file in a data directory where the running server says how to reach it; mode 0600. */
export function runFileOf(dataDirectory: string): string {
  return join(dataDirectory, "run", "server.json");
}

/** Says where the server listens, as a whole: who reads meanwhile sees what stood there before. */
export async function writeRunFile(path: string, running: RunningServer): Promise<void> {
  await makeFolder(dirname(path));
  await writeFileDurably(path, JSON.stringify(running));
}

/** Takes the saying back. */
export async function removeRunFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** The server that runs on a data directory now, when it answers. */
export async function findRunningServer(dataDirectory: string | undefined): Promise<RunningServer | undefined> {
  const running = await readRunFile(runFileOf(dataDirectoryOf(dataDirectory)));
  if (running === undefined || !isAlive(running.pid)) return undefined;
  if (running.authority !== undefined) trust(running.authority);
  try {
    const response = await fetch(`${running.url}/health`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return response.ok ? running : undefined;
  } catch {
    return undefined;
  }
}

async function readRunFile(path: string): Promise<RunningServer | undefined> {
  try {
    const { mode } = await stat(path);
    // A file that others can write could send our token to them.
    if ((mode & 0o077) !== 0 && process.platform !== "win32") return undefined;
    const parsed: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const { authority, url, operatorToken, pid } = { authority: 0, url: 0, operatorToken: 0, pid: "", ...parsed };
    const isWhole = typeof url === "string" && typeof operatorToken === "string" && typeof pid === "number";
    if (!isWhole) return undefined;
    return { url, operatorToken, pid, ...(typeof authority === "string" ? { authority } : {}) };
  } catch {
    return undefined;
  }
}

/** From now on this process trusts an authority besides those of the system. */
function trust(authority: string): void {
  setDefaultCACertificates([...getCACertificates("default"), authority]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return failure instanceof Error && "code" in failure && failure.code === "EPERM";
  }
}
