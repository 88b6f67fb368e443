/** A house whose key-encryption key is kept in OpenBao (`npm run services -- openbao`). */
import { randomUUID } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startService } from "../../../tools/services/table.ts";
import { clientOf, close, closeAfterEach, newFolder, open } from "./testing/houses.ts";

const NAMES = [
  "KAELIX_CLAIM_CODE",
  "KAELIX_TRANSIT_URL",
  "KAELIX_TRANSIT_TOKEN_FILE",
  "KAELIX_TRANSIT_KEY",
  "KAELIX_TRANSIT_MOUNT",
];
const START_MS_MAX = 300_000;
const mount = `transit-${randomUUID().slice(0, 8)}`;

closeAfterEach();
beforeAll(async () => {
  const { OPENBAO_TOKEN: token = "", OPENBAO_URL: url = "" } = await startService("openbao");
  const body = JSON.stringify({ type: "transit" });
  const mounted = await fetch(`${url}/v1/sys/mounts/${mount}`, {
    method: "POST",
    headers: { "x-vault-token": token },
    body,
  });
  expect(mounted.status).toBe(204);
  const tokenFile = join(newFolder(), "token");
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
  process.env["KAELIX_CLAIM_CODE"] = "TEST-CODE";
  process.env["KAELIX_TRANSIT_URL"] = url;
  process.env["KAELIX_TRANSIT_TOKEN_FILE"] = tokenFile;
  process.env["KAELIX_TRANSIT_KEY"] = "house";
  process.env["KAELIX_TRANSIT_MOUNT"] = mount;
}, START_MS_MAX);
afterAll(() => {
  for (const name of NAMES) delete process.env[name];
});

test(
  "a house opens with a key that never leaves OpenBao, renews it, and does not open without",
  { timeout: START_MS_MAX },
  async () => {
    const folder = newFolder();
    const house = await open(folder);
    const person = { phone: "+1234567890", password: "testpassword" };
    const { data } = await clientOf(house).call("auth.signUp", {
      body: { ...person, name: "Ann", claim_code: "TEST-CODE" },
    });
    const client = clientOf(house, data.access_token);
    await client.call("memories.create", { body: { text: "The shed is locked" } });
    expect(existsSync(join(folder, "keys", "kek.json"))).toBe(false);
    await client.call("kek.rotate");
    await expect.poll(async () => (await client.call("kek.read")).data.at_work).toBe(false);
    const kek = (await client.call("kek.read")).data;
    expect(kek).toMatchObject({
      provider: "transit",
      version: 2,
      behind: 0,
      renewed_after_days: 7,
      problem: null,
      healthy: true,
    });
    // What is below it, too: the person's own key, and what the house signs with.
    await client.call("auth.prove", { body: { password: person.password } });
    await client.call("userKey.renew");
    await client.call("signingKeys.renew", { body: {} });
    await expect
      .poll(async () => (await client.call("userKey.read")).data)
      .toMatchObject({ version: 2, renewing: false });
    expect((await client.call("signingKeys.read")).data.keys.map(({ number }) => number)).toEqual([2, 2, 2, 2]);
    expect((await client.call("status.read")).data.engines.keys).toContain("Transit engine at http://127.0.0.1:");
    await close(house);
    const again = await open(folder);
    const signed = await clientOf(again).call("auth.logIn", { body: person });
    const listed = await clientOf(again, signed.data.access_token).call("memories.list", { query: {} });
    expect(listed.data.data.map(({ text }) => text)).toEqual(["The shed is locked"]);
    // The token of before both, by a retired key that came out of the key server again.
    expect((await clientOf(again, data.access_token).call("me.read")).data.name).toBe("Ann");
    await close(again);
    process.env["KAELIX_TRANSIT_KEY"] = "another";
    await expect(open(folder)).rejects.toMatchObject({ code: "kms-key-missing" });
  },
);
