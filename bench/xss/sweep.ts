/**
 * Payloads on every screen, in a real Chromium.
 *
 * Guarantees when it finds nothing: no script ran, no dialog opened, the page's own content security policy was never violated, and no link,
 * handler, frame or script came into the page from a text, on any screen that shows memories, speakers, titles, file names or names of keys.
 */
import type { Page } from "playwright-core";

import { dashboardReady, logIn, openBrowser } from "../../apps/web/src/testing/journey.ts";
import { type Door, jsonOf } from "../proofs/door.ts";
import { objectOf } from "../proofs/openapi.ts";
import { fieldOf, formOf, keyOf, type Person, signUpOwner, startProof } from "../proofs/product.ts";
import { payloads } from "./payloads.ts";

/** What a sweep came to. */
export interface XssOutcome {
  readonly payloads: number;
  readonly screens: number;
  /** Times that a payload stood on a screen as text. */
  readonly shown: number;
  readonly faults: readonly string[];
}

const PER_CONVERSATION = 20;
const SETTLE_MS = 350;

/** Shows `count` payloads. */
export async function sweepScreens(count: number): Promise<XssOutcome> {
  const texts = payloads().slice(0, count);
  const product = await startProof();
  const browser = await openBrowser();
  const faults: string[] = [];
  try {
    const owner = await signUpOwner(product.door, "<img src=x onerror=hit(1)>");
    const screens = await fill(product.door, owner, texts);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await watch(page, faults);
    await logIn(page, product.door.url, owner);
    let shown = 0;
    for (const screen of screens) {
      await page.goto(product.door.url + screen);
      await page.waitForLoadState("networkidle").catch(() => undefined);
      await page.waitForTimeout(SETTLE_MS);
      shown += await inspect(page, screen, faults);
    }
    await page.goto(product.door.url);
    await dashboardReady(page);
    for (const question of ["Where does the xssmark lie?", "What lies beside the xssmark?"]) {
      await page.getByTestId("composer-mode").getByText("Ask", { exact: true }).click();
      await page.getByTestId("message-input").fill(question);
      await page.getByTestId("send-button").click();
      await page.waitForTimeout(4 * SETTLE_MS);
      shown += await inspect(page, `the answer to "${question}"`, faults);
    }
    return { payloads: texts.length, screens: screens.length + 2, shown, faults: [...new Set(faults)] };
  } finally {
    await browser.close();
    await product.close();
  }
}

/** Puts payloads everywhere; answers with the screens that show them. */
async function fill(door: Door, owner: Person, texts: readonly string[]): Promise<readonly string[]> {
  const token = await owner.signIn();
  const conversations = new Set<string>();
  const memories: string[] = [];
  for (const [at, text] of texts.entries()) {
    const title = texts[Math.floor(at / PER_CONVERSATION)] ?? "x";
    const body = {
      text,
      level: 1 + (at % 2),
      speaker: texts[(at * 7) % texts.length]?.replaceAll("\n", " ").slice(0, 150) ?? "x",
      caption: text.replaceAll("\n", " ").slice(0, 150),
      conversation: { key: `c${Math.floor(at / PER_CONVERSATION)}`, title: title.replaceAll("\n", " ").slice(0, 150) },
      attachments: [text.slice(0, 100)],
      context: { [`k${at}`]: text },
      external_id: `${at} ${text}`.replaceAll("\n", " ").slice(0, 150),
    };
    const heard = await door.askJson(token, "POST", "/api/v1/memories", body);
    if (heard.status !== 201) throw new Error(`${heard.status} ${heard.text}`);
    memories.push(fieldOf(heard, "memory", "id"));
    conversations.add(fieldOf(heard, "memory", "conversation", "id"));
  }
  await keyOf(door, owner, { name: texts[0], scopes: ["memory.read"] }).catch(() => undefined);
  const imports = await uploadAll(door, token, texts);
  const searches = [
    "xssmark",
    "<script>hit(1)</script>",
    '"><img src=x onerror=hit(1)>',
    "onerror",
    "person:<svg onload=hit(1)> xssmark",
    'before:"><script>hit(1)</script>',
  ];
  return [
    "/",
    "/chats",
    ...[...conversations].map((id) => `/chats/${id}`),
    ...searches.map((query) => `/search?q=${encodeURIComponent(query)}`),
    ...memories.filter((_id, at) => at % 4 === 0).map((id) => `/memories/${id}`),
    "/import",
    ...imports.map((id) => `/import/${id}`),
    "/people",
    "/digest",
    "/graph",
    "/sharing",
    "/settings",
    "/settings/security",
    "/status",
    `/${encodeURIComponent("<script>hit(1)</script>")}`,
    "/memories/<img src=x onerror=hit(1)>",
    "/chats/javascript:hit(1)",
    "/#<img src=x onerror=hit(1)>",
    "/login?next=javascript:hit(1)",
  ];
}

