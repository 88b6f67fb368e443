import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import {
  claimServer,
  dashboardReady,
  type JourneyBrowser,
  keepMessage,
  openBrowser,
  signUp,
} from "../../web/src/testing/journey.ts";
import { PERSON, type Product, startProduct, temporaryData } from "./testing/product.ts";

// The founding journey, on the real product in a real browser. With KAELIX_SHOTS=<folder> it leaves pictures.
const SHOTS = process.env["KAELIX_SHOTS"];
const data = temporaryData();
let browser: JourneyBrowser;
let product: Product;
let page: Page;

beforeAll(async () => {
  if (SHOTS !== undefined) mkdirSync(SHOTS, { recursive: true });
  browser = await openBrowser();
  product = await startProduct(data.path);
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
});

afterAll(async () => {
  await browser.close();
  await product.kill();
  data.remove();
});

/** Pictures of what is shown: wide and phone, light and dark. Colours move for a moment when the scheme changes. */
async function shot(name: string): Promise<void> {
  if (SHOTS === undefined) return;
  for (const [size, viewport] of [
    ["", { width: 1280, height: 800 }],
    ["-phone", { width: 390, height: 844 }],
  ] as const) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(700);
      await page.screenshot({ path: join(SHOTS, `${name}${size}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function ask(question: string): Promise<void> {
  await page.getByTestId("composer-mode").getByText("Ask", { exact: true }).click();
  await page.getByTestId("message-input").fill(question);
  await page.getByTestId("send-button").click();
}

/** The server ends without warning and comes back at the same address; the page says so by itself meanwhile. */
async function restartAfter(loss: () => void): Promise<void> {
  const port = new URL(product.url).port;
  await product.kill();
  loss();
  const banner = page.getByTestId("connection-banner");
  await banner.filter({ hasText: "The server cannot be reached" }).waitFor();
  product = await startProduct(data.path, { KAELIX_PORT: port });
  expect(new URL(product.url).port).toBe(port);
  await banner.waitFor({ state: "detached" });
}

const CHAT = [
  "13.12.24, 18:02 - Carla: Dinner at the harbour on Thursday?",
  "13.12.24, 18:04 - Ann: Yes. Shall I book a table?",
  "13.12.24, 18:05 - Carla: Book for six please, my brother Nils comes too",
  "14.12.24, 09:30 - Carla: He is allergic to shellfish, tell the kitchen",
  "14.12.24, 09:31 - Ann: I will",
].join("\n");

test("from the printed URL to the first memory", async () => {
  await claimServer(page, product.openUrl);
  await shot("signup");
  await signUp(page, PERSON);
  await shot("dashboard-empty");
  await keepMessage(page, "Mum is allergic to walnuts");
  const entry = page.getByTestId("memory-entry").first();
  await entry.locator("[data-tick=searchable]").waitFor();
  await expect.poll(() => entry.textContent()).toContain("Confidential");
});

test("an answer is quoted with its source, and what is unknown is said so", async () => {
  await ask("what is Mum allergic to?");
  const answer = page.getByTestId("answer").last();
  await answer.waitFor();
  await expect.poll(() => answer.textContent()).toContain("walnuts");
  await answer.getByText("Why this?").click();
  await page.getByTestId("why").last().waitFor();
  const why = await page.getByTestId("why").last().textContent();
  expect(why).toMatch(/memories\/\d+/);
  await shot("answer");
  await ask("who won the regatta in Lisbon?");
  await page.getByTestId("answer-nothing").last().waitFor();
});

test("a WhatsApp export is previewed, imported once however often, and undone as one", async () => {
  const bring = async (): Promise<void> => {
    await page.goto(`${product.url}/import`);
    const chooser = page.waitForEvent("filechooser");
    await page.getByTestId("choose-file").click();
    await (
      await chooser
    ).setFiles({ name: "WhatsApp Chat with Carla.txt", mimeType: "text/plain", buffer: Buffer.from(CHAT) });
    await page.getByTestId("start-import").waitFor();
  };
  await bring();
  await page.getByText("Ann", { exact: true }).first().click();
  await shot("import");
  await page.getByTestId("start-import").click();
  await page
    .getByText(/5 (memories|messages|added)|added 5|5 new/i)
    .first()
    .waitFor();
  await shot("import-done");

  await page.goto(`${product.url}/search`);
  await page.getByTestId("search-input").fill("shellfish");
  await page.getByTestId("search-input").press("Enter");
  await page.getByText("tell the kitchen").first().waitFor();
  await shot("search");
  await page.goto(`${product.url}/chats`);
  await page.getByText("Carla").first().waitFor();
  await shot("chats");
});

test("kill -9 loses nothing, and a lost database comes back from the log", async () => {
  await page.goto(`${product.url}/`);
  await dashboardReady(page);
  await keepMessage(page, "The spare bicycle pump is in the green box");
  await restartAfter(() => undefined);
  await page.goto(`${product.url}/`);
  await dashboardReady(page);
  await page.getByTestId("memory-entry").filter({ hasText: "bicycle pump" }).waitFor();

  await restartAfter(() => {
    rmSync(join(data.path, "database"), { recursive: true });
    rmSync(join(data.path, "search"), { recursive: true, force: true });
  });
  await page.goto(`${product.url}/`);
  await dashboardReady(page);
  await page.getByTestId("memory-entry").filter({ hasText: "bicycle pump" }).waitFor();
  await page.goto(`${product.url}/status`);
  await page.getByTestId("verify-button").click();
  await expect.poll(() => page.getByTestId("verification").textContent()).toMatch(/agree/i);
  await shot("status");
});

test("a memory shows its versions and provenance, and forgetting can be undone", async () => {
  await page.goto(`${product.url}/`);
  await dashboardReady(page);
  await page.getByTestId("memory-entry").filter({ hasText: "bicycle pump" }).getByRole("link").first().click();
  await page.getByTestId("memory-text").waitFor();
  await expect.poll(() => page.textContent("main")).toMatch(/memories\/\d+/);
  await shot("memory");
  await page.getByTestId("forget-button").click();
  await page.getByRole("button", { name: /undo/i }).click();
  await page.goto(`${product.url}/`);
  await page.getByTestId("memory-entry").filter({ hasText: "bicycle pump" }).waitFor();
});
