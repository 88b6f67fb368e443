import { afterAll, expect, test } from "vitest";

import { startMailServer } from "../../server/src/testing/mail-server.ts";
import { findingsOf } from "../../web/src/testing/findings.ts";
import { dashboardReady } from "../../web/src/testing/journey.ts";
import { PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// A person loses their password and comes back by mail: the real product, a real mail server, a real browser.
const FRESH = "walnut harbour at dusk";
const mail = await startMailServer();
afterAll(() => mail.close());
const { openPage, openOwnersPage, product } = await openStage({
  KAELIX_SMTP: `smtp://127.0.0.1:${mail.port}`,
  KAELIX_MAIL_FROM: "kaelix@example.com",
});
const page = await openOwnersPage();

/** The code of the newest of so many messages. */
async function codeOf(messages: number): Promise<string> {
  await expect.poll(() => mail.received.length).toBe(messages);
  return /Your code is (\d{6})/.exec(mail.received.at(-1)?.raw ?? "")?.[1] ?? "";
}

test("an address is kept once the code that was sent there is typed", async () => {
  await page.goto(`${product.url}/settings/security`);
  await page.getByTestId("email-add").click();
  await page.getByTestId("email-input").fill("ann@example.com");
  await page.getByTestId("email-next").click();
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  await page.getByTestId("code-input").fill(await codeOf(1));
  await page.getByTestId("email-next").click();
  await page.getByTestId("email-address").waitFor();
  expect(mail.received[0]?.to).toEqual(["ann@example.com"]);
  expect(await findingsOf(page)).toEqual([]);
});

test("a forgotten password is replaced by a code, and every device is signed out", async () => {
  const stranger = await openPage({ viewport: { width: 1_280, height: 800 } });
  await stranger.goto(`${product.url}/login`);
  await stranger.getByRole("link", { name: "Forgot your password?" }).click();
  // To a stranger's address nothing goes, and the page says the same.
  await stranger.getByTestId("email-input").fill("nobody@example.com");
  await stranger.getByTestId("recover-ask").click();
  const words = "If the address belongs to an account here";
  await stranger.getByText(words).waitFor();
  await stranger.getByTestId("recover-again").click();
  await stranger.getByTestId("email-input").fill("Ann@example.com");
  await stranger.getByTestId("recover-ask").click();
  await stranger.getByText(words).waitFor();
  await stranger.getByTestId("code-input").fill(await codeOf(2));
  await stranger.getByTestId("new-password-input").fill(FRESH);
  await stranger.getByTestId("recover-finish").click();
  await stranger.waitForURL("**/login");
  await stranger.getByTestId("phone-input").fill(PERSON.phone);
  await stranger.getByTestId("password-input").fill(FRESH);
  await stranger.getByTestId("login-button").click();
  await dashboardReady(stranger);
  await page.goto(`${product.url}/settings`);
  await page.waitForURL("**/login");
  expect(await findingsOf(page)).toEqual([]);
  await page.goto(`${product.url}/recover`);
  await page.getByTestId("email-input").waitFor();
  expect(await findingsOf(page)).toEqual([]);
  expect(mail.received.flatMap(({ to }) => to)).not.toContain("nobody@example.com");
  expect(product.output()).not.toMatch(/ann@example|Your code is/i);
  await stranger.context().close();
});