/** Files whose names, speakers and lines are payloads, up to their previews. */
async function uploadAll(door: Door, token: string, texts: readonly string[]): Promise<readonly string[]> {
  const imports: string[] = [];
  for (const [name, file] of [
    [
      "<img src=x onerror=hit(1)> xssmark.jsonl",
      texts.map((text, at) => JSON.stringify({ id: `${at}`, text, speaker: text.slice(0, 80) })).join("\n"),
    ],
    [
      "<svg onload=hit(1)> xssmark.csv",
      `date,author,text\n${texts.map((text) => `2024-01-02 10:00,"${csv(text.slice(0, 80))}","${csv(text)}"`).join("\n")}`,
    ],
    [
      "WhatsApp Chat with <script>hit(1)<script>.txt",
      texts
        .map(
          (text) => `22.08.18, 14:42 - ${text.replaceAll(/[\n:]/g, " ").slice(0, 60)}: ${text.replaceAll("\n", " ")}`,
        )
        .join("\n"),
    ],
  ] as const) {
    const { body, type } = formOf(name.replaceAll('"', ""), file);
    const heard = await door.ask({
      method: "POST",
      path: "/api/v1/imports?zone=Europe/Berlin",
      headers: { authorization: `Bearer ${token}`, "content-type": type },
      body,
    });
    const id = objectOf(jsonOf(heard))["id"];
    if (typeof id === "string") imports.push(id);
  }
  return imports;
}

function csv(text: string): string {
  return text.replaceAll('"', '""').replaceAll("\n", " ");
}

/** Tells of every script, dialog and violation. */
async function watch(page: Page, faults: string[]): Promise<void> {
  await page.exposeFunction("hit", () => faults.push(`A script ran at ${page.url()}`));
  await page.exposeFunction("violated", (what: string) =>
    faults.push(`The policy was violated at ${page.url()}: ${what}`),
  );
  page.on("dialog", (dialog) => {
    faults.push(`A dialog opened at ${page.url()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => faults.push(`A window opened at ${page.url()}: ${popup.url()}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const tell: unknown = Reflect.get(globalThis, "violated");
      if (typeof tell === "function") tell(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
}

/** What a text may never become. Answers how often payloads stand there as text. */
async function inspect(page: Page, screen: string, faults: string[]): Promise<number> {
  const found = await page.evaluate(() => {
    const strange: string[] = [];
    for (const element of document.querySelectorAll("*")) {
      const name = element.tagName.toLowerCase();
      for (const { name: attribute, value } of element.attributes) {
        if (/^on/i.test(attribute)) strange.push(`<${name} ${attribute}>`);
        if (
          /^(href|src|action|formaction|xlink:href|data|srcdoc)$/i.test(attribute) &&
          /^\s*(javascript|vbscript|data:text)/i.test(value)
        )
          strange.push(`<${name} ${attribute}=${value.slice(0, 60)}>`);
      }
      if (["iframe", "object", "embed", "base", "marquee", "math"].includes(name)) strange.push(`<${name}>`);
      if (
        name === "script" &&
        (element.getAttribute("src") === null ||
          new URL(element.getAttribute("src") ?? "", location.href).origin !== location.origin)
      )
        strange.push("<script>");
    }
    return { strange, shown: (document.body.textContent.match(/hit\(1\)/g) ?? []).length };
  });
  for (const one of found.strange) faults.push(`${screen} has ${one}`);
  return found.shown;
}
