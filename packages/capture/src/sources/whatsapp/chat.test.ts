import { expect, test } from "vitest";
import { formatRecordTime } from "../local-time.ts";
import { collect, prepareOptions, type RecordItem, textSource } from "../testing/text-fixture.ts";
import type { ImportAnswers } from "../types.ts";
import { looksCut, prepareChat } from "./chat.ts";
import { chatNameOfFile } from "./chat-key.ts";

async function read(
  content: string,
  options: {
    readonly name?: string;
    readonly fileName?: string;
    readonly answers?: ImportAnswers;
    readonly chunk?: number;
  } = {},
) {
  const name = options.name ?? "WhatsApp Chat with Bob.txt";
  const prepared = await prepareChat(
    textSource(name, content, options.chunk),
    prepareOptions(options.fileName ?? name, options.answers),
  );
  return { prepared, ...(await collect(prepared)) };
}

function told(records: readonly RecordItem[]): string[] {
  return records.map(
    ({ time, from, draft }) => `${time === undefined ? "?" : formatRecordTime(time)} ${from}: ${draft.text}`,
  );
}

function ids(records: readonly RecordItem[]): (string | undefined)[] {
  return records.map((record) => record.draft.externalId);
}

test("prepareChat keeps the lines of a message together, wherever chunks end", async () => {
  const content = "22/08/2018, 14:42 - Ann: one\n\ntwo 🌿\n- three\n22/08/2018, 14:43 - Bob: four";
  for (const chunk of [1, 2, 3, 5, 1000]) {
    const { records } = await read(content, { chunk });
    expect(told(records)).toEqual(["2018-08-22T14:42 Ann: one\n\ntwo 🌿\n- three", "2018-08-22T14:43 Bob: four"]);
  }
});

test("prepareChat leaves a pasted log inside its message: other shape, same shape after a colon, a stranger, LF inside CRLF", async () => {
  const otherShape =
    "22/08/2018, 14:42 - Ann: look\n[22/08/2018, 14:43:01] Bob: pasted\n[14:44, 22/08/2018] Bob: too\n22/08/2018, 14:45 - Bob: hm\n";
  expect((await read(otherShape)).records).toHaveLength(2);
  const sameShape =
    "22/08/2018, 14:42 - Ann: he wrote:\n22/08/2018, 14:40 - Bob: pasted\n22/08/2018, 14:41 - Bob: too\nend\n22/08/2018, 14:45 - Bob: hm\n";
  expect(told((await read(sameShape)).records)).toEqual([
    "2018-08-22T14:42 Ann: he wrote:\n22/08/2018, 14:40 - Bob: pasted\n22/08/2018, 14:41 - Bob: too\nend",
    "2018-08-22T14:45 Bob: hm",
  ]);
  const stranger = "22/08/2018, 14:42 - Ann: look\n20/08/2018, 09:00 - Zed: pasted\n22/08/2018, 14:45 - Bob: hm\n";
  expect((await read(stranger)).records).toHaveLength(2);
  const framed =
    "[22/08/2018, 14:42:00] Ann: look\n[22/08/2018, 14:42:30] Bob: pasted\r\n[22/08/2018, 14:45:00] Bob: hm\r\n[22/08/2018, 14:46:00] Ann: ok\r\n";
  expect((await read(framed)).records).toHaveLength(3);
});

test("prepareChat keeps late messages whose time steps back", async () => {
  const content =
    "22/08/2018, 14:42 - Ann: one\n22/08/2018, 14:43 - Bob: two\n22/08/2018, 14:40 - Ann: late\n22/08/2018, 14:44 - Bob: three\n";
  expect((await read(content)).records).toHaveLength(4);
});

