/** Kept searches, looking back, and what a browser says of push, in a real Chromium against the fake server. Needs `npm run build -w @kaelix/web` before. */
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";

import { openFakeStage, OWNER, PHONE, WIDE } from "./fake-stage.ts";
import { findingsOf } from "./findings.ts";
import { logIn } from "./journey.ts";

const { fakeServer, openPage } = openFakeStage();

test.concurrent("a search is kept, opened, renamed and forgotten by keyboard alone, and comes back", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  await page.goto(`${fake.url}/search`);
  await page.getByTestId("saved-searches-none").waitFor();
  const pressed = async (name: string): Promise<void> => page.getByRole("button", { name, exact: true }).press("Enter");
  for (const [words, name] of [
    ["harbour", "Harbour"],
    ["walnuts", "Nuts"],
  ] as const) {
    await page.getByTestId("search-input").fill(words);
    await page.locator("[data-hit]").first().waitFor();
    await pressed("Keep this search");
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await page
      .getByTestId("search-kept")
      .filter({ hasText: `Kept as ${name}` })
      .waitFor();
  }
  await page.getByTestId("search-input").fill("");
  const kept = page.getByTestId("saved-search");
  await pressed("Rename the search Nuts");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Harbour");
  await page.keyboard.press("Enter");
  await page.getByText("Another search is called that").waitFor();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("What nobody may eat");
  await page.keyboard.press("Enter");
  await kept.filter({ hasText: "What nobody may eat" }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await pressed("Forget the search What nobody may eat");
  await kept.filter({ hasText: "What nobody may eat" }).waitFor({ state: "detached" });
  await pressed("Undo");
  await page.getByText("It is kept again.").waitFor();
  await kept.getByRole("link", { name: "What nobody may eat" }).press("Enter");
  await page.waitForURL(/q=walnuts/);
  await page.getByTestId("search-kept").waitFor();
  await page.context().close();
});

test.concurrent("an answer and a search are had as of a day, and as of what had been told", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  await page.goto(`${fake.url}/chats/ask`);
  await page.getByTestId("message-input").fill("When did we last eat at the harbour?");
  await page.keyboard.press("Enter");
  const answers = page.getByTestId("answer");
  await answers.filter({ hasText: "Dinner at the harbour Thursday?" }).waitFor();
  await page.getByRole("button", { name: "At another time" }).press("Enter");
  await page.getByTestId("as-of-day").fill("2024-11-30");
  await page.getByTestId("as-of-day").press("Enter");
  await page.getByTestId("asked-as-of").filter({ hasText: "As of 30 November 2024" }).waitFor();
  await answers.nth(1).filter({ hasText: "Table for six at the harbour kitchen" }).waitFor();
  expect(await answers.nth(1).textContent()).not.toContain("Thursday?");
  await page.getByRole("button", { name: "Why this?" }).last().press("Enter");
  await page.getByTestId("ask-as-of-position").press("Enter");
  await page
    .getByTestId("asked-as-of")
    .filter({ hasText: /^As told up to memories\/0@\d+$/ })
    .waitFor();
  // What was answered is read out; what somebody opens below it is not.
  const isReadOut = async (place: Locator): Promise<boolean> =>
    place.evaluate((element) => element.closest("[aria-live]") !== null);
  expect(await isReadOut(answers.nth(1).getByTestId("citation").first())).toBe(true);
  expect(await isReadOut(page.getByTestId("why"))).toBe(false);
  // Nothing was known then: the search of its words looks back as far.
  await page.getByTestId("as-of-day").fill("2019-12-31");
  await page.getByTestId("as-of-day").press("Enter");
  const nothing = page.getByTestId("answer-nothing");
  await nothing.waitFor();
  expect(await isReadOut(nothing.getByText("I have nothing on that."))).toBe(true);
  await nothing.getByRole("link", { name: "Search its words" }).press("Enter");
  await page.getByRole("button", { name: /As of 31 December 2019/ }).waitFor();
  await expect.poll(() => page.getByTestId("search-input").inputValue()).toBe("When did we last eat at the harbour?");
  await page.goto(`${fake.url}/search?q=harbour`);
  await page.getByText("Dinner at the harbour Thursday?").waitFor();
  await page.getByTestId("as-of-day").fill("2024-11-30");
  await page.getByTestId("as-of-day").press("Enter");
  await page.getByText("Dinner at the harbour Thursday?").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /As of 30 November 2024/ }).press("Enter");
  await page.getByText("Dinner at the harbour Thursday?").waitFor();
  await page.context().close();
});

