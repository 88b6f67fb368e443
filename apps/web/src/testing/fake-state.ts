/** What the fake server answers. Shapes are the contract's; meanings are the simplest that let every screen be seen. */
import type { IncomingHttpHeaders } from "node:http";

import type { RouteName } from "@kaelix/contract";
import { parseLevel } from "@kaelix/model";

import type { WireConversation, WireImport, WireMemory, WireUser, WireVersion } from "../data/wire.ts";
import { CARLA, fakeId, fakeLevel, fakePreview } from "./fake-data.ts";

/** A problem document in the making. */
export class FakeProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Editable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type FakeMemory = Editable<WireMemory> & {
  forgotten: boolean;
  bornMs: number;
  conversationKey: string | null;
  log: WireVersion[];
};

/** Everything a fake knows. */
export interface FakeState {
  readonly claimCode: string;
  readonly startedMs: number;
  user: Editable<WireUser> | null;
  password: string;
  offset: number;
  readonly tokens: Set<string>;
  readonly memories: Map<string, FakeMemory>;
  readonly imports: Map<string, Editable<WireImport> & { beganMs: number }>;
  readonly conversationIds: Map<string, string>;
}

interface FakeRequest {
  readonly body: unknown;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
}

interface FakeAnswer {
  readonly status?: number;
  readonly data?: unknown;
  readonly headers?: Record<string, string>;
}

const LEVELS = ["general", "confidential", "secret", "ultra-secret"] as const;
const SEARCHABLE_AFTER_MS = 400;
const IMPORT_MS = 6_000;

interface Telling {
  readonly text: string;
  readonly at?: string | undefined;
  readonly level?: unknown;
  readonly speaker?: string | null;
  readonly conversation?: { readonly key: string; readonly title?: string | undefined } | undefined;
  readonly source?: WireMemory["source"];
}

function tell(state: FakeState, telling: Telling): FakeMemory {
  const { text, conversation } = telling;
  const guess = fakeLevel(text);
  const chosen = telling.level === undefined || telling.level === "auto" ? undefined : parseLevel(telling.level);
  const level = chosen === undefined ? guess.level : (LEVELS[chosen - 1] ?? "general");
  const id = fakeId("mem");
  const now = new Date().toISOString();
  const position = `memories/0@${(state.offset += 1)}`;
  let conversationId: string | undefined;
  if (conversation !== undefined) {
    conversationId = state.conversationIds.get(conversation.key) ?? fakeId("con");
    state.conversationIds.set(conversation.key, conversationId);
  }
  const decidedBy = chosen === undefined ? "rule" : "person";
  const memory: FakeMemory = {
    id,
    text,
    caption: null,
    speaker: telling.speaker ?? null,
    conversation: conversationId === undefined ? null : { id: conversationId, title: conversation?.title ?? null },
    level,
    level_decided_by: decidedBy,
    confidence: chosen === undefined ? guess.confidence : 1,
    reasons: chosen === undefined ? [{ rule: guess.rule, level: guess.level, text: guess.why }] : [],
    source: telling.source ?? "chat",
    external_id: null,
    import_id: null,
    attachments: [],
    context: null,
    occurred_at: telling.at ?? now,
    recorded_at: now,
    version: 1,
    position,
    progress: { stored: true, searchable: false, classified: true },
    forgotten: false,
    bornMs: telling.source === "whatsapp" ? 0 : Date.now(),
    conversationKey: conversation?.key ?? null,
    log: [{ version: 1, change: "told", text, level, level_decided_by: decidedBy, at: now, position }],
  };
  state.memories.set(id, memory);
  return memory;
}

