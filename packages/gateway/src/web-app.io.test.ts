import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { as, harness } from "./testing/harness.ts";
import { expectProblem } from "./testing/problem.ts";

const folder = mkdtempSync(join(tmpdir(), "kaelix-web-"));
const webRoot = join(folder, "dist");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PAGE = { ...as(1), accept: "text/html,application/xhtml+xml" };

test("without a build the page says how to make one; with one it is served, also after the start", async () => {
  const { gateway, clock } = harness({ gateway: { webRoot } });
  const get = (url: string, headers: Record<string, string> = PAGE) => gateway.fastify.inject({ url, headers });
  expect((await get("/")).body).toContain("npm run build --workspace apps/web");
  mkdirSync(join(webRoot, "assets"), { recursive: true });
  writeFileSync(join(webRoot, "index.html"), "<!doctype html><title>Kaelix</title>");
  writeFileSync(join(webRoot, "assets", "app-1a2b3c.js"), "export {};");
  writeFileSync(join(folder, "outside.txt"), "outside");
  clock.advance(3_000);

  for (const url of ["/", "/index.html", "/memories", "/people/alice?tab=2", "/auth-help"]) {
    const page = await get(url);
    expect(page.body, url).toContain("<title>Kaelix</title>");
    expect(page.headers["cache-control"]).toBe("no-cache");
    expect(page.headers["content-security-policy"]).toContain("script-src 'self';");
    expect(page.headers["content-security-policy"]).not.toContain("unsafe");
  }
  const asset = await get("/assets/app-1a2b3c.js", as(1));
  expect(asset.headers).toMatchObject({
    "cache-control": "public, max-age=31536000, immutable",
    "content-type": "text/javascript; charset=utf-8",
    "content-length": "10",
  });
  const etag = String(asset.headers["etag"]);
  expect((await get("/assets/app-1a2b3c.js", { ...as(1), "if-none-match": etag })).statusCode).toBe(304);
  expectProblem(await get("/assets/gone.js", as(1)), 404, "route-unknown");
  for (const url of [
    "/../outside.txt",
    "/assets/../../outside.txt",
    "/%2e%2e/outside.txt",
    "/assets/%2e%2e%2f%2e%2e%2foutside.txt",
  ]) {
    expect((await get(url, as(1))).body, url).not.toContain("outside\n");
    expectProblem(await get(url, as(1)), 404, "route-unknown");
  }
  await gateway.close();
});
