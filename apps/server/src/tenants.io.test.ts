import type { Client } from "@kaelix/contract";
import { openReceipt, soleAuditKey } from "@kaelix/security";
import { expect, test } from "vitest";

import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";
import type { OpenHouse } from "./server.ts";

closeAfterEach();

const PASSWORD = "harbour walnuts";

async function join(house: OpenHouse, name: string, phone: string, code: string): Promise<Client> {
  const body = { phone, name, password: PASSWORD, invite_code: code };
  const { data } = await clientOf(house).call("auth.signUp", { body });
  return clientOf(house, data.access_token);
}

const idOf = async (client: Client): Promise<string> => (await client.call("me.read")).data.id;
const code = async (call: Promise<unknown>): Promise<string> => (await problemOf(call)).code;

/** What somebody may read of their organisation and of the house. */
async function seenBy(client: Client): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { data: audit } = (await client.call("audit.list", { query: { limit: 200 } })).data;
  return {
    users: (await client.call("users.list")).data.data.map(({ name }) => name),
    invites: (await client.call("invites.list")).data.data.map(({ role }) => role),
    neighbours: (await client.call("directory.list")).data.data.map(({ name }) => name),
    audited: [...new Set(audit.map(({ user }) => user))].toSorted(),
  };
}

test("two organisations share a server and see nothing of each other, also after a restart and a rebuild", async () => {
  const folder = newFolder();
  let house = await open(folder);
  const ada = await claimed(house);
  const { data: made } = await ada.call("tenants.create", { body: { id: "acme" } });
  const otto = await join(house, "Otto", "+4930100001", made.code);
  const invited = (await otto.call("invites.create", { body: { role: "member" } })).data;
  const nora = await join(house, "Nora", "+4930100002", invited.code);
  const { data: guest } = await ada.call("invites.create", { body: { role: "guest" } });
  await join(house, "Gus", "+4930100003", guest.code);
  expect((await otto.call("me.read")).data).toMatchObject({ role: "owner", tenant: "acme" });
  const [adaId, ottoId, noraId] = [await idOf(ada), await idOf(otto), await idOf(nora)];
  for (const client of [ada, nora]) {
    const body = { text: "The ferry leaves at seven", level: "general" as const };
    await client.call("memories.create", { body });
  }
  const seen = await seenBy(otto);
  expect(seen).toMatchObject({ users: ["Otto", "Nora"], invites: ["member", "owner"], neighbours: ["Nora"] });
  expect(seen["audited"]).toEqual([ottoId, noraId].toSorted());
  const house1 = await seenBy(ada);
  expect(house1).toMatchObject({ users: ["Ann", "Gus"], invites: ["guest"], neighbours: ["Gus"] });
  expect(house1["audited"]).not.toContain(ottoId);
  expect((await nora.call("searches.run", { body: { query: "ferry" } })).data.hits).toHaveLength(1);

  // What all organisations share is not there for any but the one that runs the house.
  const calls: readonly (() => Promise<unknown>)[] = [
    () => otto.call("status.read"),
    () => otto.call("verifications.run"),
    () => otto.call("backups.read"),
    () => otto.call("kek.read"),
    () => otto.call("audit.checkpoint"),
    () => otto.call("audit.verify", { body: {} }),
    () => otto.call("tenants.list"),
    () => otto.call("tenants.create", { body: { id: "globex" } }),
    () => otto.call("tenants.suspend", { params: { id: "default" } }),
    () => otto.call("tenants.end", { params: { id: "acme" }, body: { confirm: "acme" } }),
    () => otto.call("views.rebuild", { params: { name: "search" }, body: {} }),
  ];
  for (const call of calls) {
    expect(await problemOf(call())).toMatchObject({ status: 404, code: "policy-hidden" });
  }
  // Nobody reaches over the wall, by whatever id.
  await otto.call("auth.prove", { body: { password: PASSWORD } });
  expect(await code(otto.call("users.suspend", { params: { id: adaId } }))).toBe("policy-hidden");
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const share = { to: adaId, what: { type: "all" as const }, expires_at: expiresAt };
  expect(await code(otto.call("grants.create", { body: share }))).toBe("grant-invalid");
  expect(await code(ada.call("tenants.create", { body: { id: "acme" } }))).toBe("tenant-taken");

  const tenants = async (client: Client) => (await client.call("tenants.list")).data.data;
  const standing = { state: "used", invited_until: null, suspended_at: null, ended_at: null };
  const expected = [
    { id: "acme", people: 2, ...standing },
    { id: "default", people: 2, ...standing },
  ];
  expect(await tenants(ada)).toEqual(expected);
  await close(house);
  house = await open(folder);
  const logIn = async (phone: string, password: string): Promise<Client> => {
    const { data } = await clientOf(house).call("auth.logIn", { body: { phone, password } });
    return clientOf(house, data.access_token);
  };
  const ada2 = await logIn("+1234567890", "testpassword");
  await ada2.call("views.rebuild", { params: { name: "relational" }, body: {} });
  expect(await tenants(ada2)).toEqual(expected);
  expect(await seenBy(await logIn("+4930100001", PASSWORD))).toEqual(seen);
});

