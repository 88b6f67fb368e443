import type { Client } from "@kaelix/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type OpenHouse, openHouse } from "./server.ts";
import { clientOf, newFolder, problemOf } from "./testing/houses.ts";

const CLAIM_CODE = "TEST-CODE";
const PASSWORD = "harbour walnuts";
const PHONES = { Ada: "+4930100001", Ben: "+4930100002", Carla: "+4930100003", Dora: "+4930100004" } as const;

interface Somebody {
  readonly client: Client;
  readonly id: string;
}

const folder = newFolder();
let house: OpenHouse;
let before: string | undefined;

beforeAll(async () => {
  before = process.env["KAELIX_CLAIM_CODE"];
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  house = await openHouse({ dataDirectory: folder });
});
afterAll(async () => {
  await house.close();
  process.env["KAELIX_CLAIM_CODE"] = before;
});

async function signUp(name: keyof typeof PHONES, more: Readonly<Record<string, string>>): Promise<Somebody> {
  const body = { phone: PHONES[name], name, password: PASSWORD, ...more };
  const { data } = await clientOf(house).call("auth.signUp", { body });
  return { client: clientOf(house, data.access_token), id: data.user.id };
}

async function logIn(name: keyof typeof PHONES): Promise<Client> {
  const body = { phone: PHONES[name], password: PASSWORD };
  return clientOf(house, (await clientOf(house).call("auth.logIn", { body })).data.access_token);
}

const code = async (call: Promise<unknown>): Promise<string> => (await problemOf(call)).code;

test("owners and administrators see who there is, change roles, keep people out and let them in", async () => {
  const ada = await signUp("Ada", { claim_code: CLAIM_CODE });
  const invite = async (role: "admin" | "member" | "guest") =>
    (await ada.client.call("invites.create", { body: { role } })).data;
  const ben = await signUp("Ben", { invite_code: (await invite("admin")).code });
  const carla = await signUp("Carla", { invite_code: (await invite("member")).code });
  const prove = (client: Client) => client.call("auth.prove", { body: { password: PASSWORD } });

  const { data: users } = (await ben.client.call("users.list")).data;
  expect(users.map(({ name, role }) => [name, role])).toEqual([
    ["Ada", "owner"],
    ["Ben", "admin"],
    ["Carla", "member"],
  ]);
  expect(await code(carla.client.call("users.list"))).toBe("policy-denied");

  const suspend = (who: Somebody, whom: Somebody) => who.client.call("users.suspend", { params: { id: whom.id } });
  const setRole = (who: Somebody, whom: Somebody, role: "owner" | "admin" | "member" | "guest") =>
    who.client.call("users.setRole", { params: { id: whom.id }, body: { role } });
  expect(await code(suspend(ben, carla))).toBe("proof-needed");
  await prove(ben.client);
  await prove(ada.client);
  expect(await code(suspend(ben, ada))).toBe("member-protected");
  expect(await code(setRole(ben, carla, "admin"))).toBe("member-protected");
  expect(await code(suspend(carla, ben))).toBe("policy-denied");
  expect(await code(suspend(ada, ada))).toBe("member-last-owner");
  expect(await code(setRole(ada, ada, "member"))).toBe("member-last-owner");

  await prove(carla.client);
  const { data: key } = await carla.client.call("keys.create", { body: { name: "Robot", scopes: ["memory.list"] } });
  const robot = clientOf(house, key.secret);
  expect((await robot.call("memories.list")).data.data).toEqual([]);
  await suspend(ben, carla);
  expect(await code(carla.client.call("me.read"))).toBe("token-invalid");
  expect(await code(robot.call("memories.list"))).toBe("key-invalid");
  expect(await code(logIn("Carla"))).toBe("identity-suspended");
  expect((await ada.client.call("directory.list")).data.data.map(({ name }) => name)).toEqual(["Ben"]);
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const share = { to: carla.id, what: { type: "all" as const }, expires_at: expiresAt };
  expect(await code(ada.client.call("grants.create", { body: share }))).toBe("grant-invalid");

  // After a restart too.
  await house.close();
  house = await openHouse({ dataDirectory: folder });
  expect(await code(logIn("Carla"))).toBe("identity-suspended");
  const ada2 = { ...ada, client: await logIn("Ada") };
  await prove(ada2.client);
  await ada2.client.call("users.restore", { params: { id: carla.id } });
  const carla2 = await logIn("Carla");
  expect((await carla2.call("me.read")).data.role).toBe("member");

  // A role holds for the session that is open.
  await setRole(ada2, carla, "admin");
  expect((await carla2.call("users.list")).data.data).toHaveLength(3);
  await setRole(ada2, carla, "guest");
  expect(await code(carla2.call("users.list"))).toBe("policy-denied");
  await setRole(ada2, ben, "owner");
  await setRole(ada2, ada, "member");
  expect(await code(ada2.client.call("users.list"))).toBe("policy-denied");
  const { data: entries } = (await (await logIn("Ben")).call("audit.list", { query: { limit: 100 } })).data;
  const done = entries.filter(({ reason }) => reason === "done").map(({ action, resource }) => `${action} ${resource}`);
  expect(done).toContain(`user.suspend ${carla.id}`);
  expect(done).toContain(`user.role ${ben.id}`);
});

test("an invitation opens once, is listed without its code, and lets nobody in once it was taken back", async () => {
  const ben = await logIn("Ben");
  const { data: kept } = await ben.call("invites.create", { body: { role: "guest" } });
  const { data: ended } = await ben.call("invites.create", { body: { role: "guest" } });
  await ben.call("invites.end", { params: { id: ended.id } });
  const invites = (await ben.call("invites.list")).data.data;
  expect(invites.map(({ id, state }) => [id, state]).slice(0, 2)).toEqual(
    expect.arrayContaining([
      [kept.id, "open"],
      [ended.id, "over"],
    ]),
  );
  expect(JSON.stringify(invites)).not.toContain(kept.code);
  expect(await code(signUp("Dora", { invite_code: ended.code }))).toBe("identity-invite-invalid");
  const dora = await signUp("Dora", { invite_code: kept.code });
  expect(await code(dora.client.call("invites.list"))).toBe("policy-denied");
  const used = (await ben.call("invites.list")).data.data.find(({ id }) => id === kept.id);
  expect(used).toMatchObject({ state: "used", used_by: dora.id });
  expect(await code(ben.call("invites.end", { params: { id: "inv_01JD8QYB3M6W5T0ZK1E9V7RXSC" } }))).toBe(
    "invite-missing",
  );
});
