/**
 * A day comes into a real browser as a notice: Chromium subscribes at a push service on this machine, the real product seals for the keys
 * that the browser made, and the browser opens it. One thing is not the browser's: it names its maker's push service as the address, and the
 * page's request is given the address on this machine instead.
 */
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { openOwnAuthority } from "../../server/src/tls/own-authority.ts";
import { findingsOf } from "../../web/src/testing/findings.ts";
import { logIn, openProfile } from "../../web/src/testing/journey.ts";
import { startPushService } from "../../web/src/testing/push-service.ts";
import { claim, PERSON, startProduct, temporaryData } from "./testing/product.ts";

const WAIT_MS_MAX = 60_000;
const NIGHT_HOUR = 3;

/** A zone in which it is night now: nobody's day is told before its hour is set. */
function zoneOfNight(): string {
  const behind = (new Date().getUTCHours() - NIGHT_HOUR + 24) % 24;
  return behind <= 12 ? `Etc/GMT+${behind}` : `Etc/GMT-${24 - behind}`;
}

const data = temporaryData();
afterAll(() => data.remove());
const identity = await openOwnAuthority({ folder: join(data.path, "tls"), names: [], nowMs: Date.now() });
const service = await startPushService(identity);
afterAll(() => service.close());
const settings = { KAELIX_WEBHOOKS_PRIVATE: "true", TZ: zoneOfNight() };
const product = await startProduct(join(data.path, "house"), settings);
afterAll(() => product.kill());
const owner = await claim(product);
const text = "I promised Carla to bring the ladder back tomorrow";
await owner.call("memories.create", { body: { text, level: 1 } }, { waitSeconds: 10, until: "indexed" });
const browser = await openProfile(join(data.path, "profile"), service.flags);
afterAll(() => browser.close());
await browser.grantPermissions(["notifications"], { origin: product.url });
const page = await browser.newPage();
page.setDefaultTimeout(WAIT_MS_MAX);
await logIn(page, product.url, PERSON);

/** Titles of the notices that the browser shows of the page. */
function notices(): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title }) => title);
  });
}

test(
  "a day comes as a notice that the browser opens itself, and leads to Today",
  { timeout: 4 * WAIT_MS_MAX },
  async () => {
    await page.route("**/digest-settings/devices", async (route) => {
      // The page's own request, as push.ts made it.
      const device = route.request().postDataJSON() as { readonly endpoint: string };
      await route.continue({ postData: { ...device, endpoint: service.endpoint } });
    });
    await page.goto(`${product.url}/settings/day`);
    await page.getByTestId("push-here").click();
    await page.getByRole("button", { name: /^Tell no more: Chrome/ }).waitFor();
    await page.getByText("This browser is told.").waitFor();
    expect(await findingsOf(page)).toEqual([]);
    const [worker] = browser.serviceWorkers();
    // What the browser has opened, told by the worker itself.
    await worker?.evaluate(`self.addEventListener("push", (event) => (self.opened = event.data.text()))`);
    const body = { hour: 0, zone: zoneOfNight(), mail: null, webhook: null };
    await owner.call("digestSettings.write", { body });
    await expect.poll(notices).toEqual(["Your day is ready"]);
    expect(await worker?.evaluate("self.opened")).toBe('{"text":"Your day is ready"}');
    const [message] = service.received;
    expect(message?.headers["content-encoding"]).toBe("aes128gcm");
    expect(message?.body.includes("day is ready")).toBe(false);
    await expect
      .poll(async () => (await owner.call("digestSettings.read")).data.last?.ways)
      .toMatchObject([{ way: "push", state: "sent" }]);
    // No program may press a notice: the worker is told that it was, and notes where it leads instead of opening it unasked.
    const led = await worker?.evaluate(`(async () => {
    const opened = new Promise((resolve) => (self.clients.openWindow = async (path) => resolve(path)));
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    return await opened;
  })()`);
    expect(led).toBe("/");
    expect(await notices()).toEqual([]);
    await page.goto(`${product.url}${String(led)}`);
    await page.getByRole("heading", { name: "Today" }).waitFor();
    await page.getByText("bring the ladder back").first().waitFor();
  },
);
