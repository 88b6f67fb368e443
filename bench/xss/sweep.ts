/**
 * Payloads on every screen, in a real Chromium.
 *
 * Guarantees when it finds nothing: no script ran, no dialog opened, the page's own content security policy was never violated, and no link,
 * handler, frame or script came into the page from a text, on any screen that shows memories, speakers, captions, contexts, titles, file names,
 * people, saved searches, keys, devices, shares or members.
 */
import type { Page } from "playwright-core";

import { dashboardReady, logIn, openBrowser } from "../../apps/web/src/testing/journey.ts";
import { type Door, type Heard, jsonOf } from "../proofs/door.ts";
import { objectOf } from "../proofs/openapi.ts";
import { fieldOf, formOf, type Person, signUpInvited, signUpOwner, startProof, uploadFile } from "../proofs/product.ts";
import { payloads } from "./payloads.ts";

/** What a sweep came to. */
export interface XssOutcome {
  readonly payloads: number;
  /** Payloads that do run in a page that takes texts for HTML: a sweep with harmless texts would prove nothing. */
  readonly live: number;
  readonly screens: number;
  /** Times that a payload stood on a screen as text. */
  readonly shown: number;
  readonly faults: readonly string[];
}

const PER_CONVERSATION = 20;
const TEXTS_PER_NAME = 10;
const NAMED_MAX = 30;
const SETTLE_MS = 200;

/** Shows `count` payloads. */
export async function sweepScreens(count: number): Promise<XssOutcome> {
  const texts = payloads(count).map(({ text }) => text);
  const product = await startProof();
  const browser = await openBrowser();
  const faults: string[] = [];
  try {
    const owner = await signUpOwner(product.door, "<img src=x onerror=hit(1)>");
    const screens = await fill(product.door, owner, texts);
    const live = await countLive(await browser.newPage(), texts);
    const waiting = [...screens];
    let shown = 0;
    const walk = async (): Promise<Page> => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await watch(page, faults);
      await logIn(page, product.door.url, owner);
      for (let screen = waiting.shift(); screen !== undefined; screen = waiting.shift()) {
        await page.goto(product.door.url + screen);
        await settled(page);
        const found = await inspect(page, screen, faults);
        shown += found;
      }
      return page;
    };
    // Most of a screen's time is waiting for it to come to rest.
    const [page] = await Promise.all([walk(), walk(), walk()]);
    await page.goto(product.door.url);
    await dashboardReady(page);
    for (const question of ["Where does the xssmark lie?", "What lies beside the xssmark?"]) {
      await page.getByTestId("composer-mode").getByText("Ask", { exact: true }).click();
      await page.getByTestId("message-input").fill(question);
      await page.getByTestId("send-button").click();
      await page.waitForTimeout(7 * SETTLE_MS);
      shown += await inspect(page, `the answer to "${question}"`, faults);
    }
    const found = [...new Set(faults)];
    if (!(await isNoticed(page, faults)))
      throw new Error("A handler that was put into our own page went unnoticed: the sweep proves nothing");
    return { payloads: texts.length, live, screens: screens.length + 2, shown, faults: found };
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
    const called = lineOf(text).replaceAll('"', "'").slice(0, 100);
    const files = at % 4 === 0 ? { files: [await uploadFile(door, token, called, text)] } : {};
    const title = texts[Math.floor(at / PER_CONVERSATION)] ?? "x";
    const body = {
      text,
      level: 1 + (at % 2),
      speaker: lineOf(texts[(at * 7) % texts.length] ?? "x"),
      caption: lineOf(text),
      conversation: { key: `c${Math.floor(at / PER_CONVERSATION)}`, title: lineOf(title) },
      attachments: [lineOf(text).slice(0, 100)],
      ...files,
      context: at % 3 === 0 ? text : { [lineOf(text).slice(0, 60)]: text },
      external_id: `${at} ${lineOf(text)}`,
    };
    const heard = await door.askJson(token, "POST", "/api/v1/memories", body);
    if (heard.status !== 201) throw new Error(`${heard.status} ${heard.text}`);
    memories.push(fieldOf(heard, "memory", "id"));
    conversations.add(fieldOf(heard, "memory", "conversation", "id"));
  }
  const people = await nameEverything(door, owner, texts);
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
    ...people.map((id) => `/people/${id}`),
    "/settings",
    ...["day", "forget", "sharing", "users", "audit", "provider", "security"].map((name) => `/settings/${name}`),
    "/status",
    `/${encodeURIComponent("<script>hit(1)</script>")}`,
    "/memories/<img src=x onerror=hit(1)>",
    "/chats/javascript:hit(1)",
    "/#<img src=x onerror=hit(1)>",
    "/login?next=javascript:hit(1)",
  ];
}

