/**
 * A server of the same contract that keeps everything in memory and forgets it at the end. For looking at screens and for tests
 * of the interface alone: it classifies by three words and finds by letters. It is never shipped or started by `serve`.
 */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { type Route, type RouteName, routes } from "@kaelix/contract";

import { fakeHandlers } from "./fake-handlers.ts";
import { seedShares } from "./fake-sharing.ts";
import { FakeProblem, makeFakeState } from "./fake-state.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const BODY_BYTES_MAX = 32 * 1024 * 1024;
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".webmanifest": "application/manifest+json",
};

/** What a fake server may be told. */
export interface FakeOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** Starts with an owner (+15550100, `fake password`) and invented memories. */
  readonly seeded?: boolean;
  /** Every API answer comes this much later, ms. */
  readonly delayMs?: number;
}

/** A running fake. */
export interface FakeServer {
  readonly url: string;
  readonly claimCode: string;
  stop(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > BODY_BYTES_MAX) throw new FakeProblem(413, "too-large", "The body is too large");
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function match(
  method: string,
  path: string,
): { name: RouteName; route: Route; params: Record<string, string> } | undefined {
  // Object.entries loses the key type; the table's keys are the route names.
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const names: string[] = [];
    const pattern = route.path.replaceAll(/\{(\w+)\}/g, (_all, key: string) => {
      names.push(key);
      return "([^/]+)";
    });
    const found = new RegExp(`^${pattern}$`).exec(path);
    if (found === null || route.method !== method) continue;
    return {
      name,
      route,
      params: Object.fromEntries(names.map((key, at) => [key, decodeURIComponent(found[at + 1] ?? "")])),
    };
  }
  return undefined;
}

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  const wanted = normalize(path).replace(/^(\.\.[/\\])+/, "");
  const file = extname(wanted) === "" ? "index.html" : wanted;
  try {
    const bytes = await readFile(join(DIST, file));
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-security-policy": CSP,
    });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

function parseBody(raw: Buffer, route: Route, type: string): unknown {
  if (route.upload === true)
    return {
      fileName: /filename="([^"]*)"/.exec(raw.subarray(0, 1_000).toString())?.[1] ?? "file.txt",
      bytes: raw.length,
    };
  if (raw.length === 0 || !type.includes("json")) return undefined;
  const parsed: unknown = JSON.parse(raw.toString());
  const result = route.body?.safeParse(parsed);
  if (result !== undefined && !result.success)
    throw new FakeProblem(422, "input-invalid", result.error.issues[0]?.message ?? "Invalid");
  return result?.data ?? parsed;
}

function answerProblem(response: ServerResponse, problem: FakeProblem): void {
  response.writeHead(problem.status, { "content-type": "application/problem+json" });
  response.end(
    JSON.stringify({
      type: `/problems/${problem.code}`,
      title: problem.message,
      status: problem.status,
      detail: problem.message,
      instance: "",
      code: problem.code,
      trace_id: "4bf92f3577b34da6",
    }),
  );
}

/** Starts a fake on 127.0.0.1. */
export async function startFakeServer(options: FakeOptions): Promise<FakeServer> {
  const state = makeFakeState(options.seeded === true);
  seedShares(state);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://fake");
    if (!url.pathname.startsWith("/api/")) {
      if (url.pathname.startsWith("/socket.io")) response.writeHead(404).end();
      else await serveFile(url.pathname, response);
      return;
    }
    const found = match(request.method ?? "GET", url.pathname);
    if (found === undefined) throw new FakeProblem(404, "route-missing", "There is no such route");
    const body = parseBody(await bodyOf(request), found.route, request.headers["content-type"] ?? "");
    if (options.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.delayMs));
    const query = Object.fromEntries(url.searchParams);
    const answer = fakeHandlers(state, found.name, { body, query, params: found.params, headers: request.headers });
    const headers: Record<string, string> = { "content-type": "application/json", ...answer.headers };
    response.writeHead(answer.status ?? found.route.success.status, headers);
    response.end(answer.text ?? (answer.data === undefined ? undefined : JSON.stringify(answer.data)));
  };
  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      answerProblem(response, error instanceof FakeProblem ? error : new FakeProblem(500, "bug", String(error)));
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    claimCode: state.claimCode,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const fake = await startFakeServer({ port: Number(process.argv[2] ?? 7390), seeded: process.argv[3] === "seeded" });
  process.stdout.write(`${fake.url}/start#c=${fake.claimCode}\n`);
}
