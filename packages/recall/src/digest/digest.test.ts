import {
  type ApiKeyId,
  type ConversationId,
  idFromBytes,
  type ImportId,
  type Level,
  type MemoryId,
  type UserId,
} from "@kaelix/model";
import { loadLanguage, type SearchDocument, UserIndex } from "@kaelix/views";
import { beforeAll, expect, test } from "vitest";

import type { RecallSource } from "../source.ts";
import { type Digest, type DigestKind, makeDigest } from "./digest.ts";

const OWNER: UserId = idFromBytes("usr", new Uint8Array(16).fill(1));
const ZONE = "Europe/Berlin";
const at = (day: string, time = "12:00"): number => Date.parse(`${day}T${time}:00+01:00`);
const talk = (number: number): ConversationId => idFromBytes("con", new Uint8Array(16).fill(number));
const IMPORT: ImportId = idFromBytes("imp", new Uint8Array(16).fill(7));
const KEY: ApiKeyId = idFromBytes("key", new Uint8Array(16).fill(9));
let last = 0;

function told(text: string, day: string, more: Partial<SearchDocument> = {}): SearchDocument {
  last++;
  const id: MemoryId = idFromBytes(
    "mem",
    Uint8Array.from({ length: 16 }, (_, byte) => (last >> (8 * (15 - byte))) & 255),
  );
  return {
    memoryId: id,
    conversationId: null,
    text,
    occurredAtMs: at(day),
    recordedAtMs: at(day),
    level: 1,
    source: "chat",
    importId: null,
    version: 1,
    offset: last,
    firstOffset: last,
    lastOffset: last,
    ...more,
  };
}

const inTalk = (title: string, number: number, speaker?: string): Partial<SearchDocument> => ({
  conversationId: talk(number),
  conversationTitle: title,
  source: "whatsapp",
  ...(speaker === undefined ? {} : { speaker }),
});

beforeAll(() => loadLanguage("en"));

async function digestOf(
  documents: readonly SearchDocument[],
  ask: { readonly day?: string; readonly ceiling?: Level; readonly zone?: string; readonly importId?: ImportId } = {},
): Promise<Digest> {
  const index = new UserIndex({ detectLanguage: (text) => (text.startsWith("Yarın") ? "tr" : "en") });
  for (const document of documents) index.put(document);
  const source: RecallSource = {
    index: () => Promise.resolve(index),
    partitionOf: () => 4,
    nextOffset: () => Promise.resolve(500),
    detectLanguage: () => "en",
    monotonicMs: () => performance.now(),
    nowMs: () => at("2026-11-21", "09:00"),
  };
  const outcome = await makeDigest(source, { userId: OWNER, ceiling: 2, zone: ZONE, ...ask });
  if (outcome.type !== "digest") throw new Error(outcome.type);
  return outcome.digest;
}

const texts = (digest: Digest, kind: DigestKind): readonly string[] =>
  digest.sections.find((section) => section.kind === kind)?.lines.map((line) => line.text) ?? [];

test("a day ahead is counted from when it was said, and told until it is over", async () => {
  const documents = [
    told("The plumber comes on Tuesday at nine.", "2026-11-19"),
    told("Party this weekend in the old harbour", "2026-11-17"),
    told("Dentist on 3 December, bring the card.", "2026-10-02"),
    told("Yesterday we went to the harbour market.", "2026-11-20"),
    told("I saw the plumber on Tuesday.", "2026-11-19"),
    told("Painted the shed on Monday", "2026-11-19"),
    told("See you tomorrow. Bye!", "2026-11-20"),
    told("The lease ends on 1 March 2027.", "2026-11-01"),
  ];
  expect(texts(await digestOf(documents), "dates-ahead")).toEqual([
    "Party this weekend in the old harbour",
    "The plumber comes on Tuesday at nine.",
    "Dentist on 3 December, bring the card.",
  ]);
  expect(texts(await digestOf(documents, { day: "2026-12-04" }), "dates-ahead")).toEqual([]);
});

test("a birthday that was told once comes every year", async () => {
  const digest = await digestOf([told("Carla's birthday is on 24 November.", "2023-02-01")]);
  expect(digest.sections[0]).toMatchObject({
    kind: "dates-ahead",
    lines: [{ day: "2026-11-24", text: "Carla's birthday is on 24 November." }],
  });
});

