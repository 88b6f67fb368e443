import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Client, createClient, KaelixProblem } from "@kaelix/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type OpenHouse, openHouse } from "./server.ts";
import { authenticatorCode, steadyStep } from "./testing/authenticator.ts";

const CLAIM_CODE = "TEST-CODE";
const PERSON = { phone: "+1234567890", password: "testpassword" };
let folder: string;
let house: OpenHouse;
let before: string | undefined;

beforeAll(async () => {
  before = process.env["KAELIX_CLAIM_CODE"];
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  folder = mkdtempSync(join(tmpdir(), "kaelix-access-"));
  house = await openHouse({ dataDirectory: folder });
  await anonymous().call("auth.signUp", { body: { ...PERSON, name: "Ann", claim_code: CLAIM_CODE } });
});
afterAll(async () => {
  await house.close();
  process.env["KAELIX_CLAIM_CODE"] = before;
  rmSync(folder, { recursive: true, force: true });
});

function clientWith(token: string | undefined): Client {
  return createClient({ baseUrl: "http://localhost", fetch: house.fetch, accessToken: () => token });
}

function anonymous(): Client {
  return clientWith(undefined);
}

async function signIn(more: { readonly password?: string; readonly code?: string } = {}): Promise<Client> {
  const { data } = await anonymous().call("auth.logIn", { body: { ...PERSON, ...more } });
  return clientWith(data.access_token);
}

/** Signs somebody else up. */
async function invite(owner: Client, phone: string): Promise<Client> {
  const { data } = await owner.call("invites.create", { body: { role: "member" } });
  const body = { phone, name: "Carla", password: "harbour walnuts", invite_code: data.code };
  return clientWith((await anonymous().call("auth.signUp", { body })).data.access_token);
}

async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (failure) {
    if (failure instanceof KaelixProblem) return `${failure.status} ${failure.code}`;
    throw failure;
  }
  return "nothing refused";
}

/** A key of somebody who has just proved themself by their password. */
async function keyOf(
  client: Client,
  request: { readonly scopes: string[]; readonly kind?: "agent" | "service"; readonly level?: number },
  password = PERSON.password,
): Promise<{ readonly id: string; readonly robot: Client; readonly secret: string }> {
  await client.call("auth.prove", { body: { password } });
  const { data } = await client.call("keys.create", { body: { name: "Robot", ...request } });
  return { id: data.key.id, robot: clientWith(data.secret), secret: data.secret };
}

test("a key is made after a fresh proof, works by its scopes, level and person, and opens nothing once ended", async () => {
  const owner = await signIn();
  const body = { name: "Robot", scopes: ["memory.read"] };
  expect(await refusal(owner.call("keys.create", { body }))).toBe("403 proof-needed");
  expect(await refusal(owner.call("auth.prove", { body: { password: "wrong" } }))).toBe("403 password-wrong");
  const scopes = ["memory.create", "memory.read", "memory.list"];
  const { id, robot, secret } = await keyOf(owner, { scopes, level: 1 });
  expect(secret).toMatch(/^klx_/);

  const { data: told } = await robot.call("memories.create", { body: { text: "The ferry leaves at ten", level: 1 } });
  const { data: above } = await owner.call("memories.create", { body: { text: "Mum is allergic", level: 2 } });
  const readBack = await robot.call("memories.read", { params: { id: told.memory.id } });
  expect(readBack.data.text).toBe("The ferry leaves at ten");
  expect(await refusal(robot.call("memories.read", { params: { id: above.memory.id } }))).toBe("404 not-found");
  expect((await owner.call("memories.read", { params: { id: told.memory.id } })).data.id).toBe(told.memory.id);
  expect(await refusal(robot.call("answers.ask", { body: { question: "When?" } }))).toBe("403 policy-denied");
  expect(await refusal(robot.call("auth.unlock", { body: { password: PERSON.password, level: 3 } }))).toBe(
    "403 policy-denied",
  );
  expect(await refusal(robot.call("keys.create", { body }))).toBe("403 policy-denied");
  const [listed] = (await owner.call("keys.list")).data.data;
  expect(listed).toMatchObject({ id, name: "Robot", kind: "agent", level: "general", state: "open", expires_at: null });
  expect(JSON.stringify(listed)).not.toContain(secret);

  const other = await invite(owner, "+4930123456");
  const { data: foreign } = await other.call("memories.create", { body: { text: "hers", level: 1 } });
  expect(await refusal(robot.call("memories.read", { params: { id: foreign.memory.id } }))).toBe("404 not-found");
  expect(await refusal(other.call("keys.end", { params: { id } }))).toBe("404 api-key-missing");

  await owner.call("keys.end", { params: { id } });
  expect(await refusal(robot.call("memories.read", { params: { id: told.memory.id } }))).toBe("401 key-invalid");
  expect((await owner.call("keys.list")).data.data[0]?.state).toBe("ended");
  expect(await refusal(clientWith(`${secret.slice(0, -1)}x`).call("me.read"))).toBe("401 key-invalid");
});

test("a service's key sees the installation and nobody's things; what no key may have is refused", async () => {
  const owner = await signIn();
  const { robot } = await keyOf(owner, { scopes: ["server.status"], kind: "service" });
  expect((await robot.call("status.read")).data.version).toBeTypeOf("string");
  expect(await refusal(robot.call("me.read"))).toBe("403 policy-denied");
  expect(await refusal(keyOf(owner, { scopes: ["memory.read"], kind: "service" }))).toBe("400 api-key-invalid");
  expect(await refusal(keyOf(owner, { scopes: ["key.create"] }))).toBe("400 api-key-invalid");
  expect(await refusal(keyOf(owner, { scopes: ["memory.read"], level: 3 }))).toBe("400 api-key-invalid");
});