/** A fresh fake; seeded ones are claimed and know an invented chat. */
export function makeFakeState(seeded: boolean): FakeState {
  const state: FakeState = {
    claimCode: "7F3K-Q2MX",
    startedMs: Date.now(),
    user: null,
    password: "",
    offset: 88_400,
    tokens: new Set(),
    memories: new Map(),
    imports: new Map(),
    conversationIds: new Map(),
  };
  if (!seeded) return state;
  state.user = {
    id: fakeId("usr"),
    name: "Ann Becker",
    phone: "+15550100",
    role: "owner",
    open_up_to: "confidential",
    open_until: null,
  };
  state.password = "fake password";
  for (const line of CARLA) {
    tell(state, {
      text: line.text,
      at: line.at,
      speaker: line.from,
      source: "whatsapp",
      conversation: { key: "carla", title: "Carla" },
    });
  }
  const notes = { key: "notes", title: "Notes" };
  const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  tell(state, {
    text: "Grandpa's boat was called Seestern. He sold it in 1987 to a man from Kiel.",
    at: ago(73),
    conversation: notes,
  });
  tell(state, {
    text: "The heating is serviced by Brandt, every October. Ask for Mr Okafor.",
    at: ago(26),
    conversation: notes,
  });
  tell(state, { text: "Mum is allergic to walnuts", at: ago(3), conversation: notes });
  tell(state, { text: "My passport is in the blue box, number X1234567", at: ago(2), conversation: notes });
  tell(state, { text: "Promised Bob to return the drill before Sunday", at: ago(1), conversation: notes });
  return state;
}

function shown(state: FakeState, memory: FakeMemory): boolean {
  return !memory.forgotten && LEVELS.indexOf(memory.level) <= LEVELS.indexOf(state.user?.open_up_to ?? "general");
}

function wire(memory: FakeMemory): WireMemory {
  const { forgotten: _forgotten, bornMs, conversationKey: _key, log: _log, ...rest } = memory;
  const searchable = LEVELS.indexOf(memory.level) < 2 && Date.now() - bornMs > SEARCHABLE_AFTER_MS;
  return { ...rest, progress: { ...rest.progress, searchable } };
}

function visible(state: FakeState): FakeMemory[] {
  return [...state.memories.values()]
    .filter((memory) => shown(state, memory))
    .toSorted((a, b) => Date.parse(b.occurred_at) - Date.parse(a.occurred_at));
}

function tokensOf(state: FakeState, user: WireUser): FakeAnswer {
  const token = fakeId("ses");
  state.tokens.add(token);
  return {
    data: { access_token: token, token_type: "Bearer", expires_in: 900, refresh_token: null, user },
    headers: { "set-cookie": "kaelix_fake=1; HttpOnly; SameSite=Strict; Path=/api/v1/auth" },
  };
}

const signals = (score: number) => [
  { signal: "words", score, text: "“harbour” and “dinner” stand in it" },
  { signal: "recent", score: 0.1, text: "It is from the last two years" },
];

function find(
  state: FakeState,
  query: string,
): { memory: FakeMemory; highlights: [number, number][]; score: number }[] {
  const words = query.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? [];
  const plain = new Set(["what", "when", "did", "the", "who", "last", "about", "know", "have"]);
  return visible(state)
    .map((memory) => {
      const text = memory.text.toLowerCase();
      const highlights = words
        .filter((word) => !plain.has(word))
        .flatMap((word): [number, number][] => {
          const at = text.search(new RegExp(`(?<![\\p{L}\\d])${word.slice(0, 6)}`, "u"));
          return at < 0 ? [] : [[at, Math.min(text.length, at + word.length)]];
        });
      return { memory, highlights, score: highlights.length };
    })
    .filter((hit) => hit.score > 0)
    .toSorted((a, b) => b.score - a.score);
}

function count(values: readonly string[]): { value: string; label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, number]) => ({ value, label: value, count: number }));
}

interface Filter {
  readonly person?: string;
  readonly source?: string;
  readonly level?: number;
  readonly after?: string;
  readonly before?: string;
}

function passes(memory: FakeMemory, filter: Filter): boolean {
  const at = Date.parse(memory.occurred_at);
  return (
    (filter.person === undefined || memory.speaker === filter.person) &&
    (filter.source === undefined || memory.source === filter.source) &&
    (filter.level === undefined || LEVELS.indexOf(memory.level) === filter.level - 1) &&
    (filter.after === undefined || at >= Date.parse(filter.after)) &&
    (filter.before === undefined || at < Date.parse(filter.before))
  );
}

