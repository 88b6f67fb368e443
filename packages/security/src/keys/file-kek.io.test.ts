import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DEFAULT_TENANT, makeId } from "@kaelix/model";
import { ManualClock, systemRandom } from "@kaelix/base";
import { afterEach, beforeEach, expect, test } from "vitest";

import { MemoryLog } from "@kaelix/log/testing";
import { openFileKek } from "./file-kek.ts";
import { openKeystore } from "./keystore.ts";

let directory = "";
let path = "";
const aad = Buffer.from("place");
const secret = Buffer.alloc(32, 3);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kaelix-kek-"));
  path = join(directory, "keys", "kek.json");
});

afterEach(async () => rm(directory, { recursive: true, force: true }));

async function overwrite(text: string | Uint8Array): Promise<void> {
  await chmod(path, 0o600);
  await writeFile(path, text);
  await chmod(path, 0o400);
}

test("openFileKek makes a file that its owner alone can read, leaves nothing beside it, and opens it again", async () => {
  const kek = await openFileKek(path);
  const wrapped = await kek.wrap(secret, aad);
  expect(wrapped.kekVersion).toBe(1);
  expect((await stat(path)).mode & 0o777).toBe(0o400);
  expect((await stat(join(directory, "keys"))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(directory, "keys"))).toEqual(["kek.json"]);
  const again = await openFileKek(path);
  expect(await again.unwrap(wrapped, aad)).toEqual(secret);
  expect(await again.unwrap(wrapped, Buffer.from("other place"))).toBeUndefined();
  expect(await again.unwrap({ ...wrapped, wrapped: wrapped.wrapped.subarray(0, -4) }, aad)).toBeUndefined();
  await expect(again.unwrap({ ...wrapped, kekVersion: 2 }, aad)).rejects.toMatchObject({ code: "key-version-missing" });
  expect(await again.health()).toEqual({ type: "ok" });
});

test("openFileKek gives one key to all who make it at once", async () => {
  const keks = await Promise.all(Array.from({ length: 8 }, async () => openFileKek(path)));
  const wrapped = await (keks[0] ?? expect.fail()).wrap(secret, aad);
  for (const kek of keks) expect(await kek.unwrap(wrapped, aad)).toEqual(secret);
  expect(await readdir(join(directory, "keys"))).toEqual(["kek.json"]);
});

test("openFileKek keeps old versions after rotate, across a restart", async () => {
  const kek = await openFileKek(path);
  const old = await kek.wrap(secret, aad);
  expect(await kek.rotate()).toBe(2);
  const young = await kek.wrap(secret, aad);
  expect(young.kekVersion).toBe(2);
  const again = await openFileKek(path);
  expect(again.currentVersion()).toBe(2);
  expect(await again.unwrap(old, aad)).toEqual(secret);
  expect(await again.unwrap(young, aad)).toEqual(secret);
  expect((await stat(path)).mode & 0o777).toBe(0o400);
});

test.each([0o440, 0o404, 0o644, 0o420, 0o401])(
  "openFileKek refuses a file with mode %o and says how to mend it",
  async (mode) => {
    await openFileKek(path);
    await chmod(path, mode);
    await expect(openFileKek(path)).rejects.toMatchObject({
      code: "key-file-unsafe",
      message: expect.stringContaining(`chmod 0400 ${path}`),
    });
  },
);

test.skipIf(process.getuid?.() !== 0)(
  "openFileKek refuses a file of another user (only root can arrange this)",
  async () => {
    await openFileKek(path);
    await chown(path, 12_345, 12_345);
    await expect(openFileKek(path)).rejects.toMatchObject({ code: "key-file-owner" });
  },
);

