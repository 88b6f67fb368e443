/**
 * A whole life with Kaelix, by somebody who knows nothing of keys, in the order in which it happens, on the real product in a real browser:
 * signing up, locking, unlocking on a second device, losing that device, recovering, sharing with an end, taking everything along, and being
 * forgotten. Each step leans on the one before, so it is one test.
 */
import { readFileSync } from "node:fs";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { authenticatorCode } from "../../server/src/testing/authenticator.ts";
import { dashboardReady, keepMessage, logIn, signUp } from "../../web/src/testing/journey.ts";
import { claim, PERSON as OWNER, signIn } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

const MIA = { phone: "+4930123456", name: "Mia", password: "harbour walnuts" };
const PASSPHRASE = "copper lantern in the meadow";
const NEXT_PASSPHRASE = "silver kettle by the window";
const SEALED = "The letters lie under the third stair";
const DAY_MS = 86_400_000;
const TOLD = "The ferry to Naxos leaves at ten";

const stage = await openStage();
const { product } = stage;
const server = await claim(product);
const { code: invite } = (await server.call("invites.create", { body: { role: "member" } })).data;

function openPage(width: number, height: number): Promise<Page> {
  return stage.openPage({ viewport: { width, height }, acceptDownloads: true });
}

/** Answers "Is it you?" where it is asked, until what comes after it is there. */
async function proveUntil(page: Page, next: ReturnType<Page["getByTestId"]>, code?: string): Promise<void> {
  const asked = page.getByTestId("proof-button");
  await asked.or(next).first().waitFor();
  if ((await asked.count()) > 0) {
    if (code === undefined) await page.getByTestId("proof-password").fill(MIA.password);
    else await page.getByTestId("code-input").fill(code);
    await asked.click();
  }
  await next.waitFor();
}

async function openUp(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Open up to/ }).click();
  await page.getByRole("dialog").getByText("Ultra-secret").first().click();
  await page.getByTestId("unlock-password").fill(MIA.password);
  await page.getByTestId("unlock-button").click();
  await page.getByTestId("unlock-button").waitFor({ state: "detached" });
}

async function lock(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Open up to/ }).click();
  await page.getByRole("button", { name: "Lock again" }).click();
  await page.getByText(SEALED).first().waitFor({ state: "detached" });
}

async function readSealed(page: Page, passphrase: string): Promise<void> {
  await page.getByTestId("seal-unlock").first().click();
  await page.getByTestId("passphrase-input").fill(passphrase);
  await page.getByTestId("passphrase-button").click();
  await page.getByTestId("sealed-opened").filter({ hasText: SEALED }).first().waitFor();
}

async function choosePassphrase(page: Page, passphrase: string): Promise<void> {
  await page.getByTestId("new-passphrase").fill(passphrase);
  await page.getByTestId("new-passphrase-again").fill(passphrase);
  await page.getByTestId("passphrase-submit").click();
}

async function today(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Today" }).first().click();
  await dashboardReady(page);
}

/** A passphrase is chosen and its recovery key written down. */
async function setUpSeal(page: Page): Promise<string> {
  await page.goto(`${product.url}/settings/security/seal`);
  await page.getByTestId("seal-set-up").click();
  await choosePassphrase(page, PASSPHRASE);
  await page.getByTestId("recovery-key").waitFor();
  const groups = await page.getByTestId("recovery-key").locator("li").allTextContents();
  const key = groups.map((group) => group.trim().slice(-4));
  await page.getByTestId("recovery-kept").click();
  await page.getByTestId("recovery-group-3").fill(key[2] ?? "");
  await page.getByTestId("recovery-group-7").fill(key[6] ?? "");
  await page.getByTestId("recovery-confirm").click();
  await proveUntil(page, page.getByTestId("seal-on"));
  return key.join("-");
}

async function keepSealed(page: Page): Promise<void> {
  await page.getByTestId("message-input").fill(SEALED);
  await page.getByRole("button", { name: /Level/ }).first().click();
  await page.getByRole("option", { name: /Ultra-secret/ }).click();
  await page.getByTestId("seal-remark").filter({ hasText: "leaves this browser sealed" }).waitFor();
  await page.getByTestId("send-button").click();
  await page.getByTestId("sealed-opened").filter({ hasText: SEALED }).first().waitFor();
}

/** Two-factor sign-in with an app on this device; the recovery codes. */
async function setUpApp(page: Page): Promise<readonly string[]> {
  await page.goto(`${product.url}/settings/security`);
  await page.getByTestId("factor-begin").click();
  const secret = page.getByTestId("totp-secret");
  await proveUntil(page, secret);
  await page
    .getByTestId("code-input")
    .fill(authenticatorCode(((await secret.textContent()) ?? "").replaceAll(" ", "")));
  await page.getByTestId("factor-confirm").click();
  const codes = page.getByTestId("recovery-codes").locator("li");
  await codes.first().waitFor();
  const kept = await codes.allTextContents();
  await page.getByTestId("recovery-codes-kept").click();
  await page.getByTestId("factor-on").waitFor();
  return kept;
}

