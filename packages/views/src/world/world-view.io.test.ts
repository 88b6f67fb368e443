import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, idFromBytes, type Level, type MemoryEvent, type UserId } from "@kaelix/model";
import { afterEach, expect, test } from "vitest";

import { makeDocument, memoryId } from "../search/testing.ts";
import { UserIndex } from "../search/user-index.ts";
import type { WorldOwner } from "./user-world.ts";
import type { WorldReading } from "./world-reading.ts";
import { WorldView, type WorldViewOptions } from "./world-view.ts";

const folders: string[] = [];
const views: WorldView[] = [];
afterEach(async () => {
  for (const view of views.splice(0)) await view.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const ANN: UserId = idFromBytes("usr", new Uint8Array(16).fill(1));
const BEN: UserId = idFromBytes("usr", new Uint8Array(16).fill(2));
const IMPORT = idFromBytes("imp", new Uint8Array(16).fill(3));
const TEXTS = [
  "My brother Tom lives in Leeds now",
  "Carla (my mum) called, her knee surgery is booked for 9 April at the Royal",
  "Tom moved to Manchester last week",
  "Mum loved the teapot",
  "Met Priya for lunch, she is starting at Halden Rail in February",
  "told my mother i'd do her shopping every saturday",
  "Sam's sister Nadia is visiting from Lisbon in May",
  "she came through it fine, groggy",
  "Tom owes me 50 quid for the train tickets",
  "Dinner at Zoe's on Saturday. Zoe is allergic to peanuts",
];

/** One user's documents and log: what the search view would hold, without the search view. */
class Told {
  readonly index = new UserIndex({ detectLanguage: () => "en" });
  readonly events: { offset: number; event: MemoryEvent }[] = [];
  readonly #live = new Map<number, { text: string; level: Level; version: number; importId: typeof IMPORT | null }>();

  tell(number: number, text: string, level: Level = 1, importId: typeof IMPORT | null = null): void {
    const version = (this.#live.get(number)?.version ?? 0) + 1;
    this.#live.set(number, { text, level, version, importId });
    if (level <= 2) this.index.put(makeDocument(number, text, { level, version, importId }));
    else this.index.remove(memoryId(number));
    const judged = { level, level_by: "rule", confidence: 1, digest: "d", sealed: "" } as const;
    const memory = { memory: memoryId(number), memory_version: version };
    if (version === 1) {
      const told = {
        source: "chat",
        conversation: null,
        import: importId,
        occurred_at: number,
        external: null,
      } as const;
      this.#add({ ...this.#base(), ...judged, ...memory, ...told, type: "memory.remembered" });
    } else this.#add({ ...this.#base(), ...judged, ...memory, type: "memory.revised", change: "edit" });
  }

  forget(number: number, isSearchUpToDate = true): void {
    if (isSearchUpToDate) this.index.remove(memoryId(number));
    this.#add({ ...this.#base(), type: "memory.forgotten", memory: memoryId(number) });
  }

  begin(): void {
    this.#add({ ...this.#base(), type: "import.started", import: IMPORT, format: "whatsapp", sealed: "" });
  }

  undo(): void {
    for (const [number, { importId }] of this.#live) if (importId !== null) this.index.remove(memoryId(number));
    this.#add({ ...this.#base(), type: "import.undone", import: IMPORT });
  }

  #base() {
    return { v: 3, at: this.events.length, tenant: DEFAULT_TENANT, user: ANN };
  }

  #add(event: MemoryEvent): void {
    this.events.push({ offset: this.events.length, event });
  }
}

/** A seal that notices changes and shows nothing. */
function turn(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0x5a);
}

async function open(told: Told, folder?: string, extra: Partial<WorldViewOptions> = {}): Promise<WorldView> {
  const made = folder ?? (await mkdtemp(join(tmpdir(), "kaelix-world-")));
  if (folder === undefined) folders.push(made);
  const view = new WorldView({
    folder: made,
    logId: "log-a",
    index: () => Promise.resolve(told.index),
    besideIndex: () => Promise.resolve([]),
    caughtUp: () => Promise.resolve(),
    searchedTo: () => Promise.resolve(told.events.length),
    partitionOf: () => 0,
    users: async function* users() {
      yield ANN;
    },
    owner: () => Promise.resolve({ names: ["Ann Baker"], answeredImports: [] }),
    hashMention: (user, text) => createHash("sha256").update(`${user}\n${text}`).digest().subarray(0, 16),
    openName: () => Promise.resolve(undefined),
    sealSnapshot: (_user, bytes) => Promise.resolve(turn(bytes)),
    openSnapshot: (_user, sealed) => Promise.resolve(turn(sealed)),
    idleMs: 0,
    ...extra,
  });
  views.push(view);
  return view;
}

async function follow(view: WorldView, told: Told): Promise<void> {
  const from = await view.nextOffset("memories", 0);
  const nextOffset = told.events.length;
  await view.fold({ topic: "memories", partition: 0, events: told.events.slice(from), nextOffset });
}

/** Everything of a reading, as text. */
function whole({ mentions, taken, world }: WorldReading): string {
  return JSON.stringify([[...mentions], taken, world], (_key, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
}

async function made(told: Told): Promise<string> {
  const fresh = await open(told);
  await follow(fresh, told);
  return whole(await fresh.read(ANN, 2));
}

test("WorldView says how far it has read while it reads, of what is open to whoever asks, and nothing before and after", async () => {
  const told = new Told();
  for (let at = 0; at < 400; at++) told.tell(at + 1, TEXTS[at % TEXTS.length] ?? "", at % 2 === 0 ? 1 : 2);
  const view = await open(told);
  await follow(view, told);
  expect(view.reading(ANN, 2)).toBeUndefined();
  const reading = view.read(ANN, 2);
  const seen: { readonly done: number; readonly total: number }[] = [];
  const state = { isDone: false };
  void reading.finally(() => (state.isDone = true));
  while (!state.isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = view.reading(ANN, 2);
    if (now !== undefined) seen.push(now);
    expect(view.reading(ANN, 1)).toBeUndefined();
  }
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.every(({ done, total }) => total === 400 && done <= 400)).toBe(true);
  expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((left, right) => left - right));
  expect(view.reading(ANN, 2)).toBeUndefined();
});

test("WorldView keeps nobody waiting who cannot wait: the world of many memories is made beside, and had by who asks then", async () => {
  const told = new Told();
  for (let at = 0; at < 600; at++) told.tell(at + 1, TEXTS[at % TEXTS.length] ?? "");
  const view = await open(told);
  await follow(view, told);
  // The first sets it going, the second finds it going on.
  expect(await view.readSoon(ANN, 2)).toBeUndefined();
  expect(await view.readSoon(ANN, 2)).toBeUndefined();
  expect(view.reading(ANN, 2)?.total).toBe(600);
  const whole = await view.read(ANN, 2);
  expect(await view.readSoon(ANN, 2)).toBe(whole);
  for (let at = 600; at < 900; at++) told.tell(at + 1, TEXTS[at % TEXTS.length] ?? "");
  await follow(view, told);
  expect((await view.readSoon(ANN, 2))?.taken).toHaveLength(900);
});

test("WorldView makes a world anew when what its person goes by is another, from a snapshot as well", async () => {
  const told = new Told();
  told.tell(1, "Tom Baker won the raffle");
  let owner: WorldOwner = { names: [], answeredImports: [] };
  const folder = await mkdtemp(join(tmpdir(), "kaelix-world-"));
  folders.push(folder);
  let reads = 0;
  const options = {
    owner: () => {
      reads += 1;
      return Promise.resolve(owner);
    },
  };
  const view = await open(told, folder, options);
  await follow(view, told);
  const people = ({ world }: WorldReading): string[] =>
    [...world.entities.values()].filter(({ id, type }) => type === "person" && id !== "me").map(({ name }) => name);
  expect(people(await view.read(ANN, 2))).toEqual(["Tom Baker"]);
  await view.read(ANN, 2);
  expect(reads).toBe(1);
  await view.snapshot();
  // An import says who its person is; undone, it no longer does.
  owner = { names: ["Tom Baker"], answeredImports: [] };
  told.begin();
  await follow(view, told);
  expect(people(await view.read(ANN, 2))).toEqual([]);
  const again = await open(told, folder, options);
  expect(people(await again.read(ANN, 2))).toEqual([]);
  owner = { names: [], answeredImports: [] };
  told.undo();
  await follow(view, told);
  expect(people(await view.read(ANN, 2))).toEqual(["Tom Baker"]);
});

test("WorldView keeps nothing of a person whose world had to make room", async () => {
  const told = new Told();
  told.tell(1, "Tom Baker won the raffle");
  const asked: UserId[] = [];
  const owner = (userId: UserId): Promise<WorldOwner> => {
    asked.push(userId);
    return Promise.resolve({ names: [], answeredImports: [] });
  };
  const view = await open(told, undefined, { owner, bytesMax: 1 });
  await follow(view, told);
  for (const userId of [ANN, ANN, BEN, ANN]) await view.read(userId, 2);
  expect(view.loaded).toBe(1);
  expect(asked).toEqual([ANN, BEN, ANN]);
});

test("WorldView followed, reopened and snapshotted in between shows what one made anew shows", async () => {
  const seed = Number(process.env["KAELIX_SEED"] ?? Math.floor(Math.random() * 1e9));
  const random = seededRandom(seed);
  const told = new Told();
  let view = await open(told);
  const [folder = ""] = folders;
  for (let at = 0; at < 60; at++) {
    const number = random.integer(14);
    const what = random.integer(8);
    if (what < 5) told.tell(number, TEXTS[random.integer(TEXTS.length)] ?? "", (1 + random.integer(3)) as Level);
    else if (what === 5) told.forget(number);
    else if (what === 6) told.tell(number, "from a chat: Nadia works at Farfetch", 2, IMPORT);
    else told.undo();
    if (random.integer(2) === 0) await follow(view, told);
    if (random.integer(4) === 0) await view.read(ANN, 2);
    if (random.integer(6) === 0) await view.snapshot();
    if (random.integer(10) === 0) view = await open(told, folder);
  }
  await follow(view, told);
  expect(whole(await view.read(ANN, 2)), `KAELIX_SEED=${seed}`).toBe(await made(told));
});

test("WorldView forgets what a forgotten memory said, in memory and on the disk, with the fold", async () => {
  const told = new Told();
  for (const [at, text] of TEXTS.entries()) told.tell(at, text);
  const view = await open(told);
  const [folder = ""] = folders;
  await follow(view, told);
  expect(whole(await view.read(ANN, 2))).toContain("Priya");
  await view.snapshot();
  const files = await readdir(folder);
  expect(files.some((name) => name.includes(ANN))).toBe(true);
  for (const name of files) expect((await readFile(join(folder, name))).toString("latin1")).not.toContain("Priya");

  told.forget(4);
  await follow(view, told);
  expect((await readdir(folder)).some((name) => name.includes(ANN))).toBe(false);
  expect(view.loaded).toBe(0);
  const after = whole(await view.read(ANN, 2));
  expect(after).not.toMatch(/Priya|Halden/);
  await view.snapshot();
  const again = await open(told, folder);
  expect(whole(await again.read(ANN, 2))).toBe(after);
});

test("WorldView lets go of a memory that was moved to level 3, edited, or brought by an import that was undone", async () => {
  const told = new Told();
  told.tell(0, "My brother Tom lives in Leeds now");
  told.tell(1, "Sam's sister Nadia is visiting from Lisbon in May", 2, IMPORT);
  told.tell(2, "Met Priya for lunch");
  const view = await open(told);
  await follow(view, told);
  expect(whole(await view.read(ANN, 2))).toMatch(/Nadia.*Priya/s);
  told.undo();
  told.tell(2, "Met Priya for lunch", 3);
  told.tell(0, "My brother Tim lives in Leeds now");
  await follow(view, told);
  const after = whole(await view.read(ANN, 2));
  expect(after).not.toMatch(/Nadia|Lisbon|Priya|Tom/);
  expect(after).toContain("Tim");
});

test("WorldView shows a session of level 1 a world of level 1 alone, and never writes it down", async () => {
  const told = new Told();
  told.tell(0, "Met Tom for lunch");
  told.tell(1, "Carla (my mum) called", 2);
  const view = await open(told);
  const [folder = ""] = folders;
  await follow(view, told);
  const low = whole(await view.read(ANN, 1));
  expect(low).toContain("Tom");
  expect(low).not.toMatch(/Carla|mum/);
  await view.snapshot();
  expect((await readdir(folder)).some((name) => name.includes(ANN))).toBe(false);
  // Above level 2 nothing more is shown.
  expect(whole(await view.read(ANN, 4))).toBe(whole(await view.read(ANN, 2)));
});

test("WorldView throws away a snapshot that is of another log, damaged, or not the beginning of what there is", async () => {
  const told = new Told();
  for (const [at, text] of TEXTS.entries()) told.tell(at + 1, text);
  const view = await open(told);
  const [folder = ""] = folders;
  await follow(view, told);
  await view.read(ANN, 2);
  await view.snapshot();
  const foreign = await open(told, folder, { logId: "log-b" });
  expect(whole(await foreign.read(ANN, 2))).toBe(await made(told));
  expect((await readdir(folder)).some((name) => name.includes(ANN))).toBe(false);
  const second = await open(told, folder);
  await follow(second, told);
  await second.read(ANN, 2);
  await second.snapshot();
  expect((await readdir(folder)).some((name) => name.includes(ANN))).toBe(true);
  // Told later, happened before everything else.
  told.tell(0, "Anna lives in Bath");
  const late = await open(told, folder);
  await follow(late, told);
  expect(whole(await late.read(ANN, 2))).toBe(await made(told));
  const broken = await open(told, folder, { openSnapshot: () => Promise.reject(new Error("no key")) });
  expect(whole(await broken.read(ANN, 2))).toBe(await made(told));
});

test("WorldView does not show a memory that is forgotten while the world is being made", async () => {
  const told = new Told();
  for (let at = 0; at < 120; at++) told.tell(at, `${TEXTS[at % TEXTS.length]} ${at}`);
  told.tell(120, "Met Bartholomew for lunch");
  // The search view is behind until it is waited for.
  let isBehind = false;
  const caughtUp = async (): Promise<void> => void (isBehind && told.index.remove(memoryId(120)));
  const view = await open(told, undefined, { caughtUp });
  await follow(view, told);
  const reading = view.read(ANN, 2);
  await new Promise((resolve) => setImmediate(resolve));
  told.forget(120, false);
  isBehind = true;
  await follow(view, told);
  expect(whole(await reading)).not.toContain("Bartholomew");
});

test("WorldView shows a decision that was folded while the name of another was being opened", async () => {
  const told = new Told();
  told.tell(0, "Met Tom for lunch");
  let release: (name: string) => void = () => undefined;
  const name = new Promise<string>((resolve) => (release = resolve));
  const view = await open(told, undefined, { openName: () => name });
  await follow(view, told);
  const decide = async (number: number): Promise<void> => {
    const decision = idFromBytes("dec", new Uint8Array(16).fill(number, 15));
    const base = { v: 3, at: number, tenant: DEFAULT_TENANT, user: ANN, decision, people: [], others: [] } as const;
    const event = { ...base, type: "person.decided", what: "rename", sealed: "S1gE" } as const;
    await view.fold({ topic: "people", partition: 0, events: [{ offset: number, event }], nextOffset: number + 1 });
  };
  await decide(0);
  const early = view.read(ANN, 2);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await decide(1);
  release("Thomas");
  await early;
  expect((await view.read(ANN, 2)).decisions).toHaveLength(2);
});

test("WorldView names what stands in it, once each, for verifying", async () => {
  const told = new Told();
  told.tell(0, "Met Tom for lunch");
  told.tell(1, "Met Priya for lunch", 2);
  const above = memoryId(7);
  const view = await open(told, undefined, { besideIndex: () => Promise.resolve([above]) });
  await follow(view, told);
  const ids = async (): Promise<string[]> => (await listOf(view)).toSorted();
  expect(await ids()).toEqual([memoryId(0), memoryId(1), above].toSorted());
  await view.read(ANN, 2);
  expect(await ids()).toEqual([memoryId(0), memoryId(1), above].toSorted());
});

async function listOf(view: WorldView): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of view.memoryIds()) ids.push(id);
  return ids;
}
