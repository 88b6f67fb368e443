import { ZipFile } from "yazl";
import { expect, test } from "vitest";

import { findingsOf } from "../../web/src/testing/findings.ts";
import { claimServer, dashboardReady } from "../../web/src/testing/journey.ts";
import { PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// What somebody meets who has never seen it: what is said of a form that is half filled in, of an export with pictures, of filters.
const { openPage, product } = await openStage();
const page = await openPage();

async function zipOf(entries: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(entries)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

test("sign-up says at once at every field what is wrong with it, and what the server finds at its field", async () => {
  await claimServer(page, product.openUrl);
  await page.getByText("this server sends no mail, and cannot replace it").waitFor();
  await page.getByTestId("phone-input").fill("079");
  await page.getByTestId("password-input").fill("short");
  await page.getByTestId("signup-button").click();
  await page.getByText("At least 8 letters").waitFor();
  await expect.poll(() => page.locator("[aria-invalid=true]").count()).toBe(3);

  await page.getByTestId("phone-input").fill(PERSON.phone);
  await page.getByTestId("name-input").fill(PERSON.name);
  await page.getByTestId("password-input").fill("password1");
  await page.getByTestId("signup-button").click();
  await page.getByText("one of the first that are guessed").waitFor();
  await expect.poll(() => page.getByTestId("password-input").getAttribute("aria-invalid")).toBe("true");
  await expect
    .poll(() => page.getByTestId("password-input").evaluate((field) => field === document.activeElement))
    .toBe(true);

  await page.getByTestId("password-input").fill(PERSON.password);
  await page.getByTestId("signup-button").click();
  await dashboardReady(page);
});

test("an example chat can be tried, and taken back as one", async () => {
  await page.getByTestId("try-example").click();
  await page.getByTestId("start-import").click();
  await page.getByText("13 memories new").first().waitFor();
  await page.getByText("Dates ahead").waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "Take it back…" }).click();
  await page.getByRole("button", { name: "Forget them" }).click();
  await page.getByText("13 memories forgotten").first().waitFor();
  expect(await page.getByRole("button", { name: "Take it back…" }).count()).toBe(0);
});

test("the look into an export says which of its files come along", async () => {
  const said = ["a.jpg (file attached)", "b.jpg (file attached)", "The harbour at dusk"];
  const chat = said.map((text, at) => `13.12.24, 18:0${at} - Carla: ${text}\n`).join("");
  const buffer = await zipOf({ "WhatsApp Chat with Carla.txt": chat, "a.jpg": "a picture" });
  await page.goto(`${product.url}/import`);
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("choose-file").click();
  await (await chooser).setFiles({ name: "WhatsApp Chat with Carla.zip", mimeType: "application/zip", buffer });
  const files = /^1 file in it comes with the messages\. 1 message had a file that is not in the export/;
  await expect.poll(() => page.getByTestId("import-files").textContent()).toMatch(files);
  await page.getByText("None of them").click();
  await page.getByTestId("start-import").click();
  await page.getByText("3 memories new").first().waitFor();
});

test("one press leads a phone from its first page to the imports", async () => {
  await page.goto(product.url);
  await page.getByTestId("memory-entry").first().waitFor();
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await page.waitForURL("**/import");
  await page.getByText("3 memories new").first().waitFor();
});

test("only sources that hold something are offered", async () => {
  await page.goto(`${product.url}/timeline`);
  const options = page.getByTestId("timeline-source").locator("option");
  await options.nth(1).waitFor({ state: "attached" });
  await expect.poll(() => options.allTextContents()).toEqual(["Every source", "WhatsApp"]);
  await page.goto(`${product.url}/settings/forget`);
  await page.getByTestId("erase-source").waitFor();
  await expect
    .poll(() => page.getByTestId("erase-source").locator("option").allTextContents())
    .toEqual(["WhatsApp imports"]);
});

test("every page below Me leads back to it", async () => {
  const pages = ["security", "day", "sharing", "forget", "retention", "users", "audit", "provider", "organisations"];
  for (const path of pages) {
    await page.goto(`${product.url}/settings/${path}`);
    await page.getByRole("link", { name: "Back to Me" }).waitFor();
  }
});

test("who forgot the password is told what is left where no mail is sent", async () => {
  const stranger = await openPage();
  await stranger.goto(`${product.url}/login`);
  await stranger.getByRole("link", { name: "Forgot your password?" }).click();
  await stranger.getByTestId("recover-without-mail").getByText("kaelix users reset").waitFor();
  expect(await stranger.getByTestId("email-input").count()).toBe(0);
  expect(await findingsOf(stranger)).toEqual([]);
  await stranger.context().close();
});