/** The app's device is gone: in by a recovery code, its session ended, its app turned off. */
async function recoverAccount(page: Page, codes: readonly string[]): Promise<void> {
  await page.goto(`${product.url}/login`);
  await page.getByTestId("phone-input").fill(MIA.phone);
  await page.getByTestId("password-input").fill(MIA.password);
  await page.getByTestId("login-button").click();
  await page.getByTestId("code-input").fill(codes[0] ?? "");
  await page.getByTestId("login-button").click();
  await dashboardReady(page);
  await page.goto(`${product.url}/settings/security`);
  await page.getByText("whoever can use it reads what stands up to Confidential").waitFor();
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByText("1 device signed out").waitFor();
  await page.getByRole("button", { name: "Turn off…" }).click();
  await page.getByTestId("factor-remove").click();
  await proveUntil(page, page.getByTestId("factor-begin"), codes[1]);
}

async function recoverPassphrase(page: Page, recoveryKey: string): Promise<void> {
  await page.goto(`${product.url}/settings/security/seal`);
  await page.getByTestId("seal-on").waitFor();
  await openUp(page);
  await page.getByTestId("seal-change").click();
  await page.getByTestId("other-opener").click();
  await page.getByTestId("recovery-input").fill(recoveryKey);
  await choosePassphrase(page, NEXT_PASSPHRASE);
  await proveUntil(page, page.getByTestId("seal-on"));
}

async function shareForAWeek(page: Page): Promise<void> {
  await page.goto(`${product.url}/settings/sharing`);
  await page.getByTestId("share-kind").selectOption("time");
  await page.getByTestId("share-first").fill("2020-01-01");
  await page.getByTestId("share-last").fill("2099-12-31");
  await page.getByTestId("share-button").click();
  const form = page.getByTestId("share-form");
  // Where somebody goes, and when, is Confidential.
  await form.getByText("Confidential", { exact: true }).click();
  await form.getByText("7 days").click();
  await page.getByTestId("share-submit").click();
  const share = page.getByTestId("share").first();
  await proveUntil(page, share);
  await expect.poll(() => share.textContent()).toContain(`To ${OWNER.name}`);
  await expect.poll(() => share.textContent()).toContain("Until ");
}

async function takeAlong(page: Page): Promise<string> {
  await page.goto(`${product.url}/settings/forget`);
  const exported = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as JSONL" }).click();
  return readFileSync(await (await exported).path(), "utf8");
}

async function beForgotten(page: Page): Promise<void> {
  await page.getByTestId("erase-account").click();
  await page.getByTestId("erase-account-phone").fill(MIA.phone);
  const receipt = page.waitForEvent("download");
  await page.getByTestId("erase-account-now").click();
  await proveUntil(page, page.getByTestId("phone-input"));
  const note = readFileSync(await (await receipt).path(), "utf8");
  expect(note).toContain("what: an account and everything in it\n");
  expect(note).toContain("memories: 2\n");
}

test("somebody who knows nothing of keys signs up, locks, unlocks elsewhere, loses a device, recovers, shares, leaves", async () => {
  const laptop = await openPage(1280, 800);
  await laptop.goto(`${product.url}/signup?invite=${invite}`);
  await laptop.getByTestId("invite-input").waitFor();
  await signUp(laptop, MIA);
  await keepMessage(laptop, TOLD);

  const recoveryKey = await setUpSeal(laptop);
  await today(laptop);
  await openUp(laptop);
  await keepSealed(laptop);
  await lock(laptop);
  expect(await laptop.getByText(SEALED).count()).toBe(0);
  await laptop.getByText(TOLD).first().waitFor();

  const phone = await openPage(390, 844);
  await logIn(phone, product.url, MIA);
  await openUp(phone);
  await readSealed(phone, PASSPHRASE);
  const codes = await setUpApp(phone);
  await phone.context().close();

  await recoverAccount(laptop, codes);
  await recoverPassphrase(laptop, recoveryKey);
  await today(laptop);
  await readSealed(laptop, NEXT_PASSPHRASE);

  await shareForAWeek(laptop);
  const owner = await signIn(product);
  const { data: shares } = await owner.call("grants.list");
  const endsInMs = Date.parse(shares.received[0]?.expires_at ?? "") - Date.now();
  expect(endsInMs / DAY_MS).toBeGreaterThan(6);
  expect(endsInMs / DAY_MS).toBeLessThanOrEqual(7);
  const other = await openPage(1280, 800);
  await logIn(other, product.url, OWNER);
  await other.goto(`${product.url}/search?q=ferry`);
  await other.locator("[data-hit]").filter({ hasText: TOLD }).waitFor();

  const taken = await takeAlong(laptop);
  expect(taken).toContain(TOLD);
  expect(taken).not.toContain(SEALED);
  await beForgotten(laptop);
  await other.reload();
  await other.getByText("Nothing says").waitFor();
  expect(await other.locator("[data-hit]").count()).toBe(0);
  await other.context().close();

  await laptop.goto(`${product.url}/login`);
  await laptop.getByTestId("phone-input").fill(MIA.phone);
  await laptop.getByTestId("password-input").fill(MIA.password);
  await laptop.getByTestId("login-button").click();
  await laptop.getByRole("alert").first().waitFor();
  expect(new URL(laptop.url()).pathname).toBe("/login");
});
