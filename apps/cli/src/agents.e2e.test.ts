import { createClient } from "@kaelix/contract";
import { expect, test } from "vitest";

import { findingsOf } from "../../web/src/testing/findings.ts";
import { logIn } from "../../web/src/testing/journey.ts";
import { claim, PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// What a program wrote is known as its words, on the real product in a real browser.
const { openPage, product } = await openStage();
const ann = await claim(product);
await ann.call("auth.prove", { body: { password: PERSON.password } });
const scopes = ["memory.create", "memory.edit"];
const { secret } = (await ann.call("keys.create", { body: { name: "Claude on my laptop", scopes } })).data;
const robot = createClient({ baseUrl: product.url, accessToken: () => secret });
const body = { text: "The concert begins at eight" };
const memory = (await robot.call("memories.create", { body })).data.memory.id;
const message = {
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: {
    name: "correct",
    arguments: { id: memory, text: "The concert begins at nine", reason: "The hall wrote a new letter" },
  },
};
// It corrects what the other wrote, so it must read that.
const calendar = { name: "Calendar robot", scopes: [...scopes, "memory.read"] };
const more = (await ann.call("keys.create", { body: { ...calendar, reach: "all" } })).data;
const headers = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  authorization: `Bearer ${more.secret}`,
};
const answer = await fetch(`${product.url}/mcp`, { method: "POST", headers, body: JSON.stringify(message) });
expect(await answer.text()).toContain('"version":2');

test.each([
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 390, height: 844, colorScheme: "dark" },
] as const)("the page of a memory names the programs that wrote it, at $width in $colorScheme", async (look) => {
  const { colorScheme, height, width } = look;
  const page = await openPage({ viewport: { width, height }, colorScheme });
  await logIn(page, product.url, PERSON);
  await page.goto(`${product.url}/memories/${memory}`);
  await page.getByText("not by you").waitFor();
  await expect.poll(() => page.locator("dl").textContent()).toContain("Said byCalendar robot");
  const versions = page.locator("ol").last();
  await expect.poll(() => versions.textContent()).toContain("Because: The hall wrote a new letter");
  await expect.poll(() => versions.textContent()).toContain("written by Claude on my laptop");
  expect(await findingsOf(page)).toEqual([]);
  const folder = process.env["KAELIX_SCREENSHOTS"];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/memory-agent-${width}.png`, fullPage: true });
  await page.getByRole("link", { name: "its key" }).click();
  await page.waitForURL("**/settings/security");
  await page.close();
});

test.each([
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 390, height: 844, colorScheme: "dark" },
] as const)("what a program wrote is counted and taken back from its key, at $width in $colorScheme", async (look) => {
  const { colorScheme, height, width } = look;
  const page = await openPage({ viewport: { width, height }, colorScheme });
  await logIn(page, product.url, PERSON);
  await page.goto(`${product.url}/settings/security`);
  await page.getByRole("button", { name: "Take back what Calendar robot wrote" }).click();
  const count = page.getByTestId("key-undo-count");
  // What the first of the two takes back, the second finds gone: what stands there now is no words of the robot's.
  const isFirst = width === 1280;
  const words = isFirst ? "1 memory that it changed." : "It wrote nothing in that time that still stands.";
  await page.getByText(words).waitFor();
  await page.getByText("An hour", { exact: true }).click();
  await page.getByText(words).waitFor();
  expect(await findingsOf(page)).toEqual([]);
  const folder = process.env["KAELIX_SCREENSHOTS"];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/key-undo-${width}.png` });
  const button = page.getByTestId("key-undo-button");
  await expect.poll(() => button.isDisabled()).toBe(!isFirst);
  if (isFirst) {
    await button.click();
    await page.getByText("Taken back: 1 memory that it changed").waitFor();
    await count.waitFor({ state: "detached" });
    await page.goto(`${product.url}/memories/${memory}`);
    await page.getByText("The concert begins at eight").first().waitFor();
  }
  await page.close();
});
