import type { Client } from "@kaelix/contract";
import { afterAll, expect, test } from "vitest";

import { openHouse } from "./server.ts";
import { clientOf, newFolder, problemOf } from "./testing/houses.ts";

const CLAIM_CODE = "TEST-CODE";
const PASSWORD = "harbour walnuts";
const FRESH = "lantern by the pond";
const ADA = "+4930100001";
const BEN = "+4930100002";

process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
const house = await openHouse({ dataDirectory: newFolder() });
afterAll(() => house.close());

const nobody = clientOf(house);
const operator = clientOf(house, house.operatorToken);
const code = async (call: Promise<unknown>): Promise<string> => (await problemOf(call)).code;

async function signUp(phone: string, name: string, more: Readonly<Record<string, string>>): Promise<[Client, string]> {
  const { data } = await nobody.call("auth.signUp", { body: { phone, name, password: PASSWORD, ...more } });
  return [clientOf(house, data.access_token), data.user.id];
}

async function logIn(phone: string, password: string): Promise<Client> {
  return clientOf(house, (await nobody.call("auth.logIn", { body: { phone, password } })).data.access_token);
}

const [ada, adaId] = await signUp(ADA, "Ada", { claim_code: CLAIM_CODE });
const { data: invite } = await ada.call("invites.create", { body: { role: "member" } });
const [ben, benId] = await signUp(BEN, "Ben", { invite_code: invite.code });
await ben.call("memories.create", { body: { text: "The spare key hangs behind the blue door", level: "secret" } });
await ben.call("memories.create", { body: { text: "Ben likes plum cake", level: "general" } });

/** What somebody's session lists. */
async function texts(client: Client): Promise<readonly (string | null)[]> {
  return (await client.call("memories.list")).data.data.map(({ text }) => text);
}

test("only the machine's own terminal makes a link, not an owner who has just proved it is them", async () => {
  await ada.call("auth.prove", { body: { password: PASSWORD } });
  expect(await code(ada.call("users.resetLink", { params: { id: benId } }))).toBe("policy-denied");
  expect(await code(ben.call("users.resetLink", { params: { id: benId } }))).toBe("policy-denied");
  expect(await code(nobody.call("users.resetLink", { params: { id: benId } }))).toBe("sign-in-required");
  expect(await code(nobody.call("auth.reset", { body: { code: "WGMP-X4XQ", new_password: FRESH } }))).toBe(
    "reset-link-wrong",
  );
});

test("whoever uses a link reads nothing above Confidential by it, and the person hears of it", async () => {
  const { data: link } = await operator.call("users.resetLink", { params: { id: benId } });
  await nobody.call("auth.reset", { body: { code: link.code, new_password: FRESH } });
  expect(await code(ben.call("memories.list"))).toBe("token-invalid");
  expect(await code(logIn(BEN, PASSWORD))).toBe("identity-credentials-wrong");

  const inside = await logIn(BEN, FRESH);
  expect(await texts(inside)).toEqual(["Ben likes plum cake"]);
  expect(await code(inside.call("auth.unlock", { body: { password: FRESH, level: "secret" } }))).toBe("account-held");
  await inside.call("auth.prove", { body: { password: FRESH } });
  const share = {
    to: adaId,
    what: { type: "all" },
    level: "secret",
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  } as const;
  expect(await code(inside.call("grants.create", { body: share }))).toBe("account-held");
  const { data: me } = await inside.call("me.read");
  expect(me.password_reset_at).not.toBeNull();
  expect(me.held_since).toBe(me.password_reset_at);

  expect(await code(inside.call("auth.regain", { body: { password: FRESH } }))).toBe("password-wrong");
  await inside.call("auth.regain", { body: { password: PASSWORD } });
  await inside.call("auth.unlock", { body: { password: FRESH, level: "secret" } });
  expect(await texts(inside)).toContain("The spare key hangs behind the blue door");
  expect((await inside.call("me.read")).data).toMatchObject({
    held_since: null,
    password_reset_at: me.password_reset_at,
  });
});

test("an owner who resets their own password at the terminal opens no more by it, there or in the browser", async () => {
  await ada.call("memories.create", { body: { text: "Ada's salary is 4,850 euros", level: "secret" } });
  const { data: link } = await operator.call("users.resetLink", { params: { id: adaId } });
  await nobody.call("auth.reset", { body: { code: link.code, new_password: FRESH } });
  expect(await code(operator.call("auth.unlock", { body: { password: FRESH, level: "secret" } }))).toBe("account-held");
  expect(await code(operator.call("auth.regain", { body: { password: PASSWORD } }))).toBe("policy-denied");
  expect(await texts(operator)).not.toContain("Ada's salary is 4,850 euros");
});

test("links, their use, and opening again are written down", async () => {
  const owner = await logIn(ADA, FRESH);
  const { data } = await owner.call("audit.list", { query: { limit: 200 } });
  const lines = data.data.map(({ action, resource, decision }) => `${action} ${resource ?? ""} ${decision}`);
  expect(lines).toContain(`user.reset-link ${benId} allow`);
  expect(lines).toContain(`identity.reset ${benId} allow`);
  expect(lines).toContain("identity.reset  deny");
  expect(lines.some((line) => line.startsWith("session.regain"))).toBe(true);
  expect(JSON.stringify(data)).not.toContain(FRESH);
});
