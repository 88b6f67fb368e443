/** Driving the web app in a real Chromium: what a person does in the first minutes, as functions for end-to-end tests. */
import { existsSync } from "node:fs";

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Without it a browser asks for messages of its push service. */
const BACKGROUND_NETWORKING = "--disable-background-networking";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  BACKGROUND_NETWORKING,
  "--disable-component-update",
  "--disable-sync",
];
const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A running browser; `close` ends its processes. */
export interface JourneyBrowser {
  /** A page of its own profile. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Who signs up or in. */
export interface Journey {
  readonly phone: string;
  readonly name: string;
  readonly password: string;
}

/** Starts Chromium headless. @throws Error when none is installed; `KAELIX_CHROMIUM` names another one. */
export async function openBrowser(): Promise<JourneyBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS, headless: true });
  return {
    newPage: async (options = {}) => (await browser.newContext(options)).newPage(),
    close: () => browser.close(),
  };
}

/** Starts Chromium headless on a profile of its own folder, for what it refuses to private windows, as push is. */
export function openProfile(folder: string, flags: readonly string[]): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(),
    args: [...FLAGS.filter((flag) => flag !== BACKGROUND_NETWORKING), ...flags],
    ignoreDefaultArgs: [BACKGROUND_NETWORKING],
    headless: true,
  });
}

function chromiumPath(): string {
  const path = process.env["KAELIX_CHROMIUM"] ?? CANDIDATES.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  throw new Error("Cannot open a browser: no Chromium is installed, set KAELIX_CHROMIUM to one");
}

/** Opens the address that the start printed (`…/start#c=CODE`) and waits for sign-up. */
export async function claimServer(page: Page, startUrl: string): Promise<void> {
  await page.goto(startUrl);
  await page.waitForURL("**/signup");
  await page.getByTestId("phone-input").waitFor();
}

/** Fills in sign-up and waits for the dashboard. */
export async function signUp(page: Page, journey: Journey): Promise<void> {
  await page.getByTestId("phone-input").fill(journey.phone);
  await page.getByTestId("name-input").fill(journey.name);
  await page.getByTestId("password-input").fill(journey.password);
  await page.getByTestId("signup-button").click();
  await dashboardReady(page);
}

/** Signs in at `/login` and waits for the dashboard. */
export async function logIn(page: Page, origin: string, journey: Omit<Journey, "name">): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.getByTestId("phone-input").fill(journey.phone);
  await page.getByTestId("password-input").fill(journey.password);
  await page.getByTestId("login-button").click();
  await dashboardReady(page);
}

/** Waits until the dashboard stands and its composer can be typed into. */
export async function dashboardReady(page: Page): Promise<void> {
  await page.getByTestId("dashboard").waitFor();
  await page.getByTestId("message-input").waitFor();
}

/**
 * Tells something through the composer and waits until its ticks say it is stored. For texts that stay below the lock: one that
 * is judged Secret is kept, but its words leave the page at once.
 */
export async function keepMessage(page: Page, text: string): Promise<void> {
  await page.getByTestId("message-input").fill(text);
  await page.getByTestId("send-button").click();
  const entry = page.getByTestId("memory-entry").filter({ hasText: text }).first();
  await entry.locator("[data-tick=stored], [data-tick=searchable]").waitFor();
}
