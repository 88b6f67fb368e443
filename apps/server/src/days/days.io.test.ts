/** The whole house: settings of the day, a mailbox that is proved, what is not useful, searches that were named. */
import type { Client } from "@kaelix/contract";
import { afterEach, beforeEach, expect, test } from "vitest";

import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "../testing/houses.ts";
import { type MailServer, startMailServer } from "../testing/mail-server.ts";

closeAfterEach();

const PASSWORD = "testpassword";
const DAY_MS = 86_400_000;
let mail: MailServer;

beforeEach(async () => {
  mail = await startMailServer();
  process.env["KAELIX_SMTP"] = `smtp://127.0.0.1:${mail.port}`;
  process.env["KAELIX_MAIL_FROM"] = "kaelix@example.com";
});
afterEach(async () => {
  delete process.env["KAELIX_SMTP"];
  delete process.env["KAELIX_MAIL_FROM"];
  await mail.close();
});

const SETTINGS = { hour: 6, zone: "Europe/Berlin", mail: null, webhook: null } as const;
const ADDRESS = { address: "ann@example.com", level: "general" } as const;

test("settings stand after a restart; what cannot be is refused by its field; a webhook's secret is shown once", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const ann = await claimed(house);
  const { data: before } = await ann.call("digestSettings.read");
  expect(before).toMatchObject({ hour: 7, default: true, mail: null, mail_available: true, last: null });
  const put = (more: object): Promise<unknown> => ann.call("digestSettings.write", { body: { ...SETTINGS, ...more } });
  for (const [more, pointer] of [
    [{ zone: "Mars/Olympus" }, "/zone"],
    [{ mail: { address: "a@b.c, d@e.f", level: "general" } }, "/mail/address"],
    [{ webhook: { url: "http://example.com/x", level: "general" } }, "/webhook/url"],
    [{ mail: { address: "ann@example.com", level: "secret" } }, "/mail/level"],
  ] as const) {
    const problem = await problemOf(put(more));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([400, pointer]);
  }
  const webhook = { url: "https://hooks.example/day", level: "confidential" } as const;
  const { data: first } = await ann.call("digestSettings.write", { body: { ...SETTINGS, webhook } });
  expect(first.webhook_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const { data: second } = await ann.call("digestSettings.write", { body: { ...SETTINGS, hour: null, webhook } });
  expect(second.webhook_secret).toBeNull();
  const token = (await clientOf(house).call("auth.logIn", { body: { phone: "+1234567890", password: PASSWORD } })).data
    .access_token;
  await close(house);
  const again = clientOf(await open(folder), token);
  expect((await again.call("digestSettings.read")).data).toMatchObject({ hour: null, zone: "Europe/Berlin", webhook });
});

test("a mailbox is proved by the code that is sent to it, five guesses and no more", async () => {
  const ann = await claimed(await open(newFolder()));
  await ann.call("digestSettings.write", { body: { ...SETTINGS, mail: ADDRESS } });
  const trial = (): Promise<{ data: { sent: boolean; why: string | null } }> =>
    ann.call("digestSettings.test", { body: { way: "mail" } });
  expect((await trial()).data).toEqual({ sent: true, why: null });
  const code = /Subject: (\d{6})/.exec(mail.received[0]?.raw ?? "")?.[1] ?? "";
  expect((await trial()).data.sent).toBe(false);
  const wrong = code === "000000" ? "000001" : "000000";
  for (let count = 0; count < 4; count++) {
    expect((await problemOf(ann.call("digestSettings.confirm", { body: { code: wrong } }))).status).toBe(400);
  }
  const { data } = await ann.call("digestSettings.confirm", { body: { code } });
  expect(data.mail).toEqual({ ...ADDRESS, confirmed: true });
  const other = { ...ADDRESS, address: "other@example.com" };
  const { data: changed } = await ann.call("digestSettings.write", { body: { ...SETTINGS, mail: other } });
  expect(changed.settings.mail?.confirmed).toBe(false);
  await ann.call("digestSettings.test", { body: { way: "mail" } });
  const next = /Subject: (\d{6})/.exec(mail.received[1]?.raw ?? "")?.[1] ?? "";
  const not = next === "000000" ? "000001" : "000000";
  for (let count = 0; count < 5; count++) await problemOf(ann.call("digestSettings.confirm", { body: { code: not } }));
  expect((await problemOf(ann.call("digestSettings.confirm", { body: { code: next } }))).status).toBe(400);
});

async function twoPeople(): Promise<{ readonly ann: Client; readonly bob: Client }> {
  const house = await open(newFolder());
  const ann = await claimed(house);
  const { data: invite } = await ann.call("invites.create", { body: { role: "member" } });
  const guest = { phone: "+1234567891", name: "Bob", password: PASSWORD, invite_code: invite.code };
  return { ann, bob: clientOf(house, (await clientOf(house).call("auth.signUp", { body: guest })).data.access_token) };
}

const promisesOf = async (client: Client): Promise<readonly { readonly key: string; readonly text: string }[]> =>
  (await client.call("digests.read", { params: { day: "today" } })).data.sections
    .filter(({ kind }) => kind === "promises")
    .flatMap(({ lines }) => lines);

