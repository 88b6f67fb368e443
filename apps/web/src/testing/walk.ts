/** Every screen once, as a person would come by it; the caller looks at each. */
import type { Page } from "playwright-core";

import { keepMessage } from "./journey.ts";

/** Called at every screen with its name. */
export type Look = (name: string) => Promise<void>;

async function askSomething(page: Page): Promise<void> {
  await page.getByTestId("message-input").fill("When did we last eat at the harbour?");
  await page.keyboard.press("Enter");
  await page.getByTestId("answer").first().waitFor();
}

/** Walks the screens before anybody is signed in. */
export async function walkDoors(page: Page, origin: string, look: Look): Promise<void> {
  const doors = [
    ["login", "/login", "login-button"],
    ["signup", "/signup", "signup-button"],
    ["recover", "/recover", "recover-ask"],
    ["reset", "/reset#code=ABCD-EFGH-JKLM-NPQR", "reset-finish"],
  ] as const;
  for (const [name, path, ready] of doors) {
    await page.goto(`${origin}${path}`);
    await page.getByTestId(ready).waitFor();
    await look(name);
  }
}

/** Walks all screens of somebody signed in to a seeded fake. */
export async function walkScreens(page: Page, origin: string, look: Look): Promise<void> {
  const open = async (path: string, ready: string): Promise<void> => {
    await page.goto(`${origin}${path}`);
    await page.locator(ready).first().waitFor();
  };
  await open("/", "[data-testid=memory-entry]");
  await keepMessage(page, "The spare key hangs behind the blue door");
  await look("today");
  await page.getByTestId("not-useful").first().click();
  await page.getByText("Not told again").waitFor();
  await open("/chats", "nav[aria-label=Conversations]");
  await look("chats");
  await page.getByRole("link", { name: /Carla/ }).first().click();
  await page.locator("article").first().waitFor();
  await look("conversation");
  await open("/chats/ask", "[data-testid=message-input]");
  await look("ask-empty");
  await askSomething(page);
  await page.getByRole("button", { name: "Why this?" }).click();
  await page.getByTestId("citation").first().click();
  await look("answer");
  await page.getByRole("button", { name: "At another time" }).click();
  await page.getByTestId("as-of-day").fill("2024-11-30");
  await look("answer-then");
  await page.getByRole("button", { name: "Ask again" }).click();
  await page.getByTestId("asked-as-of").waitFor();
  await page.getByTestId("message-input").fill("What is the capital of Zembla?");
  await page.keyboard.press("Enter");
  await page.getByTestId("answer-nothing").waitFor();
  await look("answer-nothing");
  await open("/search", "[data-testid=saved-searches-none]");
  await look("search-empty");
  await open("/search?q=harbour%20walnuts", "[data-hit]");
  await look("search");
  await page.getByTestId("search-keep").click();
  await page.getByTestId("search-name").fill("Harbour and walnuts");
  await look("search-keep");
  await page.getByTestId("search-save").click();
  await page.getByTestId("search-kept").waitFor();
  await open("/search", "[data-testid=saved-search]");
  await look("searches-kept");
  await page.getByRole("button", { name: "Rename the search Harbour and walnuts" }).click();
  await page.getByTestId("search-name").waitFor();
  await look("search-rename");
  await page.keyboard.press("Escape");
  await open("/search?q=zzzz", "text=Nothing says");
  await look("search-none");
  await open("/search?q=harbour", "[data-hit]");
  await page.locator("[data-hit]").first().click();
  await page.getByTestId("memory-text").waitFor();
  await look("memory");
  await walkTimeline(page, open, look);
  await walkReview(page, open, look);
  await walkPeople(page, open, look);
  await walkKeeping(page, open, look);
}

