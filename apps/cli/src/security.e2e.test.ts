import { expect, test } from "vitest";

import { authenticatorCode, steadyStep } from "../../server/src/testing/authenticator.ts";
import { dashboardReady } from "../../web/src/testing/journey.ts";
import { PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// A person makes their account safe, on the real product in a real browser.
const { openOwnersPage, product } = await openStage();
const page = await openOwnersPage();

async function signOut(): Promise<void> {
  await page.goto(`${product.url}/settings`);
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL("**/login");
}

async function typeCredentials(): Promise<void> {
  await page.getByTestId("phone-input").fill(PERSON.phone);
  await page.getByTestId("password-input").fill(PERSON.password);
  await page.getByTestId("login-button").click();
  await page.getByTestId("code-input").waitFor();
}

let secret = "";
let recoveryCode = "";

test("two-factor sign-in is set up after a fresh proof, with recovery codes shown once", async () => {
  await page.goto(`${product.url}/settings`);
  await page.getByRole("link", { name: /two-factor/ }).click();
  await page.getByTestId("factor-begin").click();
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  secret = ((await page.getByTestId("totp-secret").textContent()) ?? "").replaceAll(" ", "");
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  await steadyStep(25);
  await page.getByTestId("code-input").fill(authenticatorCode(secret, -1));
  await page.getByTestId("factor-confirm").click();
  await page.getByTestId("recovery-codes").locator("li").first().waitFor();
  const codes = await page.getByTestId("recovery-codes").locator("li").allTextContents();
  expect(codes).toHaveLength(10);
  recoveryCode = codes[0] ?? "";
  // What was typed into is gone: whoever goes on by keys, or listens, is where it stood.
  const heading = page.getByRole("heading", { name: "Two-factor sign-in" });
  const hasFocus = async (): Promise<boolean> => heading.evaluate((one) => one === document.activeElement);
  expect(await hasFocus()).toBe(true);
  await page.getByTestId("recovery-codes-kept").focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("factor-on").waitFor();
  await expect.poll(hasFocus).toBe(true);
  await page.reload();
  await page.getByTestId("factor-on").waitFor();
  expect(await page.getByText(recoveryCode).count()).toBe(0);
});

test("one's own key is renewed at a session that was just proved", async () => {
  await page.goto(`${product.url}/settings/security`);
  const state = page.getByTestId("own-key");
  await expect.poll(() => state.textContent()).toBe("Version 1");
  await page.getByTestId("renew-key").click();
  await expect.poll(() => state.textContent()).toBe("Version 2");
});

test("signing in asks for the code: a used one opens nothing, the next one does", async () => {
  await signOut();
  await typeCredentials();
  await page.getByTestId("code-input").fill(authenticatorCode(secret, -1));
  await page.getByTestId("login-button").click();
  await page.getByText("The code is not right, or was used already").waitFor();
  await page.getByTestId("code-input").fill(authenticatorCode(secret));
  await page.getByTestId("login-button").click();
  await dashboardReady(page);
});

test("without the phone a recovery code signs in", async () => {
  await signOut();
  await typeCredentials();
  await page.getByTestId("code-input").fill(recoveryCode.toLowerCase());
  await page.getByTestId("login-button").click();
  await dashboardReady(page);
  await page.goto(`${product.url}/settings/security`);
  await page.getByText("9 recovery codes left").waitFor();
});

test("opening up asks for a code and not for the password", async () => {
  await page.getByRole("button", { name: /Open up to/ }).click();
  await page.getByTestId("code-input").fill(authenticatorCode(secret, 1));
  expect(await page.getByTestId("unlock-password").count()).toBe(0);
  await page.getByTestId("unlock-button").click();
  await page.getByRole("button", { name: /Open up to Secret until/ }).waitFor();
});
