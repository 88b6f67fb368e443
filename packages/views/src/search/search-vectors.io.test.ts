/** Vectors in the search view: made behind everybody's back, kept sealed, gone with their text. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeBase64Url } from "@kaelix/base";
import { embedErrors } from "@kaelix/intelligence";
import { DEFAULT_TENANT, idFromBytes, type Level, type MemoryEvent, type MemoryId, type UserId } from "@kaelix/model";
import { afterEach, expect, test } from "vitest";

import type { MemoryRow } from "./rows.ts";
import { SearchView, type SearchViewOptions } from "./search-view.ts";
import type { DocumentEmbedder } from "./vector-filler.ts";

const folders: string[] = [];
const views: SearchView[] = [];
afterEach(async () => {
  for (const view of views.splice(0)) await view.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const user: UserId = idFromBytes("usr", new Uint8Array(16).fill(1));
const memoryOf = (number: number): MemoryId => idFromBytes("mem", new Uint8Array(16).fill(number, 15));

/** A log and the rows it comes to, reduced to what these tests need. */
class Story {
  readonly rows = new Map<MemoryId, MemoryRow>();
  nextOffset = 0;

  async *rowsOf(_user: UserId, afterOffset: number): AsyncGenerator<MemoryRow[]> {
    yield [...this.rows.values()].filter(({ offset }) => offset > afterOffset);
  }

  caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  /** Tells or revises a memory. */
  say(number: number, text: string, level: Level = 1): MemoryEvent {
    const memory = memoryOf(number);
    const before = this.rows.get(memory);
    const version = (before?.version ?? 0) + 1;
    const sealed = new TextEncoder().encode(JSON.stringify({ text, reasons: [] }));
    const offset = this.nextOffset;
    const header = { memoryId: memory, userId: user, state: "live", version, level, source: "chat" } as const;
    const places = { conversationId: null, importId: null, occurredAtMs: 1_000, recordedAtMs: 1_000 };
    // The columns that search reads; it never looks at the others.
    const row = {
      ...header,
      ...places,
      sealed,
      offset,
      firstOffset: before?.firstOffset ?? offset,
      versionOffset: offset,
    };
    this.rows.set(memory, row as unknown as MemoryRow);
    const judged = { level, level_by: "rule", confidence: 1, digest: "d", sealed: encodeBase64Url(sealed) } as const;
    const base = { v: 1, at: 1_000, tenant: DEFAULT_TENANT, user, memory, memory_version: version, ...judged };
    if (before !== undefined) return { ...base, type: "memory.revised", change: "edit" };
    const told = { source: "chat", conversation: null, import: null, occurred_at: 1_000, external: null } as const;
    return { ...base, ...told, type: "memory.remembered" };
  }

  end(number: number, type: "memory.forgotten" | "memory.erased"): MemoryEvent {
    const memory = memoryOf(number);
    const row = this.rows.get(memory);
    if (row !== undefined)
      this.rows.set(memory, {
        ...row,
        state: type === "memory.erased" ? "erased" : "forgotten",
        offset: this.nextOffset,
      });
    return { v: 1, at: 1_000, tenant: DEFAULT_TENANT, user, memory, type };
  }
}

/** An embedder that notes what it was handed. */
class FakeEmbedder implements DocumentEmbedder {
  readonly model: string;
  readonly levelMax: Level;
  readonly handed: string[] = [];
  isDown = false;
  isTaking = true;
  gate: Promise<void> = Promise.resolve();

  constructor(model = "model-a", levelMax: Level = 1) {
    this.model = model;
    this.levelMax = levelMax;
  }

  takes(): boolean {
    return this.isTaking;
  }

  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    await this.gate;
    if (this.isDown) throw embedErrors("embed-unreachable");
    if (texts.some((text) => text.includes("poison"))) throw embedErrors("embed-refused", { details: { status: 400 } });
    this.handed.push(...texts);
    const dimension = this.model === "model-a" ? 4 : 3;
    return texts.map((text) => {
      const vector = Float32Array.from({ length: dimension }, (_, at) => text.charCodeAt(at % text.length) - 100 + at);
      const norm = Math.hypot(...vector);
      return vector.map((part) => part / norm);
    });
  }
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kaelix-vectors-"));
  folders.push(folder);
  return folder;
}