/** Payloads as names: of people, searches, keys, devices and somebody who was invited, with whom a conversation is shared. */
async function nameEverything(door: Door, owner: Person, texts: readonly string[]): Promise<readonly string[]> {
  const token = await owner.signIn();
  const step = Math.ceil(texts.length / Math.min(NAMED_MAX, Math.ceil(texts.length / TEXTS_PER_NAME)));
  const names = texts.filter((_text, at) => at % step === 0).map(lineOf);
  await door.askJson(token, "POST", "/api/v1/auth/prove", { password: owner.password });
  const login = { phone: owner.phone, password: owner.password };
  for (const name of names) {
    const search = { name: name.slice(0, 80), search: { query: name } };
    expectDone(await door.askJson(token, "POST", "/api/v1/saved-searches", search));
    expectDone(await door.askJson(token, "POST", "/api/v1/keys", { name, scopes: ["memory.read"] }));
  }
  // What a browser calls itself is what its device is called.
  const headers = { "content-type": "application/json", "user-agent": "<img src=x onerror=hit(1)>" };
  expectDone(await door.ask({ method: "POST", path: "/api/v1/auth/login", headers, body: JSON.stringify(login) }));
  const neighbour = await signUpInvited(door, owner, "<svg onload=hit(1)>", "member");
  const listed = objectOf(jsonOf(await door.askJson(token, "GET", "/api/v1/conversations?limit=1")))["data"];
  const conversation = objectOf(Array.isArray(listed) ? listed[0] : undefined)["id"];
  const share = { to: neighbour.user, what: { type: "conversation", conversation }, level: 2 };
  const until = new Date(Date.now() + 86_400_000).toISOString();
  expectDone(await door.askJson(token, "POST", "/api/v1/grants", { ...share, expires_at: until }));
  return renamePeople(door, token, names);
}

/** People get payloads for names. */
async function renamePeople(door: Door, token: string, names: readonly string[]): Promise<readonly string[]> {
  for (const [at, name] of ["Ann", "Ben", "Carla", "David", "Emma"].entries()) {
    const text = `My friend ${name} met me beside the xssmark and likes walnuts. ${names[at] ?? ""}`;
    expectDone(await door.askJson(token, "POST", "/api/v1/memories", { text, level: 1 }));
  }
  const listed = objectOf(jsonOf(await door.askJson(token, "GET", "/api/v1/people?unsure=true&limit=" + names.length)))[
    "data"
  ];
  const people = (Array.isArray(listed) ? listed : []).flatMap((one: unknown) => {
    const { id } = objectOf(one);
    return typeof id === "string" ? [id] : [];
  });
  if (people.length === 0) throw new Error("No memory made a person");
  for (const [at, person] of people.entries()) {
    const name = (names[at % names.length] ?? "x").slice(0, 120);
    expectDone(await door.askJson(token, "POST", "/api/v1/people/merges", { what: "rename", person, name }));
  }
  return people;
}

function expectDone({ status, text }: Heard): void {
  if (status >= 300) throw new Error(`Not done: ${status} ${text.slice(0, 300)}`);
}

/** One line without control characters, as names are. */
function lineOf(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, 150);
}

/** Waits until a screen says nothing new and reads nothing any more. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(
    async ({ patienceMs, stillMs }) => {
      const began = performance.now();
      for (let [length, since] = [-1, began]; performance.now() - began < patienceMs;) {
        const now = document.body.textContent.length;
        const isReading = document.querySelector(".turning, p[role=status]:empty") !== null || now === 0;
        if (now !== length || isReading) [length, since] = [now, performance.now()];
        if (performance.now() - since >= stillMs) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    { patienceMs: 20 * SETTLE_MS, stillMs: SETTLE_MS },
  );
}

/** How many of the payloads run where texts are taken for HTML and no policy holds. */
async function countLive(page: Page, texts: readonly string[]): Promise<number> {
  let live = 0;
  for (let at = 0; at < texts.length; at += LIVE_BATCH) {
    await page.goto("about:blank");
    live += await page.evaluate(
      async ({ batch, ms }) => {
        const ran = new Set<number>();
        for (const [number, text] of batch.entries()) {
          const frame = document.body.appendChild(document.createElement("iframe"));
          const inside = frame.contentWindow;
          if (inside === null) continue;
          Reflect.set(inside, "hit", () => ran.add(number));
          inside.document.body.innerHTML = text;
        }
        await new Promise((resolve) => setTimeout(resolve, ms));
        return ran.size;
      },
      { batch: texts.slice(at, at + LIVE_BATCH), ms: SETTLE_MS },
    );
  }
  return live;
}

const LIVE_BATCH = 100;

/** The sweep tried on itself: a handler put into our own page must be refused by its policy, and told of. */
async function isNoticed(page: Page, faults: readonly string[]): Promise<boolean> {
  const before = faults.length;
  await page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=hit(1)>");
  });
  await page.waitForTimeout(2 * SETTLE_MS);
  const strange: string[] = [];
  await inspect(page, "our own page", strange);
  return faults.length > before && strange.length > 0;
}

/** Files whose names, speakers and lines are payloads, up to their previews. */
async function uploadAll(door: Door, token: string, texts: readonly string[]): Promise<readonly string[]> {
  const imports: string[] = [];
  for (const [name, file] of [
    [
      "<img src=x onerror=hit(1)> xssmark.jsonl",
      texts.map((text, at) => JSON.stringify({ id: `${at}`, text, speaker: lineOf(text).slice(0, 80) })).join("\n"),
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
    return { strange, shown: (document.body.textContent.match(/\bhit\b/g) ?? []).length };
  });
  for (const one of found.strange) faults.push(`${screen} has ${one}`);
  return found.shown;
}
