/**
 * Every screen's policy, as the browser itself reports what breaks it. The list of screens is the app's own: a new one comes along by itself.
 * The texts that people bring are another matter (`bench/xss`); here it is our own code that runs nothing inline and makes no code of texts.
 */
import { readFileSync } from "node:fs";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { signIn } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

const APP = new URL("../../web/src/app.tsx", import.meta.url);
const PATHS = [...readFileSync(APP, "utf8").matchAll(/<Route\s+path="(\/[^"]*)"/g)].map(([, path = ""]) => path);
const SETTLE_MS = 150;
const { openOwnersPage, openPage, product } = await openStage();

/** Tells of every violation, whoever is asked about it: the page by its event, workers and frames by the console. */
async function reportsOf(page: Page): Promise<string[]> {
  const reports: string[] = [];
  await page.exposeFunction("reported", (what: string) => reports.push(`${page.url()}: ${what}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ blockedURI, sample, violatedDirective }) => {
      const tell: unknown = Reflect.get(globalThis, "reported");
      if (typeof tell === "function") tell(`${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) reports.push(`${page.url()}: ${message.text()}`);
  });
  return reports;
}

/** Opens every screen; answers which of them came without the policy. */
async function walk(page: Page, ids: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const bare: string[] = [];
  for (const path of PATHS) {
    const address = path.replace("/:id", `/${ids[path] ?? "nothing"}`).replace(":provider", "none");
    const answer = await page.goto(product.url + address);
    if (answer?.headers()["content-security-policy"]?.includes("script-src 'self';") !== true) bare.push(address);
    await page.locator("main").first().waitFor();
    await page.waitForTimeout(SETTLE_MS);
  }
  return bare;
}

test("no screen breaks its policy, for a stranger or for who owns the server", async () => {
  expect(PATHS.length).toBeGreaterThan(25);
  const page = await openOwnersPage();
  const client = await signIn(product);
  const text = "My friend Carla moved to Lisbon in May; she keeps bees there.";
  const { data: told } = await client.call("memories.create", {
    body: { text, conversation: { key: "c", title: "C" } },
  });
  const { data: people } = await client.call("people.list", { query: { unsure: "true" } });
  const ids = {
    "/chats/:id": told.memory.conversation?.id ?? "",
    "/memories/:id": told.memory.id,
    "/people/:id": people.data[0]?.id ?? "",
  };
  for (const id of Object.values(ids)) expect(id).not.toBe("");
  const reports = await reportsOf(page);
  expect(await walk(page, ids)).toEqual([]);
  const stranger = await openPage();
  const strangersReports = await reportsOf(stranger);
  expect(await walk(stranger, ids)).toEqual([]);
  expect([...reports, ...strangersReports]).toEqual([]);
});

test("the policy holds: inline, evaluated and foreign code, foreign addresses and frames are refused, and each is reported", async () => {
  const page = await openPage();
  const reports = await reportsOf(page);
  await page.goto(product.url);
  await page.locator("main").first().waitFor();
  const live = await page.evaluate(async () => {
    const socket = new WebSocket(location.origin.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket");
    return new Promise<boolean>((resolve) => {
      socket.addEventListener("open", () => resolve(true));
      socket.addEventListener("error", () => resolve(false));
    });
  });
  expect(live, "a socket to the server itself is let through").toBe(true);
  expect(reports).toEqual([]);
  // By the page itself, as a script of its own would: what the debugger evaluates is bound by no policy.
  await page.evaluate(() => {
    const add = (name: string, attributes: Readonly<Record<string, string>>, text = ""): void => {
      const element = document.createElement(name);
      for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
      element.textContent = text;
      document.body.append(element);
    };
    add("script", {}, "globalThis.ran = 1");
    add("script", { src: "https://elsewhere.example/a.js" });
    add("style", {}, "body { color: red }");
    add("img", { src: "x", onerror: "globalThis.ran = 2" });
    add("img", { src: "https://elsewhere.example/a.png" });
    add("iframe", { src: "https://elsewhere.example/" });
    add("object", { data: "https://elsewhere.example/a" });
    add("base", { href: "https://elsewhere.example/" });
    const form = document.createElement("form");
    form.action = "https://elsewhere.example/";
    document.body.append(form);
    form.submit();
    void fetch("https://elsewhere.example/").catch(() => undefined);
    new WebSocket("wss://elsewhere.example/").addEventListener("error", () => undefined);
    new WebSocket("ws://127.0.0.1:9/").addEventListener("error", () => undefined);
    Reflect.apply(setTimeout, globalThis, ["globalThis.ran = 3", 0]);
  });
  const wanted = [
    "script-src-elem inline",
    "script-src-elem https://elsewhere.example/a.js",
    "style-src-elem inline",
    "script-src-attr inline",
    "img-src https://elsewhere.example/a.png",
    "frame-src https://elsewhere.example",
    "object-src https://elsewhere.example",
    "base-uri https://elsewhere.example/",
    "form-action https://elsewhere.example/",
    "connect-src https://elsewhere.example/",
    "connect-src wss://elsewhere.example/",
    "connect-src ws://127.0.0.1:9/",
    "script-src eval",
  ];
  await expect.poll(() => wanted.filter((one) => !reports.some((report) => report.includes(one)))).toEqual([]);
  expect(await page.evaluate(() => Reflect.get(globalThis, "ran"))).toBeUndefined();
});