const turned = (bytes: Uint8Array): Promise<Uint8Array> => Promise.resolve(bytes.map((byte) => byte ^ 0x5a));

function makeView(folder: string, story: Story, extra: Partial<SearchViewOptions> = {}): SearchView {
  const view = new SearchView({
    folder,
    logId: "log-a",
    rows: story,
    openRows: (rows) => Promise.resolve(rows.map(({ sealed }) => JSON.parse(new TextDecoder().decode(sealed)))),
    detectLanguage: () => "en",
    partitionOf: () => 0,
    users: async function* users() {
      yield user;
    },
    sealSnapshot: (_user, bytes) => turned(bytes),
    openSnapshot: (_user, sealed) => turned(sealed),
    ...extra,
  });
  views.push(view);
  return view;
}

async function fold(view: SearchView, story: Story, event: MemoryEvent): Promise<void> {
  const offset = story.nextOffset++;
  await view.fold({ topic: "memories", partition: 0, events: [{ offset, event }], nextOffset: offset + 1 });
}

async function sizeOf(view: SearchView): Promise<number> {
  return (await view.index(user)).parts(2).vectors?.size ?? 0;
}

test("SearchView gives vectors to what may be sent, and takes them with their text", async () => {
  const story = new Story();
  const embedder = new FakeEmbedder();
  const view = makeView(await makeFolder(), story, { embedder });
  view.startEmbedding();
  await fold(view, story, story.say(1, "harbour dinner"));
  await fold(view, story, story.say(2, "salary talk", 2));
  await fold(view, story, story.say(3, "the PIN", 3));
  await fold(view, story, story.say(4, "night train"));
  await expect.poll(() => sizeOf(view)).toBe(2);
  expect(embedder.handed.sort()).toEqual(["harbour dinner", "night train"]);
  // Another text: another vector. A higher level, forgetting, erasing: none.
  await fold(view, story, story.say(1, "mountain breakfast"));
  await expect.poll(() => embedder.handed.at(-1)).toBe("mountain breakfast");
  await expect.poll(() => sizeOf(view)).toBe(2);
  const index = await view.index(user);
  await fold(view, story, story.say(1, "mountain breakfast", 3));
  expect(index.codes(memoryOf(1))).toBeUndefined();
  await fold(view, story, story.end(4, "memory.forgotten"));
  expect(index.codes(memoryOf(4))).toBeUndefined();
  expect(await sizeOf(view)).toBe(0);
  expect(view.vectorsWaiting()).toBe(0);
});

test("SearchView without an embedder waits for nothing and keeps nothing", async () => {
  const story = new Story();
  const folder = await makeFolder();
  const view = makeView(folder, story, { embedder: new FakeEmbedder() });
  view.startEmbedding();
  await fold(view, story, story.say(1, "harbour dinner"));
  await expect.poll(() => sizeOf(view)).toBe(1);
  await view.snapshot();
  const bare = makeView(folder, story);
  bare.startEmbedding();
  expect(await sizeOf(bare)).toBe(0);
  expect(bare.vectorsWaiting()).toBeUndefined();
});

test("SearchView folds and finds while a provider hangs or is down, and says how many wait", async () => {
  const story = new Story();
  const embedder = new FakeEmbedder();
  let open: () => void = () => undefined;
  embedder.gate = new Promise((resolve) => (open = resolve));
  const view = makeView(await makeFolder(), story, { embedder });
  view.startEmbedding();
  await fold(view, story, story.say(1, "harbour dinner"));
  await fold(view, story, story.say(2, "night train"));
  expect((await view.index(user)).size).toBe(2);
  expect(view.vectorsWaiting()).toBe(2);
  // While it was asked the text changed: the vector of the former is dropped.
  await fold(view, story, story.say(1, "mountain breakfast"));
  embedder.isDown = true;
  open();
  await fold(view, story, story.say(3, "garden letter"));
  expect(view.vectorsWaiting()).toBe(3);
  embedder.isDown = false;
  await expect.poll(() => view.vectorsWaiting()).toBe(0);
  expect(embedder.handed).toContain("mountain breakfast");
  expect(embedder.handed).not.toContain("harbour dinner");
});

