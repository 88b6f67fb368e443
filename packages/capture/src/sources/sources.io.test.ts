import { createWriteStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ZipFile } from "yazl";
import {
  detect,
  type ImportAnswers,
  type ImportItem,
  type ImportLimits,
  preview,
  previewJson,
  readDrafts,
} from "./sources.ts";
import { conversation } from "./testing/chatgpt-fixture.ts";
import { claudeConversation } from "./testing/claude-fixture.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kaelix-sources-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const CHAT =
  "[22/08/2018, 14:42:00] Bob: \u200eMessages and calls are end-to-end encrypted.\r\n[22/08/2018, 14:42:09] Ann: ok\r\n[22/08/2018, 14:43:00] Bob: see you\r\n";

interface EntryOptions {
  readonly mode?: number;
  readonly compress?: boolean;
}

async function makeZip(
  name: string,
  entries: readonly (readonly [string, string | Buffer, EntryOptions?])[],
  patch: (bytes: Buffer) => void = () => {},
): Promise<{ path: string; fileName: string }> {
  const zip = new ZipFile();
  for (const [entry, content, options] of entries)
    zip.addBuffer(Buffer.from(content), entry, { mtime: new Date(0), ...options });
  zip.end();
  const file = path.join(folder, name);
  await pipeline(zip.outputStream, createWriteStream(file));
  const bytes = await readFile(file);
  patch(bytes);
  await writeFile(file, bytes);
  return { path: file, fileName: name };
}

/** Renames an entry to a name of the same length that no honest tool would write. */
function rename(from: string, to: string): (bytes: Buffer) => void {
  return (bytes) => {
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
  };
}

async function makeFile(name: string, content: string | Buffer): Promise<{ path: string; fileName: string }> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return { path: file, fileName: path.basename(name) };
}

async function readAll(
  input: { path: string; fileName: string },
  answers: ImportAnswers = {},
  limits: ImportLimits = {},
): Promise<ImportItem[]> {
  const items: ImportItem[] = [];
  for await (const item of readDrafts(input, answers, { limits, zone: "UTC" })) items.push(item);
  return items;
}

function idsOf(items: readonly ImportItem[]): (string | undefined)[] {
  return items.flatMap((item) => (item.type === "draft" ? [item.draft.externalId] : []));
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "no error",
    (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : String(error)),
  );
}

test("readDrafts gives the same ids from the archive, from the bare text and from a folder", async () => {
  const zip = await makeZip("WhatsApp Chat - Bob.zip", [
    ["_chat.txt", CHAT],
    ["00000001-PHOTO.jpg", "not a picture"],
    ["inner.zip", "PK"],
  ]);
  const bare = await makeFile("_chat.txt", CHAT);
  const unpacked = await makeFile("unpacked/_chat.txt", CHAT);
  const ids = idsOf(await readAll(zip));
  expect(ids).toHaveLength(2);
  expect(idsOf(await readAll(bare))).toEqual(ids);
  expect(idsOf(await readAll({ path: path.dirname(unpacked.path), fileName: "unpacked" }))).toEqual(ids);
  expect(await detect(zip)).toMatchObject({ format: "whatsapp" });
});

test("previewJson prints what the command line prints", async () => {
  const input = await makeFile(
    "WhatsApp Chat with Bob.txt",
    "22/08/2018, 14:42 - Ann: hi\n22/08/2018, 14:43 - Bob: ho\n",
  );
  const found = await preview(input, { sample: 1, zone: "Europe/Berlin" });
  expect(previewJson(found)).toEqual({
    format: "whatsapp",
    confidence: 0.92,
    total: 2,
    people: [
      { name: "Ann", messages: 1 },
      { name: "Bob", messages: 1 },
    ],
    first: "2018-08-22T14:42",
    last: "2018-08-22T14:43",
    sample: [{ at: "2018-08-22T14:42", from: "Ann", text: "hi" }],
    problems: [],
    questions: [
      { id: "me", text: "Which one is you?", options: ["Ann", "Bob"], suggested: "Ann" },
      {
        id: "zone",
        text: "The file says when, but not in which time zone. In which zone was the phone or computer?",
        options: [],
        suggested: "Europe/Berlin",
      },
    ],
    files: { kept: 0, missing: 0 },
    cut_suspected: false,
  });
  const answered = await preview(input, { sample: "all", answers: { me: "Ann", zone: "UTC" } });
  expect(answered.questions).toEqual([]);
  expect(answered.sample).toHaveLength(2);
});

