import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ManualClock } from "@kaelix/base";
import { afterEach, beforeEach, expect, test } from "vitest";

import { type SmsProvider, startSmsProvider } from "../testing/sms-provider.ts";
import { openSms, type SmsSender } from "./sms-sender.ts";
import { smsSettings } from "./sms-settings.ts";

const DAY_MS = 86_400_000;
const clock = new ManualClock();
let directory: string;
let provider: SmsProvider;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "kaelix-sms-"));
  provider = await startSmsProvider();
});
afterEach(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(smsPerDay = 2): SmsSender {
  const settings = {
    smsUrl: `http://AC1:t%3Ask@127.0.0.1:${provider.port}/Messages.json?x=1`,
    smsFrom: "+15550100",
    smsPrefixes: "+49, +43",
    smsPerDay,
  };
  const sms = openSms({ settings, clock, countFile: join(directory, "run", "sms-sent.json") });
  if (sms === undefined) throw new Error("No SMS");
  return sms;
}

test("a message is posted as Twilio takes it, with who sends in the header alone", async () => {
  await open()({ to: "+4930123", text: "Your code is 492039 & more" });
  const [{ authorization, body, path } = { authorization: "", body: "", path: "" }] = provider.received;
  expect(path).toBe("/Messages.json?x=1");
  expect(Buffer.from(authorization.replace("Basic ", ""), "base64").toString()).toBe("AC1:t:sk");
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
    To: "+4930123",
    From: "+15550100",
    Body: "Your code is 492039 & more",
  });
});

test("nothing goes to a country that was not named", async () => {
  await expect(open()({ to: "+15550199", text: "x" })).rejects.toMatchObject({ code: "sms-refused" });
  expect(provider.received).toHaveLength(0);
});

test("no more than the day's number are sent, whatever restarts, whatever runs at once; then a new day begins", async () => {
  const first = await Promise.allSettled([1, 2, 3].map(async () => open()({ to: "+4930123", text: "x" })));
  expect(first.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  // A sender made anew, as after a restart.
  await expect(open()({ to: "+4930123", text: "x" })).rejects.toMatchObject({ code: "sms-spent" });
  clock.advance(DAY_MS);
  await open()({ to: "+4930123", text: "x" });
  expect(provider.received).toHaveLength(3);
  // Back to yesterday: what was spent stays spent.
  clock.advance(-DAY_MS);
  await expect(open()({ to: "+4930123", text: "x" })).rejects.toMatchObject({ code: "sms-spent" });
});

test("what fails counts as sent, and a damaged count as spent", async () => {
  provider.status = 500;
  const failure: unknown = await open()({ to: "+4930123", text: "code 492039" }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "sms-failed", details: { status: 500 } });
  expect(JSON.stringify(failure) + String(failure)).not.toMatch(/4930123|492039/);
  const file = join(directory, "run", "sms-sent.json");
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ sent: 1 });
  writeFileSync(file, "{}");
  await expect(open()({ to: "+4930123", text: "x" })).rejects.toMatchObject({ code: "sms-spent" });
});

test("a redirect is not followed", async () => {
  provider.status = 307;
  await expect(open()({ to: "+4930123", text: "x" })).rejects.toMatchObject({ code: "sms-failed" });
  expect(provider.received).toHaveLength(1);
});

test("half of the settings stop the start; none is no SMS", () => {
  const none = { smsUrl: undefined, smsFrom: undefined, smsPrefixes: undefined, smsPerDay: 50 };
  expect(openSms({ settings: none, clock, countFile: "" })).toBeUndefined();
  const half = { ...none, smsUrl: "https://a:b@sms.example/m", smsFrom: "+15550100" };
  expect(() => openSms({ settings: half, clock, countFile: "" })).toThrow(/KAELIX_SMS_PREFIXES/);
});

test.each([
  ["https://a:b@sms.example/m", true],
  ["http://127.0.0.1:8080/m", true],
  ["http://sms.example/m", false],
  ["https://a@sms.example/m", false],
  ["sms.example", false],
])("%s as the provider's address: %s", (url, isTaken) => {
  expect("value" in smsSettings.smsUrl.parse(url)).toBe(isTaken);
});

test.each([
  ["+49,+43", true],
  ["+", false],
  ["", false],
  ["49", false],
  ["+49,", false],
  ["+0", false],
])("%j as countries: %s", (prefixes, isTaken) => {
  expect("value" in smsSettings.smsPrefixes.parse(prefixes)).toBe(isTaken);
});