test("prepareChat finds the order of dates over the whole file", async () => {
  const months = "1/2/24, 9:00 - Ann: a\n1/3/24, 9:00 - Bob: b\n1/13/24, 9:00 - Ann: c\n";
  expect(told((await read(months)).records)[0]).toContain("2024-01-02");
  const days = "02/01/2024, 09:00 - Ann: a\n03/01/2024, 09:00 - Bob: b\n13/01/2024, 09:00 - Ann: c\n";
  expect(told((await read(days)).records)[1]).toContain("2024-01-03");
  // Read month first, this would step back from September to January.
  const monotonic =
    "09/01/2024, 09:00 - Ann: a\n10/01/2024, 09:00 - Bob: b\n01/02/2024, 09:00 - Ann: c\n02/02/2024, 09:00 - Bob: d\n";
  const orderly = await read(monotonic);
  expect(orderly.prepared?.dateQuestion).toBeUndefined();
  expect(told(orderly.records)[2]).toContain("2024-02-01");
  const dots = await read("02.01.2024, 09:00 - Ann: a\n");
  expect(dots.prepared?.dateQuestion).toBeUndefined();
  expect(told(dots.records)[0]).toContain("2024-01-02");
  const korean = "18. 8. 9. 오후 2:42 - Ann: a\n18. 8. 10. 오후 2:42 - Bob: b\n";
  expect(told((await read(korean)).records)[0]).toContain("2018-08-09");
  const swedish = "18-08-09 14:42 - Ann: a\n18-08-10 14:42 - Bob: b\n18-08-11 14:42 - Bob: b\n";
  expect(told((await read(swedish)).records)[0]).toContain("2018-08-09");
  const picture = await read("[01/12/2024, 10:06:00] Bob: \u200e<attached: 00000004-PHOTO-2024-12-01-10-06-00.jpg>\n");
  expect(picture.prepared?.isBlocked).toBe(false);
  expect(told(picture.records)[0]).toContain("2024-12-01T10:06:00");
});

test("prepareChat asks when only the person can tell, and takes the answer", async () => {
  const content = "02/01/2024, 09:00 - Ann: a\n03/02/2024, 09:00 - Bob: b\n";
  const asked = await read(content);
  expect(asked.prepared?.isBlocked).toBe(true);
  expect(asked.prepared?.dateQuestion).toEqual({
    id: "date-order",
    text: 'The first date is written "02/01/2024, 09:00". Is that 2 Jan 2024 (day first) or 1 Feb 2024 (month first)?',
    options: ["day-first", "month-first"],
    suggested: "day-first",
  });
  const alike = await read("01/01/2024, 09:00 - Ann: a\n03/02/2024, 09:00 - Bob: b\n");
  expect(alike.prepared?.dateQuestion?.text).toBe(
    'The first date is written "01/01/2024, 09:00". That is 1 Jan 2024 either way. How are the others meant: day first or month first?',
  );
  const answered = await read(content, { answers: { dateOrder: "month-first" } });
  expect(answered.prepared?.isBlocked).toBe(false);
  expect(told(answered.records)[0]).toContain("2024-02-01");
  // The person knows better than the order of time, but not better than the calendar.
  const orderly = "09/01/2024, 09:00 - Ann: a\n10/01/2024, 09:00 - Bob: b\n01/02/2024, 09:00 - Ann: c\n";
  expect(told((await read(orderly, { answers: { dateOrder: "month-first" } })).records)[0]).toContain("2024-09-01");
  expect(
    told((await read("22/01/2024, 09:00 - Ann: a\n", { answers: { dateOrder: "month-first" } })).records)[0],
  ).toContain("2024-01-22");
  const american = await read("2/1/24, 9:00 AM - Ann: a\n");
  expect(american.prepared?.dateQuestion?.suggested).toBe("month-first");
});

