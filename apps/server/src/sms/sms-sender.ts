/**
 * SMS by a provider over HTTP: one form of `To`, `From` and `Body`, as Twilio takes it and many others do.
 *
 * Guarantees: nothing goes to a number outside the countries that were named; of a day (UTC) no more are sent than were allowed, and each
 * is counted on the disk before it is sent, so neither a crash nor a restart buys more; a count that cannot be read counts as spent; a
 * failure names neither number nor text; redirects are not followed, and nothing of the answer is read but its status.
 * It does not: ask whether the message arrived, or send one again.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import type { Clock } from "@kaelix/base";

import { serverErrors } from "../errors.ts";
import type { ServerSettings } from "../settings.ts";

/** Sends one SMS. @throws `sms-refused`, `sms-spent`, `sms-failed` */
export type SmsSender = (message: { readonly to: string; readonly text: string }) => Promise<void>;

interface SmsOptions {
  readonly settings: Pick<ServerSettings, "smsFrom" | "smsPerDay" | "smsPrefixes" | "smsUrl">;
  /** Where the day's count is kept. */
  readonly countFile: string;
  readonly clock: Pick<Clock, "nowMs">;
}

const DAY_MS = 86_400_000;
const ANSWER_MS = 10_000;

/** The sender of the settings; undefined when no SMS is set up. @throws `sms-invalid` */
export function openSms({ settings, countFile, clock }: SmsOptions): SmsSender | undefined {
  const { smsFrom: from, smsPerDay, smsPrefixes, smsUrl } = settings;
  if (smsUrl === undefined) return undefined;
  if (from === undefined || smsPrefixes === undefined) throw serverErrors("sms-invalid");
  const prefixes = smsPrefixes.split(",").map((prefix) => prefix.trim());
  const url = new URL(smsUrl);
  const authorization = `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString("base64")}`;
  const headers = url.username === "" ? {} : { authorization };
  url.username = url.password = "";
  return async ({ to, text }) => {
    if (!prefixes.some((prefix) => to.startsWith(prefix))) throw serverErrors("sms-refused");
    countOne(countFile, { day: Math.floor(clock.nowMs() / DAY_MS), most: smsPerDay });
    const body = new URLSearchParams({ To: to, From: from, Body: text });
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal }).catch(
      () => undefined,
    );
    await answer?.body?.cancel().catch(() => undefined);
    if (answer?.ok !== true) throw serverErrors("sms-failed", { details: { status: answer?.status ?? 0 } });
  };
}

/** Without waiting in between: two at once cannot both take the last one. */
function countOne(file: string, { day, most }: { readonly day: number; readonly most: number }): void {
  const before = readCount(file);
  const sent = before.day === day ? before.sent : 0;
  if (before.day > day || sent >= most) throw serverErrors("sms-spent");
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(`${file}.new`, "w", 0o600);
  try {
    writeSync(descriptor, JSON.stringify({ day, sent: sent + 1 }));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${file}.new`, file);
}

function readCount(file: string): { readonly day: number; readonly sent: number } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { day: 0, sent: 0 };
    throw serverErrors("sms-spent", { cause: error });
  }
  const count = /^\{"day":(\d{1,9}),"sent":(\d{1,9})\}$/.exec(text);
  if (count === null) throw serverErrors("sms-spent", { message: "Cannot send an SMS: the count of today is damaged" });
  return { day: Number(count[1]), sent: Number(count[2]) };
}
