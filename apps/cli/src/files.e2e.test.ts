import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { logIn } from "../../web/src/testing/journey.ts";
import { PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

const stage = await openStage();
/** A picture of 2 × 1 dots. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR4nGP8z8Dwn4GBgQEADQMCAfZfnmkAAAAASUVORK5CYII=",
  "base64",
);
const PAGE = Buffer.from("<!doctype html><script>document.title = 'it ran'</script>");

test("a person attaches a photo and a page, sees the one and saves the other, and takes both along", async () => {
  const page = await stage.openOwnersPage();
  const chooser = page.locator("input[type=file][multiple]");
  await chooser.setInputFiles([
    { name: "harbour.png", mimeType: "image/png", buffer: PNG },
    { name: "tickets.html", mimeType: "text/html", buffer: PAGE },
    { name: "wrong.txt", mimeType: "text/plain", buffer: Buffer.from("not this one") },
  ]);
  await page.getByRole("button", { name: "Take wrong.txt out" }).click();
  await page.getByText("wrong.txt").waitFor({ state: "detached" });
  await expect.poll(() => page.getByTestId("attached-files").locator("li").count()).toBe(2);
  await page.getByTestId("message-input").fill("At the harbour with Carla");
  await page.getByTestId("send-button").click();
  const entry = page.getByTestId("memory-entry").first();
  await entry.getByText("2 files").waitFor();
  expect(await page.getByTestId("attached-files").count()).toBe(0);
  await entry.getByRole("link").first().click();

  const picture = page.getByRole("img", { name: "harbour.png" });
  await expect
    .poll(() => picture.evaluate((shown) => shown instanceof HTMLImageElement && shown.naturalWidth), {
      timeout: 30_000,
    })
    .toBe(2);
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^Save tickets\.html/ }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("tickets.html");
  expect(await readFile(await saved.path())).toEqual(PAGE);
  expect(await page.title()).not.toBe("it ran");
  await page.close();
});

test("a photo that is pasted or dropped goes along; alone it says its name, and Ultra-secret it stays where it is", async () => {
  const page = await stage.openPage({ viewport: { width: 1_280, height: 800 } });
  await logIn(page, stage.product.url, PERSON);
  const bring = async (how: "paste" | "drop", name: string): Promise<void> => {
    await page.getByTestId("message-input").evaluate(
      (field, { bytes, how: by, name: called }) => {
        const carried = new DataTransfer();
        carried.items.add(new File([new Uint8Array(bytes)], called, { type: "image/png" }));
        const given = { bubbles: true, cancelable: true };
        const event =
          by === "paste"
            ? new ClipboardEvent("paste", { ...given, clipboardData: carried })
            : new DragEvent("drop", { ...given, dataTransfer: carried });
        field.dispatchEvent(event);
      },
      { bytes: [...PNG], how, name },
    );
    await page.getByTestId("attached-files").getByText(name).waitFor();
  };
  await bring("paste", "pasted.png");
  await page.getByTestId("send-button").click();
  await page.getByTestId("memory-entry").getByText("pasted.png").first().waitFor();
  await bring("drop", "dropped.png");
  expect(page.url(), "dropped elsewhere it would be an import").not.toContain("/import");
  await page.getByRole("button", { name: /Level/ }).click();
  await page.getByRole("option", { name: /Ultra-secret/ }).click();
  await page.getByTestId("send-button").click();
  await page.getByText(/cannot have files/).waitFor();
  await expect.poll(() => page.getByTestId("attached-files").getByText("dropped.png").count()).toBe(1);
  await page.close();
});
