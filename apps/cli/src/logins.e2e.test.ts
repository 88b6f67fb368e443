import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { startIdentityProvider } from "../../server/src/testing/identity-provider.ts";
import { findingsOf } from "../../web/src/testing/findings.ts";
import { dashboardReady } from "../../web/src/testing/journey.ts";
import { PERSON, temporaryData } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// A person links an account elsewhere and comes in by it: the real product, a real OpenID provider, a real browser.
const provider = await startIdentityProvider();
afterAll(() => provider.close());
const settings = temporaryData();
afterAll(() => settings.remove());
const { clientId, clientSecret, issuer } = provider;
const row = { id: "work", name: "Example", issuer, client_id: clientId, client_secret: clientSecret };
const file = join(settings.path, "providers.json");
writeFileSync(file, JSON.stringify({ providers: [row] }), { mode: 0o600 });
const { openOwnersPage, product } = await openStage({ KAELIX_LOGIN_PROVIDERS: file });
await provider.takeBackTo(`${product.url}/login/with/work`);
const page = await openOwnersPage();

/** The provider's own page. */
async function sayWho(name: string): Promise<void> {
  await page.waitForURL(`${provider.issuer}/**`);
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("x");
  await page.locator("button[type=submit]").click();
}

test("an account is linked under Security, signs in from the sign-in page, and is removed", async () => {
  await page.goto(`${product.url}/settings/security`);
  await page.getByTestId("link-work").click();
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  await sayWho("ann");
  await page.getByTestId("linked-account").waitFor();
  await expect.poll(() => page.getByTestId("linked-account").textContent()).toContain("Example, ann@example.com");
  expect(page.url()).toBe(`${product.url}/settings/security`);
  expect(await findingsOf(page)).toEqual([]);

  await page.goto(`${product.url}/settings`);
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL("**/login");
  expect(await findingsOf(page)).toEqual([]);
  await page.getByTestId("provider-work").click();
  // The provider remembers who was there.
  await dashboardReady(page);
  expect(await page.evaluate(() => JSON.stringify([location.href, localStorage, sessionStorage]))).not.toMatch(
    /code=|kaelix-provider/,
  );

  await page.goto(`${product.url}/settings/security`);
  await page.getByRole("button", { name: /^Remove Example/ }).click();
  await page.getByTestId("linked-remove").click();
  // Whoever comes in that way has proved nothing yet.
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  await page.getByTestId("linked-account").waitFor({ state: "detached" });
});

test("what was not begun in this tab does not count, and says so", async () => {
  await page.context().clearCookies();
  await page.goto(`${product.url}/login/with/work?code=of-somebody-else&state=x`);
  await page.getByTestId("provider-problem").waitFor();
  expect(page.url()).toBe(`${product.url}/login/with/work`);
  expect(await findingsOf(page)).toEqual([]);
});