/** A push service and a permission that a test holds: private windows have neither. Runs in the page before anything else. */
function holdPush(first: string): void {
  let address: string | null = null;
  const json = () => ({ endpoint: address ?? "", keys: { auth: "AAAA", p256dh: "BBBB" } });
  const subscription = { toJSON: json, unsubscribe: async () => ((address = null), true) };
  const pushManager = {
    getSubscription: async () => (address === null ? null : subscription),
    subscribe: async () => ((address = "https://push.example/1"), subscription),
  };
  const registration = { pushManager };
  const worker = {
    register: async () => registration,
    ready: Promise.resolve(registration),
    getRegistration: async () => registration,
  };
  const told = new EventTarget();
  let permission = first;
  const answers = new URLSearchParams({ default: "granted", dismissed: "default" });
  const notices = {
    get permission(): string {
      return permission === "dismissed" ? "default" : permission;
    },
    requestPermission: async () => (permission = answers.get(permission) ?? permission),
  };
  Object.defineProperty(navigator, "serviceWorker", { value: worker });
  Object.defineProperty(navigator, "permissions", { value: { query: async () => told } });
  Object.assign(globalThis, {
    Notification: notices,
    PushManager: Object,
    allowNotices: () => {
      permission = "granted";
      told.dispatchEvent(new Event("change"));
    },
  });
}

test.concurrent("push says of this browser whether it is told, could be, or why it cannot, and what to do", async () => {
  const fake = await fakeServer(true);
  const opened = async (permission: string): Promise<Page> => {
    const { page } = await openPage(PHONE);
    await page.addInitScript(holdPush, permission);
    await logIn(page, fake.url, OWNER);
    await page.goto(`${fake.url}/settings/day`);
    return page;
  };
  const page = await opened("default");
  const state = page.getByTestId("push-state");
  const devices = page.getByTestId("push-device");
  await devices.filter({ hasText: "Firefox on Linux another browser" }).waitFor();
  await page.getByTestId("push-here").click();
  await state.filter({ hasText: "This browser is told." }).waitFor();
  await devices.filter({ hasText: "this one" }).waitFor();
  expect(await page.getByTestId("push-here").count()).toBe(0);
  expect(await findingsOf(page)).toEqual([]);
  await devices.filter({ hasText: "this one" }).getByRole("button").click();
  await page.getByTestId("push-here").waitFor();
  await devices.getByRole("button", { name: "Tell no more: Firefox on Linux" }).click();
  await devices.waitFor({ state: "detached" });
  const blocked = await opened("denied");
  await blocked.getByText("Allow them among the permissions of this site").waitFor();
  expect(await blocked.getByTestId("push-here").count()).toBe(0);
  await blocked.evaluate("allowNotices()");
  await blocked.getByTestId("push-here").waitFor();
  const dismissed = await opened("dismissed");
  await dismissed.getByTestId("push-here").click();
  await dismissed.getByText("press again and allow notices").waitFor();
  const { page: without } = await openPage(WIDE);
  await without.addInitScript("delete globalThis.PushManager");
  await logIn(without, fake.url, OWNER);
  await without.goto(`${fake.url}/settings/day`);
  await without.getByText("This browser knows no push messages").waitFor();
  for (const one of [page, blocked, dismissed, without]) await one.context().close();
});
