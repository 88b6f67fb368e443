/**
 * How a command reaches Kaelix: a server named by the person, the one that runs on the data directory, or the house itself opened in
 * this process. All three speak the same contract, so that a command is written once.
 */
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { type Client, createClient, KaelixProblem } from "@kaelix/contract";
import { dataDirectoryOf, findRunningServer, makeFolder, systemCodeOf } from "@kaelix/coordinator";

import { CommandFailure, EXIT } from "./exit.ts";
import { ProgressBar, say } from "./output.ts";
import { userAgentOf } from "./user-agent.ts";

/** Options that every command has. */
export interface CommonOptions {
  readonly data?: string;
  readonly server?: string;
  readonly json?: boolean | string;
  readonly quiet?: boolean;
}

/** An open way to Kaelix. */
export interface Connection {
  readonly client: Client;
  /** Where the server listens; undefined when the house is open in this process. */
  readonly url: string | undefined;
  /** Whose rights are used: a signed-in person's, or those of whoever can read the key file. */
  readonly as: "session" | "operator";
  close(): Promise<void>;
}

/** What a session file holds, mode 0600. */
interface SavedSession {
  readonly server: string;
  readonly refresh_token: string;
}

/** By this the server knows what was told by commands, and a person their sessions. */
const USER_AGENT = userAgentOf("kaelix-cli");

/** Opens the way. @throws CommandFailure with exit code 7 when a named server cannot be reached, 4 when nobody is signed in */
export async function connect(options: CommonOptions): Promise<Connection> {
  const named = options.server ?? process.env["KAELIX_SERVER"];
  if (named !== undefined) return toServer(named.replace(/(?<!\/)\/+$/, ""), options);
  const running = await findRunningServer(options.data);
  if (running !== undefined) {
    const client = createClient({
      baseUrl: running.url,
      accessToken: () => running.operatorToken,
      fetch: reaching(running.url),
    });
    return { client, url: running.url, as: "operator", close: async () => undefined };
  }
  return inProcess(options);
}

/** Runs a command with a connection, which is closed after it. What it answers with is its exit code; nothing is that all is well. */
export async function connected(
  options: CommonOptions,
  run: (connection: Connection) => Promise<number | undefined> | Promise<void>,
): Promise<number> {
  const connection = await connect(options);
  try {
    return (await run(connection)) ?? EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** Opens the house itself. Only for commands that may run without a server. */
async function inProcess(options: CommonOptions): Promise<Connection> {
  await mustBeThere(dataDirectoryOf(options.data));
  const bar = new ProgressBar("opening", options);
  const { openHouse } = await import("@kaelix/server");
  const house = await openHouse({
    ...(options.data === undefined ? {} : { dataDirectory: options.data }),
    onSteps: (steps) => {
      const done = steps.filter((step) => step.state === "done").length;
      bar.show(done / steps.length, steps.find((step) => step.state === "running")?.name ?? "");
    },
    onNotice: (notice) => say(notice, options),
  });
  const client = createClient({
    baseUrl: "http://kaelix.local",
    fetch: (input, init) => house.fetch(input, introduced(init)),
    accessToken: () => house.operatorToken,
  });
  return { client, url: undefined, as: "operator", close: () => house.close() };
}

/** A start makes the data directory; a command would leave an empty one behind a mistyped name. @throws CommandFailure with exit code 3 */
async function mustBeThere(root: string): Promise<void> {
  const found = await stat(root).catch(systemCodeOf);
  if (found !== "ENOENT" && found !== "ENOTDIR") return;
  throw new CommandFailure(
    EXIT.missing,
    `Cannot find data directory ${root}: kaelix serve makes it with the first start; name another with --data or KAELIX_DATA`,
  );
}

async function toServer(url: string, options: CommonOptions): Promise<Connection> {
  const path = sessionFileOf(options);
  let accessToken = process.env["KAELIX_TOKEN"];
  const saved = accessToken === undefined ? await readSession(path, url) : undefined;
  if (accessToken === undefined && saved === undefined) {
    throw new CommandFailure(EXIT.signIn, `Nobody is signed in at ${url}: run kaelix login --server ${url}`);
  }
  const bare = createClient({ baseUrl: url, fetch: reaching(url) });
  const renew = async (): Promise<boolean> => {
    const session = await readSession(path, url);
    if (session === undefined) return false;
    try {
      const { data } = await bare.call("auth.refresh", { body: { refresh_token: session.refresh_token } });
      accessToken = data.access_token;
      if (data.refresh_token !== null) await saveSession(path, { server: url, refresh_token: data.refresh_token });
      return true;
    } catch (failure) {
      if (failure instanceof KaelixProblem && failure.status === 401) return false;
      throw failure;
    }
  };
  if (accessToken === undefined && !(await renew())) {
    throw new CommandFailure(EXIT.signIn, `The session at ${url} has ended: run kaelix login --server ${url}`);
  }
  const client = createClient({ baseUrl: url, accessToken: () => accessToken, renew, fetch: reaching(url) });
  return { client, url, as: "session", close: async () => undefined };
}

/** A client without a session, for signing in: the named server or the running one. */
export async function connectWithoutSession(
  options: CommonOptions,
): Promise<{ readonly client: Client; readonly url: string }> {
  const named = options.server ?? process.env["KAELIX_SERVER"] ?? (await findRunningServer(options.data))?.url;
  if (named === undefined) {
    throw new CommandFailure(
      EXIT.unreachable,
      "No server is running on this data directory: start one with kaelix serve, or name one with --server",
    );
  }
  const url = named.replace(/(?<!\/)\/+$/, "");
  return { client: createClient({ baseUrl: url, fetch: reaching(url) }), url };
}

/** Keeps a session for later commands. */
export async function keepSession(options: CommonOptions, server: string, refreshToken: string): Promise<void> {
  await saveSession(sessionFileOf(options), { server, refresh_token: refreshToken });
}

/** Forgets the kept session. */
export async function dropSession(options: CommonOptions): Promise<void> {
  await rm(sessionFileOf(options), { force: true });
}

/** Where the signed-in session is kept; mode 0600. */
function sessionFileOf(options: CommonOptions): string {
  return join(dataDirectoryOf(options.data), "session.json");
}

async function saveSession(path: string, session: SavedSession): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeFile(path, JSON.stringify(session), { mode: 0o600 });
  } catch (cause) {
    throw new CommandFailure(
      EXIT.failed,
      `Cannot keep the session in ${path} (${systemCodeOf(cause)}): its folder must be one that this user can write; choose another with --data`,
    );
  }
}

async function readSession(path: string, server: string): Promise<SavedSession | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const { server: at, refresh_token: token } = { server: undefined, refresh_token: undefined, ...parsed };
    return at === server && typeof token === "string" ? { server, refresh_token: token } : undefined;
  } catch {
    return undefined;
  }
}

/** `fetch` that says plainly when nobody answers. */
function reaching(url: string): typeof fetch {
  return async (input, init) => {
    try {
      return await fetch(input, introduced(init));
    } catch (failure) {
      if (failure instanceof Error && failure.name === "AbortError") throw failure;
      throw new CommandFailure(EXIT.unreachable, `Cannot reach ${url}: is the server running?`);
    }
  };
}

function introduced(init: RequestInit | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  headers.set("user-agent", USER_AGENT);
  return { ...init, headers };
}
