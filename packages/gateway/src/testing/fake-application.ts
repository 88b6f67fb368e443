/** An application in memory for tests and benches: it keeps the seam's promises, with none of the machinery. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { defineErrors, type LogPosition, systemRandom } from "@kaelix/base";
import {
  type GrantId,
  type ImportId,
  LEVEL_INDEXED_MAX,
  makeId,
  type Memory,
  type MemoryDraft,
  type MemoryId,
  type UserPrincipal,
} from "@kaelix/model";

import type { AuditNote } from "@kaelix/security";

import type { AuditApplication } from "../audit-application.ts";
import type { Application, ChangeOutcome, HouseApplication, MemoryApplication, PlacedMemory } from "../application.ts";
import type { LiveEvent, PastEvent } from "../events-application.ts";
import type { ImportApplication, ImportView } from "../import-application.ts";
import { fakeCodes } from "./fake-codes.ts";
import { fakeMail } from "./fake-mail.ts";
import { fakeLogins } from "./fake-logins.ts";
import { fakePasskeys } from "./fake-passkeys.ts";
import { fakeAccess } from "./fake-access.ts";
import { fakeApps } from "./fake-apps.ts";
import { fakeFiles } from "./fake-files.ts";
import { fakeErasures } from "./fake-erasures.ts";
import { fakeMembers, fakeTenants } from "./fake-members.ts";
import { fakeSharing } from "./fake-sharing.ts";
import { fakeSeal } from "./fake-seal.ts";
import { fakePeople } from "./fake-people.ts";
import { fakeTimeline } from "./fake-timeline.ts";
import { fakeResets } from "./fake-resets.ts";
import { fakeRetention } from "./fake-retention.ts";
import { fakeReview } from "./fake-review.ts";
import { fakeDays } from "./fake-days.ts";
import { fakeProvider } from "./fake-provider.ts";
import { fakeOperations } from "./fake-operations.ts";

export const fakeErrors = defineErrors({
  "cursor-invalid": { kind: "input", retry: false, status: 400, text: "Cursor is not one of this list" },
  "member-missing": { kind: "missing", retry: false, status: 404, text: "There is no such person" },
  "grant-missing": { kind: "missing", retry: false, status: 404, text: "There is no such share" },
});

const NO_DIGESTS: Application["digests"] = {
  make: async () => Promise.reject(new Error("The fake makes no digests")),
  write: async () => Promise.reject(new Error("The fake makes no digests")),
};

const NO_LESSONS: Application["lessons"] = {
  read: async () => ({ total: 0, forgottenAtMs: null, groups: [] }),
  judge: async () => [],
  forget: async () => undefined,
};

const NOW_MS = Date.parse("2024-12-12T18:03:00Z");

/** The fake with what tests look at and turn. */
export interface FakeApplication extends Application {
  readonly calls: string[];
  /** What `waitFor` answers. */
  wait: "reached" | "timeout";
  /** Makes `remember` wait for this. */
  hold: Promise<void> | undefined;
  /** Makes the next call fail with this. */
  failure: Error | undefined;
  logHealth: "ok" | "suspect" | "failed";
  /** Called before and after a page of the past is read. */
  onReplay: ((when: "before" | "after") => void) | undefined;
  /** What others share with whoever asks. */
  shared: readonly GrantId[];
  emit(event: LiveEvent): void;
  readonly followers: () => number;
  /** What was written down. */
  readonly audited: AuditNote[];
}

interface State {
  readonly app: FakeApplication;
  readonly placed: Map<MemoryId, PlacedMemory>;
  readonly external: Map<string, MemoryId>;
  readonly past: LiveEvent[];
  readonly listeners: Set<(event: LiveEvent) => void>;
  offset: number;
  readonly spoolRoot: string;
}

function emit({ listeners, past }: Pick<State, "listeners" | "past">, event: LiveEvent): void {
  if (event.type !== "watermark") past.push(event);
  for (const listener of listeners) listener(event);
}

