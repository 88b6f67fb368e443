/** In a real browser against the real product: questions that lean on those before, those that are proposed, and what one's corrections taught. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, test } from "vitest";

import { findingsOf } from "../../web/src/testing/findings.ts";
import { logIn } from "../../web/src/testing/journey.ts";
import { claim, PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

const SHOTS = process.env["KAELIX_SCREENSHOTS"];
const LOOKS = [
  ["wide-light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["phone-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, isMobile: true }],
] as const;

const stage = await openStage();
const { product } = stage;
const owner = await claim(product);
for (const text of [
  "Carla lives in Lisbon near the harbour",
  "Carla's dog is called Biscuit",
  "Tomas teaches chemistry in Hamburg, like his friend Ines",
  "Ines teaches chemistry in Porto now",
])
  await owner.call("memories.create", { body: { text, level: 1 } }, { waitSeconds: 10, until: "indexed" });

async function openPage(options: BrowserContextOptions): Promise<Page> {
  const page = await stage.openPage({ ...options, reducedMotion: "reduce" });
  await logIn(page, product.url, PERSON);
  return page;
}

async function look(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  expect(await findingsOf(page)).toEqual([]);
}

/** Asks where questions stand below one another; resolves when it is answered. */
async function ask(page: Page, question: string): Promise<void> {
  const answered = await page.getByTestId("answer").count();
  await page.getByTestId("message-input").fill(question);
  await page.getByTestId("send-button").click();
  await page.getByTestId("answer").nth(answered).waitFor();
}

test.each(LOOKS)(
  "a question that leans on those before says in the chat how it is understood, %s",
  async (mode, options) => {
    const page = await openPage(options);
    await page.goto(`${product.url}/chats/ask`);
    await page.getByRole("textbox", { name: "A question" }).waitFor();
    await ask(page, "Where does Carla live?");
    expect(await page.getByTestId("understood").count()).toBe(0);
    await ask(page, "What is her dog called?");
    await page.getByTestId("understood").getByText("What is Carla's dog called?").waitFor();
    await page.getByTestId("answer").nth(1).getByText("Biscuit").first().waitFor();
    await look(page, `understood-${mode}`);
    await page.close();
  },
);

test.each(LOOKS)(
  "what may be asked next stands below the newest answer alone, and is asked and answered when it is pressed, %s",
  async (mode, options) => {
    const page = await openPage(options);
    await page.goto(`${product.url}/chats/ask`);
    await page.getByRole("textbox", { name: "A question" }).waitFor();
    await ask(page, "Where does Tomas teach?");
    await look(page, `follow-ups-${mode}`);
    await page.getByTestId("follow-ups").getByRole("button", { name: "And Ines?" }).press("Enter");
    await page.getByTestId("understood").getByText("Where does Ines teach?").waitFor();
    await page.getByTestId("answer").nth(1).getByText("Porto").first().waitFor();
    expect(await page.getByRole("button", { name: "And Ines?" }).count()).toBe(0);
    await page.close();
  },
);

const TAUGHT = [
  ["Project Kestrel moves to the second phase", "The Kestrel model glides over the field"],
  ["Salsa evening with Nadia", "Salsa shoes for Nadia"],
] as const;

test.each(LOOKS.map(([mode, options], at) => [mode, options, TAUGHT[at] ?? []] as const))(
  "what one's corrections taught stands under Me, and is forgotten when that is meant, %s",
  async (mode, options, texts) => {
    for (const text of texts) {
      const { data: told } = await owner.call("memories.create", { body: { text } });
      const { id, version } = told.memory;
      await owner.call("memories.move", { params: { id }, body: { level: 2 } }, { ifMatch: `"${version}"` });
    }
    const page = await openPage(options);
    await page.goto(`${product.url}/settings`);
    const taught = page.getByTestId("lessons");
    await taught.getByText("2 memories").waitFor();
    await look(page, `lessons-${mode}`);
    await taught.getByRole("button", { name: "Forget what I taught…" }).click();
    await taught.getByRole("button", { name: "Keep it" }).click();
    expect((await owner.call("lessons.read")).data.total).toBe(2);
    await taught.getByRole("button", { name: "Forget what I taught…" }).click();
    await taught.getByTestId("lessons-forget").click();
    await taught.getByText("You have moved none that counts").waitFor();
    await taught.getByText(/^Forgotten on/).waitFor();
    expect((await owner.call("lessons.read")).data.total).toBe(0);
    await page.close();
  },
);
