import { createHash } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "vitest";

import { standsStill } from "../../web/src/testing/findings.ts";
import { claim, PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// An app sends its person here: they sign in, look at what it asks for, say yes, and end it later. On the real product in a real browser.
const VERIFIER = "v".repeat(64);
const BACK = "http://127.0.0.1:49152/back";
const { openPage, product } = await openStage();
await claim(product);
const headers = { "content-type": "application/json" };
const body = JSON.stringify({ client_name: "Claude on my laptop", redirect_uris: [BACK] });
const registered = await fetch(`${product.url}/oauth/register`, { method: "POST", headers, body });
const { client_id: clientId } = (await registered.json()) as { client_id: string };

function addressOf(more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: BACK,
    response_type: "code",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
    resource: `${product.url}/mcp`,
    state: "s",
    ...more,
  });
  return `${product.url}/authorize?${query.toString()}`;
}

test.each([
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 390, height: 844, colorScheme: "dark" },
] as const)("an app is let in and ended, at $width in $colorScheme", async ({ colorScheme, height, width }) => {
  const page = await openPage({ viewport: { width, height }, colorScheme });
  const look = async (name: string): Promise<void> => {
    await standsStill(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    const folder = process.env["KAELIX_SCREENSHOTS"];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
  };
  const sentTo: string[] = [];
  await page.route("http://127.0.0.1:49152/**", async (route) => {
    sentTo.push(route.request().url());
    await route.fulfill({ body: "back", contentType: "text/plain" });
  });
  await page.goto(addressOf());
  await page.getByTestId("phone-input").fill(PERSON.phone);
  await page.getByTestId("password-input").fill(PERSON.password);
  await page.getByTestId("login-button").click();

  await page.getByTestId("app-deny").waitFor();
  await expect.poll(() => page.getByTestId("app-redirect").textContent()).toContain("127.0.0.1:49152");
  await expect.poll(() => page.getByTestId("app-scopes").textContent()).toContain("Find and read your memories");
  await look("authorize");
  // The rest is the same at every width.
  if (width > 1_000) return page.context().close();
  await page.getByTestId("app-deny").click();
  await page.waitForURL("**/back?**");
  expect(new URL(sentTo.at(-1) ?? "").searchParams.get("error")).toBe("access_denied");

  await page.goto(addressOf());
  await page.getByTestId("app-level").getByText("Confidential").click();
  await page.getByTestId("app-allow").click();
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  await page.waitForURL("**/back?code=**");
  const answer = new URL(sentTo.at(-1) ?? "").searchParams;
  expect([answer.get("state"), answer.get("iss")]).toEqual(["s", product.url]);
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: BACK,
    code_verifier: VERIFIER,
    code: answer.get("code") ?? "",
  });
  expect((await fetch(`${product.url}/oauth/token`, { method: "POST", body })).status).toBe(200);

  await page.goto(`${product.url}/settings/security`);
  const open = page.getByTestId("app").filter({ has: page.getByRole("button") });
  await open.getByText("Up to Confidential, reads yours and its own").waitFor();
  await open.scrollIntoViewIfNeeded();
  await look("connected-apps");
  await page.getByRole("button", { name: "End Claude on my laptop" }).click();
  await page.getByTestId("app").getByText("Ended").first().waitFor();

  await page.goto(addressOf({ redirect_uri: "https://evil.example/" }));
  await page.getByText("Nothing was let in").waitFor();
  await page.goto(addressOf({ code_challenge_method: "plain" }));
  await page.getByTestId("app-back").waitFor();
  await look("authorize-wrong");
  expect(page.url()).toContain(product.url);
  await page.context().close();
});