test("a line that is called not useful is not told again until it is taken back, and stays one's own", async () => {
  const { ann, bob } = await twoPeople();
  const before = new Date(Date.now() - DAY_MS).toISOString();
  for (const text of ["I'll send the plumber the cellar key", "I'll call the bank about the loan"]) {
    await ann.call("memories.create", { body: { text, occurred_at: before } }, { waitSeconds: 10, until: "indexed" });
  }
  const [line] = await promisesOf(ann);
  expect(await promisesOf(ann)).toHaveLength(2);
  const body = { key: line?.key ?? "" };
  expect((await problemOf(bob.call("digests.judge", { body }))).status).toBe(404);
  expect((await problemOf(ann.call("digests.judge", { body: { key: "promises:made-up" } }))).status).toBe(404);
  const { data } = await ann.call("digests.judge", { body });
  expect((await promisesOf(ann)).map(({ key }) => key)).not.toContain(line?.key);
  expect((await ann.call("digests.judgements")).data.data).toMatchObject([{ id: data.id, kind: "promises" }]);
  expect((await bob.call("digests.judgements")).data.data).toEqual([]);
  expect((await problemOf(bob.call("digests.unjudge", { params: { id: data.id } }))).status).toBe(404);
  await ann.call("digests.unjudge", { params: { id: data.id } });
  expect(await promisesOf(ann)).toHaveLength(2);
  await ann.call("digests.judge", { body });
  await ann.call("digests.unjudge", { params: { id: "all" } });
  expect((await ann.call("digests.judgements")).data.data).toEqual([]);
});

test("searches are named, listed and forgotten by who named them, and shown as far as the session is open", async () => {
  const { ann, bob } = await twoPeople();
  const save = (name: string, query: string) => ann.call("savedSearches.save", { body: { name, search: { query } } });
  const { data: first } = await save("Walnuts", "who cannot eat walnuts");
  const namesOf = async (client: Client): Promise<readonly string[]> =>
    (await client.call("savedSearches.list")).data.data.map(({ name, search }) => `${name}: ${search.query}`);
  await save("Walnuts", "walnuts");
  expect(await namesOf(ann)).toEqual(["Walnuts: walnuts"]);
  expect(await namesOf(bob)).toEqual([]);
  expect((await problemOf(bob.call("savedSearches.remove", { params: { id: first.id } }))).status).toBe(404);
  await ann.call("auth.unlock", { body: { level: "secret", password: PASSWORD } });
  const { data: hidden } = await save("Clinic", "what the clinic said");
  expect(await namesOf(ann)).toEqual(["Clinic: what the clinic said", "Walnuts: walnuts"]);
  await ann.call("auth.lock");
  expect(await namesOf(ann)).toEqual(["Walnuts: walnuts"]);
  expect((await problemOf(ann.call("savedSearches.remove", { params: { id: hidden.id } }))).status).toBe(404);
  await ann.call("savedSearches.remove", { params: { id: first.id } });
  expect(await namesOf(ann)).toEqual([]);
});

test("a search is given another name, stays as secret as it was, and comes back as it was when it was forgotten", async () => {
  const { ann, bob } = await twoPeople();
  const save = async (name: string, more: object = {}) => {
    const body = { name, search: { query: name, filter: { person: "Carla" } }, ...more };
    return (await ann.call("savedSearches.save", { body })).data;
  };
  const rename = (client: Client, id: string, name: string) =>
    client.call("savedSearches.rename", { params: { id }, body: { name } });
  const namesOf = async (): Promise<readonly string[]> =>
    (await ann.call("savedSearches.list")).data.data.map(({ name }) => name);
  const [walnuts, drill] = [await save("Walnuts"), await save("Drill")];
  expect(walnuts.level).toBe("confidential");
  await ann.call("auth.unlock", { body: { level: "secret", password: PASSWORD } });
  const { data: renamed } = await rename(ann, walnuts.id, "  Who eats what ");
  expect(renamed).toMatchObject({ ...walnuts, name: "Who eats what", saved_at: expect.any(String) });
  const { data: same } = await rename(ann, drill.id, "Drill");
  expect(same.search).toEqual(drill.search);
  expect((await problemOf(rename(ann, drill.id, "Who eats what"))).errors).toMatchObject([{ pointer: "/name" }]);
  expect((await problemOf(rename(bob, drill.id, "Mine"))).status).toBe(404);
  const clinic = await save("Clinic");
  await ann.call("savedSearches.remove", { params: { id: drill.id } });
  await save("Drill", { level: drill.level });
  await ann.call("auth.lock");
  expect(await namesOf()).toEqual(["Drill", "Who eats what"]);
  expect((await problemOf(rename(ann, clinic.id, "Doctor"))).status).toBe(404);
  expect((await problemOf(save("Above", { level: "secret" }))).errors).toMatchObject([{ pointer: "/level" }]);
  expect(await namesOf()).toEqual(["Drill", "Who eats what"]);
});

test("a browser that cannot be told is refused, one that can is listed and taken away", async () => {
  const ann = await claimed(await open(newFolder()));
  const device = { endpoint: "https://push.example/x", p256dh: "AAAA", auth: "AAAA", name: "Firefox" };
  const add = (more: object): Promise<unknown> =>
    ann.call("digestSettings.addDevice", { body: { ...device, ...more } });
  expect((await problemOf(add({}))).errors[0]?.pointer).toBe("/p256dh");
  expect((await problemOf(add({ endpoint: "http://10.0.0.1/x" }))).errors[0]?.pointer).toBe("/endpoint");
  const p256dh = Buffer.alloc(65, 4).toString("base64url");
  await add({ p256dh, auth: Buffer.alloc(16).toString("base64url") });
  const { data } = await ann.call("digestSettings.read");
  expect(data.devices).toMatchObject([{ name: "Firefox" }]);
  expect(data.push_key).toMatch(/^B[A-Za-z0-9_-]{86}$/);
  await ann.call("digestSettings.removeDevice", { params: { id: data.devices[0]?.id ?? "" } });
  expect((await ann.call("digestSettings.read")).data.devices).toEqual([]);
});
