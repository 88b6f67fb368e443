import { readFileSync } from "node:fs";

import { createClient } from "@kaelix/contract";
import type { Locator } from "playwright-core";
import { expect, test } from "vitest";

import { openedAge } from "../../../packages/security/src/testing/opened-age.ts";
import { keepMessage } from "../../web/src/testing/journey.ts";
import { PERSON } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// A person takes everything along and leaves nothing behind, on the real product in a real browser.
const PASSPHRASE = "walnut lantern by the harbour";
const { openOwnersPage, product } = await openStage({ KAELIX_FORGET_UNDO_SECONDS: "30" });
const page = await openOwnersPage({ acceptDownloads: true });

/** Gives the password where it is asked for: a proof counts for five minutes. */
async function proveUntil(seen: Locator): Promise<void> {
  const proof = page.getByTestId("proof-password");
  await proof.or(seen.first()).first().waitFor();
  if (await proof.isVisible()) {
    await proof.fill(PERSON.password);
    await page.getByTestId("proof-button").click();
  }
  await seen.first().waitFor();
}

test("one memory is forgotten from its page with a receipt", async () => {
  await keepMessage(page, "The garden gate squeaks when it rains");
  await page.getByRole("link", { name: /garden gate/ }).click();
  await page.getByTestId("erase-memory").click();
  const erasure = page.getByTestId("erasure");
  await proveUntil(erasure.getByText("1 memory hidden"));
  const receipt = erasure.getByRole("button", { name: "Receipt" });
  await receipt.waitFor({ timeout: 120_000 });
  const saved = page.waitForEvent("download");
  await receipt.click();
  expect(readFileSync(await (await saved).path(), "utf8")).toContain("memories: 1\n");
});

test("everything is taken along, a source is erased and brought back, and the account ends with a receipt", async () => {
  await page.goto(product.url);
  await keepMessage(page, "Mum is allergic to walnuts");
  await page.goto(`${product.url}/settings/forget`);
  const exported = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as Markdown" }).click();
  expect(readFileSync(await (await exported).path(), "utf8")).toContain("> Mum is allergic to walnuts");

  await page.getByTestId("takeout-passphrase").fill("too short");
  await page.getByText("15 signs or more").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Download as JSONL" }).isDisabled()).toBe(true);
  await page.getByTestId("takeout-passphrase").fill(PASSPHRASE);
  const sealed = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as JSONL" }).click();
  const file = await sealed;
  expect(file.suggestedFilename()).toMatch(/^kaelix-.*\.jsonl\.age$/);
  const opened = await openedAge(readFileSync(await file.path()), PASSPHRASE);
  expect(opened.toString()).toContain("Mum is allergic to walnuts");

  // What was taken along is brought back as it is.
  await page.goto(`${product.url}/import`);
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("choose-file").click();
  await (
    await chooser
  ).setFiles(
    await file
      .path()
      .then((path) => ({ name: "mine.jsonl.age", mimeType: "application/octet-stream", buffer: readFileSync(path) })),
  );
  await page.getByTestId("import-passphrase").fill("another passphrase");
  await page.getByTestId("open-import").click();
  await page.getByText("This passphrase does not open the file").waitFor();
  await page.getByTestId("import-passphrase").fill(PASSPHRASE);
  await page.getByTestId("import-passphrase").press("Enter");
  await page.getByRole("heading", { name: "mine.jsonl" }).waitFor();
  await page.getByText("Mum is allergic to walnuts").waitFor();
  await page.getByTestId("start-import").click();
  await page.getByText("1 already known").first().waitFor();
  await page.goto(`${product.url}/settings/forget`);

  await page.getByTestId("erase-source").selectOption("chat");
  await page.getByTestId("erase-source-button").click();
  const undo = page.getByTestId("erasure").getByRole("button", { name: "Undo" });
  await proveUntil(undo);
  await undo.click();
  await page.getByText("Undone: everything is back").waitFor();

  // What a program told goes by its name.
  const person = createClient({ baseUrl: product.url });
  const { data: signedIn } = await person.call("auth.logIn", {
    body: { phone: PERSON.phone, password: PERSON.password },
  });
  const own = createClient({ baseUrl: product.url, accessToken: () => signedIn.access_token });
  await own.call("auth.prove", { body: { password: PERSON.password } });
  const scopes = ["memory.create"];
  const key = { name: "Robot", kind: "agent", scopes, level: "general", expires_at: null } as const;
  const { data: made } = await own.call("keys.create", { body: { ...key, scopes } });
  const robot = createClient({ baseUrl: product.url, accessToken: () => made.secret });
  await robot.call("memories.create", { body: { text: "The bench stands by the pond", level: "general" } });
  await page.reload();
  await page.getByTestId("erase-key").selectOption({ label: "Robot" });
  await page.getByTestId("erase-key-button").click();
  await proveUntil(page.getByTestId("erasure").filter({ hasText: /1 memory hidden/ }));

  await page.getByTestId("erase-account").click();
  await page.getByTestId("erase-account-above").getByText("Now that is up to Confidential").waitFor();
  await page.getByTestId("erase-account-phone").fill(PERSON.phone);
  const receipt = page.waitForEvent("download");
  await page.getByTestId("erase-account-now").click();
  const saved = await receipt;
  expect(saved.suggestedFilename()).toMatch(/^kaelix-receipt-era_.*\.txt$/);
  expect(readFileSync(await saved.path(), "utf8")).toContain("what: an account and everything in it\n");
  // At sign-in while the page remembers that the server is claimed, at sign-up once it has heard that nobody is left: never a wait for the way there.
  await page.getByTestId("phone-input").waitFor();
  await page.getByTestId("left-because").getByText("The account and everything in it are erased").waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/(?:login|signup)$/);
});
