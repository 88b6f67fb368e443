import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { findingsOf } from "../../web/src/testing/findings.ts";
import { claimServer, dashboardReady, signUp } from "../../web/src/testing/journey.ts";
import { PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// What one sealed is opened by a passkey's own secret: virtual authenticators with and without the extension, on the real product.
const PASSPHRASE = "walnut lantern harbour";
const SAID = "The papers are in the hollow oak";
/** Everything that the browser sent, and every secret that a passkey made. */
const sent: string[] = [];
const secrets: string[] = [];
const { openPage, product } = await openStage();
const home = `http://localhost:${new URL(product.url).port}`;
const page = await openPage({ colorScheme: "dark" });
page.on("request", (request) => sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ""}`));
await page.exposeFunction("tellSecret", (hex: string) => void secrets.push(hex));
// Told here before the page has it: the page overwrites the bytes.
await page.addInitScript(`
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = async (options) => {
    const made = await get(options);
    const first = made?.getClientExtensionResults().prf?.results?.first;
    if (first) await window.tellSecret(new Uint8Array(first).toHex());
    return made;
  };
`);
const setPrf = await authenticators(page);
await setPrf(false);
await claimServer(page, product.openUrl.replace(product.url, home));
await signUp(page, PERSON);

/** One device at a time: with the extension or without. */
async function authenticators(on: Page): Promise<(hasPrf: boolean) => Promise<void>> {
  const devtools = await on.context().newCDPSession(on);
  await devtools.send("WebAuthn.enable");
  let standing: string | undefined;
  return async (hasPrf) => {
    if (standing !== undefined)
      await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: standing });
    const options = {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf,
    } as const;
    ({ authenticatorId: standing } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options }));
  };
}

async function addPasskey(name: string): Promise<void> {
  await page.goto(`${home}/settings/security`);
  await page.getByTestId("passkey-add").click();
  await page.getByTestId("passkey-name").fill(name);
  await page.getByTestId("passkey-make").click();
  const row = page.getByTestId("passkey").filter({ hasText: name });
  const proof = page.getByTestId("proof-password");
  await row.or(proof).first().waitFor();
  if ((await row.count()) === 0) {
    await proof.fill(PERSON.password);
    await page.getByTestId("proof-button").click();
  }
  await row.waitFor();
}

async function tryPasskey(): Promise<void> {
  await page.goto(`${home}/settings/security/seal`);
  await page.getByTestId("seal-passkey-add").click();
  await page.getByTestId("passphrase-input").fill(PASSPHRASE);
  await page.getByTestId("seal-passkey-make").click();
}

async function look(name: string): Promise<void> {
  expect(await findingsOf(page)).toEqual([]);
  const folder = process.env["KAELIX_SCREENSHOTS"];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/seal-${name}.png` });
}

test("a passkey that makes no secret is told so in plain words, and nothing is changed", async () => {
  await page.goto(`${home}/settings/security/seal`);
  await page.getByTestId("seal-set-up").click();
  await page.getByTestId("new-passphrase").fill(PASSPHRASE);
  await page.getByTestId("new-passphrase-again").fill(PASSPHRASE);
  await page.getByTestId("passphrase-submit").click();
  await page.getByTestId("recovery-key").waitFor();
  const groups = (await page.getByTestId("recovery-key").locator("li").allTextContents()).map((text) =>
    text.trim().slice(-4),
  );
  await page.getByTestId("recovery-kept").click();
  await page.getByTestId("recovery-group-3").fill(groups[2] ?? "");
  await page.getByTestId("recovery-group-7").fill(groups[6] ?? "");
  await page.getByTestId("recovery-confirm").click();
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  await page.getByTestId("seal-on").waitFor();
  await addPasskey("Old key");
  await page.getByRole("button", { name: /^Open up to/ }).click();
  await page.getByRole("dialog").getByText("Ultra-secret").first().click();
  await page.getByTestId("unlock-password").fill(PERSON.password);
  await page.getByTestId("unlock-button").click();
  await page.getByTestId("unlock-button").waitFor({ state: "detached" });
  await tryPasskey();
  await page.getByTestId("seal-passkey-trouble").filter({ hasText: "makes no secret" }).waitFor();
  await look("without-prf");
  expect(secrets).toEqual([]);
});

test("a passkey opens what was sealed; its secret goes nowhere", async () => {
  await setPrf(true);
  await addPasskey("New phone");
  await tryPasskey();
  await page.getByText("1 passkey unlocks it").waitFor();
  await look("with-prf");
  await page.goto(`${home}/`);
  await dashboardReady(page);
  await page.getByTestId("message-input").fill(SAID);
  await page.getByRole("button", { name: /Level/ }).first().click();
  await page.getByRole("option", { name: /Ultra-secret/ }).click();
  await page.getByTestId("send-button").click();
  await page.getByTestId("seal-passkey").waitFor();
  await look("unlock");
  await page.getByTestId("seal-passkey").click();
  await page.getByTestId("seal-passkey").waitFor({ state: "detached" });
  await page.getByTestId("send-button").click();
  await page.getByTestId("sealed-opened").filter({ hasText: SAID }).first().waitFor();
  await page.reload();
  await page.getByTestId("seal-unlock").first().click();
  await page.getByTestId("seal-passkey").click();
  await page.getByTestId("sealed-opened").filter({ hasText: SAID }).first().waitFor();
  // The device makes the same of the same salt each time, and other than nothing.
  expect(new Set(secrets).size).toBe(1);
  expect(secrets.length).toBe(3);
  const all = sent.join("\n");
  for (const secret of secrets) {
    const bytes = Buffer.from(secret, "hex");
    for (const form of ["hex", "base64", "base64url"] as const) expect(all).not.toContain(bytes.toString(form));
  }
  expect(all).not.toContain(SAID);
});

test("a passkey that is removed opens it no more, and what was wrapped for it is gone", async () => {
  await page.goto(`${home}/settings/security`);
  await page.getByRole("button", { name: "Remove New phone" }).click();
  await page.getByTestId("passkey-remove").click();
  await page.getByTestId("passkey").filter({ hasText: "New phone" }).waitFor({ state: "detached" });
  await page.goto(`${home}/settings/security/seal`);
  await page.getByText("No passkey unlocks it.").waitFor();
  await page.getByTestId("seal-unlock").click();
  await page.getByTestId("passphrase-input").waitFor();
  expect(await page.getByTestId("seal-passkey").count()).toBe(0);
  await page.getByTestId("passphrase-input").fill(PASSPHRASE);
  await page.getByTestId("passphrase-button").click();
  await page.getByTestId("seal-lock").waitFor();
});
