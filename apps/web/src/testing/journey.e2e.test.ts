/**
 * Every screen in a real Chromium against the fake server: wide and phone, light and dark, looked at by axe, walked by keyboard.
 * `KAELIX_SHOTS=<folder>` keeps a picture of each. Needs `npm run build -w @kaelix/web` before.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { Page, Route as PageRoute } from "playwright-core";
import { expect, test } from "vitest";

import { openFakeStage, OWNER, PHONE, WIDE } from "./fake-stage.ts";
import { findingsOf, lostInForcedColors, sidewaysAt, structureOf } from "./findings.ts";
import { claimServer, keepMessage, logIn, signUp } from "./journey.ts";
import { walkDoors, walkScreens } from "./walk.ts";

const SHOTS = process.env["KAELIX_SHOTS"];
/** Long enough for a dialog on a phone, which waits for the keyboard before it shows. */
const SETTLE_MS = 600;
/** A bound against hanging: a walk looks at some sixty screens twice, and two share the machine. */
const WALK_MS_MAX = 800_000;

// Each test has a fake and pages of its own, so they run side by side (`maxConcurrency` of the project): much of a walk is waiting.
const { fakeServer, openPage } = openFakeStage();

/** Every address inside, as `app.tsx` has them. */
const PLACES = [
  "/chats",
  "/chats/ask",
  "/search",
  "/timeline",
  "/people",
  "/review",
  "/import",
  "/status",
  "/nowhere",
  "/settings",
  ...[
    "day",
    "security",
    "security/seal",
    "sharing",
    "forget",
    "retention",
    "users",
    "organisations",
    "audit",
    "provider",
  ].map((name) => `/settings/${name}`),
  "/",
];

test.concurrent.each([WIDE, PHONE])(
  "whoever goes to a screen is at its heading or its field, and its title says where, %o",
  async (size) => {
    const fake = await fakeServer(true);
    const { page } = await openPage(size);
    await logIn(page, fake.url, OWNER);
    let title = await page.title();
    for (const path of PLACES) {
      await page.evaluate((to) => {
        document.querySelector<HTMLElement>("nav a:not([hidden])")?.focus();
        history.pushState({ idx: 1, key: to }, "", to);
        dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
      }, path);
      await page.waitForFunction((before) => {
        const held = document.activeElement;
        return (
          document.title !== before &&
          held !== null &&
          held.matches("h1, input, textarea") &&
          held.closest("main") !== null
        );
      }, title);
      title = await page.title();
      expect(await structureOf(page), path).toEqual([]);
    }
    await page.context().close();
  },
);

/** Each screen is looked at in other widths, too: a window zoomed to 200 % and to 400 %; the smallest phone and a tablet. */
const SIZES = [
  ["wide", WIDE, [640, 320]],
  ["phone", PHONE, [320, 768]],
] as const;
/** The page follows the scheme while it is open, so one walk shows both. */
const SCHEMES = ["light", "dark"] as const;

test.concurrent.each(SIZES)(
  "every screen, %s, light and dark, has no serious finding and never scrolls sideways",
  { timeout: WALK_MS_MAX },
  async (size, options, otherWidths) => {
    const fake = await fakeServer(true);
    const { page, errors } = await openPage(options);
    const findings: string[] = [];
    const look = async (name: string): Promise<void> => {
      await page.waitForTimeout(SETTLE_MS);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        if (SHOTS !== undefined) {
          mkdirSync(SHOTS, { recursive: true });
          await page.screenshot({ path: join(SHOTS, `${size}-${colorScheme}-${name}.png`) });
        }
        findings.push(...(await findingsOf(page)).map((finding) => `${name}, ${colorScheme}: ${finding}`));
      }
      for (const finding of [...(await structureOf(page)), ...(await lostInForcedColors(page))])
        findings.push(`${name}: ${finding}`);
      for (const width of [...otherWidths, options.viewport.width])
        findings.push(...(await sidewaysAt(page, width)).map((finding) => `${name}: ${finding}`));
    };
    await walkDoors(page, fake.url, look);
    await logIn(page, fake.url, OWNER);
    await walkScreens(page, fake.url, look);
    await page.context().close();
    expect(errors).toEqual([]);
    expect(findings).toEqual([]);
  },
);