test("prepareChat makes nobody the author of a notice, also when it holds a colon", async () => {
  const android = [
    "Messages and calls are end-to-end encrypted. No one outside of this chat can read them.",
    'Ann created group "Trip: Rome"',
    'Ann changed the subject to "Trip: Pisa"',
    "Ann hat den Betreff von „Reise: Rom“ zu „Reise: Pisa“ geändert",
    "Bob cambió el asunto de “Viaje: Roma” a “Viaje: Pisa”",
    "Ann a changé le nom du groupe « Voyage: Rome » en « Voyage: Pise »",
    "Bob left",
    "Your security code with Bob changed. Tap to learn more.",
    "Missed voice call",
  ];
  const lines = android.map((notice) => `22/08/2018, 14:42 - ${notice}\n`).join("");
  const { records, skipped } = await read(`${lines}22/08/2018, 14:43 - Robert "Bob" Smith: hi\n`);
  expect(told(records)).toEqual(['2018-08-22T14:43 Robert "Bob" Smith: hi']);
  expect(skipped).toHaveLength(android.length);
  const ios = [
    "Book Club: \u200eMessages and calls are end-to-end encrypted.",
    "Book Club: \u200eAnn created this group",
    "Ann: \u200eMissed voice call, \u200eTap to call back",
    "Ann: \u200eSprachanruf, \u200e3 Min.",
    "Bob: \u200eEtwas, das es noch nicht gibt",
  ];
  const framed = ios.map((line) => `[22/08/2018, 14:42:00] ${line}\r\n`).join("");
  const phone = await read(`${framed}[22/08/2018, 14:43:00] Ann: hi\r\n`, { name: "_chat.txt" });
  expect(told(phone.records)).toEqual(["2018-08-22T14:43:00 Ann: hi"]);
  expect(phone.records[0]?.draft.conversation).toEqual({ key: "whatsapp:book club", title: "Book Club" });
});

test("prepareChat turns stand-ins into attachments, keeps captions, skips the deleted, strips the edited mark", async () => {
  const texts = [
    "<Media omitted>",
    "<Medien ausgeschlossen>",
    "<Multimedia omitido>",
    "<Médias omis>",
    "<省略多媒体文件>",
    "\u200eimage omitted",
    "IMG-20180822-WA0001.jpg (file attached)",
    "\u200eIMG-20180822-WA0001.jpg (Datei angehängt)\nwith words",
    "Plan.pdf (archivo adjunto)",
    "\u200e<attached: 00000012-PHOTO-2018-08-22-14-42-09.jpg>",
    "\u200e<Anhang: 00000012-AUDIO-2018-08-22-14-42-09.opus>",
    "look at this \u200e<attached: 00000013-VIDEO-2018-08-22-14-42-09.mp4>",
    "Report.pdf • \u200e3 pages \u200edocument omitted",
    "This message was deleted",
    "\u200eYou deleted this message.",
    "Diese Nachricht wurde gelöscht.",
    "تم حذف هذه الرسالة",
    "fixed \u200e<This message was edited>",
    "besser <Diese Nachricht wurde bearbeitet.>",
    "a <b> c (no file)",
    "is this end-to-end encrypted?",
    "\u200ePOLL:\nWhich?\n\u200eOPTION: A (1 vote)",
    "\u200eLocation: https://maps.example/?q=1,2",
    "\u200eStandort: https://maps.example/?q=1,2",
  ];
  const { records, skipped } = await read(texts.map((text) => `22/08/2018, 14:42 - Ann: ${text}\n`).join(""));
  const seen = records.map(({ draft }) => [draft.text, draft.caption ?? "", draft.attachments?.[0] ?? ""]);
  expect(skipped).toEqual(["deleted", "deleted", "deleted", "deleted"]);
  expect(seen).toEqual([
    ["Media omitted", "", "Media omitted"],
    ["Medien ausgeschlossen", "", "Medien ausgeschlossen"],
    ["Multimedia omitido", "", "Multimedia omitido"],
    ["Médias omis", "", "Médias omis"],
    ["省略多媒体文件", "", "省略多媒体文件"],
    ["image omitted", "", "image omitted"],
    ["IMG-20180822-WA0001.jpg", "", "IMG-20180822-WA0001.jpg"],
    ["with words", "with words", "IMG-20180822-WA0001.jpg"],
    ["Plan.pdf", "", "Plan.pdf"],
    ["00000012-PHOTO-2018-08-22-14-42-09.jpg", "", "00000012-PHOTO-2018-08-22-14-42-09.jpg"],
    ["00000012-AUDIO-2018-08-22-14-42-09.opus", "", "00000012-AUDIO-2018-08-22-14-42-09.opus"],
    ["look at this", "look at this", "00000013-VIDEO-2018-08-22-14-42-09.mp4"],
    ["Report.pdf", "", "Report.pdf"],
    ["fixed", "", ""],
    ["besser", "", ""],
    ["a <b> c (no file)", "", ""],
    ["is this end-to-end encrypted?", "", ""],
    ["POLL:\nWhich?\nOPTION: A (1 vote)", "", ""],
    ["Location: https://maps.example/?q=1,2", "", ""],
    ["Standort: https://maps.example/?q=1,2", "", ""],
  ]);
});

