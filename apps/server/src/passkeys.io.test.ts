import type { Client } from "@kaelix/contract";
import { SoftwarePasskey } from "@kaelix/security/testing";
import { expect, test } from "vitest";

import type { OpenHouse } from "./server.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

// Passkeys through the routes of a whole house; every defence of the ceremony itself is tried in the security room.
const ORIGIN = "http://localhost";
const PASSWORD = "testpassword";

closeAfterEach();

async function withPasskey(
  house: OpenHouse,
): Promise<{ readonly owner: Client; readonly key: SoftwarePasskey; readonly id: string }> {
  const owner = await claimed(house);
  await owner.call("auth.prove", { body: { password: PASSWORD } });
  const key = new SoftwarePasskey({ counter: 1 });
  const { data: options } = await owner.call("passkeys.begin");
  const { id, response } = key.create(options, ORIGIN);
  const { clientDataJSON, attestationObject } = response;
  const passkey = { id, response: { clientDataJSON, attestationObject } };
  const { data } = await owner.call("passkeys.add", { body: { name: "Laptop", passkey } });
  return { owner, key, id: data.id };
}

async function signIn(house: OpenHouse, key: SoftwarePasskey): Promise<Client> {
  const { data: options } = await clientOf(house).call("auth.passkeyOptions");
  expect(options.allowCredentials).toEqual([]);
  const { data } = await clientOf(house).call("auth.passkey", { body: { passkey: key.answer(options, ORIGIN) } });
  return clientOf(house, data.access_token);
}

test("a passkey signs in, proves, opens level 3 and is written down; after a restart it still does, once removed it does not; the operator adds none", async () => {
  const folder = newFolder();
  const house = await open(folder);
  const { owner, key, id } = await withPasskey(house);
  const person = await signIn(house, key);
  const { data: options } = await person.call("auth.passkeyProof");
  const answer = key.answer(options, ORIGIN);
  const { data: user } = await person.call("auth.unlock", { body: { passkey: answer, level: "secret" } });
  expect(user.open_up_to).toBe("secret");
  const replayed = await problemOf(person.call("auth.prove", { body: { passkey: answer } }));
  expect(replayed).toMatchObject({ status: 403, code: "passkey-wrong" });
  const { data: audit } = await owner.call("audit.own", { query: { limit: 100 } });
  expect(audit.data.map(({ action }) => action)).toEqual(expect.arrayContaining(["factor.change", "identity.passkey"]));
  const operator = clientOf(house, house.operatorToken);
  await operator.call("auth.prove", { body: { password: PASSWORD } });
  expect(await problemOf(operator.call("passkeys.begin"))).toMatchObject({ status: 403, code: "policy-denied" });
  await close(house);

  const again = await open(folder);
  const later = await signIn(again, key);
  expect((await later.call("factors.read")).data.passkeys).toBe(1);
  await later.call("auth.prove", { body: { password: PASSWORD } });
  await later.call("passkeys.remove", { params: { id } });
  expect(await problemOf(signIn(again, key))).toMatchObject({ status: 401, code: "passkey-refused" });
  expect((await later.call("passkeys.list")).data.data).toEqual([]);
});