test("openFileKek refuses every truncation and every changed byte and leaves the file as it is", async () => {
  await openFileKek(path);
  const whole = await readFile(path);
  for (let length = 0; length < whole.length - 1; length += 7) {
    await overwrite(whole.subarray(0, length));
    await expect(openFileKek(path), `length ${length}`).rejects.toMatchObject({ code: "key-file-damaged" });
    expect((await readFile(path)).length).toBe(length);
  }
  const secretAt = whole.indexOf('"secret"') + 11;
  for (let at = secretAt; at < secretAt + 43; at += 3) {
    const changed = Buffer.from(whole);
    changed[at] = changed[at] === 0x41 ? 0x42 : 0x41;
    await overwrite(changed);
    await expect(openFileKek(path), `byte ${at}`).rejects.toMatchObject({ code: "key-file-damaged" });
  }
  for (const text of [
    "{}",
    "[]",
    "null",
    '{"format":"kaelix-kek/1"}',
    whole.toString().replace('"current": 1', '"current": 2'),
  ]) {
    await overwrite(text);
    await expect(openFileKek(path), text).rejects.toMatchObject({
      code: "key-file-damaged",
      message: expect.stringContaining("nothing was changed"),
    });
  }
});

test("openFileKek makes no new file when it may not, or where something else stands", async () => {
  await expect(openFileKek(path, { create: false })).rejects.toMatchObject({ code: "key-file-missing" });
  await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(openFileKek(directory)).rejects.toMatchObject({ code: "key-file-damaged" });
  const link = join(directory, "link");
  await symlink(join(directory, "nowhere"), link);
  await expect(openFileKek(link)).rejects.toMatchObject({ code: "key-file-damaged" });
});

test("openFileKek reports a file that was removed while in use", async () => {
  const kek = await openFileKek(path);
  await rm(path);
  expect(await kek.health()).toMatchObject({ type: "failed" });
});

test("openKeystore refuses a new key file over old data", async () => {
  const log = new MemoryLog();
  const first = await openKeystore({ log, kek: await openFileKek(path) });
  await first.ensureUserKey(DEFAULT_TENANT, makeId("usr", 1, systemRandom));
  await first.close();
  const before = log.records("keys", 0).length;
  const other = await openFileKek(join(directory, "other.json"));
  await expect(openKeystore({ log, kek: other })).rejects.toMatchObject({
    code: "key-mismatch",
    message: expect.stringContaining("put back the key file"),
  });
  expect(log.records("keys", 0)).toHaveLength(before);
});

test("openFileKek reads a file from before versions had a date, and dates the next one", async () => {
  // Written by the version before; frozen.
  const keys = [{ version: 1, secret: Buffer.alloc(32, 5).toString("base64url") }];
  const checksum = "eb4163018891f6e241f216e4d132eb40a6f4aa58e58c10ff2319185efe30ed39";
  await mkdir(join(directory, "keys"));
  const body = { format: "kaelix-kek/1", current: 1, keys, checksum };
  await writeFile(path, JSON.stringify(body), { mode: 0o400 });
  const clock = new ManualClock();
  const kek = await openFileKek(path, { clock });
  expect(await kek.currentSinceMs()).toBe(0);
  const wrapped = await kek.wrap(secret, aad);
  clock.advance(5);
  await kek.rotate();
  expect(await kek.currentSinceMs()).toBe(clock.nowMs());
  const again = await openFileKek(path);
  expect(await again.currentSinceMs()).toBe(clock.nowMs());
  expect(await again.unwrap(wrapped, aad)).toEqual(secret);
});

test("destroyBefore takes versions out of the file, never the current one", async () => {
  const kek = await openFileKek(path);
  const first = await kek.wrap(secret, aad);
  const before = JSON.parse(await readFile(path, "utf8")).keys[0].secret as string;
  await kek.rotate();
  const second = await kek.wrap(secret, aad);
  await expect(kek.destroyBefore(3)).rejects.toMatchObject({ code: "key-version-missing" });
  await kek.destroyBefore(2);
  await kek.destroyBefore(2);
  for (const one of [kek, await openFileKek(path)]) {
    await expect(one.unwrap(first, aad)).rejects.toMatchObject({ code: "key-version-missing" });
    expect(await one.unwrap(second, aad)).toEqual(secret);
  }
  expect(await readFile(path, "utf8")).not.toContain(before);
  expect(await kek.health()).toEqual({ type: "ok" });
});