/** A month is jumped to, a memory opened, and the way back leads to the same place. */
async function walkTimeline(page: Page, open: Open, look: Look): Promise<void> {
  await open("/timeline", "[data-testid=timeline-entry]");
  await look("timeline");
  const months = page.locator("[data-month]");
  if (!(await months.last().isVisible())) await page.getByText("Jump to a month").click();
  await months.last().click();
  await page.waitForURL(/month=/);
  await page.getByText("That is where it begins.").waitFor();
  const address = page.url();
  await page.getByTestId("timeline-entry").first().click();
  await page.getByTestId("memory-text").waitFor();
  await page.goBack();
  await page.waitForURL(address);
  await open("/timeline?source=kafka", "text=Nothing within these filters.");
}

/** What waits: chosen and answered by keys; a decision about people is taken back, and one about a level. */
async function walkReview(page: Page, open: Open, look: Look): Promise<void> {
  await open("/review", "[data-testid=review-item]");
  await look("review");
  const items = page.getByTestId("review-item");
  const before = await items.count();
  await page.keyboard.press("j");
  await page.locator("[data-testid=review-item][data-chosen=true]").filter({ hasText: "was taken to mean" }).waitFor();
  await page.keyboard.press("a");
  await page.getByTestId("review-decided").getByRole("button", { name: "Undo" }).click();
  await page.getByTestId("review-decided").waitFor({ state: "detached" });
  await page.keyboard.press("k");
  await page.keyboard.press("r");
  await page.getByText("Refused: it is gone.").waitFor();
  await items.nth(before - 1).waitFor({ state: "detached" });
  const often = items.filter({ hasText: "said 18 times since" });
  await often.getByRole("button", { name: /^Yes/ }).click();
  const undo = page.getByTestId("review-decided").filter({ hasText: "Yes, " }).getByRole("button", { name: "Undo" });
  await undo.waitFor();
  await look("review-decided");
  await undo.click();
  await often.waitFor();
}

async function walkPeople(page: Page, open: (path: string, ready: string) => Promise<void>, look: Look): Promise<void> {
  await open("/people", "[data-testid=person-entry]");
  await page.getByTestId("merge-proposal").first().waitFor();
  await look("people");
  await page.getByRole("button", { name: "Yes, that is right" }).click();
  await page.getByTestId("decision").waitFor();
  await page.getByRole("button", { name: "Show them" }).click();
  await page.getByText("may be no person", { exact: true }).waitFor();
  await page.getByRole("searchbox", { name: "Find a person" }).fill("brother");
  await page.getByTestId("person-entry").getByRole("link").click();
  await page.getByTestId("fact").first().waitFor();
  await page.getByText("Two steps").click();
  await page.locator("svg text").filter({ hasText: "Halden Rail" }).waitFor();
  await page.locator("svg text").filter({ hasText: "Halden Rail" }).scrollIntoViewIfNeeded();
  await look("person");
  await page.getByText("Table", { exact: true }).click();
  await page.getByTestId("graph-table").getByText("Halden Rail").waitFor();
  await page.getByTestId("graph-table").scrollIntoViewIfNeeded();
  await look("person-table");
  await page.getByTestId("merge").click();
  await page.getByRole("searchbox", { name: "Find the other" }).waitFor();
  await look("person-merge");
  await page.keyboard.press("Escape");
  await page.getByTestId("rename").click();
  await page.getByTestId("rename-input").waitFor();
  await page.keyboard.press("Escape");
  await open("/people", "[data-testid=person-entry]");
  await page.getByTestId("person-entry").getByRole("link", { name: "Priya" }).click();
  await page.getByTestId("self").click();
  await page.getByTestId("decision").getByRole("button", { name: "Undo" }).click();
  await page.getByTestId("decision").waitFor({ state: "detached" });
}

async function prove(page: Page): Promise<void> {
  await page.getByTestId("proof-password").fill("fake password");
  await page.getByTestId("proof-button").click();
}

