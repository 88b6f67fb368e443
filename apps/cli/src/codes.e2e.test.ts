import { afterAll, expect, test } from "vitest";

import { startMailServer } from "../../server/src/testing/mail-server.ts";
import { startSmsProvider } from "../../server/src/testing/sms-provider.ts";
import { findingsOf } from "../../web/src/testing/findings.ts";
import { dashboardReady } from "../../web/src/testing/journey.ts";
import { PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// A person has codes sent and signs in with them: the real product, a real mail server, a provider of SMS, a real browser.
const mail = await startMailServer();
const sms = await startSmsProvider();
afterAll(() => Promise.all([mail.close(), sms.close()]));
const { openOwnersPage, product } = await openStage({
  KAELIX_SMTP: `smtp://127.0.0.1:${mail.port}`,
  KAELIX_MAIL_FROM: "kaelix@example.com",
  KAELIX_SMS: `http://AC1:token@127.0.0.1:${sms.port}/Messages.json`,
  KAELIX_SMS_FROM: "+15550100",
  KAELIX_SMS_PREFIXES: "+1",
});
const page = await openOwnersPage();

/** The code of the newest of so many messages. */
async function mailed(messages: number): Promise<string> {
  await expect.poll(() => mail.received.length).toBe(messages);
  return /code is (\d{6})/.exec(mail.received.at(-1)?.raw ?? "")?.[1] ?? "";
}

/** The code of the newest of so many texts. */
async function texted(messages: number): Promise<string> {
  await expect.poll(() => sms.received.length).toBe(messages);
  const text = new URLSearchParams(sms.received.at(-1)?.body).get("Body") ?? "";
  return /code is (\d{6})/.exec(text)?.[1] ?? "";
}

test("codes by SMS are turned on with one that came, and by mail after an address is there", async () => {
  await page.goto(`${product.url}/settings/security`);
  await page.getByTestId("codes-on-sms").click();
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  await page.getByTestId("code-input").fill(await texted(1));
  expect(await findingsOf(page)).toEqual([]);
  await page.getByTestId("codes-confirm").click();
  await page.getByTestId("recovery-codes").waitFor();
  expect(new URLSearchParams(sms.received[0]?.body).get("To")).toBe(PERSON.phone);
  await page.getByTestId("recovery-codes-kept").click();
  await page.getByTestId("codes-off-sms").waitFor();
  await page.getByTestId("email-add").click();
  await page.getByTestId("email-input").fill("ann@example.com");
  await page.getByTestId("email-next").click();
  await page.getByTestId("code-input").fill(await mailed(1));
  await page.getByTestId("email-next").click();
  await page.getByTestId("codes-on-email").click();
  await page.getByTestId("code-input").fill(await mailed(2));
  await page.getByTestId("codes-confirm").click();
  await page.getByTestId("codes-off-email").waitFor();
  expect(await findingsOf(page)).toEqual([]);
});

test("signing in takes a code that is mailed, once", async () => {
  await page.goto(`${product.url}/settings`);
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL("**/login");
  await page.getByTestId("phone-input").fill(PERSON.phone);
  await page.getByTestId("password-input").fill(PERSON.password);
  await page.getByTestId("login-button").click();
  await page.getByTestId("send-code-email").click();
  await page.getByText("Sent by e-mail").waitFor();
  const code = await mailed(3);
  await page.getByTestId("code-input").fill(code === "000000" ? "111111" : "000000");
  await page.getByTestId("login-button").click();
  await page.getByText("The code is not right").waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await page.getByTestId("code-input").fill(code);
  await page.getByTestId("login-button").click();
  await dashboardReady(page);
});

test("a change wants the password and a code together", async () => {
  await page.goto(`${product.url}/settings/security`);
  await page.getByTestId("codes-off-email").click();
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("send-code-sms").click();
  await page.getByTestId("code-input").fill(await texted(2));
  expect(await findingsOf(page)).toEqual([]);
  await page.getByTestId("proof-button").click();
  await page.getByTestId("codes-on-email").waitFor();
  expect(product.output()).not.toMatch(/code is \d|ann@example/);
});
