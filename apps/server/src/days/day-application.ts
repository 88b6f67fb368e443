/**
 * The day as the gateway asks for it: settings, ways and their tests, what is not useful, searches that were named.
 *
 * Guarantees: what is answered is durable; a mailbox gets nothing but codes until one of them was typed; a line is judged by what the
 * digest says of it, not by what somebody claims; what was kept while a session was open up to a level is listed to sessions that are open
 * so far, and to no others.
 */
import { createHmac, randomBytes, randomInt } from "node:crypto";

import { type Clock, encodeBase64Url, equalBytes, makeUlid, type RandomSource } from "@kaelix/base";
import type { DayApplication, DaySettingsView, Untaken } from "@kaelix/gateway";
import { type DayWay, LEVEL_INDEXED_MAX, type Level, type UserId, type UserPrincipal } from "@kaelix/model";
import { calendarOf, type DigestLine, makeDigest, type RecallSource, topicOf } from "@kaelix/recall";
import { parseEmail } from "@kaelix/security";

import type { DayBook } from "./day-book.ts";
import type { DayDesk, DayWishes } from "./desk.ts";
import { problemOfUrl } from "./safe-post.ts";
import type { SavedSearches } from "./saved-searches.ts";
import { type SenderParts, sendCode, sendPush, sendWebhook } from "./senders.ts";
import type { MailWay, Ways, WebhookWay } from "./ways.ts";

/** What it is wired from. */
export interface DayApplicationParts {
  readonly book: DayBook;
  readonly desk: DayDesk;
  readonly searches: SavedSearches;
  readonly recall: RecallSource;
  readonly senders: SenderParts;
  /** 32 secret bytes: codes, and marks of lines, are hashed with it. */
  readonly secret: Uint8Array;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Waits until what the person has written is folded. */
  readonly written: (user: UserId) => Promise<void>;
}

const CODE_MS = 30 * 60_000;
const CODE_EVERY_MS = 60_000;
const CODE_TRIES_MAX = 5;
const DEVICES_MAX = 10;
const SECRET_BYTES = 32;
const MARK_BYTES = 16;
const JUDGED_MAX = 1_000;
const PUSH_KEY_BYTES = 65;
const PUSH_AUTH_BYTES = 16;

/** The gateway's seam over the day. */
export function dayApplication(parts: DayApplicationParts): DayApplication {
  const { book, desk, searches } = parts;
  return {
    settings: async ({ userId }) => viewOf(parts, userId, await desk.wishes(userId)),
    configure: (principal, wish) => configure(parts, principal, wish),
    test: (principal, way) => test(parts, principal, way),
    confirm: (principal, code) => confirm(parts, principal, code),
    addDevice: (principal, device) => addDevice(parts, principal, device),
    removeDevice: async ({ tenantId, userId }, id) => {
      const { ways } = await desk.wishes(userId);
      if (!ways.devices.some((device) => device.id === id)) return false;
      await desk.change(tenantId, userId, (before) => ({
        ...before,
        ways: { ...before.ways, devices: before.ways.devices.filter((device) => device.id !== id) },
      }));
      return true;
    },
    latest: async ({ ceiling, userId }) => {
      const made = book.made(userId);
      // A day is made of what stands up to level 2: whoever is not open so far is not told that there is something.
      if (made === undefined || ceiling < LEVEL_INDEXED_MAX) return undefined;
      return { day: made.day, madeAtMs: made.at, isTold: made.told, isSeen: made.seen_at !== null };
    },
    seen: (principal, day) => seen(parts, principal, day),
    judge: (principal, line) => judge(parts, principal, line),
    judgements: async ({ ceiling, userId }) => (await desk.judgements(userId)).filter(({ level }) => level <= ceiling),
    unjudge: async ({ userId }, mark) => {
      const marks = book.judged(userId).map((one) => one.mark);
      const taken = mark === "all" ? marks : marks.filter((one) => one === mark);
      if (taken.length === 0 && mark !== "all") return false;
      await book.take(taken.map((one) => `judged/${userId}/${one}`));
      return true;
    },
    searches: (principal) => searches.list(principal),
    saveSearch: (principal, wish) => searches.save(principal, wish),
    renameSearch: (principal, id, name) => searches.rename(principal, id, name),
    removeSearch: (principal, id) => searches.remove(principal, id),
  };
}

