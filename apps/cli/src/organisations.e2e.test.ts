import { readFileSync } from "node:fs";

import { createClient } from "@kaelix/contract";
import { expect, test } from "vitest";

import { dashboardReady } from "../../web/src/testing/journey.ts";
import { PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// An owner makes an organisation, keeps it out, lets it in, and ends it, on the real product in a real browser.
const OTTO = { phone: "+4930100021", name: "Otto", password: "harbour walnuts" };
const { openPage, openOwnersPage, product } = await openStage();
const page = await openOwnersPage({ acceptDownloads: true });

test("an organisation is made by a link, kept out, let in and ended with a receipt; its people have no such page", async () => {
  const bare = createClient({ baseUrl: product.url });
  await page.goto(`${product.url}/settings/organisations`);
  await page.getByTestId("organisation-name").fill("acme");
  await page.getByTestId("make-organisation").click();
  const link = await page.getByTestId("organisation-link").locator("code").textContent();
  const row = page.getByTestId("organisation").filter({ hasText: "acme" });
  await row.getByText(/Nobody yet/).waitFor();
  const code = new URL(link ?? "").searchParams.get("invite") ?? "";
  await bare.call("auth.signUp", { body: { ...OTTO, invite_code: code } });

  await page.reload();
  await row.getByText("1 person").waitFor();
  await row.getByRole("button", { name: "Suspend acme" }).click();
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  await row.getByRole("button", { name: "Let in acme" }).waitFor();
  const { name: _name, ...credentials } = OTTO;
  await expect(bare.call("auth.logIn", { body: credentials })).rejects.toMatchObject({ code: "identity-suspended" });
  await row.getByRole("button", { name: "Let in acme" }).click();
  await row.getByRole("button", { name: "Suspend acme" }).waitFor();

  // Whoever runs another organisation than the server's own finds nothing there.
  const other = await openPage();
  await other.goto(`${product.url}/login`);
  await other.getByTestId("phone-input").fill(OTTO.phone);
  await other.getByTestId("password-input").fill(OTTO.password);
  await other.getByTestId("login-button").click();
  await dashboardReady(other);
  await other.goto(`${product.url}/settings/organisations`);
  await other.getByRole("heading", { name: "There is no such page" }).waitFor();
  await other.close();

  await row.getByRole("button", { name: "End acme", exact: true }).click();
  await page.getByTestId("end-organisation-name").fill("acme");
  const receipt = page.waitForEvent("download");
  await page.getByTestId("end-organisation-now").click();
  const saved = readFileSync(await (await receipt).path(), "utf8");
  expect(saved).toContain("what: the organisation acme, everybody of it and everything of theirs\n");
  await row.getByText(/^Ended/).waitFor();
  await expect(bare.call("auth.logIn", { body: credentials })).rejects.toMatchObject({
    code: "identity-credentials-wrong",
  });
});
