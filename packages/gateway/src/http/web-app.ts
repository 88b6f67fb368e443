/**
 * The web app's files. What is served is what stood in the folder when it was listed: no path of a request ever reaches the disk
 * unless it is on that list. Pages that the app routes itself get `index.html`.
 */
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { extname, join, sep } from "node:path";

import type { FastifyReply, FastifyRequest } from "fastify";

import { PAGE_HEADERS } from "./security-headers.ts";

const LIST_EVERY_MS = 2_000;
/** Vite puts files here whose names hold a hash of their content. */
const HASHED_FOLDER = "assets/";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".woff2": "font/woff2",
};

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kaelix</title>
<h1>Kaelix is running</h1>
<p>The web app has not been built yet. Build it with <code>npm run build --workspace apps/web</code>, then load this page again.</p>
<p>The API is at <code>/api/v1</code>; its description is at <a href="/openapi.json">/openapi.json</a>.</p>
</html>
`;

interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  readonly etag: string;
}

/** The files of one build of the web app. */
export class WebApp {
  readonly #root: string | undefined;
  #files: ReadonlyMap<string, ListedFile> = new Map();
  #listedAtMs = Number.NEGATIVE_INFINITY;

  /** `root`: the folder of the build; undefined when there is none. */
  constructor(root: string | undefined) {
    this.#root = root;
  }

  /** Answers a GET of a page or a file; false when there is nothing at the path and a page was not asked for. */
  serve(request: FastifyRequest, reply: FastifyReply, nowMs: number): boolean {
    this.#list(nowMs);
    const name = decodePath(request.url);
    const file = this.#files.get(name);
    if (file !== undefined && name !== "index.html") {
      send(request, reply, name, file);
      return true;
    }
    // Pages of the app are for browsers; the address itself answers whoever asks for it.
    const isPage = name === "index.html" || (request.headers.accept ?? "").includes("text/html");
    if (!isPage) return false;
    const index = this.#files.get("index.html");
    if (index === undefined) {
      reply.headers(PAGE_HEADERS).header("cache-control", "no-store").type("text/html; charset=utf-8").send(NOT_BUILT);
      return true;
    }
    send(request, reply, "index.html", index);
    return true;
  }

  /** Lists the folder again when it has changed since: a new build is served without a restart. */
  #list(nowMs: number): void {
    if (this.#root === undefined || nowMs - this.#listedAtMs < LIST_EVERY_MS) return;
    this.#listedAtMs = nowMs;
    const index = join(this.#root, "index.html");
    if (!existsSync(index)) {
      this.#files = new Map();
      return;
    }
    const { mtimeMs, size } = statSync(index);
    if (this.#files.get("index.html")?.etag === etagOf(size, mtimeMs)) return;
    const root = this.#root;
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    this.#files = new Map(
      entries.map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const { mtimeMs, size } = statSync(path);
        const name = path.slice(root.length + 1).replaceAll(sep, "/");
        return [name, { path, bytes: size, etag: etagOf(size, mtimeMs) }];
      }),
    );
  }
}

function send(request: FastifyRequest, reply: FastifyReply, name: string, file: ListedFile): void {
  const isHashed = name.startsWith(HASHED_FOLDER);
  reply
    .headers(PAGE_HEADERS)
    .header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache")
    .header("etag", file.etag)
    .type(TYPES[extname(name)] ?? "application/octet-stream");
  if (request.headers["if-none-match"] === file.etag) {
    reply.code(304).send();
    return;
  }
  reply.header("content-length", file.bytes);
  if (request.method === "HEAD") reply.send();
  else reply.send(createReadStream(file.path));
}

function etagOf(bytes: number, modifiedMs: number): string {
  return `W/"${bytes.toString(36)}-${Math.floor(modifiedMs).toString(36)}"`;
}

function decodePath(url: string): string {
  const path = (url.split("?")[0] ?? "").slice(1);
  try {
    return path === "" ? "index.html" : decodeURIComponent(path);
  } catch {
    return "";
  }
}
