import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { openPasswordList } from "./password-list.ts";
import { clientOf, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

closeAfterEach();
const folder = mkdtempSync(join(tmpdir(), "kaelix-passwords-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("openPasswordList refuses what is on the list, however it is capitalised, and nothing else", async () => {
  const path = join(folder, "list.txt");
  writeFileSync(path, "correcthorse\r\n\ntrustno1really\n");
  const isListed = await openPasswordList(path);
  expect(await isListed?.("CorrectHorse")).toBe(true);
  expect(await isListed?.("trustno1really")).toBe(true);
  expect(await isListed?.("correcthorse battery")).toBe(false);
  expect(await isListed?.("")).toBe(false);
  expect(await openPasswordList(undefined)).toBeUndefined();
});

test.each(["missing.txt", "empty.txt"])("openPasswordList with %s stops the start", async (name) => {
  writeFileSync(join(folder, "empty.txt"), "\n\n");
  await expect(openPasswordList(join(folder, name))).rejects.toMatchObject({ code: "password-list-invalid" });
});

test("a house with a list refuses what stands on it when somebody signs up", async () => {
  const path = join(folder, "house.txt");
  writeFileSync(path, "harbour walnuts\n");
  Object.assign(process.env, { KAELIX_PASSWORD_LIST: path, KAELIX_CLAIM_CODE: "TEST-CODE" });
  try {
    const client = clientOf(await open(newFolder()));
    const body = { phone: "+1234567890", name: "Ann", claim_code: "TEST-CODE" };
    const refused = await problemOf(client.call("auth.signUp", { body: { ...body, password: "Harbour Walnuts" } }));
    expect(refused.code).toBe("identity-password-breached");
    await client.call("auth.signUp", { body: { ...body, password: "testpassword" } });
  } finally {
    Reflect.deleteProperty(process.env, "KAELIX_PASSWORD_LIST");
    Reflect.deleteProperty(process.env, "KAELIX_CLAIM_CODE");
  }
});
