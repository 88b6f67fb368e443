import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { openOwnAuthority } from "./own-authority.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-tls-"));
  folders.push(folder);
  return folder;
}

test("the server's certificate stays until it lacks a name or has little time left; the authority stays always", async () => {
  const folder = join(newFolder(), "tls");
  const nowMs = Date.UTC(2026, 0, 1);
  const first = await openOwnAuthority({ folder, names: ["memory.lan"], nowMs });
  expect(await openOwnAuthority({ folder, names: ["memory.lan"], nowMs })).toEqual(first);
  const named = await openOwnAuthority({ folder, names: ["memory.lan", "10.0.0.9"], nowMs });
  expect(named.certificate).not.toBe(first.certificate);
  const late = await openOwnAuthority({ folder, names: ["memory.lan", "10.0.0.9"], nowMs: nowMs + 380 * 86_400_000 });
  expect(late.certificate).not.toBe(named.certificate);
  expect([named.authority, late.authority]).toEqual([first.authority, first.authority]);
});

test("keys that others may read, and files that are none, are refused by name and left as they are", async () => {
  const folder = join(newFolder(), "tls");
  const open = (): Promise<unknown> => openOwnAuthority({ folder, names: [], nowMs: Date.now() });
  await open();
  chmodSync(join(folder, "authority.pem"), 0o444);
  await expect(open()).rejects.toMatchObject({ code: "tls-unusable", message: expect.stringContaining("chmod 400") });
  chmodSync(join(folder, "authority.pem"), 0o400);
  rmSync(join(folder, "server.pem"));
  writeFileSync(join(folder, "server.pem"), "nothing", { mode: 0o400 });
  await expect(open()).rejects.toMatchObject({ code: "tls-unusable", message: expect.stringContaining("server.pem") });
  expect(readFileSync(join(folder, "server.pem"), "utf8")).toBe("nothing");
  expect(existsSync(join(folder, "ca.pem"))).toBe(true);
});
