import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { scanProcess } from "../../../bench/canaries/process-memory.ts";
import { canaryOf, scanBytes, scanFolder } from "../../../bench/canaries/scan.ts";
import { claimServer, dashboardReady, logIn, signUp } from "../../web/src/testing/journey.ts";
import { PERSON, signIn } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// Somebody chooses a passphrase and seals what is ultra-secret in a real browser; then the server's files and lines are searched for it.
const LEVEL = 4;
/** The words of a text, and both passphrases: none of them may be anywhere but in the browser. */
const SAID = `${canaryOf(LEVEL, 1)} hides in the hollow oak`;
const OTHER = `${canaryOf(LEVEL, 2)} sleeps under the bridge`;
const PASSPHRASE = `${canaryOf(LEVEL, 3)} walnut lantern`;
const NEXT_PASSPHRASE = `${canaryOf(LEVEL, 4)} copper meadow`;
let recoveryKey = "";
/** Everything that the browser sent to the server. */
const sent: string[] = [];

const stage = await openStage();
const { dataPath, product } = stage;
const page = await openPage();
await claimServer(page, product.openUrl);
await signUp(page, PERSON);

async function openPage(): Promise<Page> {
  const next = await stage.openPage({ viewport: { width: 1280, height: 800 } });
  next.on("request", (request) => sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ""}`));
  return next;
}

async function openSession(on: Page): Promise<void> {
  await on.getByRole("button", { name: /^Open up to/ }).click();
  await on.getByRole("dialog").getByText("Ultra-secret").first().click();
  await on.getByTestId("unlock-password").fill(PERSON.password);
  await on.getByTestId("unlock-button").click();
  await on.getByTestId("unlock-button").waitFor({ state: "detached" });
}

async function unlock(on: Page, passphrase: string): Promise<void> {
  await on.getByTestId("seal-unlock").first().click();
  await on.getByTestId("passphrase-input").fill(passphrase);
  await on.getByTestId("passphrase-button").click();
}

async function keepSealed(on: Page, text: string): Promise<void> {
  await on.getByTestId("message-input").fill(text);
  await on.getByRole("button", { name: /Level/ }).first().click();
  await on.getByRole("option", { name: /Ultra-secret/ }).click();
  await on.getByTestId("seal-remark").filter({ hasText: "leaves this browser sealed" }).waitFor();
  await on.getByTestId("send-button").click();
}

async function confirmRecoveryKey(on: Page): Promise<string> {
  await on.getByTestId("recovery-key").waitFor();
  const groups = await on.getByTestId("recovery-key").locator("li").allTextContents();
  const key = groups.map((group) => group.trim().slice(-4));
  await on.getByTestId("recovery-kept").click();
  await on.getByTestId("recovery-group-3").fill("WRNG");
  await on.getByTestId("recovery-group-7").fill(key[6] ?? "");
  await on.getByTestId("recovery-confirm").click();
  await on.getByText("This is not group 3 of the key").waitFor();
  await on.getByTestId("recovery-group-3").fill((key[2] ?? "").toLowerCase());
  await on.getByTestId("recovery-confirm").click();
  return key.join("-");
}

test("a passphrase is chosen, and the recovery key is kept before anything is", async () => {
  await page.goto(`${product.url}/settings/security`);
  await page.getByRole("link", { name: /Passphrase and recovery key/ }).click();
  await page.getByTestId("seal-set-up").click();
  await page.getByTestId("new-passphrase").fill("too short");
  await page.getByTestId("new-passphrase-again").fill("too short");
  await page.getByTestId("passphrase-submit").click();
  await page.getByText("must be 15 at least", { exact: false }).waitFor();
  await page.getByTestId("new-passphrase").fill(PASSPHRASE);
  await page.getByTestId("new-passphrase-again").fill(PASSPHRASE);
  await page.getByTestId("passphrase-submit").click();
  recoveryKey = await confirmRecoveryKey(page);
  await page.getByTestId("proof-password").fill(PERSON.password);
  await page.getByTestId("proof-button").click();
  await page.getByTestId("seal-on").waitFor();
  expect(recoveryKey).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$/);
});

test("what is told at level 4 leaves the browser sealed; after a reload session and passphrase open it", async () => {
  await page.getByTestId("seal-lock").waitFor();
  await page.getByRole("link", { name: "Today" }).first().click();
  await dashboardReady(page);
  await openSession(page);
  await keepSealed(page, SAID);
  await page.getByTestId("sealed-opened").filter({ hasText: SAID }).first().waitFor();
  await keepSealed(page, OTHER);
  await page.getByTestId("sealed-opened").filter({ hasText: OTHER }).first().waitFor();
  await page.reload();
  await dashboardReady(page);
  await page.getByTestId("sealed").first().waitFor();
  expect(await page.getByText(SAID).count()).toBe(0);
  await unlock(page, "not the passphrase at all");
  await page.getByText("This is not your passphrase").waitFor();
  await page.getByTestId("passphrase-input").fill(PASSPHRASE);
  await page.getByTestId("passphrase-button").click();
  await page.getByTestId("sealed-opened").filter({ hasText: SAID }).first().waitFor();
});

test("what was sealed is found in the browser, and what is typed for that is sent nowhere", async () => {
  await page.getByRole("link", { name: "Search" }).first().click();
  await page.getByTestId("search-where").getByText("Sealed by you").click();
  await page.getByTestId("sealed-count").filter({ hasText: "2 memories sealed by you" }).waitFor();
  const before = sent.length;
  await page.getByTestId("sealed-search-input").fill("OAK hollow");
  await page.getByTestId("sealed-count").filter({ hasText: "1 of 2" }).waitFor();
  await page.getByTestId("sealed-hit").filter({ hasText: SAID }).waitFor();
  expect(sent.slice(before).join("\n")).not.toMatch(/oak|hollow/i);
  expect(page.url()).not.toMatch(/oak/i);
});

test("a body in another memory's place is not opened", async () => {
  const client = await signIn(product);
  await client.call("auth.unlock", { body: { password: PERSON.password, level: "ultra-secret" } });
  const { data: list } = await client.call("memories.list", { query: { sealed: "only" } });
  const [newest, oldest] = list.data;
  if (newest?.sealed === undefined || oldest === undefined) expect.fail("Two memories are sealed");
  const params = { id: oldest.id };
  await client.call("memories.edit", { params, body: { sealed: newest.sealed } }, { ifMatch: `"${oldest.version}"` });
  await page.getByRole("link", { name: "Today" }).first().click();
  await page.getByTestId("sealed-refused").first().waitFor();
  await page.getByTestId("sealed-opened").filter({ hasText: OTHER }).first().waitFor();
  expect(await page.getByText(SAID).count()).toBe(0);
  await client.call("memories.forget", { params }, { ifMatch: `"${oldest.version + 1}"` });
});

test("an open memory moves up sealed, is edited there, and comes down only by saying so", async () => {
  const client = await signIn(product);
  const { data: told } = await client.call("memories.create", { body: { text: "The ferry leaves at noon", level: 1 } });
  await page.goto(`${product.url}/memories/${told.memory.id}`);
  await page.getByTestId("move-level").getByRole("button").click();
  await page.getByRole("option", { name: /Ultra-secret/ }).click();
  await page.getByTestId("passphrase-input").fill(PASSPHRASE);
  await page.getByTestId("passphrase-button").click();
  await page.getByTestId("passphrase-input").waitFor({ state: "detached" });
  await page.getByTestId("move-level").getByRole("button").click();
  await page.getByRole("option", { name: /Ultra-secret/ }).click();
  await page.getByText("sealed by you, chosen by you").waitFor();
  await page.getByTestId("sealed-opened").filter({ hasText: "The ferry leaves at noon" }).first().waitFor();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("What the memory says").fill("The ferry leaves at dusk");
  await page.getByRole("button", { name: "Save as a new version" }).click();
  await page.getByTestId("memory-text").filter({ hasText: "at dusk" }).waitFor();
  await page.getByTestId("move-level").getByRole("button").click();
  await page.getByRole("option", { name: /General/ }).click();
  await page.getByTestId("hand-over").waitFor();
  await page.getByTestId("hand-over-button").click();
  await page.getByText("you decided").waitFor();
  const { data: down } = await client.call("memories.read", { params: { id: told.memory.id } });
  expect(down).toMatchObject({ text: "The ferry leaves at dusk", level: "general", version: 4 });
});

test("without the passphrase the recovery key gives a new one, also to a second device", async () => {
  await page.goto(`${product.url}/settings/security/seal`);
  await page.getByTestId("seal-change").click();
  await page.getByTestId("other-opener").click();
  await page.getByTestId("recovery-input").fill(recoveryKey.replace(/.$/, (last) => (last === "0" ? "2" : "0")));
  await page.getByTestId("new-passphrase").fill(NEXT_PASSPHRASE);
  await page.getByTestId("new-passphrase-again").fill(NEXT_PASSPHRASE);
  await page.getByTestId("passphrase-submit").click();
  await page.getByText("There is a slip in it", { exact: false }).waitFor();
  await page.getByTestId("recovery-input").fill(recoveryKey.toLowerCase());
  await page.getByTestId("passphrase-submit").click();
  await page.getByTestId("seal-on").or(page.getByTestId("proof-password")).first().waitFor();
  if ((await page.getByTestId("proof-password").count()) > 0) {
    await page.getByTestId("proof-password").fill(PERSON.password);
    await page.getByTestId("proof-button").click();
  }
  await page.getByTestId("seal-on").waitFor();
  const second = await openPage();
  await logIn(second, product.url, PERSON);
  await openSession(second);
  await unlock(second, PASSPHRASE);
  await second.getByText("This is not your passphrase").waitFor();
  await second.getByTestId("passphrase-input").fill(NEXT_PASSPHRASE);
  await second.getByTestId("passphrase-button").click();
  await second.getByTestId("sealed-opened").filter({ hasText: OTHER }).first().waitFor();
  await second.getByRole("button", { name: /^Open up to/ }).click();
  await second.getByRole("button", { name: "Lock again" }).click();
  await second.getByTestId("sealed-opened").first().waitFor({ state: "detached" });
  expect(await second.getByText(OTHER).count()).toBe(0);
});

test.runIf(process.platform === "linux")(
  "the server's memory has none of it, as a core dump would hold it",
  async () => {
    const client = await signIn(product);
    // What is told in clear is there: the reader reads.
    await client.call("memories.create", { body: { text: `${canaryOf(1, 1)} may be read`, level: "general" } });
    const { hits } = scanProcess(product.process.pid ?? 0, [1, LEVEL]);
    expect(hits.get(1)).toBeGreaterThan(0);
    expect(hits.get(LEVEL)).toBe(0);
  },
);

test("the server has none of it: not in what it was sent, its files, nor its lines", async () => {
  const requests = scanBytes(Buffer.from(sent.join("\n")), LEVEL);
  expect(sent.some((request) => request.includes("/api/v1/memories"))).toBe(true);
  expect(requests).toEqual({ count: 0, forms: [] });
  expect(sent.join("\n")).not.toContain(recoveryKey);
  expect(await product.stop()).toBe(0);
  const stopped = scanFolder(dataPath, LEVEL);
  expect(stopped.files).toBeGreaterThan(20);
  expect(stopped.hits).toEqual([]);
  expect(scanBytes(Buffer.from(product.output()), LEVEL).count).toBe(0);
});
