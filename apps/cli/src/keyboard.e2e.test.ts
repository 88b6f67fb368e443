/**
 * A first hour by keyboard alone on the real product: no press of a pointer between signing up and a share that ends on a day. Whatever is
 * stepped on must show that it is: a person who cannot see where they are is lost.
 */
import { doubtedText } from "@kaelix/intelligence/testing";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { dashboardReady } from "../../web/src/testing/journey.ts";
import { PERSON, signIn } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

/** More than any screen here has stops; then whoever looks for something has been round it. */
const STOPS_MAX = 60;
const DAY_MS = 86_400_000;

const { openPage, product } = await openStage();

/** Steps on from stop to stop until one fits. @throws Error when none does, or one on the way is out of sight or does not show that it is stepped on */
async function tabTo(page: Page, selector: string): Promise<void> {
  const seen: string[] = [];
  for (let stops = 0; stops <= STOPS_MAX; stops++) {
    const held = page.locator("*:focus");
    if ((await held.count()) === 1 && (await held.evaluate((one, wanted) => one.matches(wanted), selector))) return;
    await page.keyboard.press("Tab");
    seen.push(await shownStop(page));
  }
  throw new Error(`Cannot reach ${selector} by Tab: came by ${seen.join(", ")}`);
}

/** What the stop says of itself, once it is looked at. */
async function shownStop(page: Page): Promise<string> {
  return page.evaluate(() => {
    const held = document.activeElement;
    if (!(held instanceof HTMLElement) || held === document.body) return "the page";
    const words = held.closest("label")?.innerText ?? held.innerText;
    const name = held.dataset["testid"] ?? held.getAttribute("aria-label") ?? words.slice(0, 30);
    // What is drawn for it: itself or what it lays over its row; of a choice, which is hidden itself, the label around it or a mark in that.
    const isChoice = held.matches("input[type=radio], input[type=checkbox]");
    const label = isChoice ? held.closest("label") : null;
    const shown = label === null ? [held] : [label, ...label.querySelectorAll("*:not(input)")];
    const drawn = [getComputedStyle(held, "::after"), ...shown.map((one) => getComputedStyle(one))];
    const isDrawn = drawn.some(({ outlineStyle }) => outlineStyle !== "none");
    // The field to write in shows it by its frame and its caret; a heading and a dialog are read, not pressed.
    if (!isDrawn && !held.matches("textarea, h1, [role=dialog]"))
      throw new Error(`Nothing shows that ${name} is stepped on`);
    return name;
  });
}

/** Chooses in a list that a button opens. */
async function chooseLevel(page: Page, name: string): Promise<void> {
  await tabTo(page, "[data-testid=move-level] button");
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: new RegExp(`^${name}`) }).waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
}

test("from signing up to a share that ends on a day, by keyboard alone", async () => {
  const page = await openPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(product.openUrl);
  await page.waitForURL("**/signup");
  await page.getByTestId("phone-input").waitFor();
  const keys = page.keyboard;
  for (const [field, words] of [
    ["phone", PERSON.phone],
    ["name", PERSON.name],
    ["password", PERSON.password],
  ] as const) {
    await tabTo(page, `[data-testid=${field}-input]`);
    await keys.type(words);
  }
  await keys.press("Enter");
  await dashboardReady(page);
  for (const words of ["Mum is allergic to walnuts", doubtedText(2)]) {
    await tabTo(page, "[data-testid=message-input]");
    await keys.type(words);
    await keys.press("Enter");
    await page.getByTestId("memory-entry").filter({ hasText: words }).first().waitFor();
  }
  await keys.type("What is Mum allergic to?");
  await keys.press("Enter");
  await page.getByTestId("answer").waitFor();
  await tabTo(page, "a[href='/search']");
  await keys.press("Enter");
  await tabTo(page, "[data-testid=search-input]");
  await keys.type("walnuts");
  await keys.press("Enter");
  await page.locator("[data-hit]").waitFor();
  await tabTo(page, "[data-hit]");
  await keys.press("Enter");
  await page.getByTestId("memory-text").waitFor();
  // Up above the lock, and back: the page says where it went, and the lock opens from there.
  await chooseLevel(page, "Secret");
  await page.getByText("You moved it to Secret. Open the lock to see it").waitFor();
  await tabTo(page, "[data-testid=open-further]");
  await keys.press("Enter");
  await tabTo(page, "[data-testid=unlock-password]");
  await keys.type(PERSON.password);
  await keys.press("Enter");
  await page.getByTestId("memory-text").waitFor();
  await chooseLevel(page, "Confidential");
  await page.getByText("Moved to Confidential, under a new key.").waitFor();
  const lastDay = new Date(Date.now() + 60 * DAY_MS).toISOString().slice(0, 10);
  await shareUntil(page, lastDay);
  // What waits is decided and taken back.
  await tabTo(page, "a[href='/review']");
  await keys.press("Enter");
  const waits = page.getByTestId("review-item");
  await waits.waitFor();
  await keys.press("a");
  await waits.waitFor({ state: "detached" });
  await tabTo(page, "[data-testid=review-decided] button");
  await keys.press("Enter");
  await waits.waitFor();
  await tabTo(page, "a[href='/settings']");
  await keys.press("Enter");
  await tabTo(page, "a[href='/settings/sharing']");
  await keys.press("Enter");
  await page.getByText("Mia").first().waitFor();
  await page.context().close();
});

/** Shares the memory that is open with the only other person there is, until the end of a day (`YYYY-MM-DD`). */
async function shareUntil(page: Page, day: string): Promise<void> {
  const owner = await signIn(product);
  const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
  const other = { phone: "+4930123456", name: "Mia", password: "harbour walnuts", invite_code: invite.code };
  await owner.call("auth.signUp", { body: other });
  await tabTo(page, "[data-testid=share-button]");
  await page.keyboard.press("Enter");
  await tabTo(page, "[role=radiogroup][aria-label='Ends after'] input");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await tabTo(page, "[data-testid=share-last-day]");
  const [year = "", month = "", date = ""] = day.split("-");
  // The order in which an English browser asks for them.
  await page.keyboard.type(`${month}${date}${year}`);
  expect(await page.getByTestId("share-last-day").inputValue()).toBe(day);
  await tabTo(page, "[data-testid=share-submit]");
  await page.keyboard.press("Enter");
  await page.getByText("Mia sees it from now on").waitFor();
}