/** A passphrase is chosen, a recovery key kept; then the session and the key are opened, to change both and to search what is sealed. */
async function walkSeal(page: Page, open: Open, look: Look): Promise<void> {
  await open("/settings/security/seal", "[data-testid=seal-set-up]");
  await look("seal");
  await page.getByTestId("seal-set-up").click();
  for (const field of ["new-passphrase", "new-passphrase-again"])
    await page.getByTestId(field).fill("quiet copper meadow");
  await look("seal-passphrase");
  await page.getByTestId("passphrase-submit").click();
  const groups = page.getByTestId("recovery-key").locator("li");
  await groups.first().waitFor();
  await look("seal-recovery-key");
  const letters = (await groups.allTextContents()).map((group) => group.trim().slice(-4));
  await page.getByTestId("recovery-kept").click();
  await page.getByTestId("recovery-group-3").fill("WRNG");
  await page.getByTestId("recovery-group-7").fill(letters[6] ?? "");
  await page.getByTestId("recovery-confirm").click();
  await look("seal-confirm");
  await page.getByTestId("recovery-group-3").fill(letters[2] ?? "");
  await page.getByTestId("recovery-confirm").click();
  await page.getByTestId("seal-lock").click();
  await page.getByTestId("seal-unlock").click();
  await page.getByTestId("unlock-password").fill("fake password");
  await page.getByTestId("unlock-button").click();
  await page.getByTestId("passphrase-input").fill("not the passphrase");
  await page.getByTestId("passphrase-button").click();
  await page.getByText("This is not your passphrase").waitFor();
  await look("seal-unlock");
  await page.getByTestId("passphrase-input").fill("quiet copper meadow");
  await page.getByTestId("passphrase-button").click();
  await page.getByTestId("seal-change").click();
  await look("seal-change");
  await page.getByRole("link", { name: "Search" }).first().click();
  await page.getByTestId("search-where").getByText("Sealed by you").click();
  await page.getByTestId("sealed-count").waitFor();
  await look("seal-search");
  await page.getByRole("button", { name: /^Open up to/ }).click();
  await page.getByRole("button", { name: "Lock again" }).click();
}

async function walkSecurity(page: Page, open: Open, look: Look): Promise<void> {
  await open("/settings/security", "text=Devices signed in");
  await page.getByTestId("factor-begin").waitFor();
  await look("security");
  await open("/authorize?client_id=x", "[data-testid=app-allow]");
  await look("authorize");
  await open("/settings/security", "text=Devices signed in");
  await page.getByTestId("factor-begin").click();
  await page.getByTestId("proof-password").waitFor();
  await look("security-proof");
  await prove(page);
  await page.getByTestId("totp-secret").waitFor();
  await look("security-set-up");
  await page.getByTestId("code-input").fill("000000");
  await page.getByTestId("factor-confirm").click();
  await page.getByText("The code is not right").waitFor();
  await page.getByTestId("code-input").fill("123456");
  await page.getByTestId("factor-confirm").click();
  await page.getByTestId("recovery-codes").waitFor();
  await look("security-recovery-codes");
  await page.getByTestId("recovery-codes-kept").click();
  await page.getByTestId("factor-on").waitFor();
  await page.getByTestId("make-key").click();
  await page.getByTestId("key-name").fill("Calendar robot");
  await look("security-key");
  await page.getByTestId("key-create").click();
  await page.getByTestId("key-secret").waitFor();
  await page.getByTestId("change-password").click();
  await page.getByTestId("old-password-input").waitFor();
  await look("security-on");
  await page.getByRole("button", { name: "Turn off…" }).click();
  await page.getByTestId("factor-remove").click();
  await page.getByTestId("factor-begin").waitFor();
}

