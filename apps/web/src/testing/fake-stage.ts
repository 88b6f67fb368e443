/** What a test of the web app plays on: the fake server and a real browser, for all tests of one file. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";

import { type FakeServer, startFakeServer } from "./fake-server.ts";
import { type JourneyBrowser, openBrowser } from "./journey.ts";

/** Who owns each fake. */
export const OWNER = { phone: "+15550100", password: "fake password" };
/** A window, and a phone. */
export const WIDE = { viewport: { width: 1280, height: 800 } } as const;
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

/** The browser of one file, and fakes as they are asked for: tests that have their own run side by side. */
export interface FakeStage {
  readonly fakeServer: (seeded: boolean) => Promise<FakeServer>;
  /** A page of its own profile, and what went wrong in it so far. */
  readonly openPage: (options: BrowserContextOptions) => Promise<{ readonly page: Page; readonly errors: string[] }>;
}

/** Call it where a file begins: the browser and the fakes end after the last test of the file. */
export function openFakeStage(): FakeStage {
  let browser: JourneyBrowser;
  const running: FakeServer[] = [];
  beforeAll(async () => {
    const built = fileURLToPath(new URL("../../dist/index.html", import.meta.url));
    expect(existsSync(built), "the web app is built").toBe(true);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all(running.map((fake) => fake.stop()));
  });
  return {
    fakeServer: async (seeded) => {
      const fake = await startFakeServer({ port: 0, seeded });
      running.push(fake);
      return fake;
    },
    openPage: async (options) => {
      const page = await browser.newPage({ ...options, reducedMotion: "reduce" });
      page.setDefaultTimeout(60_000);
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        if (/Content Security Policy|Content-Security-Policy/i.test(message.text())) errors.push(message.text());
      });
      return { page, errors };
    },
  };
}