export function fakeApplication(spoolRoot = "/nonexistent"): FakeApplication {
  const state: Partial<State> & Omit<State, "app"> = {
    placed: new Map(),
    external: new Map(),
    past: [],
    listeners: new Set(),
    offset: 0,
    spoolRoot,
  };
  const audited: AuditNote[] = [];
  const app: FakeApplication = {
    calls: [],
    wait: "reached",
    hold: undefined,
    failure: undefined,
    logHealth: "ok",
    onReplay: undefined,
    shared: [],
    emit: (event) => emit(state, event),
    followers: () => state.listeners.size,
    audited,
    audit: auditOf(audited),
    policy: { explain: async () => Promise.reject(new Error("The fake explains nothing")) },
    memories: memoriesOf(() => whole),
    files: fakeFiles(spoolRoot),
    imports: importsOf(spoolRoot),
    house: houseOf(() => whole),
    access: fakeAccess(),
    apps: fakeApps(),
    passkeys: fakePasskeys(),
    mail: fakeMail(),
    resets: fakeResets(),
    codes: fakeCodes(),
    logins: fakeLogins(),
    erasures: fakeErasures(),
    seal: fakeSeal(),
    sharing: fakeSharing(),
    members: fakeMembers(),
    tenants: fakeTenants(),
    digests: NO_DIGESTS,
    people: fakePeople(),
    review: fakeReview(),
    timeline: fakeTimeline(),
    lessons: NO_LESSONS,
    retention: fakeRetention(),
    operations: fakeOperations(),
    days: fakeDays(),
    provider: fakeProvider(),
    events: {
      mayHear: async ({ program }, { position }) =>
        program?.reach !== "own" || (position !== undefined && position.offset % 2 === 0),
      follow: (listener) => {
        state.listeners.add(listener);
        return { stop: () => state.listeners.delete(listener) };
      },
      sharedWith: () => app.shared,
      replay: async (userId, after, limit) => {
        app.onReplay?.("before");
        const page = state.past
          .filter((event): event is PastEvent => event.position !== undefined && event.position.offset > after.offset)
          .filter((event) => event.type !== "watermark" && event.userId === userId)
          .slice(0, limit);
        app.onReplay?.("after");
        return page;
      },
    },
  };
  const whole: State = { ...state, app };
  return app;
}

function auditOf(audited: AuditNote[]): AuditApplication {
  const status = { entries: 0, unsigned: 0, waiting: 0, lost: 0, isIntact: true, checkpoint: undefined };
  return {
    record: async (note) => void audited.push(note),
    list: async () => ({ lines: [], nextBefore: null }),
    status: () => ({ ...status, publicKey: "", vouched: [], keys: [] }),
    prove: async () => undefined,
    verify: async () => ({ entries: 0, checkpoints: 0, unsigned: 0, root: "", problems: [], firstBad: null }),
  };
}