test("sessions: ended one by one, or all others at once", async () => {
  const [first, second, third] = [await signIn(), await signIn(), await signIn()];
  const { data } = await second.call("sessions.list");
  const current = data.data.find((session) => session.current);
  await first.call("sessions.end", { params: { id: current?.id ?? "" } });
  expect(await refusal(second.call("me.read"))).toBe("401 token-invalid");
  const { data: ended } = await first.call("sessions.endOthers");
  expect(ended.ended).toBeGreaterThan(0);
  expect(await refusal(third.call("me.read"))).toBe("401 token-invalid");
  expect((await first.call("sessions.list")).data.data).toHaveLength(1);
});

test("the operator makes keys by the owner's password, and cannot lock the owner out", async () => {
  const operator = clientWith(house.operatorToken);
  const body = { name: "Robot", scopes: ["memory.read"] };
  expect(await refusal(operator.call("keys.create", { body }))).toBe("403 proof-needed");
  expect(await refusal(operator.call("auth.prove", { body: { password: "wrong" } }))).toBe("403 password-wrong");
  await operator.call("auth.prove", { body: { password: PERSON.password } });
  const { data } = await operator.call("keys.create", { body });
  await operator.call("keys.end", { params: { id: data.key.id } });
  expect(await refusal(operator.call("factors.beginTotp"))).toBe("403 policy-denied");
  const change = { password: PERSON.password, new_password: "another one entirely" };
  expect(await refusal(operator.call("password.change", { body: change }))).toBe("403 policy-denied");
});

test("a person: second factor, its codes once each, recovery codes, password, and off again", async () => {
  const owner = await signIn();
  const person = { phone: "+442079460000", password: "harbour walnuts" };
  const enter = async (more: { readonly code?: string; readonly password?: string } = {}): Promise<Client> => {
    const { data } = await anonymous().call("auth.logIn", { body: { ...person, ...more } });
    return clientWith(data.access_token);
  };
  const first = await invite(owner, person.phone);
  const device = await enter();
  expect((await device.call("factors.read")).data).toMatchObject({ totp: false, proof_by: "password" });
  expect(await refusal(device.call("factors.beginTotp"))).toBe("403 proof-needed");
  await device.call("auth.prove", { body: { password: person.password } });
  const { data: app } = await device.call("factors.beginTotp");
  expect(app.uri).toContain(`secret=${app.secret}`);
  expect(await refusal(device.call("factors.confirmTotp", { body: { code: "000000" } }))).toBe("403 code-wrong");
  expect((await device.call("factors.read")).data.totp).toBe(false);

  await steadyStep();
  const [past, now, next] = [-1, 0, 1].map((step) => authenticatorCode(app.secret, step));
  const { data: made } = await device.call("factors.confirmTotp", { body: { code: past ?? "" } });
  expect(made.recovery_codes).toHaveLength(10);
  expect(await refusal(first.call("me.read")), "every other session ends").toBe("401 token-invalid");

  expect(await refusal(enter())).toBe("403 second-factor-needed");
  expect(await refusal(enter({ password: "wrong", code: now ?? "" }))).toBe("401 identity-credentials-wrong");
  expect(await refusal(enter({ code: past ?? "" })), "used in setting up").toBe("403 code-wrong");
  const second = await enter({ code: now ?? "" });
  expect(await refusal(enter({ code: now ?? "" })), "used to sign in").toBe("403 code-wrong");
  const [lost = "", spare = "", stepUp = ""] = made.recovery_codes;
  await enter({ code: lost });
  expect(await refusal(enter({ code: lost })), "a recovery code opens once").toBe("403 code-wrong");

  const unlock = (proof: { readonly password?: string; readonly code?: string }) =>
    second.call("auth.unlock", { body: { level: 3, ...proof } });
  expect(await refusal(unlock({ password: person.password })), "the password is not fresh proof").toBe(
    "403 second-factor-needed",
  );
  expect(await refusal(unlock({ code: now ?? "" }))).toBe("403 code-wrong");
  expect((await unlock({ code: next ?? "" })).data.open_up_to).toBe("secret");

  const change = { password: person.password, new_password: "a quite different one" };
  const third = await enter({ code: spare });
  expect(await refusal(third.call("password.change", { body: change }))).toBe("403 proof-needed");
  await third.call("auth.prove", { body: { code: stepUp } });
  expect(await refusal(third.call("password.change", { body: { ...change, password: "wrong" } }))).toBe(
    "403 password-wrong",
  );
  await third.call("password.change", { body: change });
  expect(await refusal(second.call("me.read"))).toBe("401 token-invalid");
  person.password = change.new_password;

  const { data: renewed } = await third.call("factors.renewRecoveryCodes");
  expect(await refusal(enter({ code: made.recovery_codes[5] ?? "" })), "renewed away").toBe("403 code-wrong");
  await enter({ code: renewed.recovery_codes[0] ?? "" });
  expect((await third.call("factors.read")).data.recovery_codes_left).toBe(9);
  await third.call("factors.removeTotp");
  expect((await (await enter()).call("me.read")).data.name).toBe("Carla");
});