test.concurrent("on a tablet held upright the open chat has the room to itself, and the list is one press away", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage({ viewport: { width: 768, height: 1024 } });
  await logIn(page, fake.url, OWNER);
  await page.goto(`${fake.url}/chats/ask`);
  await page.getByTestId("message-input").waitFor();
  const pane = page.getByRole("region", { name: "Open conversation" });
  expect((await pane.boundingBox())?.width).toBeGreaterThan(500);
  await expect.poll(() => page.getByRole("navigation", { name: "Conversations" }).isVisible()).toBe(false);
  await page.getByRole("button", { name: "All chats" }).press("Enter");
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
  await expect.poll(() => pane.isVisible()).toBe(false);
  await page.getByRole("link", { name: /Carla/ }).first().click();
  await page.locator("article").first().waitFor();
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
  await expect.poll(() => pane.isVisible()).toBe(true);
  expect((await pane.boundingBox())?.width).toBeGreaterThan(500);
  await page.context().close();
});

test.concurrent("on the smallest phone what waits is counted and one press away on every screen", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage({ ...PHONE, viewport: { width: 360, height: 740 } });
  await logIn(page, fake.url, OWNER);
  await page.goto(`${fake.url}/people`);
  const way = page.getByRole("banner").getByRole("link", { name: /Review \d+ waiting/ });
  await way.click();
  await page.getByTestId("review-item").first().waitFor();
  expect((await way.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  expect(await findingsOf(page)).toEqual([]);
  expect(await sidewaysAt(page, 320)).toEqual([]);
  // What ends a memory with a receipt keeps to the column of its page.
  await page.goto(`${fake.url}/search?q=harbour`);
  await page.locator("[data-hit]").first().click();
  const erase = await page.getByTestId("erase-memory").boundingBox();
  const kept = await page.getByTestId("memory-kept").boundingBox();
  expect((erase?.x ?? 0) + (erase?.width ?? 0)).toBeLessThanOrEqual((kept?.x ?? 0) + (kept?.width ?? 0));
  await page.context().close();
});

test.concurrent("what reads like a question is asked and not kept, unless one says so", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  const field = page.getByTestId("message-input");
  await field.fill("when did we last eat at the harbour");
  await page.getByText("so it is asked").waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await field.press("Enter");
  await page.getByTestId("answer").first().waitFor();
  await page.goto(fake.url);
  await field.fill("Shall we paint the door?");
  await page.getByTestId("composer-other").click();
  await page.getByTestId("memory-entry").filter({ hasText: "Shall we paint the door?" }).waitFor();
});

test.concurrent("the first minutes: claim by the terminal's address, sign up, tell, sign out, sign in", async () => {
  const fake = await fakeServer(false);
  const { page, errors } = await openPage(WIDE);
  await claimServer(page, `${fake.url}/start#c=${fake.claimCode}`);
  expect(page.url()).not.toContain(fake.claimCode);
  expect(await page.getByTestId("claim-input").count()).toBe(0);
  expect(await findingsOf(page)).toEqual([]);
  await signUp(page, { phone: "+1234567890", name: "Ann", password: "testpassword" });
  expect(await findingsOf(page)).toEqual([]);
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-testid")))
    .toBe("message-input");
  await keepMessage(page, "Mum is allergic to walnuts");
  await page.getByTestId("memory-entry").locator("[data-tick=searchable]").waitFor();
  expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain("walnuts");
  await page.reload();
  await page.getByTestId("memory-entry").filter({ hasText: "walnuts" }).waitFor();
  await page.goto(`${fake.url}/settings`);
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL("**/login");
  await page.getByTestId("phone-input").fill("+1234567890");
  await page.getByTestId("password-input").fill("wrong");
  await page.getByTestId("login-button").click();
  await page.getByText("Phone or password is not right.").waitFor();
  await page.getByTestId("password-input").fill("testpassword");
  await page.getByTestId("login-button").click();
  await page.getByTestId("dashboard").waitFor();
  await page.context().close();
  expect(errors).toEqual([]);
});