function viewOf({ book, desk, senders }: DayApplicationParts, user: UserId, wishes: DayWishes): DaySettingsView {
  const { hour, zone } = wishes;
  const { devices, mail, webhook } = wishes.ways;
  const made = book.made(user);
  return {
    hour,
    zone,
    isDefault: desk.isDefault(user),
    mail: mail === null ? null : { address: mail.address, level: mail.level, confirmed: mail.confirmed },
    webhook: webhook === null ? null : { url: webhook.url, level: webhook.level },
    devices: devices.map(({ id, name }) => ({ id, name })),
    hasMailer: senders.mailer !== undefined,
    pushKey: senders.pushKeys.publicKey,
    last: made === undefined ? null : { day: made.day, ways: made.ways },
  };
}

const untaken = (field: string, why: string): Untaken => ({ type: "untaken", field, why });

async function configure(
  parts: DayApplicationParts,
  { tenantId, userId }: UserPrincipal,
  { hour, mail, webhook, zone }: Parameters<DayApplication["configure"]>[1],
): ReturnType<DayApplication["configure"]> {
  if (calendarOf(zone) === undefined) return untaken("zone", "No such time zone; one is named as in Europe/Berlin");
  const address = mail === null ? "" : parseEmail(mail.address);
  if (address === undefined) return untaken("mail/address", "Must be one e-mail address");
  const problem = webhook === null ? undefined : problemOfUrl(webhook.url, parts.senders.allowsPrivate);
  if (problem !== undefined) return untaken("webhook/url", problem);
  let secret: string | null = null;
  const wishes = await parts.desk.change(tenantId, userId, ({ ways }) => {
    const nextMail = mail === null ? null : mailAfter(ways.mail, { address, level: mail.level });
    const nextHook = webhook === null ? null : webhookAfter(ways.webhook, webhook);
    secret = nextHook === null || nextHook.secret === ways.webhook?.secret ? null : `whsec_${nextHook.secret}`;
    return { hour, zone, ways: { ...ways, mail: nextMail, webhook: nextHook } };
  });
  return { type: "configured", settings: viewOf(parts, userId, wishes), secret };
}

/** Another mailbox has to be proved anew. */
function mailAfter(before: MailWay | null, wish: Pick<MailWay, "address" | "level">): MailWay {
  return before?.address === wish.address ? { ...before, ...wish } : { ...wish, confirmed: false, code: null };
}

/** Another address gets another secret. */
function webhookAfter(before: WebhookWay | null, wish: Pick<WebhookWay, "url" | "level">): WebhookWay {
  if (before?.url === wish.url) return { ...before, ...wish };
  return { ...wish, secret: randomBytes(SECRET_BYTES).toString("base64") };
}

async function test(
  parts: DayApplicationParts,
  principal: UserPrincipal,
  way: DayWay,
): ReturnType<DayApplication["test"]> {
  const { clock, desk, random, senders } = parts;
  const { ways } = await desk.wishes(principal.userId);
  const id = `test-${makeUlid(clock.nowMs(), random).toLowerCase()}`;
  switch (way) {
    case "mail":
      return testMail(parts, principal, ways);
    case "webhook": {
      if (ways.webhook === null) return { isSent: false, why: "no webhook is set" };
      const body = JSON.stringify({ type: "digest.test", id });
      const sent = await sendWebhook(senders, ways.webhook, { id, body });
      return { isSent: sent.type === "sent", why: sent.type === "sent" ? null : sent.why };
    }
    case "push": {
      const outcomes = await Promise.all(ways.devices.map((device) => sendPush(senders, device, id)));
      if (outcomes.some(({ type }) => type === "sent")) return { isSent: true, why: null };
      const failed = outcomes.find((outcome) => outcome.type === "failed");
      return { isSent: false, why: failed?.why ?? "no browser wants to be told" };
    }
  }
}

async function testMail(
  { clock, desk, secret, senders }: DayApplicationParts,
  { tenantId, userId }: UserPrincipal,
  { mail }: Ways,
): ReturnType<DayApplication["test"]> {
  if (mail === null) return { isSent: false, why: "no address is set" };
  const nowMs = clock.nowMs();
  if (mail.code !== null && nowMs - (mail.code.untilMs - CODE_MS) < CODE_EVERY_MS)
    return { isSent: false, why: "a code was sent a moment ago: wait a minute" };
  const code = String(randomInt(0, 1_000_000)).padStart(6, "0");
  const hash = hashOf(secret, `${userId}\n${mail.address}\n${code}`).toString("base64url");
  // The code stands before it goes out: one that was sent can be typed, whatever stops in between.
  await desk.change(tenantId, userId, (before) =>
    withMail(before, { code: { hash, untilMs: nowMs + CODE_MS, tries: 0 } }),
  );
  const sent = await sendCode(senders, mail.address, code);
  return { isSent: sent.type === "sent", why: sent.type === "sent" ? null : sent.why };
}