/** What others share, what one shares oneself, and an end to it. */
export async function walkSharing(page: Page, open: Open, look: Look): Promise<void> {
  await open("/settings/sharing", "[data-testid=share]");
  await look("sharing");
  await page.getByTestId("purpose-input").fill("tax");
  await page.keyboard.press("Enter");
  await page.getByText("You read for").waitFor();
  await look("sharing-purpose");
  await page.getByRole("link", { name: "Open" }).first().click();
  await page.locator("article").first().waitFor();
  await look("sharing-conversation");
  await page
    .getByRole("link", { name: /Open this memory/ })
    .first()
    .click();
  await page.getByTestId("memory-text").waitFor();
  await look("sharing-memory");
  await open("/chats", "nav[aria-label=Conversations]");
  await page.getByRole("link", { name: /Carla/ }).first().click();
  await page.getByTestId("share-button").click();
  await page.getByTestId("share-form").waitFor();
  await look("sharing-form");
  await page.getByTestId("share-submit").click();
  const proof = page.getByTestId("proof-password");
  await proof.or(page.getByText("sees it from now on")).first().waitFor();
  if (await proof.isVisible()) await prove(page);
  await page.getByTestId("share-form").waitFor({ state: "detached" });
  await open("/settings/sharing", "[data-testid=share]");
  await look("sharing-given");
  await page
    .getByRole("button", { name: /End the share/ })
    .last()
    .click();
  await page.getByText(/^Ended/).waitFor();
}

/** Users, invitations, why somebody may, and the audit log. */
export async function walkRunning(page: Page, open: Open, look: Look): Promise<void> {
  await open("/settings/users", "[data-testid=member]");
  await look("users");
  await page.getByRole("button", { name: "Suspend Ben" }).click();
  const proof = page.getByTestId("proof-password");
  await proof
    .or(page.getByRole("button", { name: "Let in Ben" }))
    .first()
    .waitFor();
  if (await proof.isVisible()) await prove(page);
  await page.getByRole("button", { name: "Let in Ben" }).waitFor();
  await page.getByTestId("explain-button").click();
  await page.getByTestId("explanation").waitFor();
  await look("users-why");
  await page.getByRole("button", { name: /Take back the member/ }).click();
  await page.getByText("No invitation is open").waitFor();
  await open("/settings/organisations", "[data-testid=organisation]");
  await page.getByTestId("organisation-name").fill("hooli");
  await page.getByTestId("make-organisation").click();
  await page.getByTestId("organisation-link").waitFor();
  await look("organisations");
  await page.getByRole("button", { name: "Suspend acme" }).click();
  const letIn = page.getByRole("button", { name: "Let in acme" });
  await proof.or(letIn).first().waitFor();
  if (await proof.isVisible()) await prove(page);
  await letIn.waitFor();
  await page.getByRole("button", { name: "End acme", exact: true }).click();
  await page.getByTestId("end-organisation-name").waitFor();
  await look("organisations-end");
  await page.keyboard.press("Escape");
  await page.getByTestId("end-organisation-name").waitFor({ state: "detached" });
  await open("/settings/provider", "[data-testid=sent-table]");
  await page.getByRole("button", { name: "Test" }).click();
  await page.getByTestId("provider-test").waitFor();
  await look("provider");
  const choice = page.getByTestId("provider-choice");
  await choice.getByText("May be sent").click();
  await choice.getByText("Nothing of yours is sent").waitFor();
  await look("provider-kept");
  await choice.getByText("May be sent").click();
  await choice.getByText("Switched off, none of it goes").waitFor();
  await open("/settings/audit", "[data-testid=audit-entry]");
  await page.getByTestId("audit-verify").click();
  await page.getByTestId("audit-verification").waitFor();
  await look("audit");
  await page.getByTestId("audit-action").selectOption("export.run");
  await page.getByText("There is no such entry").waitFor();
  await look("audit-none");
}

type Open = (path: string, ready: string) => Promise<void>;

/** When the day is told, and by which ways. */
async function walkDay(page: Page, open: Open, look: Look): Promise<void> {
  await open("/settings/day", "[data-testid=judgement]");
  await look("day");
  await page.getByTestId("day-hour").selectOption("6");
  await page.getByTestId("day-email").fill("ann@example.com");
  await page.keyboard.press("Enter");
  await page.getByTestId("test-mail").click();
  await page.getByText("Sent.", { exact: true }).waitFor();
  await page.getByTestId("day-code").fill("000000");
  await page.keyboard.press("Enter");
  await page.getByText("not the code").waitFor();
  await page.getByTestId("day-url").fill("https://hooks.example.com/day");
  await page.keyboard.press("Enter");
  await page.getByTestId("webhook-secret").waitFor();
  await page.getByTestId("webhook-secret").scrollIntoViewIfNeeded();
  await look("day-ways");
  await page.getByTestId("webhook-secret-kept").click();
  await page.getByTestId("day-code").fill("123456");
  await page.keyboard.press("Enter");
  await page.getByText("confirmed", { exact: true }).waitFor();
}