test.concurrent("without the terminal's address the claim code is asked for", async () => {
  const fake = await fakeServer(false);
  const { page } = await openPage(PHONE);
  await page.goto(fake.url);
  await page.waitForURL("**/signup");
  await page.getByTestId("claim-input").fill(fake.claimCode);
  await signUp(page, { phone: "+41 79 123 45 67", name: "Ann", password: "testpassword" });
  await page.context().close();
});

test.concurrent("the keyboard alone searches, opens, edits, forgets and takes it back", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  await page.getByTestId("memory-entry").first().waitFor();
  await page.keyboard.press("Tab");
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.keyboard.press("/");
  await page.getByTestId("search-input").waitFor();
  await page.waitForFunction(() => document.activeElement?.matches("[data-search-field]"));
  await page.keyboard.type("drill");
  await page.locator("[data-hit]").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByTestId("memory-text").waitFor();
  await page.keyboard.press("e");
  await page.getByRole("textbox", { name: "What the memory says" }).waitFor();
  await page.keyboard.press("End");
  await page.keyboard.type(" evening");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByTestId("memory-text").filter({ hasText: "Sunday evening" }).waitFor();
  await page.locator("ins", { hasText: "evening" }).waitFor();
  await page.keyboard.press("#");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("It is back.").waitFor();
  await page.context().close();
});

test.concurrent("two pages change one memory: the second sees the newer one before it writes", async () => {
  const fake = await fakeServer(true);
  const { page: first } = await openPage(WIDE);
  const { page: second } = await openPage(WIDE);
  for (const page of [first, second]) {
    await logIn(page, fake.url, OWNER);
    await page.getByRole("link", { name: /return the drill/ }).click();
    await page.getByTestId("memory-text").waitFor();
    await page.getByRole("button", { name: "Edit" }).click();
  }
  const write = async (page: Page, text: string): Promise<void> => {
    await page.getByRole("textbox", { name: "What the memory says" }).fill(text);
    await page.getByRole("button", { name: "Save as a new version" }).click();
  };
  await write(first, "Returned the drill to Bob");
  await first.getByTestId("memory-text").filter({ hasText: "Returned" }).waitFor();
  await write(second, "Promised Bob the drill for Monday");
  await second.getByText("It was changed meanwhile. The newer one reads:").waitFor();
  await second.locator("ins", { hasText: "Returned" }).first().waitFor();
  await second.getByRole("button", { name: "Keep writing mine" }).click();
  await second.getByRole("button", { name: "Save as a new version" }).click();
  await second.getByTestId("memory-text").filter({ hasText: "Monday" }).waitFor();
  await first.context().close();
  await second.context().close();
});

test.concurrent("the first page loads at most 250 kB of script, gzipped", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  await page.reload();
  await page.getByTestId("memory-entry").first().waitFor();
  await page.waitForLoadState("networkidle");
  // Asked of the page that stands: the browser drops the bodies of one that it leaves, whenever they arrive.
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  const scripts = [...new Set(loaded.filter((url) => url.endsWith(".js")))];
  const bodies = await Promise.all(scripts.map(async (url) => (await fetch(url)).arrayBuffer()));
  const total = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
  expect(total).toBeGreaterThan(50_000);
  expect(total).toBeLessThanOrEqual(250_000);
  await page.context().close();
});

test.concurrent("single keys can be switched off, the palette stays", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  await page.goto(`${fake.url}/settings`);
  await page.getByText("Single-key shortcuts").click();
  await page.keyboard.press("?");
  await page.waitForTimeout(SETTLE_MS);
  expect(await page.getByRole("dialog").count()).toBe(0);
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("status");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/status");
  await page.context().close();
});