function search(state: FakeState, body: { query: string; filter?: Filter; limit: number; offset: number }): FakeAnswer {
  const hits = find(state, body.query).filter(({ memory }) => passes(memory, body.filter ?? {}));
  const memories = hits.map((hit) => hit.memory);
  return {
    data: {
      hits: hits
        .slice(body.offset, body.offset + body.limit)
        .map(({ memory, highlights, score }) => ({ memory: wire(memory), score, highlights, why: signals(score) })),
      total: hits.length,
      facets: {
        person: count(memories.flatMap((memory) => (memory.speaker === null ? [] : [memory.speaker]))),
        source: count(memories.map((memory) => memory.source)),
        level: count(memories.map((memory) => memory.level)),
        month: count(memories.map((memory) => memory.occurred_at.slice(0, 7))),
        conversation: [],
      },
      took_ms: 3.2,
    },
  };
}

function answer(state: FakeState, question: string): FakeAnswer {
  const hits = find(state, question).slice(0, 3);
  if (hits.length === 0)
    return {
      data: {
        kind: "nothing",
        text: "I have nothing on that.",
        sentences: [],
        citations: [],
        confidence: 0,
        took_ms: 4,
      },
    };
  const citations = hits.map(({ memory, score }, at) => ({
    number: at + 1,
    memory: wire(memory),
    quote: memory.text,
    range: [0, memory.text.length],
    why: signals(score),
  }));
  const sentences = citations.map(({ quote, number }) => ({ text: quote, citations: [number] }));
  return {
    data: {
      kind: "quoted",
      text: sentences.map(({ text }) => text).join(" "),
      sentences,
      citations,
      confidence: 0.78,
      took_ms: 41,
    },
  };
}

function conversations(state: FakeState): WireConversation[] {
  const groups = new Map<string, FakeMemory[]>();
  for (const memory of visible(state)) {
    if (memory.conversation === null) continue;
    groups.set(memory.conversation.id, [...(groups.get(memory.conversation.id) ?? []), memory]);
  }
  return [...groups].flatMap(([id, [newest, ...rest]]) =>
    newest === undefined
      ? []
      : [
          {
            id,
            title: newest.conversation?.title ?? null,
            memories: rest.length + 1,
            last_at: newest.occurred_at,
            last_text: newest.text,
            last_speaker: newest.speaker,
            source: newest.source,
          },
        ],
  );
}

function importNow(running: Editable<WireImport> & { beganMs: number }): WireImport {
  const { beganMs, ...view } = running;
  if (running.state !== "running") return view;
  const done = Math.min(1, (Date.now() - beganMs) / IMPORT_MS);
  view.bytes_done = Math.round(view.bytes_total * done);
  view.added = Math.round((view.total ?? 0) * done);
  if (done === 1) Object.assign(running, { ...view, state: "done", finished_at: new Date().toISOString() });
  return done === 1 ? { ...view, state: "done", finished_at: running.finished_at } : view;
}

function upload(state: FakeState, body: unknown): FakeAnswer {
  // The fake's own reader of uploads made it.
  const { fileName, bytes } = body as { fileName: string; bytes: number };
  const format = fileName.endsWith(".csv")
    ? "csv"
    : fileName.endsWith(".md")
      ? "markdown"
      : fileName.endsWith(".jsonl")
        ? "jsonl"
        : "whatsapp";
  const preview = fakePreview(format);
  const made = {
    id: fakeId("imp"),
    file: fileName,
    format,
    state: "waiting",
    started_at: null,
    finished_at: null,
    bytes_total: bytes * 1_000,
    bytes_done: 0,
    total: preview.total,
    added: 0,
    known: 0,
    failed: 0,
    problems: preview.problems,
    preview,
    error: null,
    beganMs: 0,
  } as const;
  state.imports.set(made.id, { ...made, problems: [...made.problems] });
  return { data: made };
}

