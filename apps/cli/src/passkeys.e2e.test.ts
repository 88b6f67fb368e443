import { expect, test } from "vitest";

import { findingsOf } from "../../web/src/testing/findings.ts";
import { claimServer, dashboardReady, logIn, signUp } from "../../web/src/testing/journey.ts";
import { PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// A person signs in with a device that knows them: a virtual authenticator in a real Chromium, on the real product.
const { openPage, product } = await openStage();
const { port } = new URL(product.url);
const home = `http://localhost:${port}`;
const NEW_PASSWORD = "a river without fish";
/** The same by its number, which browsers keep no passkeys for. */
const byNumber = `http://127.0.0.1:${port}`;
const page = await openPage();
const devtools = await page.context().newCDPSession(page);
await devtools.send("WebAuthn.enable");
const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
  options: {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  },
});
const setVerified = (isUserVerified: boolean): Promise<unknown> =>
  devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
await claimServer(page, product.openUrl.replace(product.url, home));
await signUp(page, PERSON);

async function signOut(): Promise<void> {
  await page.goto(`${home}/settings`);
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL("**/login");
}

test("a passkey is added after a fresh proof, with a name", async () => {
  await page.goto(`${home}/settings/security`);
  await page.getByTestId("passkey-add").click();
  await page.getByTestId("passkey-name").fill("My laptop");
  await page.getByTestId("passkey-make").click();
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  const row = page.getByTestId("passkey");
  await row.waitFor();
  await expect.poll(() => row.textContent()).toMatch(/My laptop.*Not used yet/);
  expect(await findingsOf(page)).toEqual([]);
});

test("a device has one passkey for a person, not two", async () => {
  await page.getByTestId("passkey-add").click();
  await page.getByTestId("passkey-make").click();
  await page.getByText("This device has a passkey for you already.").waitFor();
  await expect.poll(() => page.getByTestId("passkey").count()).toBe(1);
});

test("it signs in alone, and after the phone was typed only whose phone it is", async () => {
  await signOut();
  expect(await findingsOf(page)).toEqual([]);
  await page.getByTestId("passkey-button").click();
  await dashboardReady(page);
  await signOut();
  await page.getByTestId("phone-input").fill("+49 30 1234567");
  await page.getByTestId("passkey-button").click();
  await page.getByText("This passkey was not accepted").waitFor();
  await page.getByTestId("phone-input").fill(PERSON.phone);
  await page.getByTestId("passkey-button").click();
  await dashboardReady(page);
});

test("a device that does not know its owner opens nothing", async () => {
  await setVerified(false);
  await signOut();
  await page.getByTestId("passkey-button").click();
  await page.getByRole("alert").waitFor();
  await setVerified(true);
  await page.getByTestId("passkey-button").click();
  await dashboardReady(page);
});

test("it opens the upper levels", async () => {
  await page.getByRole("button", { name: /Open up to/ }).click();
  await page.getByTestId("passkey-button").click();
  await page.getByRole("button", { name: /Open up to Secret until/ }).waitFor();
});

test("it sets a new password without the old one", async () => {
  await page.goto(`${home}/settings/security`);
  await page.getByTestId("change-password").click();
  await page.getByTestId("new-password-input").fill("password");
  await page.getByTestId("passkey-button").click();
  await page.getByText("one of the first that are guessed").waitFor();
  await page.getByTestId("new-password-input").fill(NEW_PASSWORD);
  expect(await findingsOf(page)).toEqual([]);
  await page.getByTestId("passkey-button").click();
  await page.getByText("Password changed.").waitFor();
  await signOut();
  await logIn(page, home, { phone: PERSON.phone, password: NEW_PASSWORD });
});

test("at a bare number the page says why there are none", async () => {
  const other = await openPage({ viewport: { width: 1_280, height: 800 } });
  await other.goto(`${byNumber}/login`);
  await other.getByTestId("phone-input").fill(PERSON.phone);
  await other.getByTestId("password-input").fill(NEW_PASSWORD);
  expect(await other.getByTestId("passkey-button").count()).toBe(0);
  await other.getByTestId("login-button").click();
  await dashboardReady(other);
  await other.goto(`${byNumber}/settings/security`);
  await other.getByText("this page was opened by a number").waitFor();
  expect(await other.getByTestId("passkey-add").count()).toBe(0);
  await other.context().close();
});

test("removed, it opens nothing any more", async () => {
  await page.goto(`${home}/settings/security`);
  await page
    .getByText(/Last used/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Remove My laptop" }).click();
  await page.getByTestId("passkey-remove").click();
  // Signed in by the password alone, who is there must be shown once more.
  await page.getByTestId("passkey-button").click();
  await page.getByTestId("passkey").waitFor({ state: "detached" });
  await signOut();
  await page.getByTestId("passkey-button").click();
  await page.getByText("This passkey was not accepted").waitFor();
});
