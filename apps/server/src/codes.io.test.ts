import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Client, createClient, KaelixProblem } from "@kaelix/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type OpenHouse, openHouse } from "./server.ts";
import { type MailServer, startMailServer } from "./testing/mail-server.ts";
import { type SmsProvider, startSmsProvider } from "./testing/sms-provider.ts";

// Codes as the second step, over a real mail server and a provider of SMS on loopback.
const CLAIM_CODE = "TEST-CODE";
const PERSON = { phone: "+4930123456", password: "testpassword" };
const NAMES = ["CLAIM_CODE", "SMTP", "MAIL_FROM", "SMS", "SMS_FROM", "SMS_PREFIXES", "SMS_PER_DAY"];
const before = NAMES.map((name) => process.env[`KAELIX_${name}`]);
let folder: string;
let house: OpenHouse;
let mail: MailServer;
let sms: SmsProvider;
/** Of the session that has just proved itself. */
let proved: Client;

beforeAll(async () => {
  [mail, sms] = await Promise.all([startMailServer(), startSmsProvider()]);
  folder = mkdtempSync(join(tmpdir(), "kaelix-codes-"));
  const values = [
    CLAIM_CODE,
    `smtp://127.0.0.1:${mail.port}`,
    "kaelix@example.com",
    `http://AC1:token@127.0.0.1:${sms.port}/Messages.json`,
    "+15550100",
    "+49",
    "2",
  ];
  for (const [at, name] of NAMES.entries()) process.env[`KAELIX_${name}`] = values[at];
  house = await openHouse({ dataDirectory: folder });
  const body = { ...PERSON, name: "Ann", claim_code: CLAIM_CODE };
  const { data } = await clientWith(undefined).call("auth.signUp", { body });
  const client = (proved = clientWith(data.access_token));
  await client.call("auth.prove", { body: { password: PERSON.password } });
  await client.call("email.begin", { body: { address: "ann@example.com" } });
  await client.call("email.confirm", { body: { code: mailed() } });
  const { data: begun } = await client.call("factors.beginCodes", { body: { by: "email" } });
  const confirmed = await client.call("factors.confirmCodes", {
    body: { by: "email", request: begun.request, code: mailed() },
  });
  expect(confirmed.data.recovery_codes).toHaveLength(10);
});
afterAll(async () => {
  await house.close();
  await Promise.all([mail.close(), sms.close()]);
  for (const [at, name] of NAMES.entries()) {
    const value = before[at];
    if (value === undefined) delete process.env[`KAELIX_${name}`];
    else process.env[`KAELIX_${name}`] = value;
  }
  rmSync(folder, { recursive: true, force: true });
});

function clientWith(token: string | undefined): Client {
  return createClient({ baseUrl: "http://localhost", fetch: house.fetch, accessToken: () => token });
}

/** The code of the newest mail. */
function mailed(): string {
  return (
    /Your Kaelix code is (\d{6})|Your code is (\d{6})/
      .exec(mail.received.at(-1)?.raw ?? "")
      ?.find((part) => /^\d{6}$/.test(part)) ?? ""
  );
}

