/** People's own keys renewed in a whole house: who may, what stays readable and found, and what a stop and a backup make of it. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { systemClock, systemRandom } from "@kaelix/base";
import type { Client } from "@kaelix/contract";
import { makeLogger } from "@kaelix/coordinator";
import { openStreamerLog } from "@kaelix/log";
import { openFileKek, openKeystore } from "@kaelix/security";
import { afterEach, expect, test, vi } from "vitest";

import { Backups } from "./backup/backups.ts";
import { restoreHere } from "./backup/local.ts";
import { readSettings } from "./settings.ts";
import type { OpenHouse } from "./server.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

const ANN = { phone: "+1234567890", password: "testpassword" };
const TEXTS = ["The shed is locked", "My salary is 4000", "The gate code is 8231", "The walnut press is broken"];

closeAfterEach();
afterEach(() => vi.unstubAllEnvs());

async function tell(client: Client, text: string): Promise<void> {
  const body = { text, external_id: text };
  await client.call("memories.create", { body }, { waitSeconds: 10, until: "indexed" });
}

async function signedIn(house: OpenHouse): Promise<Client> {
  const client = clientOf(house, (await clientOf(house).call("auth.logIn", { body: ANN })).data.access_token);
  await client.call("auth.prove", { body: { password: ANN.password } });
  return client;
}

async function readable(client: Client): Promise<readonly string[]> {
  await client.call("auth.unlock", { body: { level: "ultra-secret", password: ANN.password } });
  const { data } = await client.call("memories.list", { query: { limit: 200 } });
  return data.data.map(({ text }) => text).toSorted();
}

const isRenewed = async (client: Client): Promise<boolean> => !(await client.call("userKey.read")).data.renewing;

/** Opens the log of a house that is closed, with its keys. */
async function openLog(folder: string) {
  const log = await openStreamerLog({ directory: join(folder, "log"), settings: { background: false } });
  const kek = await openFileKek(join(folder, "keys", "kek.json"));
  return { kek, keystore: await openKeystore({ log, kek }), log };
}

test("a person renews their own key after a proof, and an administrator everybody's; nobody else does, and it is written down", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  const { data: invite } = await ann.call("invites.create", { body: { role: "member" } });
  const body = { phone: "+1234567891", name: "Ben", password: "harbour walnuts", invite_code: invite.code };
  const { data: ben } = await clientOf(house).call("auth.signUp", { body });
  const member = clientOf(house, ben.access_token);
  for (const text of TEXTS) await tell(ann, text);
  expect((await problemOf(ann.call("userKey.renew"))).code).toBe("proof-needed");
  await ann.call("auth.prove", { body: { password: ANN.password } });
  expect((await ann.call("userKey.renew")).data.version).toBe(2);
  await expect.poll(() => isRenewed(ann)).toBe(true);
  expect((await member.call("userKey.read")).data).toMatchObject({ version: 1, renewing: false, behind: 0 });
  for (const call of [
    () => member.call("userKeys.read"),
    () => member.call("userKeys.renew"),
    () => member.call("userKeys.renewOne", { params: { id: ben.user.id } }),
  ])
    expect((await problemOf(call())).status).toBe(403);
  expect((await ann.call("userKeys.renewOne", { params: { id: ben.user.id } })).data.people).toBe(2);
  await expect.poll(() => isRenewed(member)).toBe(true);
  await ann.call("userKeys.renew");
  await expect.poll(async () => (await ann.call("userKeys.read")).data).toMatchObject({ renewing: 0, at_work: false });
  expect((await member.call("userKey.read")).data.version).toBe(3);
  expect((await ann.call("userKey.read")).data.version).toBe(3);
  const nobody = await problemOf(ann.call("userKeys.renewOne", { params: { id: "usr_01JD8QYB3M6W5T0ZK1E9V7RXSC" } }));
  expect([nobody.status, nobody.code]).toEqual([404, "key-user-missing"]);
  await expect
    .poll(async () => {
      const { data } = await ann.call("audit.list", { query: { limit: 100 } });
      return data.data
        .filter(({ action }) => action.startsWith("user-key"))
        .map((entry) => {
          return `${entry.action} ${entry.decision} ${entry.reason} ${entry.resource ?? "-"}`;
        });
    })
    .toEqual(
      expect.arrayContaining([
        "user-key.renew allow done -",
        "user-keys.renew allow done -",
        `user-keys.renew allow done ${ben.user.id}`,
        "user-keys.renew deny role -",
      ]),
    );
  expect(await (await house.fetch("http://localhost/metrics")).text()).toContain("\nkaelix_keys_renewing_users 0\n");
});

test("everything is read, found and known as before after a renewal, and a restart", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const ann = await claimed(house);
  for (const text of TEXTS) await tell(ann, text);
  await ann.call("auth.prove", { body: { password: ANN.password } });
  await ann.call("userKey.renew");
  await expect.poll(() => isRenewed(ann)).toBe(true);
  await tell(ann, "The ladder is in the barn");
  await close(house);
  const again = await open(folder);
  const client = await signedIn(again);
  expect(await readable(client)).toEqual([...TEXTS, "The ladder is in the barn"].toSorted());
  // Told again with the same ids, they are known: what they are looked up by did not change.
  for (const text of TEXTS) {
    const told = await client.call("memories.create", { body: { text, external_id: text } });
    expect(told.status, text).toBe(200);
  }
  const found = (await client.call("searches.run", { body: { query: "walnut press" } })).data;
  expect(found.hits.map(({ memory }) => memory.text)).toContain("The walnut press is broken");
  expect((await client.call("verifications.run")).data).toMatchObject({ agree: true, log: { unopenable: 0 } });
});

test("a house that stops in the middle of a renewal goes on with it, and a backup from there restores", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const ann = await claimed(house);
  for (const text of TEXTS) await tell(ann, text);
  const { data: me } = await ann.call("me.read");
  await close(house);
  const place = join(newFolder(), "backups");
  vi.stubEnv("KAELIX_BACKUP", place);
  const { kek, keystore, log } = await openLog(folder);
  await keystore.renewUserKey(keystore.users()[0] ?? expect.fail());
  // Nothing follows yet: every memory is under the former version.
  expect(keystore.memoriesBehind(keystore.users()[0] ?? expect.fail())).toBe(TEXTS.length);
  const backups = new Backups({
    settings: readSettings({ KAELIX_BACKUP: place }),
    log,
    kek,
    clock: systemClock,
    logger: makeLogger("silent"),
    installation: "this",
    version: "0",
    random: systemRandom,
    database: { withSnapshot: () => Promise.resolve(undefined) },
  });
  await backups.run();
  expect((await backups.status()).problem).toBeUndefined();
  await keystore.close();
  await log.close();

  const empty = newFolder();
  mkdirSync(join(empty, "keys"), { mode: 0o700 });
  copyFileSync(join(folder, "keys", "kek.json"), join(empty, "keys", "kek.json"));
  await restoreHere({ dataDirectory: empty, verifyOnly: false });
  vi.unstubAllEnvs();
  for (const data of [empty, folder]) {
    const client = await signedIn(await open(data));
    await expect.poll(() => isRenewed(client)).toBe(true);
    expect((await client.call("userKey.read")).data.version).toBe(2);
    expect((await client.call("me.read")).data.name).toBe(me.name);
    expect(await readable(client)).toEqual(TEXTS.toSorted());
  }
});
