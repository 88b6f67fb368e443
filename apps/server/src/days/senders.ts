/**
 * Sending a day by mail, to a webhook, to browsers. At least once: each message carries the id of its day, so that who gets one twice
 * can tell. Nothing of a failure but its kind is kept.
 */
import { createHmac } from "node:crypto";

import { isKaelixError } from "@kaelix/base";

import type { Mailer } from "../mail/mailer.ts";
import { type DayNews, jsonOf, textOf } from "./news.ts";
import type { PushKeys } from "./push-keys.ts";
import { type PostOutcome, postSafely } from "./safe-post.ts";
import type { MailWay, PushDevice, WebhookWay } from "./ways.ts";

/** What sending works with. */
export interface SenderParts {
  readonly mailer: Mailer | undefined;
  readonly pushKeys: PushKeys;
  /** Whom a push service may turn to: a `mailto:` or `https:` address (RFC 8292). */
  readonly contact: string;
  /** Where the house is reached; absent: nobody said. */
  readonly link: string | undefined;
  readonly allowsPrivate: boolean;
  readonly nowMs: () => number;
}

/** What came of it. `again`: trying later may help. */
export type Sent =
  | { readonly type: "sent" }
  | { readonly type: "failed"; readonly why: string; readonly again: boolean };

const PUSH_SECONDS = 12 * 3_600;

/** Sends what stands in the news to a mailbox. */
export async function sendMail({ link, mailer }: SenderParts, way: MailWay, news: DayNews): Promise<Sent> {
  const mail = { to: way.address, subject: `Your day, ${news.day}`, text: textOf(news, link), id: news.id };
  return mailOf(mailer, mail);
}

/** Sends a code that proves a mailbox. */
export async function sendCode({ mailer }: SenderParts, address: string, code: string): Promise<Sent> {
  const text = `${code}\n\nType this code in Kaelix to have your day sent here. It holds for 30 minutes.\nIf you did not ask for it, do nothing: nothing else will come.\n`;
  return mailOf(mailer, { to: address, subject: `${code} is your code for Kaelix`, text });
}

async function mailOf(mailer: Mailer | undefined, mail: Parameters<Mailer["send"]>[0]): Promise<Sent> {
  if (mailer === undefined) return { type: "failed", why: "no mail server is set up", again: true };
  try {
    await mailer.send(mail);
    return { type: "sent" };
  } catch (error) {
    const isKnown = isKaelixError(error);
    return { type: "failed", why: isKnown ? error.code : "unknown", again: !isKnown || error.code === "mail-failed" };
  }
}

/** Signs and posts to a program, as Standard Webhooks 1.0 says: the signature covers id, time and body. */
export async function sendWebhook(
  { allowsPrivate, nowMs }: SenderParts,
  { secret, url }: WebhookWay,
  message: { readonly id: string; readonly body: string },
): Promise<Sent> {
  const seconds = Math.floor(nowMs() / 1_000);
  const signed = `${message.id}.${seconds}.${message.body}`;
  const signature = createHmac("sha256", Buffer.from(secret, "base64")).update(signed).digest("base64");
  const headers = {
    "content-type": "application/json",
    "user-agent": "Kaelix",
    "webhook-id": message.id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": `v1,${signature}`,
  };
  return sentOf(await postSafely({ url, headers, body: Buffer.from(message.body), allowsPrivate }));
}

/** Posts a day to a program. */
export function sendDay(parts: SenderParts, way: WebhookWay, news: DayNews): Promise<Sent> {
  return sendWebhook(parts, way, { id: news.id, body: jsonOf(news) });
}

/** Tells one browser that the day is ready: that and nothing of it. `gone`: the browser wants no more. */
export async function sendPush(
  { allowsPrivate, contact, pushKeys }: SenderParts,
  { auth, endpoint, p256dh }: PushDevice,
  id: string,
): Promise<Sent | { readonly type: "gone" }> {
  const { default: webPush } = await import("web-push");
  let details: ReturnType<typeof webPush.generateRequestDetails>;
  try {
    details = webPush.generateRequestDetails(
      { endpoint, keys: { auth, p256dh } },
      JSON.stringify({ text: "Your day is ready" }),
      // Of two messages of one day a push service keeps one (RFC 8030, 5.4).
      {
        TTL: PUSH_SECONDS,
        contentEncoding: "aes128gcm",
        topic: id.slice(-32),
        vapidDetails: { subject: contact, ...pushKeys },
      },
    );
  } catch {
    return { type: "gone" };
  }
  const headers = Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, value]));
  const outcome = await postSafely({ url: endpoint, headers, body: details.body ?? Buffer.alloc(0), allowsPrivate });
  if (outcome.type === "answered" && (outcome.status === 404 || outcome.status === 410)) return { type: "gone" };
  return sentOf(outcome);
}

function sentOf(outcome: PostOutcome): Sent {
  switch (outcome.type) {
    case "answered": {
      const { status } = outcome;
      if (status >= 200 && status < 300) return { type: "sent" };
      const again = status === 408 || status === 429 || status >= 500;
      return { type: "failed", why: `it answered ${status}`, again };
    }
    case "refused":
      return { type: "failed", why: outcome.why, again: false };
    case "failed":
      return { type: "failed", why: outcome.why, again: true };
  }
}