test.concurrent("opening the lock shows what is above, locking takes it off the page again", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  const secret = page.getByTestId("memory-entry").filter({ hasText: "passport" });
  await page.getByTestId("memory-entry").first().waitFor();
  expect(await secret.count()).toBe(0);
  await page.getByRole("button", { name: /Open up to Confidential/ }).click();
  await page.getByTestId("unlock-password").fill("wrong");
  await page.getByTestId("unlock-button").click();
  await page.getByText("The password is not right").waitFor();
  await page.getByTestId("unlock-password").fill(OWNER.password);
  await page.getByTestId("unlock-button").click();
  await secret.waitFor();
  await page.getByRole("button", { name: /Open up to Secret/ }).click();
  await page.getByRole("button", { name: "Lock again" }).click();
  await secret.waitFor({ state: "detached" });
  await page.context().close();
});

test.concurrent("a saying told while the server is away waits in the page and is sent when it is back", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  await page.getByTestId("memory-entry").first().waitFor();
  await page.route("**/api/**", (route) => route.abort());
  await page.getByTestId("message-input").fill("The fuse box is in the cellar");
  await page.keyboard.press("Enter");
  const entry = page.getByTestId("memory-entry").filter({ hasText: "fuse box" });
  await entry.locator("[data-tick=waiting]").waitFor();
  await page.getByText("One saying waits").waitFor();
  expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain("fuse");
  await page.unroute("**/api/**");
  await entry.locator("[data-tick=stored], [data-tick=searchable]").waitFor();
  await page.context().close();
});

test.concurrent("a banner says that the server is away and goes when it is back, and what could not be read is read", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  await page.getByTestId("memory-entry").first().waitFor();
  const banner = page.getByTestId("connection-banner");
  expect(await banner.count()).toBe(0);
  await page.route("**/api/**", (route) => route.abort());
  await page.getByRole("link", { name: "Status" }).click();
  await banner.filter({ hasText: "The server cannot be reached" }).waitFor();
  await page.unroute("**/api/**");
  await banner.waitFor({ state: "detached" });
  await page.getByTestId("verify-button").waitFor();
  await page.context().close();
});

test.concurrent("an import ends with its true numbers", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  await page.goto(`${fake.url}/import`);
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("choose-file").click();
  const file = { name: "WhatsApp Chat with Carla.txt", mimeType: "text/plain", buffer: Buffer.from("anything") };
  await (await chooser).setFiles(file);
  await page.getByTestId("start-import").click();
  await page.getByRole("progressbar").waitFor();
  await page.getByText(/^[\d,]+ memories new/).waitFor();
  expect(await page.getByText(/^0 memories new/).count()).toBe(0);
  await page.context().close();
});

test.concurrent("a damaged log is told on the status screen, and nothing there advises to rebuild", async () => {
  const fake = await fakeServer(true);
  const { page } = await openPage(WIDE);
  await logIn(page, fake.url, OWNER);
  const loss = "memories/3 offsets 7 to 9: batch crc is wrong";
  const damage = async (route: PageRoute, log: object): Promise<void> => {
    const response = await route.fetch();
    const answer = await response.json();
    await route.fulfill({
      response,
      json: { ...answer, agree: false, log: { ...answer.log, damaged: [loss], ...log } },
    });
  };
  await page.route("**/api/v1/status", (route) => damage(route, {}));
  await page.route("**/api/v1/verifications", (route) => damage(route, { whole: false, lost: 3 }));
  await page.goto(`${fake.url}/status`);
  await page.getByText("The log has lost records: do not rebuild a view").waitFor();
  await page.getByTestId("verify-button").click();
  const verification = page.getByTestId("verification");
  await verification.getByText("The log is damaged: do not rebuild a view").waitFor();
  await verification.getByText("The views still hold 3 memories that the log has lost").waitFor();
  await verification.getByText(loss).waitFor();
  expect(await page.textContent("main")).not.toContain("kaelix rebuild");
  await page.context().close();
});