function withMail(before: DayWishes, change: Partial<MailWay>): DayWishes {
  const { mail } = before.ways;
  return mail === null ? before : { ...before, ways: { ...before.ways, mail: { ...mail, ...change } } };
}

async function confirm(
  parts: DayApplicationParts,
  { tenantId, userId }: UserPrincipal,
  typed: string,
): Promise<DaySettingsView | undefined> {
  let isRight = false;
  const wishes = await parts.desk.change(tenantId, userId, (before) => {
    const { mail } = before.ways;
    const code = mail?.code ?? null;
    isRight = false;
    if (mail === null || code === null || code.untilMs < parts.clock.nowMs() || code.tries >= CODE_TRIES_MAX)
      return before;
    const hash = hashOf(parts.secret, `${userId}\n${mail.address}\n${typed.trim()}`);
    isRight = equalBytes(hash, Buffer.from(code.hash, "base64url"));
    if (isRight) return withMail(before, { confirmed: true, code: null });
    return withMail(before, { code: { ...code, tries: code.tries + 1 } });
  });
  return isRight ? viewOf(parts, userId, wishes) : undefined;
}

async function addDevice(
  parts: DayApplicationParts,
  { tenantId, userId }: UserPrincipal,
  device: Parameters<DayApplication["addDevice"]>[1],
): ReturnType<DayApplication["addDevice"]> {
  const problem = problemOfUrl(device.endpoint, parts.senders.allowsPrivate);
  if (problem !== undefined) return untaken("endpoint", problem);
  if (Buffer.from(device.p256dh, "base64url").length !== PUSH_KEY_BYTES)
    return untaken("p256dh", "Must be a point of P-256, uncompressed, in base64url");
  if (Buffer.from(device.auth, "base64url").length !== PUSH_AUTH_BYTES)
    return untaken("auth", "Must be 16 bytes in base64url");
  const id = encodeBase64Url(hashOf(parts.secret, `device\n${userId}\n${device.endpoint}`).subarray(0, MARK_BYTES));
  let isFull = false;
  const wishes = await parts.desk.change(tenantId, userId, (before) => {
    const others = before.ways.devices.filter((one) => one.id !== id);
    isFull = others.length >= DEVICES_MAX;
    return isFull ? before : { ...before, ways: { ...before.ways, devices: [...others, { ...device, id }] } };
  });
  if (isFull) return untaken("endpoint", `${DEVICES_MAX} browsers are told already: take one away first`);
  return { type: "configured", settings: viewOf(parts, userId, wishes) };
}

async function seen({ book, clock }: DayApplicationParts, { userId }: UserPrincipal, day: string): Promise<void> {
  for (let count = 0; count < DEVICES_MAX; count++) {
    const made = book.made(userId);
    if (made === undefined || made.day !== day || made.seen_at !== null) return;
    // When it was made stays: only that it was looked at is new.
    const next = { ...made, revision: made.revision + 1, seen_at: clock.nowMs() };
    if ((await book.put(next)) === "done") return;
  }
}

async function judge(
  { book, desk, recall, secret, written }: DayApplicationParts,
  { ceiling, tenantId, userId }: UserPrincipal,
  { day, importId, key, zone }: Parameters<DayApplication["judge"]>[1],
): Promise<string | undefined> {
  await written(userId);
  const when = { zone, ...(day === undefined ? {} : { day }), ...(importId === undefined ? {} : { importId }) };
  const outcome = await makeDigest(recall, { userId, ceiling, ...when, linesMax: Number.MAX_SAFE_INTEGER });
  const sections = outcome.type === "digest" ? outcome.digest.sections : [];
  const found = sections.flatMap(({ kind, lines }) => lines.map((line) => ({ kind, line })));
  const meant = found.find(({ line }) => line.key === key);
  if (meant === undefined || book.judged(userId).length >= JUDGED_MAX) return undefined;
  const mark = encodeBase64Url(hashOf(secret, `judged\n${userId}\n${key}`).subarray(0, MARK_BYTES));
  const { kind, line } = meant;
  await desk.judge(tenantId, userId, { mark, key, kind, topic: topicOf(line), level: levelOf(line) });
  return mark;
}

function levelOf({ evidence }: DigestLine): Level {
  return evidence.reduce<Level>((level, { document }) => (document.level > level ? document.level : level), 1);
}

function hashOf(secret: Uint8Array, text: string): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}
