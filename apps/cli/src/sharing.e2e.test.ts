/** Two people in a real browser against the real product: one shares a conversation, the other finds it, then it is ended. */
import { createClient } from "@kaelix/contract";
import { expect, test } from "vitest";

import { findingsOf } from "../../web/src/testing/findings.ts";
import { logIn } from "../../web/src/testing/journey.ts";
import { claim, PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

const BEN = { phone: "+4930123456", name: "Ben", password: "harbour walnuts" };

const { openPage, product } = await openStage();
const owner = await claim(product);
const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
const body = { ...BEN, invite_code: invite.code };
await createClient({ baseUrl: product.url }).call("auth.signUp", { body });
for (const text of ["The ferry to Naxos leaves at ten", "Cabin 214 on deck 5"]) {
  const conversation = { key: "trip", title: "The trip" };
  await owner.call("memories.create", { body: { text, level: 1, conversation } }, { waitSeconds: 10 });
}
for (const text of ["My brother Tom lives in Leeds now", "Tom owes me 50 quid for the train tickets"]) {
  await owner.call("memories.create", { body: { text, level: text.includes("owes") ? 2 : 1 } }, { waitSeconds: 10 });
}

test("a conversation is shared, found marked by the other, and gone when it is ended", async () => {
  const ann = await openPage();
  await logIn(ann, product.url, PERSON);
  await ann.goto(`${product.url}/chats`);
  await ann.getByRole("link", { name: /The trip/ }).click();
  await ann.getByTestId("share-button").click();
  await ann.getByTestId("share-submit").click();
  await ann.getByTestId("proof-password").fill(PERSON.password);
  await ann.getByTestId("proof-button").click();
  await ann.getByTestId("share-form").waitFor({ state: "detached" });

  const ben = await openPage();
  await logIn(ben, product.url, BEN);
  await ben.goto(`${product.url}/chats`);
  const shared = ben.getByRole("link", { name: /The trip/ });
  await shared.getByText(`Shared by ${PERSON.name}`).waitFor();
  await shared.click();
  await ben.getByText("The ferry to Naxos leaves at ten").waitFor();
  expect(await ben.getByTestId("share-button").count()).toBe(0);
  await ben.goto(`${product.url}/search?q=ferry`);
  await ben.locator("[data-hit]").first().click();
  await ben.getByTestId("memory-text").waitFor();
  expect(await ben.getByTestId("forget-button").count()).toBe(0);

  await ann.goto(`${product.url}/settings/sharing`);
  await ann.getByRole("button", { name: /End the share with Ben/ }).click();
  await ann.getByText(/^Ended/).waitFor();
  await ben.goto(`${product.url}/search?q=ferry`);
  await ben.getByText("Nothing says").waitFor();
});

test("a memory is shared until a day, the other comes to it from Sharing, and reads why it is gone", async () => {
  const ann = await openPage();
  await logIn(ann, product.url, PERSON);
  await ann.goto(`${product.url}/search?q=cabin`);
  await ann.locator("[data-hit]").first().click();
  await ann.getByTestId("memory-text").waitFor();
  await ann.getByTestId("share-button").click();
  await ann.getByTestId("share-end").getByText("On a day").click();
  await expect.poll(() => ann.getByTestId("share-submit").isDisabled()).toBe(true);
  await ann.getByTestId("share-last-day").fill("2020-01-01");
  await ann.getByText("Must be today or later").waitFor();
  const year = new Date().getFullYear() + 1;
  await ann.getByTestId("share-last-day").fill(`${year}-03-01`);
  await ann.getByTestId("share-submit").click();
  await ann.getByTestId("proof-password").fill(PERSON.password);
  await ann.getByTestId("proof-button").click();
  await ann.getByText(`until 1 Mar ${year}, 23:59`).waitFor();

  const ben = await openPage();
  await logIn(ben, product.url, BEN);
  await ben.goto(`${product.url}/settings/sharing`);
  await ben.getByTestId("share").getByRole("link", { name: "Open" }).click();
  await ben.getByText("Cabin 214 on deck 5").first().waitFor();
  await ann.goto(`${product.url}/settings/sharing`);
  await ann
    .getByRole("button", { name: /End the share with Ben/ })
    .first()
    .click();
  await ann
    .getByText(/^Ended/)
    .first()
    .waitFor();
  // An open page drops it by itself, and a new one knows of nothing.
  await ben.getByText("Ann shares this with you no more").waitFor();
  await ben.getByText("A share with you is over.").waitFor();
  expect(await ben.getByText("Cabin 214 on deck 5").count()).toBe(0);
  await ben.reload();
  await ben.getByText("is not shared with you any more").waitFor();
});

test("when its time is over a share leaves the pages that are open, and the answers that quote it", async () => {
  const { data: neighbours } = await owner.call("directory.list");
  const to = neighbours.data.find(({ name }) => name === BEN.name)?.id ?? "";
  const ben = await openPage();
  await logIn(ben, product.url, BEN);
  await owner.call("auth.prove", { body: { password: PERSON.password } });
  const { data: page } = await owner.call("conversations.list");
  const conversation = page.data.find(({ title }) => title === "The trip")?.id ?? "";
  const what = { type: "conversation" as const, conversation };
  // Long enough for an answer on a busy machine; what is waited for is its end.
  const expires_at = new Date(Date.now() + 30_000).toISOString();
  await owner.call("grants.create", { body: { to, what, level: "general", expires_at } });
  await ben.goto(`${product.url}/chats/${conversation}`);
  await ben.getByText("The ferry to Naxos leaves at ten").waitFor();
  await ben.getByTestId("message-input").fill("When does the ferry leave?");
  await ben.keyboard.press("Enter");
  await ben.getByTestId("answer").first().waitFor();
  await ben.getByText("Ann shares this with you no more").waitFor({ timeout: 90_000 });
  expect(await ben.getByText("leaves at ten").count()).toBe(0);
});

test.each([
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 390, height: 844, colorScheme: "dark" },
] as const)("a range of days is shared for a purpose, at $width in $colorScheme", async (look) => {
  const { colorScheme, height, width } = look;
  const ann = await openPage({ viewport: { width, height }, colorScheme });
  await logIn(ann, product.url, PERSON);
  await ann.goto(`${product.url}/settings/sharing`);
  await ann.getByTestId("share-kind").selectOption("time");
  await ann.getByText("Choose the first and the last day.").waitFor();
  const today = new Date().toISOString().slice(0, 10);
  await ann.getByTestId("share-first").fill("2026-01-01");
  await ann.getByTestId("share-last").fill(today);
  const folder = process.env["KAELIX_SCREENSHOTS"];
  if (folder !== undefined) await ann.screenshot({ path: `${folder}/share-more-${width}.png`, fullPage: true });
  expect(await findingsOf(ann)).toEqual([]);
  await ann.getByTestId("share-button").click();
  await ann.getByTestId("share-purpose").fill("care");
  await ann.getByTestId("share-submit").click();
  await ann.getByTestId("proof-password").fill(PERSON.password);
  await ann.getByTestId("proof-button").click();
  await ann.getByTestId("share-form").waitFor({ state: "detached" });
  const share = ann.getByTestId("share").filter({ hasText: "only for care" }).first();
  await expect.poll(() => share.textContent()).toContain("2026");
  await ann.close();
});