test("a promise stands until something like it is told as done; questions, denials and what-ifs are none", async () => {
  const promises = [
    told("I'll send you the photos of the garden tomorrow.", "2026-11-10", inTalk("Carla", 1)),
    told("I will return the drill next week", "2026-11-12", inTalk("Bob", 2)),
    told("I'll book the train to Lisbon", "2026-11-13", inTalk("Bob", 2, "Bob")),
    told("Will I send it? I'll never lend him anything.", "2026-11-14"),
    told("If I see her I'll call you", "2026-11-14"),
    told("I'll be happy when it is over", "2026-11-14"),
    told("I need to book a table", "2026-11-14"),
    told("I need to renew my passport by 30 November", "2026-11-15"),
  ];
  const open = [
    "I need to renew my passport by 30 November",
    "I'll book the train to Lisbon",
    "I will return the drill next week",
  ];
  const before = await digestOf(promises);
  expect(texts(before, "promises")).toEqual(["I'll send you the photos of the garden tomorrow.", ...open]);
  const sent = told("I have sent the photos", "2026-11-12", inTalk("Carla", 1));
  expect(texts(await digestOf([...promises, sent]), "promises")).toEqual(open);
  const elsewhere = told("They have sent photos", "2026-11-12", inTalk("Climbing", 3, "Eve"));
  expect(texts(await digestOf([...promises, elsewhere]), "promises")).toHaveLength(4);
});

test.each([
  ["de", "Ich schicke dir morgen die Unterlagen"],
  ["de", "Ich hole sie vom Bahnhof ab, versprochen"],
  ["es", "Te mando las fotos mañana"],
  ["fr", "Je t'envoie les photos demain"],
  ["it", "Ti mando le foto domani"],
  ["pt", "Te mando as fotos amanhã"],
  ["tr", "Fotoğrafları yarın gönderirim"],
])("a promise is one in %s too", async (_language, text) => {
  expect(texts(await digestOf([told(text, "2026-11-20")]), "promises")).toEqual([text]);
});

test("what came in is counted by conversation, the day's own before the day's before", async () => {
  const digest = await digestOf([
    ...Array.from({ length: 3 }, (_, at) => told(`Hello ${at}`, "2026-11-21", inTalk("Carla", 1, "Carla"))),
    told("Bought a lamp", "2026-11-21"),
    told("The lamp is paid", "2026-11-21", { source: "mcp", namespace: KEY }),
    told("The lamp is old", "2026-11-21", { source: "rest", namespace: KEY }),
    told("Old news", "2026-11-20", inTalk("Bob", 2, "Bob")),
    told("Long ago", "2026-11-02"),
  ]);
  expect(texts(digest, "came-in")).toEqual([
    "3 messages in Carla",
    "2 notes by programs",
    "1 note of yours",
    "1 message in Bob",
  ]);
});

test("who has gone quiet is measured by themselves, and not by an export that ends", async () => {
  const weekly = Array.from({ length: 10 }, (_, week) =>
    told(
      "Climbing tonight",
      new Date(Date.UTC(2026, 7, 1 + week * 4)).toISOString().slice(0, 10),
      inTalk("Carla", 1, "Carla"),
    ),
  );
  const fresh = told("Hi", "2026-11-19", inTalk("Bob", 2, "Bob"));
  expect(texts(await digestOf([...weekly, fresh]), "quiet")).toEqual([
    "Nothing in Carla for 3 months; usually every 4 days",
  ]);
  expect(texts(await digestOf(weekly), "quiet")).toEqual([]);
});

test("a week that holds far more than the weeks before is told with both counts", async () => {
  const before = Array.from({ length: 9 }, (_, week) =>
    told("How are you", new Date(Date.UTC(2026, 8, 10 + week * 7)).toISOString().slice(0, 10), inTalk("Carla", 1)),
  );
  const now = Array.from({ length: 20 }, (_, at) => told(`So much to tell ${at}`, "2026-11-19", inTalk("Carla", 1)));
  expect(texts(await digestOf([...before, ...now]), "rhythm")).toEqual(["20 memories in Carla this week; usually 1"]);
});

test("a day with a point behind its number is one day, in the sentence that names it", async () => {
  const digest = await digestOf([
    told("Wer holt Oma am 28. November vom Bahnhof ab?", "2026-10-18", inTalk("Familie", 1, "Mama")),
  ]);
  expect(digest.sections.find(({ kind }) => kind === "dates-ahead")?.lines).toMatchObject([
    { text: "Wer holt Oma am 28. November vom Bahnhof ab?", day: "2026-11-28" },
  ]);
});

test("days of texts too short to tell their language are read in the language of their conversation", async () => {
  const long = "Yarın akşam hep birlikte annemlere yemeğe gidiyoruz, sen de gelir misin acaba?";
  const visit = told("Dişçi randevum 25 Kasım", "2026-10-10", inTalk("Ayşe", 1, "Ayşe"));
  const birthday = told("Doğum günüm 2 Aralık", "2025-08-30", inTalk("Ayşe", 1, "Ayşe"));
  const days = async (...documents: SearchDocument[]): Promise<unknown> =>
    (await digestOf(documents)).sections
      .find(({ kind }) => kind === "dates-ahead")
      ?.lines.map(({ day, text }) => [day, text]);
  expect(await days(visit, birthday)).toBeUndefined();
  expect(await days(visit, birthday, told(long, "2026-09-01", inTalk("Ayşe", 1, "Ayşe")))).toEqual([
    ["2026-11-25", "Dişçi randevum 25 Kasım"],
    ["2026-12-02", "Doğum günüm 2 Aralık"],
  ]);
  expect(await days(visit, told(long, "2026-09-01", inTalk("Emre", 2, "Emre")))).toBeUndefined();
});

