/** What the fake server answers. Shapes are the contract's. */
import type { RouteName } from "@kaelix/contract";

import type { WireImport, WireUser } from "../data/wire.ts";
import { access } from "./fake-access.ts";
import { keeping } from "./fake-keeping.ts";
import { seal } from "./fake-seal.ts";
import { sharing } from "./fake-sharing.ts";
import { days } from "./fake-days.ts";
import { operations } from "./fake-operations.ts";
import { fakeId, fakeOwner, fakePreview } from "./fake-data.ts";
import { provider, writtenAnswer } from "./fake-provider.ts";
import { timeline } from "./fake-timeline.ts";
import { lessons } from "./fake-lessons.ts";
import { retention } from "./fake-retention.ts";
import { review } from "./fake-review.ts";
import { people } from "./fake-people.ts";
import { answer, conversations, type Filter, search } from "./fake-recall.ts";
import {
  type FakeMemory,
  type Editable,
  type FakeAnswer,
  FakeProblem,
  type FakeRequest,
  type FakeState,
  LEVELS,
  shown,
  tell,
  visible,
  wire,
} from "./fake-state.ts";

const IMPORT_MS = 6_000;

function tokensOf(state: FakeState, user: WireUser): FakeAnswer {
  const token = fakeId("ses");
  state.tokens.add(token);
  return {
    data: { access_token: token, token_type: "Bearer", expires_in: 900, refresh_token: null, user },
    headers: { "set-cookie": "kaelix_fake=1; HttpOnly; SameSite=Strict; Path=/api/v1/auth" },
  };
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
  if (name === "memories.decideRecall") {
    // Parsed by the contract's schema before it came here.
    const { never } = request.body as { readonly never: boolean };
    if (never) memory.never_recalled = true;
    else delete memory.never_recalled;
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
      client: null,
      reason: null,
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
  const body = request.body as { phone: string; name: string; password: string; claim_code?: string; code?: string };
  switch (name as string) {
    case "server.describe":
      return {
        data: {
          version: "0.1.0",
          claimed: state.user !== null,
          ready: true,
          steps: [{ name: "log", state: "done", progress: 1, detail: null, took_ms: 210 }],
          sent_up_to: null,
          recovery: true,
          sign_in_with: [],
        },
      };
    case "auth.signUp":
      if (state.user !== null)
        throw new FakeProblem(403, "sign-up-closed", "Sign-up is closed: ask the owner for an invite");
      if (body.claim_code !== state.claimCode)
        throw new FakeProblem(403, "claim-code-wrong", "The claim code is not right");
      state.user = fakeOwner(body.name, body.phone);
      state.password = body.password;
      return tokensOf(state, state.user);
    case "auth.logIn":
      if (state.user === null || body.phone !== state.user.phone || body.password !== state.password)
        throw new FakeProblem(401, "sign-in-wrong", "Phone or password is not right");
      if (state.access.totp && body.code === undefined)
        throw new FakeProblem(403, "second-factor-needed", "Give the code of your authenticator app");
      if (state.access.totp && body.code !== "123456") throw new FakeProblem(403, "code-wrong", "The code is wrong");
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
  const body = request.body as { password?: string; code?: string; level: number; role: string };
  switch (name as string) {
    case "auth.logOut":
      return { headers: { "set-cookie": "kaelix_fake=; Max-Age=0; Path=/api/v1/auth" } };
    case "auth.unlock":
      if (state.access.totp ? body.code !== "123456" : body.password !== state.password)
        throw new FakeProblem(403, "password-wrong", "The password is not right");
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
          damaged: [],
          topics: [
            { name: "memories", partitions: 8, records: state.offset },
            { name: "identity", partitions: 1, records: 12 },
            { name: "audit", partitions: 8, records: 4_102 },
          ],
        },
        views: [view("relational", 0), view("search", 212)],
        engines: { log: "streamer", relational: "pglite", search: "built in", keys: "file" },
        sources: [],
        embedding: null,
        purge: { last_at: "2026-11-20T08:00:00.000Z", contents: 412, pieces: 9, bytes_freed: 5_242_880 },
        memory_rss_bytes: 212_000_000,
      },
    };
  }
  if (name !== "verifications.run") return undefined;
  return {
    data: {
      agree: true,
      log: {
        records: state.offset,
        ...census,
        unreadable: 0,
        unopenable: 0,
        files: { kept: 0, bytes: 0, damaged: 0 },
        damaged: [],
        whole: true,
        lost: 0,
      },
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
    as_of?: string;
    query: string;
    limit: number;
    offset: number;
    filter?: Filter;
  };
  switch (name as string) {
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
      const { before = "9999", never_recalled: kept, source } = request.query;
      const isIn = (memory: FakeMemory): boolean =>
        memory.occurred_at < before &&
        (source === undefined || memory.source === source) &&
        (kept === undefined || (kept === "only") === (memory.never_recalled === true));
      const all = visible(state).filter(
        (memory) => isIn(memory) && (wanted === undefined || memory.conversation?.id === wanted),
      );
      const next = start + limit < all.length ? String(start + limit) : null;
      return { data: { data: all.slice(start, start + limit).map(wire), page: { next, prev: null } } };
    }
    case "conversations.list":
      return { data: { data: conversations(state), page: { next: null, prev: null } } };
    case "searches.run":
      return search(state, body);
    case "answers.write":
      return writtenAnswer(answer(state, body.question, body.as_of).data);
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
    access(state, name, request) ??
    sharing(state, name, request) ??
    days(state, name, request) ??
    operations(state.access.isProved, name, request) ??
    keeping(state, name, request) ??
    provider(state, name, request) ??
    seal(state, name, request) ??
    house(state, name) ??
    imports(state, name, request) ??
    people(state, name, request) ??
    review(state, name, request) ??
    lessons(state, name) ??
    retention(state, name, request) ??
    timeline(state, name, request) ??
    memoriesOf(state, name, request);
  if (done !== undefined) return done;
  if (name === "sessions.end") return {};
  throw new FakeProblem(404, "route-missing", "The fake does not know this route");
}