test("readDrafts needs an answer when dates are uncertain", async () => {
  const input = await makeFile("dates.txt", "02/01/2024, 09:00 - Ann: a\n03/02/2024, 09:00 - Bob: b\n");
  expect(await codeOf(readAll(input))).toBe("import-answer-needed");
  const items = await readAll(input, { dateOrder: "day-first" });
  expect(items.map((item) => (item.type === "draft" ? item.draft.occurredAtMs : 0))).toEqual([
    Date.UTC(2024, 0, 2, 9),
    Date.UTC(2024, 1, 3, 9),
  ]);
});

test("openContainer refuses archives that could harm", async () => {
  const refused = async (input: { path: string; fileName: string }, limits: ImportLimits = {}) =>
    codeOf(detect(input, limits));
  const entry = (name: string) => [[name, CHAT]] as const;
  expect(await refused(await makeZip("a.zip", entry("xx/chat.txt"), rename("xx/chat.txt", "../chat.txt")))).toBe(
    "import-archive-refused",
  );
  expect(await refused(await makeZip("b.zip", entry("x/chat.txt"), rename("x/chat.txt", "//chat.txt")))).toBe(
    "import-archive-refused",
  );
  expect(await refused(await makeZip("c.zip", entry("a/b/c.txt"), rename("a/b/c.txt", "a\\b\\c.txt")))).toBe(
    "import-archive-refused",
  );
  expect(await refused(await makeZip("d.zip", entry("C_/chat.txt"), rename("C_/chat.txt", "C:/chat.txt")))).toBe(
    "import-archive-refused",
  );
  expect(await refused(await makeZip("e.zip", [["_chat.txt", "/etc/passwd", { mode: 0o120777 }]]))).toBe(
    "import-archive-refused",
  );
  const bomb = Buffer.alloc(20_000_000, "a");
  expect(await refused(await makeZip("f.zip", [["_chat.txt", bomb]]))).toBe("import-archive-refused");
  expect(await refused(await makeZip("g.zip", entry("_chat.txt")), { unpackedBytesMax: 10 })).toBe(
    "import-archive-refused",
  );
  expect(
    await refused(
      await makeZip("h.zip", [
        ["a.md", "x"],
        ["b.md", "y"],
      ]),
      { entriesMax: 1 },
    ),
  ).toBe("import-too-many-entries");
  const encrypt = (bytes: Buffer): void => {
    const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bytes.writeUInt16LE(bytes.readUInt16LE(directory + 8) | 1, directory + 8);
  };
  expect(await refused(await makeZip("i.zip", entry("_chat.txt"), encrypt))).toBe("import-archive-encrypted");
  const damage = rename("see you", "see yxu");
  expect(await refused(await makeZip("j.zip", [["_chat.txt", CHAT, { compress: false }]], damage))).toBe(
    "import-archive-damaged",
  );
  const cut = await makeZip("k.zip", entry("_chat.txt"));
  await writeFile(cut.path, (await readFile(cut.path)).subarray(0, 60));
  expect(await refused(cut)).toBe("import-not-a-zip");
});

test("detect says plainly what cannot be read", async () => {
  expect(await codeOf(detect({ path: path.join(folder, "nowhere"), fileName: "nowhere" }))).toBe("import-missing");
  expect(await codeOf(detect(await makeFile("empty.txt", "")))).toBe("import-empty");
  expect(await codeOf(detect(await makeFile("blank.txt", "\ufeff\n \n")))).toBe("import-empty");
  expect(await codeOf(detect(await makeFile("text.zip", "hello")))).toBe("import-not-a-zip");
  expect(await codeOf(detect(await makeFile("prose.txt", "just some words\nand more of them\n")))).toBe("no error");
  expect(await detect(await makeFile("prose.txt", "just some words\nand more of them\n"))).toBeUndefined();
  expect(await codeOf(preview(await makeFile("prose.txt", "just some words\nand more of them\n")))).toBe(
    "import-unknown-format",
  );
  expect(await detect(await makeFile("noise.bin", Buffer.from([0, 1, 2, 255, 254, 10, 13, 9])))).toBeUndefined();
  expect(
    await codeOf(preview(await makeFile("a.csv", "date,text\n2025-01-01,x\n"), { answers: { zone: "Mars/Olympus" } })),
  ).toBe("import-zone-unknown");
});