test.each([
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 390, height: 844, colorScheme: "dark" },
] as const)("what names somebody is shared by typing their name, at $width in $colorScheme", async (look) => {
  const { colorScheme, height, width } = look;
  const ann = await openPage({ viewport: { width, height }, colorScheme });
  const folder = process.env["KAELIX_SCREENSHOTS"];
  const shoot = async (name: string): Promise<void> => {
    expect(await findingsOf(ann)).toEqual([]);
    if (folder !== undefined) await ann.screenshot({ path: `${folder}/share-${name}-${width}.png`, fullPage: true });
  };
  await logIn(ann, product.url, PERSON);
  await ann.goto(`${product.url}/settings/sharing`);
  await ann.getByTestId("share-about").fill("nobody like that");
  await ann.getByTestId("share-nobody").waitFor();
  await shoot("nobody");
  await ann.getByTestId("share-about").fill("");
  await ann.getByTestId("share-subject").nth(1).waitFor();
  await shoot("everybody");
  await ann.getByTestId("share-about").fill("brother");
  await ann.getByText("Your brother").waitFor();
  await expect.poll(() => ann.getByTestId("share-subject").count()).toBe(1);
  await ann.getByTestId("share-button").click();
  await ann.getByTestId("share-opens").getByText("Now 1 memory, and what will name").waitFor();
  const form = ann.getByTestId("share-form");
  await form.getByText("Confidential", { exact: true }).click();
  await ann.getByTestId("share-opens").getByText("Now 2 memories").waitFor();
  expect(await form.getByText("Secret", { exact: true }).count()).toBe(0);
  await shoot("about");
  await ann.getByTestId("share-submit").click();
  await ann.getByTestId("proof-password").fill(PERSON.password);
  await ann.getByTestId("proof-button").click();
  await ann.getByTestId("share-form").waitFor({ state: "detached" });
  const share = ann.getByTestId("share").filter({ hasText: "What names Tom" }).first();
  await share.getByText("now 2 memories").waitFor();
  await shoot("given");

  await ann
    .getByRole("button", { name: /End the share with Ben/ })
    .first()
    .click();
  await share.getByText(/^Ended/).waitFor();
  await ann.close();
});