function memoriesOf(stateOf: () => State): MemoryApplication {
  const visible = (principal: UserPrincipal, id: MemoryId): PlacedMemory | undefined => {
    const placed = stateOf().placed.get(id);
    const isVisible =
      placed !== undefined && placed.memory.userId === principal.userId && placed.memory.level <= principal.ceiling;
    return isVisible ? placed : undefined;
  };
  const change = (principal: UserPrincipal, id: MemoryId, expected: number, fields: Partial<Memory>): ChangeOutcome => {
    const placed = visible(principal, id);
    if (placed === undefined) return { type: "missing" };
    if (placed.memory.version !== expected) return { type: "stale", version: placed.memory.version };
    const memory = { ...placed.memory, ...fields, version: expected + 1 };
    return { type: "changed", placed: place(stateOf(), memory) };
  };
  const ownOf = (principal: UserPrincipal): PlacedMemory[] =>
    [...stateOf().placed.values()].filter((placed) => visible(principal, placed.memory.memoryId) !== undefined);
  return {
    remember: async (principal, draft) => {
      const state = stateOf();
      state.app.calls.push("remember");
      if (state.app.failure !== undefined) throw state.app.failure;
      if (state.app.hold !== undefined) await state.app.hold;
      const key = `${principal.userId} ${draft.externalId}`;
      const knownId = draft.externalId === undefined ? undefined : state.external.get(key);
      const known = knownId === undefined ? undefined : state.placed.get(knownId);
      if (known !== undefined) {
        if (known.memory.text === draft.text) return { type: "known", placed: known };
        return { type: "conflict", memoryId: known.memory.memoryId };
      }
      const placed = place(state, memoryOf(principal, draft));
      if (draft.externalId !== undefined) state.external.set(key, placed.memory.memoryId);
      return { type: "stored", placed };
    },
    read: async (principal, id) => visible(principal, id),
    list: async (principal, request) => {
      const start = request.cursor === undefined ? 0 : Number(/^at-(\d+)$/.exec(request.cursor)?.[1]);
      if (Number.isNaN(start)) throw fakeErrors("cursor-invalid");
      const all = ownOf(principal).reverse();
      const end = start + request.limit;
      return {
        items: all.slice(start, end),
        next: end < all.length ? `at-${end}` : null,
        previous: start > 0 ? `at-${Math.max(0, start - request.limit)}` : null,
      };
    },
    versions: async (principal, id) => {
      const placed = visible(principal, id);
      if (placed === undefined) return undefined;
      const { text, level, levelDecidedBy, version, recordedAtMs: atMs } = placed.memory;
      return [{ version, change: "told", text, level, levelDecidedBy, atMs, position: placed.position }];
    },
    edit: async (principal, id, edit, expected) =>
      change(principal, id, expected, edit.text === undefined ? {} : { text: edit.text }),
    move: async (principal, id, { level }, expected) =>
      change(principal, id, expected, { level, levelDecidedBy: "person" }),
    forget: async (principal, id, expected) => {
      const outcome = change(principal, id, expected, {});
      if (outcome.type === "changed") stateOf().placed.delete(id);
      return outcome;
    },
    decideRecall: async (principal, id, never, expected) =>
      change(principal, id, expected, never ? { neverRecalled: true } : {}),
    restore: async () => ({ type: "missing" }),
    conversations: async () => ({ items: [], next: null, previous: null }),
    ...recallOf(ownOf),
    exportAll: async function* (principal) {
      yield* ownOf(principal);
    },
  };
}

function recallOf(
  ownOf: (principal: UserPrincipal) => readonly PlacedMemory[],
): Pick<MemoryApplication, "search" | "ask"> {
  return {
    search: async (principal, request) => {
      const found = ownOf(principal)
        .filter((placed) => placed.memory.text.includes(request.query))
        .slice(0, request.limit);
      return {
        hits: found.map(({ memory, position }) => ({
          memory,
          position,
          score: 1,
          highlights: [[0, 3]],
          why: [{ signal: "text", score: 1, text: "has the words" }],
        })),
        total: found.length,
        facets: request.facets ? { person: [], source: [], level: [], month: [], conversation: [] } : null,
        tookMs: 0.2,
      };
    },
    ask: async () => ({
      kind: "nothing",
      text: "I have nothing on that",
      sentences: [],
      citations: [],
      confidence: 0,
      tookMs: 1,
    }),
  };
}