test("prepareChat reads names: unsaved contacts, numbers, emoji, right to left, a colon inside", async () => {
  const names = ["~\u202fCarla 🌿", "\u202a+49\u00a0151 234\u202c", "\u200fسارة", "🤓", "John-John Doe"];
  const { records } = await read(names.map((name) => `22/08/2018, 14:42 - ${name}: hi\n`).join(""));
  expect(records.map((record) => record.from)).toEqual(["Carla 🌿", "+49 151 234", "سارة", "🤓", "John-John Doe"]);
  const colon = Array.from({ length: 5 }, (_, at) => `22/08/2018, 14:4${at} - Work: Bob: hi ${at}\n`).join("");
  expect((await read(colon)).records.map((record) => record.from)).toEqual(
    Array.from({ length: 5 }, () => "Work: Bob"),
  );
  const twice = await read("22/08/2018, 14:42 - Bob: re: dinner: yes\n");
  expect(told(twice.records)).toEqual(["2018-08-22T14:42 Bob: re: dinner: yes"]);
});

test("prepareChat leaves the owner without a speaker and places local time in the zone", async () => {
  const content = "22/08/2018, 14:42 - Ann: hi\n22/08/2018, 14:43 - Bob: ho\n";
  const { records } = await read(content, { answers: { me: "Ann", zone: "Europe/Berlin", level: 3 } });
  expect(records.map((record) => record.draft.speaker)).toEqual([undefined, "Bob"]);
  expect(records.map((record) => record.from)).toEqual(["Ann", "Bob"]);
  expect(records[0]?.draft.occurredAtMs).toBe(Date.UTC(2018, 7, 22, 12, 42));
  expect(records[0]?.draft.level).toBe(3);
});

test("prepareChat gives the same ids to a later, longer export and to the text from the archive", async () => {
  const early = "22/08/2018, 14:42 - Ann: ok\n22/08/2018, 14:42 - Ann: ok\n22/08/2018, 14:42 - Bob: ok\n";
  const first = await read(early);
  expect(new Set(ids(first.records)).size).toBe(3);
  const later = await read(`${early}23/08/2018, 09:00 - Carla: new here\n`);
  expect(ids(later.records).slice(0, 3)).toEqual(ids(first.records));
  const otherChat = await read(early, { name: "WhatsApp Chat with Carla.txt" });
  expect(ids(otherChat.records).some((id) => ids(first.records).includes(id))).toBe(false);
  const again = await read(early, { name: "WhatsApp Chat with Bob (1).txt" });
  expect(ids(again.records)).toEqual(ids(first.records));
  const ios =
    "[22/08/2018, 14:42:00] Bob: \u200eMessages and calls are end-to-end encrypted.\r\n[22/08/2018, 14:42:09] Ann: ok\r\n";
  const zipped = await read(ios, { name: "_chat.txt", fileName: "WhatsApp Chat - Bob.zip" });
  const bare = await read(ios, { name: "_chat.txt", fileName: "_chat.txt" });
  expect(ids(zipped.records)).toEqual(ids(bare.records));
  expect(ids(bare.records)[0]).toBe(ids(first.records)[0]);
});