const logIn = async (house: OpenHouse, phone: string, password: string): Promise<Client> => {
  const { data } = await clientOf(house).call("auth.logIn", { body: { phone, password } });
  return clientOf(house, data.access_token);
};

test("a suspended organisation is kept out and loses nothing; an ended one is erased as a whole, with a receipt", async () => {
  const folder = newFolder();
  let house = await open(folder);
  let ada = await claimed(house);
  const { data: made } = await ada.call("tenants.create", { body: { id: "acme" } });
  const [ottoPhone, noraPhone] = ["+4930100011", "+4930100012"];
  const otto = await join(house, "Otto", ottoPhone, made.code);
  const { data: invited } = await otto.call("invites.create", { body: { role: "member" } });
  const nora = await join(house, "Nora", noraPhone, invited.code);
  for (const client of [ada, otto, nora]) {
    await client.call("memories.create", { body: { text: "The ferry leaves at seven", level: "general" } });
  }
  const act = (client: Client, what: "suspend" | "resume", id = "acme") =>
    client.call(`tenants.${what}`, { params: { id } });
  expect(await problemOf(act(ada, "suspend"))).toMatchObject({ status: 403, code: "proof-needed" });
  await ada.call("auth.prove", { body: { password: "testpassword" } });
  await act(ada, "suspend");
  for (const client of [otto, nora]) expect((await problemOf(client.call("me.read"))).status).toBe(401);
  expect(await code(logIn(house, noraPhone, PASSWORD))).toBe("identity-suspended");
  await close(house);

  house = await open(folder);
  ada = await logIn(house, "+1234567890", "testpassword");
  await ada.call("views.rebuild", { params: { name: "relational" }, body: {} });
  const row = async () => (await ada.call("tenants.list")).data.data.find(({ id }) => id === "acme");
  expect(await row()).toMatchObject({ state: "suspended", people: 2 });
  expect(await code(logIn(house, noraPhone, PASSWORD))).toBe("identity-suspended");
  await ada.call("auth.prove", { body: { password: "testpassword" } });
  await act(ada, "resume");
  const back = await logIn(house, noraPhone, PASSWORD);
  expect((await back.call("searches.run", { body: { query: "ferry" } })).data.hits).toHaveLength(1);

  const end = (id: string, confirm: string) => ada.call("tenants.end", { params: { id }, body: { confirm } });
  expect(await code(end("acme", "acne"))).toBe("tenant-unconfirmed");
  expect(await code(end("default", "default"))).toBe("tenant-protected");
  expect(await code(end("globex", "globex"))).toBe("tenant-missing");
  const { data: done } = await end("acme", "acme");
  expect(done).toMatchObject({ state: "done", what: "tenant", of: "acme", erased: 2 });
  const lines = openReceipt(done.receipt ?? "", soleAuditKey(done.public_key));
  expect(lines).toContainEqual({
    name: "what",
    value: "the organisation acme, everybody of it and everything of theirs",
  });
  // Every view has said of every partition that it is past the end of it.
  expect(new Set(done.views.map(({ name }) => name))).toEqual(new Set(["relational", "search", "world"]));
  expect(await row()).toMatchObject({ state: "ended", people: 0 });
  expect((await problemOf(back.call("me.read"))).status).toBe(401);
  expect(await code(logIn(house, noraPhone, PASSWORD))).toBe("identity-credentials-wrong");
  expect(await code(end("acme", "acme"))).toBe("tenant-ended");
  expect(await code(ada.call("tenants.create", { body: { id: "acme" } }))).toBe("tenant-ended");
  // Nobody else has lost anything, and the receipt is kept with who asked for it.
  expect((await ada.call("searches.run", { body: { query: "ferry" } })).data.hits).toHaveLength(1);
  expect((await ada.call("erasures.list")).data.data).toMatchObject([{ id: done.id, what: "tenant", of: "acme" }]);
  const { data: report } = await ada.call("verifications.run");
  expect(report.agree).toBe(true);
});