test("readDrafts gives a folder of notes and its zip the same ids, and follows no link", async () => {
  await makeFile("vault/2025-01-12.md", "day");
  await makeFile("vault/People/Bob.md", "# Bob");
  await makeFile("vault/.obsidian/hidden.md", "no");
  await makeFile("outside.md", "no");
  await symlink(path.join(folder, "outside.md"), path.join(folder, "vault/link.md"));
  const input = { path: path.join(folder, "vault"), fileName: "vault" };
  const ids = idsOf(await readAll(input));
  expect(ids).toEqual(["md:2025-01-12.md", "md:People/Bob.md"]);
  const zip = await makeZip("vault.zip", [
    ["vault/2025-01-12.md", "day"],
    ["vault/People/Bob.md", "# Bob"],
    ["vault/a.png", "x"],
  ]);
  expect(idsOf(await readAll(zip))).toEqual(ids);
  expect(await detect(zip)).toMatchObject({ format: "markdown" });
});

test("readDrafts reads a ChatGPT export in the order of its parts, and the same ids from the bare file", async () => {
  const part = (name: string, parts: readonly unknown[] = [name]) =>
    JSON.stringify([
      conversation([{ id: name, role: "user", message: { content: { content_type: "multimodal_text", parts } } }], {
        id: `c-${name}`,
      }),
    ]);
  const picture = { content_type: "image_asset_pointer", asset_pointer: "sediment://file_00ff" };
  const zip = await makeZip("export.zip", [
    ["user.json", '{"id":"user-1","email":"ann@example.com"}'],
    ["chat.html", "<html></html>"],
    ["conversations-10.json", part("last")],
    ["conversations-2.json", part("middle", ["middle", picture])],
    ["conversations-1.json", part("first")],
    ["user-1/file_00ff-77.png", "picture"],
    ["notes.md", "somebody's note"],
  ]);
  expect(await detect(zip)).toMatchObject({ format: "chatgpt" });
  const items = await readAll(zip);
  expect(items.map((item) => (item.type === "draft" ? item.draft.text : item.why))).toEqual([
    "first",
    "middle",
    "last",
  ]);
  expect(idsOf(await readAll(await makeFile("conversations-2 (1).json", part("middle"))))).toEqual([idsOf(items)[1]]);
  const folderOfExport = await makeFile("gpt/conversations.json", part("first"));
  expect(idsOf(await readAll({ path: path.dirname(folderOfExport.path), fileName: "gpt" }))).toEqual([idsOf(items)[0]]);
  const found = await preview(zip);
  expect(found).toMatchObject({ total: 3, people: [], questions: [], problems: [], files: { kept: 1, missing: 0 } });
  expect(found.sample[0]).toEqual({ at: "2023-11-14T22:13:20.000Z", from: null, text: "first" });
});

test("readDrafts reads a Claude export, the zip beside what it does not read or the bare file, with the same ids", async () => {
  const pasted = { attachments: [{ file_name: "", extracted_content: "the recipe" }], files: [{ file_name: "a.png" }] };
  const talk = JSON.stringify([
    claudeConversation([
      { id: "1", text: "first" },
      { id: "2", sender: "assistant", text: "answer" },
      { id: "3", text: "second", message: pasted },
    ]),
  ]);
  const zip = await makeZip("data-2026-11-01-batch-0000.zip", [
    ["users.json", '[{"uuid":"u","full_name":"Ann"}]'],
    ["projects.json", "[]"],
    ["memories.json", "[]"],
    ["conversations.json", talk],
  ]);
  expect(await detect(zip)).toMatchObject({ format: "claude", why: expect.stringContaining("as Claude exports them") });
  const items = await readAll(zip);
  expect(items.map((item) => (item.type === "draft" ? item.draft.text : item.why))).toEqual(["first", "second"]);
  expect(idsOf(await readAll(await makeFile("claude/conversations.json", talk)))).toEqual(idsOf(items));
  const found = await preview(zip);
  expect(found).toMatchObject({ total: 2, people: [], questions: [], problems: [], skipped: { system: 1 } });
});

test("a file that an assistant nobody knows calls so is not taken for an export", async () => {
  const talk = JSON.stringify([{ id: "1", name: "Talk", turns: [{ who: "human", text: "words" }] }]);
  expect(await detect(await makeFile("other/conversations.json", talk))).toBeUndefined();
  expect(await detect(await makeZip("other.zip", [["conversations.json", talk]]))).toBeUndefined();
  const beside = await makeZip("vault-and-talk.zip", [
    ["a.md", "note"],
    ["conversations.json", talk],
  ]);
  expect(await detect(beside)).toMatchObject({ format: "markdown" });
});