function changeMemory(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer {
  const memory = state.memories.get(request.params["id"] ?? "");
  if (memory === undefined || (name !== "memories.restore" && !shown(state, memory)))
    throw new FakeProblem(404, "memory-missing", "There is no such memory");
  const stale = request.headers["if-match"] !== undefined && request.headers["if-match"] !== `"${memory.version}"`;
  if (stale) throw new FakeProblem(412, "version-stale", "The memory was changed meanwhile");
  if (name === "memories.forget") {
    memory.forgotten = true;
    return {};
  }
  if (name === "memories.restore") memory.forgotten = false;
  else if (name === "memories.edit" || name === "memories.move") {
    // Parsed by the contract's schema before it came here.
    const body = request.body as { text?: string; level?: number };
    memory.version += 1;
    memory.bornMs = Date.now();
    memory.position = `memories/0@${(state.offset += 1)}`;
    if (body.text !== undefined) memory.text = body.text;
    if (body.level !== undefined)
      Object.assign(memory, { level: LEVELS[body.level - 1], level_decided_by: "person", confidence: 1, reasons: [] });
    memory.log.unshift({
      version: memory.version,
      change: body.text === undefined ? "move" : "edit",
      text: memory.text,
      level: memory.level,
      level_decided_by: "person",
      at: new Date().toISOString(),
      position: memory.position,
    });
  }
  if (name === "memories.versions") return { data: { data: memory.log } };
  return {
    data: wire(memory),
    headers: { etag: `"${memory.version}"`, "kaelix-position": memory.position.replace("@", "/") },
  };
}

function identity(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  // Bodies were parsed by the contract's schemas before they came here.
  const body = request.body as { phone: string; name: string; password: string; claim_code?: string; level?: number };
  switch (name) {
    case "server.describe":
      return {
        data: {
          version: "0.1.0",
          claimed: state.user !== null,
          ready: true,
          steps: [{ name: "log", state: "done", progress: 1, detail: null, took_ms: 210 }],
        },
      };
    case "auth.signUp":
      if (state.user !== null)
        throw new FakeProblem(403, "sign-up-closed", "Sign-up is closed: ask the owner for an invite");
      if (body.claim_code !== state.claimCode)
        throw new FakeProblem(403, "claim-code-wrong", "The claim code is not right");
      state.user = {
        id: fakeId("usr"),
        name: body.name,
        phone: body.phone,
        role: "owner",
        open_up_to: "confidential",
        open_until: null,
      };
      state.password = body.password;
      return tokensOf(state, state.user);
    case "auth.logIn":
      if (state.user === null || body.phone !== state.user.phone || body.password !== state.password)
        throw new FakeProblem(401, "sign-in-wrong", "Phone or password is not right");
      return tokensOf(state, state.user);
    case "auth.refresh":
      if (state.user === null || !(request.headers.cookie ?? "").includes("kaelix_fake=1"))
        throw new FakeProblem(401, "session-ended", "There is no session");
      return tokensOf(state, state.user);
    default:
      return undefined;
  }
}

function account(
  state: FakeState,
  user: Editable<WireUser>,
  name: RouteName,
  request: FakeRequest,
): FakeAnswer | undefined {
  const now = new Date().toISOString();
  // Parsed by the contract's schema before it came here.
  const body = request.body as { password: string; level: number; role: string };
  switch (name) {
    case "auth.logOut":
      return { headers: { "set-cookie": "kaelix_fake=; Max-Age=0; Path=/api/v1/auth" } };
    case "auth.unlock":
      if (body.password !== state.password) throw new FakeProblem(403, "password-wrong", "The password is not right");
      user.open_up_to = LEVELS[body.level - 1] ?? "secret";
      user.open_until = new Date(Date.now() + 900_000).toISOString();
      return { data: user };
    case "auth.lock":
      user.open_up_to = "confidential";
      user.open_until = null;
      return { data: user };
    case "me.read":
      return { data: user };
    case "sessions.list":
      return {
        data: {
          data: [
            { id: fakeId("ses"), client: "Firefox on Linux", started_at: now, last_used_at: now, current: true },
            {
              id: fakeId("ses"),
              client: "Safari on iPhone",
              started_at: "2026-08-03T10:00:00Z",
              last_used_at: "2026-08-09T20:14:00Z",
              current: false,
            },
          ],
        },
      };
    case "invites.create":
      return {
        data: {
          id: "inv_1",
          code: "9QX2-77HM-41BD",
          role: body.role,
          expires_at: new Date(Date.now() + 7 * 86_400_000).toISOString(),
        },
      };
    default:
      return undefined;
  }
}

function house(state: FakeState, name: RouteName): FakeAnswer | undefined {
  const live = [...state.memories.values()].filter((memory) => !memory.forgotten).length;
  const view = (view: string, lag: number) => ({
    name: view,
    state: "following",
    lag_records: lag,
    lag_ms: lag * 3,
    watermarks: [{ topic: "memories", partition: 0, offset: state.offset }],
    error: null,
  });
  const census = { memories_live: live, memories_forgotten: state.memories.size - live, memories_erased: 0, users: 1 };
  if (name === "status.read") {
    return {
      data: {
        version: "0.1.0",
        uptime_s: (Date.now() - state.startedMs) / 1000,
        data_directory: "~/.kaelix",
        log: {
          health: "ok",
          topics: [
            { name: "memories", partitions: 8, records: state.offset },
            { name: "identity", partitions: 1, records: 12 },
            { name: "audit", partitions: 8, records: 4_102 },
          ],
        },
        views: [view("relational", 0), view("search", 212)],
        engines: { log: "streamer", relational: "pglite", search: "built in", keys: "file" },
        memory_rss_bytes: 212_000_000,
      },
    };
  }
  if (name !== "verifications.run") return undefined;
  return {
    data: {
      agree: true,
      log: { records: state.offset, ...census, unreadable: 0, damaged: [] },
      views: [
        { name: "relational", agree: true, ...census, missing: [], extra: [], notes: [] },
        {
          name: "search",
          agree: true,
          ...census,
          missing: [],
          extra: [],
          notes: ["Levels above Confidential are not indexed"],
        },
      ],
      took_ms: 184,
    },
  };
}

function imports(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  if (name === "imports.upload") return upload(state, request.body);
  if (name === "imports.list") return { data: { data: [...state.imports.values()].map(importNow).toReversed() } };
  if (!name.startsWith("imports.")) return undefined;
  const found = state.imports.get(request.params["id"] ?? "");
  if (found === undefined) throw new FakeProblem(404, "import-missing", "There is no such import");
  if (name === "imports.start")
    Object.assign(found, { state: "running", started_at: new Date().toISOString(), beganMs: Date.now() });
  if (name === "imports.cancel") found.state = "cancelled";
  if (name === "imports.undo") found.state = "undone";
  return { data: importNow(found) };
}

function memoriesOf(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  // Parsed by the contract's schemas before they came here.
  const body = request.body as {
    text: string;
    level?: unknown;
    occurred_at?: string;
    conversation?: { key: string; title?: string };
    question: string;
    query: string;
    limit: number;
    offset: number;
    filter?: Filter;
  };
  switch (name) {
    case "memories.create": {
      const memory = tell(state, {
        text: body.text,
        level: body.level,
        at: body.occurred_at,
        conversation: body.conversation,
      });
      return {
        data: { status: "stored", memory: wire(memory) },
        headers: { "kaelix-position": memory.position.replace("@", "/") },
      };
    }
    case "memories.list": {
      const limit = Number(request.query["limit"] ?? 50);
      const start = Number(request.query["cursor"] ?? 0);
      const wanted = request.query["conversation"];
      const all = visible(state).filter((memory) => wanted === undefined || memory.conversation?.id === wanted);
      const next = start + limit < all.length ? String(start + limit) : null;
      return { data: { data: all.slice(start, start + limit).map(wire), page: { next, prev: null } } };
    }
    case "conversations.list":
      return { data: { data: conversations(state), page: { next: null, prev: null } } };
    case "searches.run":
      return search(state, body);
    case "answers.ask":
      return answer(state, body.question);
    default:
      return name.startsWith("memories.") ? changeMemory(state, name, request) : undefined;
  }
}

/** Answers one call. @throws FakeProblem */
export function fakeHandlers(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer {
  const open = identity(state, name, request);
  if (open !== undefined) return open;
  const token = (request.headers.authorization ?? "").replace("Bearer ", "");
  if (state.user === null || !state.tokens.has(token)) throw new FakeProblem(401, "sign-in-needed", "Sign in first");
  const done =
    account(state, state.user, name, request) ??
    house(state, name) ??
    imports(state, name, request) ??
    memoriesOf(state, name, request);
  if (done !== undefined) return done;
  if (name === "sessions.end") return {};
  throw new FakeProblem(404, "route-missing", "The fake does not know this route");
}