test("on this day tells one memory a year, in the person's own days", async () => {
  const late = told("Fireworks over the harbour until two", "2024-11-21", { occurredAtMs: at("2024-11-21", "00:30") });
  const digest = await digestOf([
    late,
    told("Moved into the flat on Oak Street", "2021-11-21"),
    told("ok", "2023-11-21"),
  ]);
  expect(digest.sections.find(({ kind }) => kind === "on-this-day")?.lines).toMatchObject([
    { text: "2 years ago", day: "2024-11-21" },
    { text: "5 years ago", day: "2021-11-21" },
  ]);
});

test("29 February is asked for only where there is one", async () => {
  const leap = told("A day that comes every four years", "2020-02-29");
  expect(texts(await digestOf([leap], { day: "2024-02-29" }), "on-this-day")).toEqual(["4 years ago"]);
  expect(texts(await digestOf([leap], { day: "2026-02-28" }), "on-this-day")).toEqual([]);
});

test("nothing above the ceiling is read, counted or hinted at", async () => {
  const open = [told("Paid for the lamp in the hall", "2026-11-21")];
  const secret = [
    told("I'll pay the ransom tomorrow", "2026-11-20", { level: 2 }),
    told("The surgery is on 24 November", "2026-11-20", { level: 2 }),
  ];
  const { tookMs: _some, ...under } = await digestOf([...open, ...secret], { ceiling: 1 });
  const { tookMs: _other, ...without } = await digestOf(open, { ceiling: 1 });
  expect(under).toEqual(without);
});

test("the first look at an import is of the day it ends on", async () => {
  const digest = await digestOf(
    [
      told("I'll bring the tent on Sunday", "2019-06-12", {
        ...inTalk("Carla", 1, "Carla"),
        importId: IMPORT,
        recordedAtMs: at("2026-11-21"),
      }),
      told("I'll call the bank", "2026-11-20"),
    ],
    { importId: IMPORT },
  );
  expect(digest).toMatchObject({ day: "2019-06-12", memories: 1 });
  expect(texts(digest, "promises")).toEqual(["I'll bring the tent on Sunday"]);
  expect(texts(digest, "dates-ahead")).toEqual([]);
  expect(texts(digest, "people")).toEqual(["Carla: 1 message, 2019"]);
});

test("who had gone quiet when an import ends is told by that end, with the day, however long ago it is", async () => {
  const imported = (title: string, number: number, speaker: string, days: readonly string[]): SearchDocument[] =>
    days.map((day) =>
      told("Anyone in for a match?", day, {
        ...inTalk(title, number, speaker),
        importId: IMPORT,
        recordedAtMs: at("2026-11-21"),
      }),
    );
  const every = (step: number, from: string, count: number): string[] =>
    Array.from({ length: count }, (_, nth) =>
      new Date(Date.parse(from) + nth * step * 86_400_000).toISOString().slice(0, 10),
    );
  const club = [
    ...imported("Tennis", 1, "Tom", every(4, "2019-01-01", 10)),
    ...imported("Tennis", 1, "Carla", every(4, "2019-01-02", 40)),
    // Too seldom to miss them, and a silence that is usual.
    ...imported("Tennis", 1, "Ines", every(4, "2019-01-03", 4)),
    ...imported("Tennis", 1, "Juan", every(20, "2018-10-01", 12)),
  ];
  expect(texts(await digestOf(club, { importId: IMPORT }), "quiet")).toEqual([
    "By the end of this chat you had not heard from Tom since 6 February 2019; usually every 4 days",
  ]);
  // Not news of today: the export simply ends.
  expect(texts(await digestOf(club), "quiet")).toEqual([]);
  // A conversation that fell silent as a whole is told once, and who is heard elsewhere is not missed.
  const choir = imported("Choir", 2, "Uma", every(3, "2019-01-01", 10));
  const tomElsewhere = imported("Tom", 3, "Tom", ["2019-06-06"]);
  expect(texts(await digestOf([...club, ...choir, ...tomElsewhere], { importId: IMPORT }), "quiet")).toEqual([
    "By the end of this import there had been nothing in Choir since 28 January 2019; usually every 3 days",
  ]);
});

test("an unknown zone and a day that is none are answers, and nobody's memories make an empty digest", async () => {
  await expect(digestOf([], { zone: "Mars/Olympus" })).rejects.toThrow("unknown-zone");
  await expect(digestOf([], { day: "2026-02-30" })).rejects.toThrow("no-such-day");
  expect((await digestOf([])).sections).toEqual([]);
});
