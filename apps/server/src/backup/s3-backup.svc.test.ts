/** Backups in a bucket of a real S3-compatible store (`npm run services -- versitygw`). */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startService } from "../../../../tools/services/table.ts";
import { clientOf, close, closeAfterEach, newFolder, open } from "../testing/houses.ts";
import { restoreHere, verifyBackupHere } from "./local.ts";
import { openTarget } from "./target.ts";

const NAMES = ["KAELIX_CLAIM_CODE", "KAELIX_BACKUP", "KAELIX_BACKUP_ACCESS_KEY", "KAELIX_BACKUP_SECRET_KEY"];
const START_MS_MAX = 600_000;
let place = "";
let keys: { readonly accessKey: string; readonly secretKey: string; readonly region: string };

closeAfterEach();
beforeAll(async () => {
  const found = await startService("versitygw");
  place = `${found["S3_PLACE"]}/${randomUUID()}`;
  keys = { accessKey: found["S3_ACCESS_KEY"] ?? "", secretKey: found["S3_SECRET_KEY"] ?? "", region: "us-east-1" };
  process.env["KAELIX_CLAIM_CODE"] = "TEST-CODE";
  process.env["KAELIX_BACKUP"] = place;
  process.env["KAELIX_BACKUP_ACCESS_KEY"] = keys.accessKey;
  process.env["KAELIX_BACKUP_SECRET_KEY"] = keys.secretKey;
}, START_MS_MAX);
afterAll(() => {
  for (const name of NAMES) delete process.env[name];
});

test("an S3 target holds, lists beyond a page and removes; wrong keys and a bucket that is not there are named", async () => {
  const target = await openTarget({ place: `${place}/many`, s3: keys });
  expect(await target.read("absent")).toBeUndefined();
  await target.write("one/a", Buffer.from("first"));
  await target.write("one/a", Buffer.from("second"));
  expect((await target.read("one/a"))?.toString()).toBe("second");
  const names = Array.from({ length: 1_030 }, (_, at) => `two/${String(at).padStart(4, "0")}`);
  for (let at = 0; at < names.length; at += 20)
    await Promise.all(names.slice(at, at + 20).map((name) => target.write(name, Buffer.from(name))));
  expect(await target.list("two/")).toEqual(names);
  await target.remove("one/a");
  await target.remove("one/a");
  expect(await target.list("one/")).toEqual([]);
  const wrong = await openTarget({ place, s3: { ...keys, secretKey: "wrong" } });
  await expect(wrong.list("")).rejects.toMatchObject({ code: "backup-target-failed" });
  await expect(openTarget({ place: "s3+https://host", s3: keys })).rejects.toMatchObject({
    code: "backup-target-invalid",
  });
});

test("a house is backed up to a bucket and restored from it", { timeout: START_MS_MAX }, async () => {
  const folder = newFolder();
  const house = await open(folder);
  const person = { phone: "+1234567890", password: "testpassword" };
  const { data } = await clientOf(house).call("auth.signUp", {
    body: { ...person, name: "Ann", claim_code: "TEST-CODE" },
  });
  const client = clientOf(house, data.access_token);
  await client.call("memories.create", { body: { text: "The shed is locked" } });
  await client.call("backups.create");
  await expect.poll(async () => (await client.call("backups.read")).data.last).not.toBe(null);
  await close(house);
  const empty = newFolder();
  mkdirSync(join(empty, "keys"), { mode: 0o700 });
  copyFileSync(join(folder, "keys", "kek.json"), join(empty, "keys", "kek.json"));
  expect((await verifyBackupHere({ dataDirectory: empty })).problems).toEqual([]);
  expect(await restoreHere({ dataDirectory: empty, verifyOnly: false })).toMatchObject({ memories: 1, opened: 1 });
  const again = await open(empty);
  const { data: signed } = await clientOf(again).call("auth.logIn", { body: person });
  const listed = await clientOf(again, signed.access_token).call("memories.list", { query: {} });
  expect(listed.data.data.map(({ text }) => text)).toEqual(["The shed is locked"]);
});
