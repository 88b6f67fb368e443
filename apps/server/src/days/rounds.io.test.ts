/** Rounds over a log in memory, with a real mail server, a real webhook and a push service that can open what it is sent. */
import { createECDH, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { ManualClock, seededRandom } from "@kaelix/base";
import { makeLogger } from "@kaelix/coordinator";
import { MemoryLog } from "@kaelix/log/testing";
import { DEFAULT_TENANT, type Level, makeId, type UserId } from "@kaelix/model";
import type { RecallSource } from "@kaelix/recall";
import { loadLanguage } from "@kaelix/views";
import { afterEach, beforeAll, expect, test } from "vitest";

import { sourceOf } from "../../../../packages/recall/src/testing.ts";
import { openMailer } from "../mail/mailer.ts";
import { startMailServer } from "../testing/mail-server.ts";
import { type DayBook, openDayBook } from "./day-book.ts";
import { DayDesk } from "./desk.ts";
import { pushKeysOf } from "./push-keys.ts";
import { DayRounds, type RoundParts } from "./rounds.ts";
import { type PostOutcome, postSafely } from "./safe-post.ts";
import type { SenderParts } from "./senders.ts";
import { type DayWriter, dayWriter } from "../provider/day-writer.ts";
import { NO_WAYS, type Ways } from "./ways.ts";

const ZONE = "Europe/Berlin";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ANN = makeId("usr", 1, seededRandom(9));
const at = (text: string): number => Date.parse(`${text}+01:00`);
const closing: (() => Promise<void>)[] = [];

beforeAll(() => loadLanguage("en"));
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A server that keeps what it is sent and answers with the next status, or with the last one for ever. */
async function receiver(statuses: readonly number[] = [200]): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(pieces) });
      const status = statuses[Math.min(received.length, statuses.length) - 1] ?? 200;
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end("x".repeat(1_000));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  closing.push(() => new Promise((closed) => server.close(() => closed())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

function recallOf(
  clock: ManualClock,
  texts: readonly { readonly text: string; readonly level: Level }[],
): RecallSource {
  const told = texts.map((one) => ({ on: "2026-11-20", ...one }));
  return { ...sourceOf(told, { nowMs: 0 }), nowMs: () => clock.nowMs() };
}

const TEXTS = [
  { text: "I'll send the plumber the cellar key", level: 1 },
  { text: "I'll pay the clinic for the test", level: 2 },
] as const;

/** Sealing that says for whom and what for, and nothing more. */
const keystore = {
  sealForUser: async (place: object, bytes: Uint8Array) => Buffer.from(JSON.stringify({ place, bytes: [...bytes] })),
  openForUser: async (place: object, sealed: Uint8Array) => {
    const read = JSON.parse(Buffer.from(sealed).toString()) as { place: object; bytes: number[] };
    const isSame = JSON.stringify(read.place) === JSON.stringify(place);
    return isSame
      ? ({ type: "opened", bytes: Buffer.from(read.bytes) } as const)
      : ({ type: "refused", why: "place" } as const);
  },
};

interface Node {
  readonly book: DayBook;
  readonly desk: DayDesk;
  readonly rounds: DayRounds;
}

type NodeParts = Partial<SenderParts> & {
  readonly texts?: Parameters<typeof recallOf>[1];
  readonly writer?: DayWriter | undefined;
  readonly isImporting?: () => boolean;
  readonly leaving?: RoundParts["leaving"];
};

async function node(
  log: MemoryLog,
  clock: ManualClock,
  { texts = TEXTS, writer, isImporting = () => false, leaving = async () => undefined, ...senders }: NodeParts = {},
): Promise<Node> {
  const book = await openDayBook(log);
  const desk = new DayDesk({ book, keystore, clock });
  const rounds = new DayRounds({
    book,
    desk,
    recall: recallOf(clock, texts),
    writer,
    senders: {
      mailer: undefined,
      pushKeys: pushKeysOf(new Uint8Array(32).fill(7)),
      contact: "mailto:keeper@example.com",
      link: "https://memory.example",
      allowsPrivate: true,
      nowMs: () => clock.nowMs(),
      ...senders,
    },
    users: async function* () {
      yield ANN;
    },
    isSuspended: async () => false,
    isImporting,
    tenantOf: async () => DEFAULT_TENANT,
    leaving,
    idOf: (user: UserId, day: string) => createHmac("sha256", "k").update(`${user}${day}`).digest("hex").slice(0, 32),
    onSent: () => undefined,
    clock,
    logger: makeLogger("silent"),
  });
  return { book, desk, rounds };
}

const wish = (desk: DayDesk, ways: Partial<Ways>, hour: number | null = 7): Promise<unknown> =>
  desk.change(DEFAULT_TENANT, ANN, () => ({ hour, zone: ZONE, ways: { ...NO_WAYS, ...ways } }));
const hook = (url: string, level: 1 | 2 = 1): Ways["webhook"] => ({
  url,
  secret: Buffer.from("key").toString("base64"),
  level,
});

test("a day is made and sent once, by two nodes that go round at once and by one that comes later", async () => {
  const clock = new ManualClock(at("2026-11-22T07:00:00"));
  const log = new MemoryLog();
  const { received, url } = await receiver();
  const [left, right] = [await node(log, clock), await node(log, clock)];
  await wish(left.desk, { webhook: hook(url) });
  await expect.poll(() => right.book.settings(ANN)?.revision).toBe(1);
  for (let round = 0; round < 3; round++) {
    await Promise.all([left.rounds.round(), right.rounds.round()]);
    clock.advance(HOUR_MS);
  }
  const late = await node(log, clock);
  await late.rounds.round();
  expect(received).toHaveLength(1);
  expect(late.book.made(ANN)).toMatchObject({
    day: "2026-11-22",
    told: true,
    ways: [{ way: "webhook", state: "sent", tries: 1 }],
  });
  clock.advance(DAY_MS);
  await late.rounds.round();
  expect(received).toHaveLength(2);
});

test("who imports gets their day when the import has ended", async () => {
  const clock = new ManualClock(at("2026-11-22T07:00:00"));
  const { received, url } = await receiver();
  let isImporting = true;
  const { book, desk, rounds } = await node(new MemoryLog(), clock, { isImporting: () => isImporting });
  await wish(desk, { webhook: hook(url) });
  await rounds.round();
  expect(book.made(ANN)).toBeUndefined();
  isImporting = false;
  await rounds.round();
  expect(book.made(ANN)).toMatchObject({ day: "2026-11-22", told: true });
  expect(received).toHaveLength(1);
});

test("a day comes at its hour in the person's zone, and days that were missed do not come", async () => {
  const clock = new ManualClock(at("2026-11-22T06:59:59"));
  const { received, url } = await receiver();
  const { book, desk, rounds } = await node(new MemoryLog(), clock);
  await wish(desk, { webhook: hook(url) });
  await rounds.round();
  expect(book.made(ANN)).toBeUndefined();
  clock.advance(1_000);
  await rounds.round();
  expect(book.made(ANN)?.day).toBe("2026-11-22");
  clock.advance(5 * DAY_MS);
  await rounds.round();
  await rounds.round();
  expect(received.map(({ body }) => JSON.parse(body.toString()).day)).toEqual(["2026-11-22", "2026-11-27"]);
  await wish(desk, { webhook: hook(url) }, null);
  clock.advance(DAY_MS);
  await rounds.round();
  expect(received).toHaveLength(2);
});

test("a webhook is signed over id, time and body, and tells nothing above the level that was chosen", async () => {
  const clock = new ManualClock(at("2026-11-22T08:00:00"));
  const { received, url } = await receiver();
  const { desk, rounds } = await node(new MemoryLog(), clock);
  await wish(desk, { webhook: hook(url) });
  await rounds.round();
  const [first] = received;
  const { "webhook-id": id, "webhook-signature": signature, "webhook-timestamp": seconds } = first?.headers ?? {};
  const signed = `${String(id)}.${String(seconds)}.${first?.body.toString()}`;
  expect(signature).toBe(`v1,${createHmac("sha256", "key").update(signed).digest("base64")}`);
  expect(first?.body.toString()).toContain("cellar key");
  expect(first?.body.toString()).not.toContain("clinic");
  await wish(desk, { webhook: hook(url, 2) });
  clock.advance(DAY_MS);
  await rounds.round();
  expect(received[1]?.body.toString()).toContain("clinic");
});

test("a webhook that fails is tried again later and later with the same id, until it is enough", async () => {
  const clock = new ManualClock(at("2026-11-22T08:00:00"));
  const { received, url } = await receiver([500, 302, 200]);
  const { book, desk, rounds } = await node(new MemoryLog(), clock);
  await wish(desk, { webhook: hook(url) });
  await rounds.round();
  await rounds.round();
  expect(received).toHaveLength(1);
  clock.advance(60_000);
  await rounds.round();
  // A redirect is an answer like any other that is none: it is not followed and not tried again.
  expect(book.made(ANN)?.ways).toMatchObject([{ state: "failed", tries: 2 }]);
  expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  const always = await receiver([503]);
  await wish(desk, { webhook: hook(always.url) });
  clock.advance(DAY_MS);
  for (let count = 0; count < 20; count++) {
    await rounds.round();
    clock.advance(HOUR_MS / 2);
  }
  expect(always.received).toHaveLength(5);
  expect(book.made(ANN)?.ways).toMatchObject([{ state: "failed", tries: 5 }]);
});

test("who stops between sending and writing it down sends the same id again, after a while", async () => {
  const clock = new ManualClock(at("2026-11-22T08:00:00"));
  const log = new MemoryLog();
  const { received, url } = await receiver();
  const first = await node(log, clock);
  await wish(first.desk, { webhook: hook(url) });
  const base = { type: "day.made", v: 4, at: clock.nowMs(), tenant: DEFAULT_TENANT, user: ANN, revision: 1 } as const;
  const ways = [{ way: "webhook", state: "waiting", tries: 1, tried_at: clock.nowMs() }] as const;
  await first.book.put({ ...base, day: "2026-11-22", told: true, seen_at: null, ways });
  const second = await node(log, clock);
  await second.rounds.round();
  expect(received).toHaveLength(0);
  clock.advance(60_000);
  await second.rounds.round();
  await second.rounds.round();
  expect(received).toHaveLength(1);
});

test("a day goes out in sentences of a provider over its lines, once, and without them whatever the provider does", async () => {
  const clock = new ManualClock(at("2026-11-22T08:00:00"));
  const { received, url } = await receiver();
  const answers = ["The plumber waits for the cellar key. [1]\nYou owe Bob money. [1]", "NOTHING"];
  const asked: string[] = [];
  const chat = {
    value: () => Promise.reject(new Error("No value is asked for")),
    text: async ({ messages }: { readonly messages: readonly { readonly content: string }[] }) => {
      asked.push(messages.at(-1)?.content ?? "");
      const answer = answers.shift();
      if (answer === undefined) throw new Error("The provider fell over");
      return answer;
    },
  };
  const writer = dayWriter({ chatFor: () => chat, levelMax: 1, who: "m at home", writes: true });
  const { desk, rounds } = await node(new MemoryLog(), clock, { writer });
  await wish(desk, { webhook: hook(url, 2) });
  for (let day = 0; day < 3; day++) {
    await rounds.round();
    await rounds.round();
    clock.advance(DAY_MS);
  }
  const bodies = received.map(({ body }) => JSON.parse(body.toString()));
  const memories = [expect.stringMatching(/^mem_/)];
  expect(bodies.map(({ prose, written_by }) => [prose, written_by])).toEqual([
    [[{ text: "The plumber waits for the cellar key.", memories }], "m at home"],
    [[], null],
    [[], null],
  ]);
  // What goes out at level 2 was sent to nobody who may see level 1 alone.
  for (const { sections } of bodies) expect(JSON.stringify(sections)).toContain("clinic");
  expect(asked).toHaveLength(3);
  expect(asked.join("")).not.toContain("clinic");
});

test("a day without news goes nowhere", async () => {
  const clock = new ManualClock(at("2026-11-22T08:00:00"));
  const { received, url } = await receiver();
  const { book, desk, rounds } = await node(new MemoryLog(), clock, { texts: [] });
  await wish(desk, { webhook: hook(url) });
  await rounds.round();
  expect(book.made(ANN)).toMatchObject({ told: false, ways: [] });
  expect(received).toHaveLength(0);
});

test("what is announced to go by its age stands in every message until it goes, up to its level, and is news by itself once", async () => {
  const clock = new ManualClock(at("2026-11-22T08:00:00"));
  const { received, url } = await receiver();
  const server = await startMailServer();
  closing.push(() => server.close());
  const mailer = openMailer({ smtpUrl: `smtp://127.0.0.1:${server.port}`, mailFrom: "kaelix@example.com" });
  const announced = { atMs: at("2026-11-22T07:30:00"), onMs: at("2026-11-29T00:30:00"), sources: [] };
  let texts: Parameters<typeof recallOf>[1] = [];
  const log = new MemoryLog();
  const leaving: RoundParts["leaving"] = async (_user, ceiling) => ({ ...announced, total: ceiling === 1 ? 2 : 5 });
  const next = (): Promise<Node> => node(log, clock, { texts, mailer, leaving });
  const first = await next();
  const mail = { address: "ann@example.com", level: 2, code: null, confirmed: true } as const;
  await wish(first.desk, { webhook: hook(url), mail });
  await first.rounds.round();
  expect(first.book.made(ANN)).toMatchObject({ told: true });
  expect(JSON.parse(String(received[0]?.body))).toMatchObject({
    sections: [],
    leaving: { on: "2026-11-29", total: 2 },
  });
  const [message] = server.received;
  expect(message?.raw.replaceAll(/=\r?\n/g, "")).toContain("5 memories reach their age and go for good on 2026-11-29.");
  expect(message?.raw.replaceAll(/=\r?\n/g, "")).toContain("https://memory.example/settings/retention");
  expect(message?.raw).not.toContain("stands above the level");
  clock.advance(DAY_MS);
  await first.rounds.round();
  expect(first.book.made(ANN)).toMatchObject({ day: "2026-11-23", told: false });
  expect(received).toHaveLength(1);
  texts = TEXTS;
  clock.advance(DAY_MS);
  await (await next()).rounds.round();
  expect(JSON.parse(String(received[1]?.body))).toMatchObject({ leaving: { total: 2 }, sections: [{}] });
});

test("mail goes to a mailbox that was proved and to no other, with the same Message-ID for the same day", async () => {
  const clock = new ManualClock(at("2026-11-22T08:00:00"));
  const server = await startMailServer();
  closing.push(() => server.close());
  const mailer = openMailer({ smtpUrl: `smtp://127.0.0.1:${server.port}`, mailFrom: "kaelix@example.com" });
  const { book, desk, rounds } = await node(new MemoryLog(), clock, { mailer });
  const mail = { address: "ann@example.com", level: 1, code: null } as const;
  await wish(desk, { mail: { ...mail, confirmed: false } });
  await rounds.round();
  expect(server.received).toHaveLength(0);
  expect(book.made(ANN)?.ways).toEqual([]);
  await wish(desk, { mail: { ...mail, confirmed: true } });
  clock.advance(DAY_MS);
  await rounds.round();
  expect(server.received).toHaveLength(1);
  const [received] = server.received;
  expect(received?.to).toEqual(["ann@example.com"]);
  expect(received?.raw).toMatch(/^Message-ID: <[0-9a-f]{32}@example\.com>/m);
  expect(received?.raw).toContain("cellar key");
  expect(received?.raw).not.toContain("clinic");
  expect(received?.raw).toContain("https://memory.example/");
});

test("a browser is told that the day is ready and nothing of it; one that is gone is forgotten", async () => {
  const clock = new ManualClock(at("2026-11-22T08:00:00"));
  const [there, gone] = [await receiver([201]), await receiver([410])];
  const { book, desk, rounds } = await node(new MemoryLog(), clock);
  const pair = createECDH("prime256v1");
  const p256dh = pair.generateKeys("base64url");
  const auth = randomBytes(16);
  const device = { p256dh, auth: auth.toString("base64url"), name: "Firefox" };
  await wish(desk, {
    devices: [
      { ...device, id: "a", endpoint: there.url },
      { ...device, id: "b", endpoint: gone.url },
    ],
  });
  await rounds.round();
  expect(book.made(ANN)?.ways).toMatchObject([{ way: "push", state: "sent" }]);
  expect((await desk.wishes(ANN)).ways.devices.map(({ id }) => id)).toEqual(["a"]);
  const [message] = there.received;
  expect(message?.headers["authorization"]).toMatch(/^vapid t=/);
  expect(await openPush(message?.body ?? Buffer.alloc(0), pair, auth)).toBe('{"text":"Your day is ready"}');
});

/** Opens a push message as a browser does (RFC 8291, RFC 8188; one record). */
async function openPush(body: Buffer, pair: ReturnType<typeof createECDH>, auth: Buffer): Promise<string> {
  const salt = body.subarray(0, 16);
  const keyLength = body[20] ?? 0;
  const theirs = body.subarray(21, 21 + keyLength);
  const shared = pair.computeSecret(theirs);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), pair.getPublicKey(), theirs]);
  const secret = Buffer.from(hkdfSync("sha256", shared, auth, info, 32));
  const key = Buffer.from(hkdfSync("sha256", secret, salt, "Content-Encoding: aes128gcm\0", 16));
  const nonce = Buffer.from(hkdfSync("sha256", secret, salt, "Content-Encoding: nonce\0", 12));
  const sealed = new Uint8Array(body.subarray(21 + keyLength));
  const aes = await globalThis.crypto.subtle.importKey("raw", new Uint8Array(key), "AES-GCM", false, ["decrypt"]);
  const opened = await globalThis.crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(nonce) }, aes, sealed);
  const text = Buffer.from(opened).toString();
  // After the text stands 2 for the last record.
  return text.slice(0, text.lastIndexOf("\u0002"));
}

test("a private address is refused unless it is allowed, and a redirect is not followed", async () => {
  const { received, url } = await receiver([302]);
  const post = (allowsPrivate: boolean): Promise<PostOutcome> =>
    postSafely({ url, headers: {}, body: Buffer.from("x"), allowsPrivate });
  expect((await post(false)).type).toBe("refused");
  expect(received).toHaveLength(0);
  expect(await post(true)).toEqual({ type: "answered", status: 302 });
  expect(received).toHaveLength(1);
});
