/** What a browser test plays on: the real product and a real browser, for all tests of one file. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll } from "vitest";

import { claimServer, openBrowser, signUp } from "../../../web/src/testing/journey.ts";
import { PERSON, type Product, startProduct, temporaryData } from "./product.ts";

/** A bound against hanging, not a measure: machines are busy. */
const WAIT_MS_MAX = 60_000;
const PHONE = { viewport: { width: 390, height: 844 } } as const;

/** The product and the browser of one file. */
export interface Stage {
  readonly product: Product;
  /** Where the product keeps everything. */
  readonly dataPath: string;
  /** A page of its own profile, as large as a phone unless told otherwise. */
  readonly openPage: (options?: BrowserContextOptions) => Promise<Page>;
  /** Such a page after the first sign-up: `PERSON` owns the server and sees the dashboard. */
  readonly openOwnersPage: (options?: BrowserContextOptions) => Promise<Page>;
}

/** Starts both. Call it where a file begins: both end, and the data goes, after the last test of the file. */
export async function openStage(environment: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const data = temporaryData();
  afterAll(() => data.remove());
  const browser = await openBrowser();
  afterAll(() => browser.close());
  const product = await startProduct(data.path, environment);
  afterAll(() => product.kill());
  const openPage = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await browser.newPage({ ...PHONE, ...options });
    page.setDefaultTimeout(WAIT_MS_MAX);
    return page;
  };
  return {
    product,
    dataPath: data.path,
    openPage,
    openOwnersPage: async (options) => {
      const page = await openPage(options);
      await claimServer(page, product.openUrl);
      await signUp(page, PERSON);
      return page;
    },
  };
}