/** How long it is kept: a shorter rule is tried, chosen, and something of what it lets go is kept. */
async function walkRetention(page: Page, open: Open, look: Look): Promise<void> {
  await open("/settings/retention", "[data-testid=retention-months]");
  await page.getByText("Nothing that is open here reaches its age").waitFor();
  await look("retention");
  await page.getByTestId("retention-months").selectOption("12");
  await page.getByTestId("retention-add").selectOption("whatsapp");
  await page.getByTestId("retention-preview").getByText("would go for good").waitFor();
  await look("retention-preview");
  await page.getByTestId("retention-choose").click();
  const proof = page.getByTestId("proof-password");
  const announced = page.getByTestId("retention-announced");
  await proof.or(announced).first().waitFor();
  if (await proof.isVisible()) await prove(page);
  await announced.waitFor();
  await page.getByTestId("leaving").first().getByRole("button", { name: "Keep it for ever" }).click();
  await page.getByText("kept for ever by name").waitFor();
  await look("retention-going");
  await open("/", "[data-testid=leaving-line]");
  await page.getByTestId("leaving-line").getByRole("link").click();
  await page.getByTestId("retention").waitFor();
  await page.getByRole("button", { name: "As the server is set up" }).click();
  await page.getByText("Nothing that is open here reaches its age").waitFor();
}

async function walkForgetting(page: Page, open: Open, look: Look): Promise<void> {
  await open("/settings/forget", "[data-testid=erasure]");
  await look("forget");
  await page.getByTestId("erase-account").click();
  await page.getByTestId("erase-account-phone").waitFor();
  await look("forget-account");
  await page.keyboard.press("Escape");
  await page.getByTestId("erase-source-button").click();
  await page.getByRole("button", { name: "Undo" }).first().waitFor();
  await page.getByTestId("erasure").first().scrollIntoViewIfNeeded();
  await look("forget-waiting");
}

async function walkKeeping(page: Page, open: Open, look: Look): Promise<void> {
  await open("/import", "[data-testid=choose-file]");
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("choose-file").click();
  const bytes = Buffer.from("[03.02.19, 08:12] Ann: Who brings the rope on Saturday?\n".repeat(2_000));
  await (await chooser).setFiles({ name: "_chat.txt", mimeType: "text/plain", buffer: bytes });
  await page.getByTestId("start-import").waitFor();
  await look("import-preview");
  await page.getByTestId("start-import").click();
  await page.getByRole("progressbar").waitFor();
  await look("import-running");
  await open("/import", "[data-testid=choose-file]");
  await look("imports");
  await open("/settings", "text=Single-key shortcuts");
  await look("settings");
  await walkDay(page, open, look);
  await walkSecurity(page, open, look);
  await walkSeal(page, open, look);
  await walkSharing(page, open, look);
  await walkRetention(page, open, look);
  await walkForgetting(page, open, look);
  await walkRunning(page, open, look);
  await open("/status", "[data-testid=verify-button]");
  await page.getByTestId("verify-button").click();
  await page.getByTestId("verification").waitFor();
  await look("status");
  await page.getByTestId("make-backup").scrollIntoViewIfNeeded();
  await look("status-backups");
  await page.keyboard.press("Control+k");
  await page.getByRole("menuitem").first().waitFor();
  await look("palette");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /Open up to/ }).click();
  await page.getByTestId("unlock-password").waitFor();
  await look("unlock");
  await page.keyboard.press("Escape");
}
