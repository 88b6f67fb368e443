/** Reading what an app says of itself, from a server on this machine that answers what it likes. */
import { createServer, type Server } from "node:https";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { openOwnAuthority } from "../tls/own-authority.ts";
import { documentReader } from "./read-document.ts";

const DOCUMENT = JSON.stringify({ client_id: "x" });
let server: Server;
let origin: string;
let ca: string;
let folder: string;
let asked = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kaelix-document-"));
  const identity = await openOwnAuthority({ folder, names: ["localhost"], nowMs: Date.now() });
  ca = identity.authority ?? "";
  server = createServer({ cert: identity.certificate, key: identity.key }, (request, response) => {
    asked++;
    const type = { "content-type": request.url === "/html" ? "text/html" : "application/json" };
    if (request.url === "/away") response.writeHead(302, { location: `${origin}/good` }).end();
    else if (request.url === "/gone") response.writeHead(404, type).end("{}");
    else if (request.url === "/large") response.writeHead(200, type).end(`"${"x".repeat(9_000)}"`);
    else if (request.url === "/endless") response.writeHead(200, type).write("{");
    else response.writeHead(200, type).end(DOCUMENT);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

test("reads a small document of JSON, and follows, waits for and takes in nothing else", async () => {
  const read = documentReader({ allowsPrivate: true, ca, timeoutMs: 2_000 });
  expect(await read(`${origin}/good`)).toBe(DOCUMENT);
  for (const path of ["/away", "/gone", "/large", "/html", "/endless"]) {
    await expect(read(`${origin}${path}`), path).rejects.toMatchObject({ code: "app-client-unreachable", status: 502 });
  }
});

test("believes no certificate that nobody vouches for", async () => {
  await expect(documentReader({ allowsPrivate: true })(`${origin}/good`)).rejects.toMatchObject({
    code: "app-client-unreachable",
  });
});

test.each(["localhost", "127.0.0.1", "127.1", "2130706433", "[::1]", "[::ffff:7f00:1]", "0.0.0.0"])(
  "never asks this machine by the name %s",
  async (host) => {
    const before = asked;
    const { port } = new URL(origin);
    await expect(documentReader({ ca })(`https://${host}:${port}/good`)).rejects.toMatchObject({
      message: "Cannot read what the app says of itself: it leads into a private network",
    });
    expect(asked).toBe(before);
  },
);

test("never asks in clear", async () => {
  await expect(documentReader({ allowsPrivate: true })("http://localhost:1/x")).rejects.toMatchObject({
    code: "app-client-unreachable",
  });
});