test("preview counts the files that come along and those that the export lacks", async () => {
  const said = ["a.jpg (file attached)", "b.jpg (file attached)", "<Media omitted>", "just words"];
  const chat = said.map((text) => `22/08/2018, 14:42 - Ann: ${text}\n`).join("");
  const zip = await makeZip("WhatsApp Chat with Bob.zip", [
    ["WhatsApp Chat with Bob.txt", chat],
    ["a.jpg", "picture"],
  ]);
  expect((await preview(zip)).files).toEqual({ kept: 1, missing: 2 });
});

test("preview suspects a cut at the app's limit", async () => {
  const content = Array.from(
    { length: 10_000 },
    (_, at) => `22/08/2018, ${String(Math.floor(at / 600)).padStart(2, "0")}:00 - Ann: ${at}\n`,
  ).join("");
  const found = await preview(await makeFile("cut.txt", content));
  expect([found.total, found.truncatedSuspected]).toEqual([10_000, true]);
  const whole = await preview(await makeFile("whole.txt", content.split("\n").slice(0, 9_000).join("\n")));
  expect([whole.total, whole.truncatedSuspected]).toEqual([9_000, false]);
});

test("readDrafts tells progress by bytes and ends when asked", async () => {
  const line = `22/08/2018, 14:42 - Ann: ${"x".repeat(500)}\n`;
  const input = await makeFile("WhatsApp Chat with Ann.txt", line.repeat(4_000));
  const seen: number[] = [];
  const stop = new AbortController();
  let drafts = 0;
  const attempt = (async () => {
    const options = { signal: stop.signal, onProgress: ({ bytesRead }: { bytesRead: number }) => seen.push(bytesRead) };
    for await (const item of readDrafts(input, { zone: "UTC" }, options)) {
      if (item.type === "draft") drafts++;
      if (drafts === 1_000) stop.abort();
    }
  })();
  await expect(attempt).rejects.toThrow("aborted");
  expect(drafts).toBeLessThan(4_000);
  expect(seen.length).toBeGreaterThan(0);
  expect([...seen].sort((left, right) => left - right)).toEqual(seen);
});

const DATA_SETS = path.resolve(import.meta.dirname, "../../../../../shared/datasets/imports");

test.skipIf(!existsSync(DATA_SETS))("preview reads the collected samples (skipped: data set absent)", async () => {
  const table = await readFile(path.join(DATA_SETS, "synthetic/whatsapp/headers.tsv"), "utf8");
  for (const row of table.trim().split("\n").slice(1)) {
    const [name = "", line = "", expected] = row.split("\t");
    const found = await preview(await makeFile(`heads/${name}.txt`, line));
    expect([name, found.sample[0]?.at, found.sample[0]?.from]).toEqual([name, expected, "Ann"]);
  }
  const totals: Readonly<Record<string, number>> = {
    "synthetic/whatsapp/WhatsApp Chat with Bob.android.de.txt": 3,
    "synthetic/whatsapp/_chat.ios.en-gb.txt": 6,
    "synthetic/whatsapp/pasted-log-inside-message.txt": 2,
    "synthetic/csv/excel-de.csv": 2,
    "synthetic/csv/formula-injection.csv": 2,
    "synthetic/jsonl/memories.jsonl": 2,
    "synthetic/vault": 2,
    "csv/obsidian-importer/comprehensive-test.csv": 10,
    "whatsapp/whatsapp-chat-parser/short-chat.txt": 3,
  };
  for (const [name, total] of Object.entries(totals)) {
    const found = await preview({ path: path.join(DATA_SETS, name), fileName: path.basename(name) });
    expect([name, found.total]).toEqual([name, total]);
  }
  const target: unknown = JSON.parse(await readFile(path.join(DATA_SETS, "whatsapp/chat-miner/target.json"), "utf8"));
  for (const kind of ["_ddmmyy_24hrs", "_mmddyy_24hrs", "_mmddyyyy_12hrs", "_yyyymmdd_24hrs", "__mmddyy__24hrs"]) {
    const file = path.join(DATA_SETS, `whatsapp/chat-miner/test${kind}.txt`);
    const { sample } = await preview({ path: file, fileName: path.basename(file) });
    const told = sample.map(({ at, from, text }) => ({
      timestamp: `${at}:00`,
      author: from,
      message: text.replaceAll("\n", " "),
    }));
    expect(told.reverse()).toEqual(target);
  }
});