/** Level 3 when the text says so; the real classifier is another room's. */
function memoryOf(principal: UserPrincipal, draft: MemoryDraft): Memory {
  const level = draft.level ?? (draft.text.includes("secret") ? 3 : 1);
  return {
    memoryId: makeId("mem", NOW_MS, systemRandom),
    userId: principal.userId,
    version: 1,
    level,
    levelDecidedBy: draft.level === undefined ? "rule" : "person",
    confidence: 0.9,
    source: draft.source,
    conversationId: null,
    importId: null,
    occurredAtMs: draft.occurredAtMs ?? NOW_MS,
    recordedAtMs: NOW_MS,
    text: draft.text,
    reasons: [],
    ...(draft.externalId === undefined ? {} : { externalId: draft.externalId }),
    ...(draft.context === undefined ? {} : { context: draft.context }),
  };
}

function place(state: State, memory: Memory): PlacedMemory {
  state.offset += 1;
  const position = positionAt(state.offset);
  const placed = { memory, position, searchable: memory.level <= LEVEL_INDEXED_MAX };
  state.placed.set(memory.memoryId, placed);
  const { userId, memoryId, level } = memory;
  state.app.emit({
    type: memory.version === 1 ? "memory.stored" : "memory.revised",
    userId,
    memoryId,
    level,
    position,
  });
  return placed;
}

export function positionAt(offset: number): LogPosition {
  return { topic: "memories", partition: 0, offset };
}

function importsOf(spoolRoot: string): ImportApplication {
  const views = new Map<ImportId, ImportView>();
  return {
    makeSpool: async () => ({
      importId: makeId("imp", NOW_MS, systemRandom),
      folder: await mkdtemp(join(spoolRoot, "spool-")),
    }),
    accept: async (_principal, upload) => {
      const { size } = await stat(upload.path);
      const lines = size < 1_000_000 ? (await readFile(upload.path, "utf8")).split("\n").length : 0;
      await rm(upload.path);
      const view: ImportView = {
        id: upload.importId,
        file: upload.fileName,
        format: "jsonl",
        state: "waiting",
        startedAtMs: null,
        finishedAtMs: null,
        bytesTotal: size,
        bytesDone: 0,
        total: lines,
        added: 0,
        known: 0,
        failed: 0,
        problems: [],
        preview: null,
        error: null,
      };
      views.set(view.id, view);
      return view;
    },
    list: async () => [...views.values()],
    read: async (_principal, id) => views.get(id),
    open: async (_principal, id) => views.get(id),
    start: async (_principal, id) => views.get(id),
    cancel: async (_principal, id) => views.get(id),
    undo: async (_principal, id) => views.get(id),
  };
}

function houseOf(stateOf: () => State): HouseApplication {
  return {
    describe: () => ({ version: "0.1.0", claimed: true, ready: true, steps: [] }),
    status: async () => ({
      version: "0.1.0",
      uptimeMs: 1_500,
      dataDirectory: "data",
      logHealth: stateOf().app.logHealth,
      logDamaged: [],
      topics: [{ name: "memories", partitions: 1, records: stateOf().offset }],
      views: [
        { name: "search", state: "following", lagRecords: 0, lagMs: 0, watermarks: [positionAt(1)], error: null },
      ],
      engines: { log: "streamer", relational: "pglite", search: "built in", keys: "file" },
      sources: [],
      embedding: null,
      purge: { lastAtMs: 1_750_000_000_000, contents: 3, pieces: 2, bytesFreed: 1_048_576 },
      rssBytes: 1_000_000,
    }),
    verify: async () => ({
      agree: true,
      log: {
        memoriesLive: 0,
        memoriesForgotten: 0,
        memoriesErased: 0,
        users: 1,
        records: 0,
        unreadable: 0,
        unopenable: 0,
        files: { kept: 0, bytes: 0, damaged: 0 },
        damaged: [],
        whole: true,
        lost: 0,
      },
      views: [{ name: "search", agree: true, census: null, missing: [], extra: [], notes: [] }],
      tookMs: 3,
    }),
    rebuild: async () => ({ events: 0, tookMs: 1 }),
    metrics: async () => "# TYPE kaelix_up gauge\nkaelix_up 1\n",
    waitFor: async () => stateOf().app.wait,
  };
}
