/** In a real browser against the real product: what is done about a wrong answer, and about what is never to be recalled. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, test } from "vitest";

import { findingsOf } from "../../web/src/testing/findings.ts";
import { logIn } from "../../web/src/testing/journey.ts";
import { claim, PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

const SHOTS = process.env["KAELIX_SCREENSHOTS"];
const LOOKS = [
  ["wide-light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }, "Carla"],
  [
    "phone-dark",
    { viewport: { width: 320, height: 640 }, colorScheme: "dark", hasTouch: true, isMobile: true },
    "Tomas",
  ],
] as const;

const stage = await openStage();
const { product } = stage;
const owner = await claim(product);

async function tell(text: string): Promise<string> {
  const { data } = await owner.call(
    "memories.create",
    { body: { text, level: 1 } },
    { waitSeconds: 10, until: "indexed" },
  );
  return data.memory.id;
}

async function found(query: string): Promise<string[]> {
  return (await owner.call("searches.run", { body: { query } })).data.hits.map(({ memory }) => memory.id);
}

async function openPage(options: BrowserContextOptions, path: string): Promise<Page> {
  const page = await stage.openPage({ ...options, reducedMotion: "reduce" });
  await logIn(page, product.url, PERSON);
  await page.goto(`${product.url}${path}`);
  return page;
}

async function look(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  expect(await findingsOf(page)).toEqual([]);
}

/** Opens what can be done about the answer that stands. */
async function wrong(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Wrong?" }).press("Enter");
  await page.getByTestId("amend").waitFor();
}

test.each(LOOKS)(
  "under a wrong answer its source is corrected, recalled no more or forgotten, and the question asked again, %s",
  async (mode, options, who) => {
    const id = await tell(`${who} lives in Lisbon near the harbour`);
    const page = await openPage(options, "/chats/ask");
    await page.getByTestId("message-input").fill(`Where does ${who} live?`);
    await page.getByTestId("send-button").click();
    await page.getByTestId("answer").getByText("Lisbon").first().waitFor();
    await wrong(page);
    await look(page, `wrong-${mode}`);

    await page.getByRole("button", { name: "Correct" }).press("Enter");
    const words = page.getByRole("textbox", { name: "What the memory should say" });
    await words.fill(`${who} lives in Porto by the river`);
    await look(page, `wrong-correct-${mode}`);
    await page.getByRole("button", { name: "Save and ask again" }).click();
    await page.getByTestId("answer").getByText("Porto").first().waitFor();
    await expect.poll(() => page.getByText("You asked").count()).toBe(1);
    // The table of versions may be a moment behind the index that answered.
    await expect.poll(async () => (await owner.call("memories.versions", { params: { id } })).data.data.length).toBe(2);

    await wrong(page);
    await page.getByRole("button", { name: "Never recall" }).press("Enter");
    await page.getByTestId("answer-nothing").waitFor();
    await look(page, `wrong-never-${mode}`);
    expect((await owner.call("memories.read", { params: { id } })).data.never_recalled).toBe(true);
    await page.getByRole("region", { name: "Notices" }).getByRole("button", { name: "Undo" }).first().click();
    await page.getByText("It may be recalled again.").waitFor();
    expect((await owner.call("memories.read", { params: { id } })).data).not.toHaveProperty("never_recalled");

    await page.getByTestId("message-input").fill(`Where does ${who} live?`);
    await page.getByTestId("send-button").click();
    await page.getByTestId("answer").getByText("Porto").first().waitFor();
    await wrong(page);
    await page.getByTestId("amend").getByRole("button", { name: "Forget" }).first().press("Enter");
    await page.getByTestId("answer-nothing").nth(1).waitFor();
    await page.getByRole("region", { name: "Notices" }).getByRole("button", { name: "Undo" }).first().click();
    await page.getByText("It is back.").waitFor();
    expect((await owner.call("memories.read", { params: { id } })).data.text).toContain("Porto");
    await page.close();
  },
);

test.each(LOOKS)(
  "what is never recalled is listed, marked on its page, and recalled again, %s",
  async (mode, options) => {
    const id = await tell(`The ${mode} lantern stands in the cellar`);
    const page = await openPage(options, `/memories/${id}`);
    await page.getByTestId("never-recall").press("Enter");
    await page
      .getByRole("note")
      .getByText(/^Never recalled/)
      .waitFor();
    await look(page, `never-page-${mode}`);
    expect(await found("lantern")).not.toContain(id);
    await page.goto(`${product.url}/settings/forget`);
    const kept = page.getByTestId("never-recalled").filter({ hasText: mode });
    await kept.waitFor();
    await look(page, `never-list-${mode}`);
    await kept.getByRole("button", { name: /^Recall again/ }).press("Enter");
    await page.getByText("There is none.").waitFor();
    expect(await found("lantern")).toContain(id);
    await page.close();
  },
);