async function signIn(): Promise<Client> {
  const anonymous = clientWith(undefined);
  const { data: sent } = await anonymous.call("auth.logInCode", { body: { ...PERSON, by: "email" } });
  const body = { ...PERSON, code: mailed(), code_request: sent.request };
  return clientWith((await anonymous.call("auth.logIn", { body })).data.access_token);
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

test("signing in wants a code; one is mailed to who gives the password, and reads the same for who is not there", async () => {
  const anonymous = clientWith(undefined);
  const without = anonymous.call("auth.logIn", { body: PERSON });
  await expect(without).rejects.toMatchObject({ code: "second-factor-needed", details: { ways: ["email"] } });
  const count = mail.received.length;
  const ask = (more: object): Promise<string> =>
    refusal(anonymous.call("auth.logInCode", { body: { ...PERSON, by: "email", ...more } }));
  expect(await ask({ password: "not this one" })).toBe("401 identity-credentials-wrong");
  expect(await ask({ phone: "+4930999999" })).toBe("401 identity-credentials-wrong");
  expect(await ask({ by: "sms" })).toBe("409 code-way-off");
  expect(mail.received).toHaveLength(count);
  const client = await signIn();
  expect((await client.call("factors.read")).data).toMatchObject({
    totp: false,
    codes_by: ["email"],
    codes_possible: ["email", "sms"],
    proof_by: "password-and-code",
  });
});

test("opening up takes the password and a code that was asked for at this session", async () => {
  const client = await signIn();
  const { password } = PERSON;
  const { data: sent } = await client.call("auth.proveCode", { body: { by: "email" } });
  const both = { password, code: mailed(), code_request: sent.request };
  const open = (body: object): Promise<unknown> => client.call("auth.unlock", { body: { level: "secret", ...body } });
  expect(await refusal(open({ password }))).toBe("403 second-factor-needed");
  expect(await refusal(open({ code: both.code, code_request: sent.request }))).toBe("403 password-wrong");
  expect(await refusal(open({ ...both, code_request: "q83vEjRWeJq83vEjRWeJqA" }))).toBe("403 code-wrong");
  await open(both);
  expect((await client.call("me.read")).data.open_up_to).toBe("secret");
});

test("the operator of the machine is sent the owner's code, and changes nothing of how they sign in", async () => {
  const operator = clientWith(house.operatorToken);
  const { data: sent } = await operator.call("auth.proveCode", { body: { by: "email" } });
  const both = { password: PERSON.password, code: mailed(), code_request: sent.request };
  await operator.call("auth.prove", { body: both });
  const body = { by: "sms" } as const;
  expect(await refusal(operator.call("factors.beginCodes", { body }))).toBe("403 policy-denied");
  expect(await refusal(operator.call("factors.removeCodes", { params: { by: "email" } }))).toBe("403 policy-denied");
});

test("SMS go to the number of the account, as many as a day allows", async () => {
  const texted = (): string =>
    /code is (\d{6})/.exec(new URLSearchParams(sms.received.at(-1)?.body).get("Body") ?? "")?.[1] ?? "";
  const { data: begun } = await proved.call("factors.beginCodes", { body: { by: "sms" } });
  expect(new URLSearchParams(sms.received[0]?.body).get("To")).toBe(PERSON.phone);
  const body = { by: "sms", request: begun.request, code: texted() } as const;
  // Recovery codes were shown with the first way.
  expect((await proved.call("factors.confirmCodes", { body })).data.recovery_codes).toEqual([]);
  const ask = (): Promise<unknown> => proved.call("auth.proveCode", { body: { by: "sms" } });
  await ask();
  expect(await refusal(ask())).toBe("503 sms-spent");
  expect(sms.received).toHaveLength(2);
});

test("a mail names no host to go to, whatever a request says of where it was sent", async () => {
  const count = mail.received.length;
  const forged = { "x-forwarded-host": "evil.example", "x-host": "evil.example", forwarded: "host=evil.example" };
  const answer = await house.fetch("http://localhost/api/v1/auth/recovery", {
    method: "POST",
    headers: { "content-type": "application/json", ...forged },
    body: JSON.stringify({ email: "ann@example.com" }),
  });
  expect(answer.status).toBe(202);
  await expect.poll(() => mail.received.length, { timeout: 60_000 }).toBe(count + 1);
  const { raw } = mail.received.at(-1) ?? expect.fail();
  expect(raw).toMatch(/\d{6}/);
  expect(raw).not.toMatch(/evil|https?:/iu);
});

test("no code and no address stands in any file of the server but sealed", () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(5);
  const codes = mail.received.map(({ raw }) => /code is (\d{6})/.exec(raw)?.[1] ?? "");
  expect(codes.length).toBeGreaterThan(3);
  for (const { name, parentPath } of files) {
    const bytes = readFileSync(join(parentPath, name));
    expect(bytes.includes("ann@example.com"), name).toBe(false);
    // Six digits may stand in any large file by chance: only with the words that they were sent with.
    for (const code of codes) expect(bytes.includes(`code is ${code}`), name).toBe(false);
  }
});
