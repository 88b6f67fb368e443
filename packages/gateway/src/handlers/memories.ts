import { type MemoryDraft, type MemoryId, parseId, type SourceKind } from "@kaelix/model";

import type { MemoryMove } from "../memory-changes.ts";
import type { ChangeOutcome, PageOf, PlacedMemory } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import { type Answer, type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { FieldsError } from "../http/problem.ts";
import { reachOf } from "./reach.ts";
import { conversationJson, type Json, memoryJson, versionJson } from "../http/wire.ts";
import { writerOf } from "../http/writer.ts";

type MemoryRoutes =
  | "memories.create"
  | "memories.list"
  | "memories.read"
  | "memories.edit"
  | "memories.move"
  | "memories.forget"
  | "memories.decideRecall"
  | "memories.restore"
  | "memories.versions"
  | "conversations.list";

/** Telling, reading and changing memories. */
export const memoryHandlers: HandlersOf<MemoryRoutes> = {
  "memories.create": create,
  "memories.list": async ({ application, principal, query, request }) => {
    const page = await application.memories.list(
      principal,
      withoutUndefined({
        limit: query.limit,
        cursor: query.cursor,
        conversationId: query.conversation === undefined ? undefined : parseId("con", query.conversation),
        importId: query.import === undefined ? undefined : parseId("imp", query.import),
        source: query.source,
        afterMs: timeMs(query.after, "after"),
        beforeMs: timeMs(query.before, "before"),
        clientSealed: query.sealed === undefined ? undefined : (true as const),
        neverRecalled: query.never_recalled,
      }),
      reachOf(request, query.owner),
    );
    return pageAnswer(page, memoryJson, request.url);
  },
  "memories.read": async ({ application, principal, params, request }) => {
    const placed = await application.memories.read(principal, memoryIdOf(params.id), reachOf(request, undefined));
    if (placed === undefined) throw gatewayErrors("not-found");
    return memoryAnswer(placed);
  },
  "memories.edit": async ({ application, principal, params, body, expectedVersion, request }) => {
    if (body.sealed !== undefined) mustBePerson(request.subject);
    const client = await writerOf(application.access, request.subject, principal);
    const { caption, context, sealed: clientSealed, text } = body;
    const change = withoutUndefined({ text, caption, context, clientSealed, client });
    return changeAnswer(await application.memories.edit(principal, memoryIdOf(params.id), change, expectedVersion));
  },
  "memories.move": async ({ application, principal, params, body, expectedVersion }) =>
    changeAnswer(await application.memories.move(principal, memoryIdOf(params.id), moveOf(body), expectedVersion)),
  "memories.forget": async ({ application, principal, params, expectedVersion }) => {
    const placed = changedOf(await application.memories.forget(principal, memoryIdOf(params.id), expectedVersion));
    return { type: "empty", position: placed.position };
  },
  "memories.decideRecall": async ({ application, principal, params, body, expectedVersion }) =>
    changeAnswer(
      await application.memories.decideRecall(principal, memoryIdOf(params.id), body.never, expectedVersion),
    ),
  "memories.restore": async ({ application, principal, params }) =>
    changeAnswer(await application.memories.restore(principal, memoryIdOf(params.id))),
  "memories.versions": async ({ application, principal, params }) => {
    const versions = await application.memories.versions(principal, memoryIdOf(params.id));
    if (versions === undefined) throw gatewayErrors("not-found");
    return { type: "json", body: { data: versions.map(versionJson) } };
  },
  "conversations.list": async ({ application, principal, query, request }) => {
    const page = await application.memories.conversations(
      principal,
      withoutUndefined({ limit: query.limit, cursor: query.cursor }),
      reachOf(request, query.owner),
    );
    return pageAnswer(page, conversationJson, request.url);
  },
};

async function create(exchange: Exchange<"memories.create">): Promise<Answer> {
  const { application, principal, request, wish } = exchange;
  if (exchange.body.sealed !== undefined) mustBePerson(request.subject);
  const client = await writerOf(application.access, request.subject, principal);
  const draft = { ...draftOf(exchange), ...withoutUndefined({ client }) };
  const files = (exchange.body.files ?? []).flatMap((id) => parseId("fil", id) ?? []);
  const outcome = await application.memories.remember(principal, draft, files);
  // A person who tells again what is locked has just said it; a program might be guessing, and is told the same whether it is right.
  const isProgram = request.subject !== undefined && request.subject.type !== "user";
  if (outcome.type === "known" && isProgram && outcome.placed.memory.level > principal.ceiling)
    throw gatewayErrors("external-id-conflict");
  if (outcome.type === "proposed") throw gatewayErrors("write-proposed");
  if (outcome.type === "conflict") {
    // The id is named only to a session that may see the memory.
    const visible = await application.memories.read(principal, outcome.memoryId);
    throw gatewayErrors("external-id-conflict", visible ? { details: { memory_id: outcome.memoryId } } : {});
  }
  let placed = outcome.placed;
  const headers: Record<string, string> = {};
  if (wish !== undefined) {
    const reached = await waitFor(exchange, placed);
    if (reached !== undefined) {
      placed = reached;
      headers["preference-applied"] = `wait=${wish.seconds}, kaelix-until=${wish.until}`;
    }
  }
  return {
    type: "json",
    status: outcome.type === "stored" ? 201 : 200,
    body: { status: outcome.type, memory: memoryJson(placed) },
    position: placed.position,
    version: placed.memory.version,
    level: placed.memory.level,
    headers: { ...headers, location: `/api/v1/memories/${placed.memory.memoryId}` },
  };
}

/** A program has no browser: what it sealed nobody could open. */
function mustBePerson(subject: Exchange["request"]["subject"]): void {
  if (subject !== undefined && subject.type !== "user") throw gatewayErrors("confirmation-needed");
}

function moveOf({ level, opened, sealed }: Exchange<"memories.move">["body"]): MemoryMove {
  if (opened === undefined) return withoutUndefined({ level, clientSealed: sealed });
  const { text, caption, speaker, attachments, context } = opened;
  const names = { conversationTitle: opened.conversation_title, externalId: opened.external_id };
  return { level, opened: withoutUndefined({ text, caption, speaker, attachments, context, ...names }) };
}

/** The memory as it is once it came as far as wished; undefined when the time ran out. */
async function waitFor(exchange: Exchange<"memories.create">, placed: PlacedMemory): Promise<PlacedMemory | undefined> {
  const { application, principal, wish } = exchange;
  // It is stored before it is answered, and classified before it is stored.
  if (wish === undefined || wish.until !== "indexed") return placed;
  const outcome = await application.house.waitFor(placed.position, { timeoutMs: wish.seconds * 1_000 });
  if (outcome === "timeout") return undefined;
  return (await application.memories.read(principal, placed.memory.memoryId)) ?? placed;
}

function draftOf(exchange: Exchange<"memories.create">): MemoryDraft {
  const { body } = exchange;
  return withoutUndefined({
    text: body.text ?? "",
    clientSealed: body.sealed,
    source: sourceOf(exchange),
    caption: body.caption,
    speaker: body.speaker,
    conversation:
      body.conversation === undefined
        ? undefined
        : { key: body.conversation.key, title: body.conversation.title ?? body.conversation.key },
    externalId: body.external_id,
    attachments: body.attachments,
    context: body.context,
    occurredAtMs: timeMs(body.occurred_at, "occurred_at"),
    level: body.level === "auto" ? undefined : body.level,
  });
}

/** Our own page and our own command line say so by headers that others have no reason to send. */
function sourceOf(exchange: Pick<Exchange, "request">): SourceKind {
  const { headers } = exchange.request;
  if (headers["sec-fetch-site"] === "same-origin") return "chat";
  return headers["user-agent"]?.startsWith("kaelix-cli") === true ? "cli" : "rest";
}

function memoryAnswer(placed: PlacedMemory): Answer {
  return {
    type: "json",
    body: memoryJson(placed),
    position: placed.position,
    version: placed.memory.version,
    level: placed.memory.level,
  };
}

function changeAnswer(outcome: ChangeOutcome): Answer {
  return memoryAnswer(changedOf(outcome));
}

function changedOf(outcome: ChangeOutcome): PlacedMemory {
  if (outcome.type === "changed") return outcome.placed;
  if (outcome.type === "missing") throw gatewayErrors("not-found");
  throw gatewayErrors("version-stale", { details: { version: outcome.version } });
}

/** An id that parses as none is as missing as one that nobody has. */
function memoryIdOf(text: string): MemoryId {
  const id = parseId("mem", text);
  if (id === undefined) throw gatewayErrors("not-found");
  return id;
}

/** Epoch ms of a time that the schema has taken. */
export function timeMs(text: string | undefined, field: string): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new FieldsError([{ pointer: `/${field}`, detail: "There is no such time" }]);
  return ms;
}

/** A page of a list with its `Link` header (RFC 8288). */
function pageAnswer<Item>(page: PageOf<Item>, json: (item: Item) => Json, url: string): Answer {
  const links = [
    ...(page.next === null ? [] : [`<${withCursor(url, page.next)}>; rel="next"`]),
    ...(page.previous === null ? [] : [`<${withCursor(url, page.previous)}>; rel="prev"`]),
  ];
  return {
    type: "json",
    body: { data: page.items.map(json), page: { next: page.next, prev: page.previous } },
    ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }),
  };
}

function withCursor(url: string, cursor: string): string {
  const [path = "", query = ""] = url.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("cursor", cursor);
  return `${path}?${parameters.toString()}`;
}