test("SearchView is not held up by a text that a provider refuses", async () => {
  const story = new Story();
  const embedder = new FakeEmbedder();
  const view = makeView(await makeFolder(), story, { embedder });
  for (const [number, text] of ["harbour", "poison", "train"].entries())
    await fold(view, story, story.say(number, text));
  view.startEmbedding();
  await expect.poll(() => sizeOf(view)).toBe(2);
  expect(view.vectorsWaiting()).toBe(0);
  // Written anew it waits as any other.
  embedder.isDown = true;
  await fold(view, story, story.say(1, "night"));
  expect(view.vectorsWaiting()).toBe(1);
});

test("SearchView goes on giving vectors after its users could not be read for a while", async () => {
  const story = new Story();
  story.say(1, "harbour dinner");
  const embedder = new FakeEmbedder();
  let reads = 0;
  const view = makeView(await makeFolder(), story, {
    embedder,
    users: async function* users() {
      reads += 1;
      if (reads === 1) throw new Error("The database is away");
      yield user;
    },
  });
  view.startEmbedding();
  await expect.poll(() => embedder.handed).toEqual(["harbour dinner"]);
});

test("SearchView keeps vectors in its snapshots, in no readable form; another model makes them anew", async () => {
  const story = new Story();
  const folder = await makeFolder();
  const embedder = new FakeEmbedder();
  const view = makeView(folder, story, { embedder });
  view.startEmbedding();
  for (let number = 0; number < 5; number++) await fold(view, story, story.say(number, `word${number}`));
  await expect.poll(() => sizeOf(view)).toBe(5);
  const codes = (await view.index(user)).codes(memoryOf(2));
  await view.snapshot();
  for (const name of await readdir(folder)) {
    const bytes = (await readFile(join(folder, name))).toString("latin1");
    expect(bytes).not.toContain("model-a");
    expect(bytes).not.toContain(encodeBase64Url(new Uint8Array(codes ?? [])));
  }

  const same = new FakeEmbedder();
  const again = makeView(folder, story, { embedder: same });
  again.startEmbedding();
  await fold(again, story, story.say(9, "new"));
  await expect.poll(() => sizeOf(again)).toBe(6);
  expect(same.handed).toEqual(["new"]);
  expect((await again.index(user)).codes(memoryOf(2))).toEqual(codes);

  const other = new FakeEmbedder("model-b");
  const changed = makeView(folder, story, { embedder: other });
  changed.startEmbedding();
  await expect.poll(() => sizeOf(changed)).toBe(6);
  expect((await changed.index(user)).parts(2).vectors).toMatchObject({ model: "model-b", dimension: 3 });
});

test("SearchView hands nothing over of who is not taken, until they are", async () => {
  const story = new Story();
  const embedder = new FakeEmbedder();
  embedder.isTaking = false;
  const view = makeView(await makeFolder(), story, { embedder });
  view.startEmbedding();
  await fold(view, story, story.say(1, "harbour dinner"));
  view.embedFor(user);
  await new Promise((resolve) => setImmediate(resolve));
  expect([embedder.handed, view.vectorsWaiting()]).toEqual([[], 0]);
  embedder.isTaking = true;
  view.embedFor(user);
  await expect.poll(() => sizeOf(view)).toBe(1);
});

test("SearchView takes the snapshot of a vector away with the memory that was erased", async () => {
  const story = new Story();
  const folder = await makeFolder();
  const view = makeView(folder, story, { embedder: new FakeEmbedder() });
  view.startEmbedding();
  await fold(view, story, story.say(1, "harbour dinner"));
  await expect.poll(() => sizeOf(view)).toBe(1);
  await view.snapshot();
  expect((await readdir(folder)).some((name) => name.endsWith(".snapshot"))).toBe(true);
  await fold(view, story, story.end(1, "memory.forgotten"));
  await fold(view, story, story.end(1, "memory.erased"));
  expect((await readdir(folder)).some((name) => name.endsWith(".snapshot"))).toBe(false);
});