test("prepareChat lists what it cannot place and never stops", async () => {
  const long = "x".repeat(70_000);
  const content = `some line before\nanother\n22/08/2018, 14:42 - Ann: ${long}\n22/08/2018, 14:43 - Bob: fine\n`;
  const { records, problems } = await read(content, { chunk: 4096 });
  expect(told(records)).toEqual(["2018-08-22T14:43 Bob: fine"]);
  expect(problems.map(({ line, why }) => [line, why])).toEqual([
    [1, "Cannot place the line: it stands before the first message"],
    [3, "Cannot keep the message: it is longer than 65536 letters"],
  ]);
  expect(problems.every(({ text }) => text.length <= 200)).toBe(true);
});

test("chatNameOfFile reads the names phones give", () => {
  const names = [
    "WhatsApp Chat with Bob.txt",
    "WhatsApp Chat mit Bob.txt",
    "WhatsApp-Chat mit Bob.txt",
    "WhatsApp Chat - Bob.zip",
    "Chat de WhatsApp con Bob.txt",
    "Discussion WhatsApp avec Bob.txt",
    "Conversa do WhatsApp com Bob.txt",
    "Chat WhatsApp con Bob.txt",
    "WhatsApp-chat met Bob.txt",
    "Чат WhatsApp с Bob.txt",
    "Bob ile WhatsApp Sohbeti.txt",
    "与Bob的WhatsApp聊天.txt",
    "WhatsApp Chat with Bob (2).txt",
    "up/WhatsApp Chat with Bob.zip",
  ];
  expect(names.map(chatNameOfFile)).toEqual(names.map(() => "Bob"));
  expect(["_chat.txt", "notes.txt", "chat.zip"].map(chatNameOfFile)).toEqual([undefined, undefined, undefined]);
});

test("looksCut knows the limits of the app", () => {
  expect([39_989, 39_990, 40_000, 40_001, 9_989, 9_995, 10_001].map(looksCut)).toEqual([
    false,
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
});

test("prepareChat takes the files that lie beside the chat, and the names of those that do not", async () => {
  const texts = [
    "IMG-20180822-WA0001.jpg (file attached)\nat the sea",
    "\u200e<attached: 00000012-PHOTO-2018-08-22-14-42-09.jpg>",
    "IMG-20180822-WA0002.jpg (file attached)",
    "<Media omitted>",
  ];
  const content = texts.map((text) => `22/08/2018, 14:42 - Ann: ${text}\n`).join("");
  const files = [
    textSource("export/_chat.txt", content),
    textSource("export/IMG-20180822-WA0001.jpg", "one"),
    textSource("export/00000012-PHOTO-2018-08-22-14-42-09.jpg", "photo"),
    textSource("elsewhere/IMG-20180822-WA0002.jpg", "another's"),
  ];
  const prepared = await prepareChat(textSource("export/_chat.txt", content), { ...prepareOptions("a.zip"), files });
  const { records } = await collect(prepared);
  const seen = records.map(({ draft, hasMedia }) => {
    return [hasMedia, draft.text, draft.files?.map(({ bytes, name }) => `${name} ${bytes}`), draft.attachments];
  });
  expect(seen).toEqual([
    [true, "at the sea", ["IMG-20180822-WA0001.jpg 3"], undefined],
    [true, "00000012-PHOTO-2018-08-22-14-42-09.jpg", ["00000012-PHOTO-2018-08-22-14-42-09.jpg 5"], undefined],
    [true, "IMG-20180822-WA0002.jpg", undefined, ["IMG-20180822-WA0002.jpg"]],
    [true, "Media omitted", undefined, ["Media omitted"]],
  ]);
});
