/**
 * What every request of the API goes through, in this order: is the house ready, who asks, may they, not too often, does it parse,
 * has it been asked before, do it, answer. Nothing of a body is read before the caller is known and allowed.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import { assert, type Clock, formatPositionHeader } from "@kaelix/base";
import type { Route } from "@kaelix/contract";
import { type Level, parseId, type UserPrincipal } from "@kaelix/model";
import { denialError, type KeyProofs, parseAction, type Subject } from "@kaelix/security";
import type { FastifyReply, FastifyRequest } from "fastify";

import type { Application } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import type { IdentityPort } from "../identity-port.ts";
import { callerOf, mustMay } from "./admission.ts";
import type { Answer, Exchange } from "./exchange.ts";
import type { IdempotencyKeys, KeptAnswer } from "./idempotency.ts";
import { formatETag, parseAfter, parseIdempotencyKey, parseIfMatch, parsePrefer } from "./preconditions.ts";
import { type FieldProblem, FieldsError } from "./problem.ts";
import type { Alias, RouteEntry } from "./route-entries.ts";
import { DATA_HEADERS } from "./security-headers.ts";
import type { TokenBuckets } from "./token-bucket.ts";
import { parseInput } from "./validate.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; set before the body is read. */
    principal: UserPrincipal | undefined;
    /** The person or program that the policy was asked about. */
    subject: Exclude<Subject, { type: "anonymous" }> | undefined;
    /** When the session's raised level falls back, epoch ms. */
    ceilingUntilMs: number | null;
  }
}

/** What stands behind the gateway once it has started. */
export interface House {
  readonly application: Application;
  readonly identity: IdentityPort;
}

/** What the pipeline works with. */
export interface PipelineParts {
  /** Undefined while the house is starting. */
  readonly house: () => House | undefined;
  readonly clock: Clock;
  readonly users: TokenBuckets;
  readonly proofs: KeyProofs;
  readonly publicOrigins: readonly string[];
  readonly keys: IdempotencyKeys;
  /** Checks every answer against its schema; for tests. */
  readonly checkAnswers: boolean;
}

/** What Fastify needs of one route. */
interface ServedRoute {
  readonly guard: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
}

const AFTER_TIMEOUT_MS = 5_000;
const JSON_TYPE = "application/json; charset=utf-8";
const EMPTY: Readonly<Record<string, never>> = Object.freeze({});

/** Makes the guard and the handler of a route. */
export function serveRoute(parts: PipelineParts, entry: RouteEntry): ServedRoute {
  const { route } = entry;
  return {
    guard: async (request, reply) => {
      reply.headers(DATA_HEADERS);
      checkMediaType(route, request);
      if (entry.name === "server.describe") return;
      const house = readyHouse(parts);
      if (route.action === "public") return;
      const caller = await callerOf(parts, house.identity, request);
      const action = parseAction(route.action);
      assert(action !== undefined && action !== "public", "The boot has checked that every action is known");
      mustMay(caller, action, { clock: parts.clock, application: parts.house()?.application, request });
      request.principal = caller.principal;
      request.subject = caller.subject;
      request.ceilingUntilMs = caller.ceilingUntilMs;
    },
    handle: async (request, reply) => {
      const exchange = await exchangeOf(parts, entry, request, reply);
      const key = route.idempotencyKey === true ? request.headers["idempotency-key"] : undefined;
      if (typeof key === "string" && exchange.principal !== undefined) {
        return serveOnce(parts, entry, exchange, parseIdempotencyKey(key));
      }
      return sendAnswer(parts, entry, exchange, await entry.handler(exchange)).reply;
    },
  };
}

function readyHouse(parts: PipelineParts): House {
  const house = parts.house();
  if (house === undefined) throw gatewayErrors("starting");
  return house;
}

/** Refuses a body's type before the body is read. */
function checkMediaType(route: Route, request: FastifyRequest): void {
  const given = request.headers["content-type"];
  if (given === undefined) return;
  const type = (given.split(";")[0] ?? "").trim().toLowerCase();
  const wanted = route.upload === true ? "multipart/form-data" : "application/json";
  if (type !== wanted) {
    throw gatewayErrors("media-type-unsupported", { message: `Cannot read the body: its type must be ${wanted}` });
  }
}

async function exchangeOf(
  parts: PipelineParts,
  entry: RouteEntry,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Exchange> {
  const { route } = entry;
  const { headers } = request;
  const waits = route.waits === true;
  const exchange = {
    params: route.params === undefined ? undefined : parseParams(route.params, request.params),
    query: parseQuery(route, request.query),
    body: route.upload === true ? undefined : parseBody(entry, request.body),
    principal: request.principal,
    expectedVersion: 0,
    wish: waits && typeof headers["prefer"] === "string" ? parsePrefer(headers["prefer"]) : undefined,
    // The guard let the request through, so the house is there; but for server.describe, whose handler touches neither.
    application: parts.house()?.application,
    identity: parts.house()?.identity,
    clock: parts.clock,
    request,
    reply,
  };
  // Each part was parsed by the schema of this very route, which is what the type of its handler says.
  const parsed = exchange as unknown as Exchange;
  const after = headers["kaelix-after"];
  if (waits && typeof after === "string") await waitUntilViewsReach(parsed.application, after);
  return route.ifMatch === true ? { ...parsed, expectedVersion: await versionOf(parsed) } : parsed;
}

/** The version that `If-Match` names. A condition on a memory that is not there, or not this person's, is answered by that: 404. */
async function versionOf({ application, params, principal, request }: Exchange): Promise<number> {
  try {
    return parseIfMatch(request.headers["if-match"]);
  } catch (error) {
    const text = typeof params === "object" && "id" in params ? params.id : "";
    const id = parseId("mem", text);
    if (id === undefined || principal === undefined) throw error;
    if ((await application.memories.read(principal, id)) === undefined) throw gatewayErrors("not-found");
    throw error;
  }
}

async function waitUntilViewsReach(application: Application, header: string): Promise<void> {
  const position = parseAfter(header);
  if ((await application.house.waitFor(position, { timeoutMs: AFTER_TIMEOUT_MS })) === "timeout") {
    throw gatewayErrors("view-behind");
  }
}

function parseParams(schema: NonNullable<Route["params"]>, params: unknown): unknown {
  const parsed = schema.safeParse(params);
  // Nothing can be at an address that cannot be: no different from an id that nobody has.
  if (!parsed.success) throw gatewayErrors("not-found");
  return parsed.data;
}

function parseQuery(route: Route, query: unknown): unknown {
  if (route.query !== undefined) return parseInput(route.query, query, "In the query: ");
  const names = typeof query === "object" && query !== null ? Object.keys(query) : [];
  if (names.length > 0) {
    const fields = names.slice(0, 20).map((name) => ({
      pointer: `/${name.slice(0, 100)}`,
      detail: "In the query: This field is not known",
    }));
    throw new FieldsError(fields);
  }
  return undefined;
}

function parseBody(entry: RouteEntry, body: unknown): unknown {
  const schema = entry.route.body;
  if (schema === undefined) {
    const isNothing =
      body === undefined || body === null || (typeof body === "object" && Object.keys(body).length === 0);
    if (!isNothing) throw new FieldsError([{ pointer: "", detail: "This address takes no body" }]);
    return undefined;
  }
  // No body is read as an empty one; `null` is a body, and wrong.
  const given = body === undefined ? EMPTY : body;
  const { alias } = entry;
  if (alias === undefined) return parseInput(schema, given, "");
  try {
    return parseInput(schema, renameFields(alias, given), "");
  } catch (error) {
    throw error instanceof FieldsError ? new FieldsError(error.fields.map((field) => renameBack(alias, field))) : error;
  }
}

function renameBack(alias: Alias, field: FieldProblem): FieldProblem {
  const [name] = [...alias.fields].find(([, target]) => field.pointer === `/${target}`) ?? [];
  return name === undefined ? field : { ...field, pointer: `/${name}` };
}

function renameFields(alias: Alias, body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const renamed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    const name = alias.fields.get(key);
    if (name === undefined)
      throw new FieldsError([{ pointer: `/${key.slice(0, 100)}`, detail: "This field is not known" }]);
    renamed[name] = value;
  }
  return renamed;
}

async function serveOnce(
  parts: PipelineParts,
  entry: RouteEntry,
  exchange: Exchange & { readonly principal: UserPrincipal | undefined },
  key: string,
): Promise<FastifyReply> {
  const { request, principal } = exchange;
  const ceiling: Level = principal?.ceiling ?? 1;
  const path = request.url.split("?")[0] ?? "";
  const fingerprint = createHash("sha256")
    .update(`${request.method} ${path}\n${request.headers["if-match"] ?? ""}\n${JSON.stringify(request.body) ?? ""}`)
    .digest("base64");
  // Of two programs that choose the same key neither gets what the other was answered.
  const who = `${principal?.userId} ${principal?.program?.key ?? ""}`;
  const outcome = parts.keys.begin(`${who} ${key}`, fingerprint, parts.clock.monotonicMs());
  switch (outcome.type) {
    case "mismatch":
      throw gatewayErrors("idempotency-mismatch");
    case "in-flight":
      throw gatewayErrors("idempotency-in-flight");
    case "replay":
      return replay(exchange.reply, outcome.answer, ceiling);
    case "run":
      try {
        const answer = await entry.handler(exchange);
        const { reply, body } = sendAnswer(parts, entry, exchange, answer);
        if (answer.type !== "json") outcome.release();
        else outcome.keep(keptOf(reply, body, answer.level ?? 1, ceiling));
        return reply;
      } catch (error) {
        outcome.release();
        throw error;
      }
  }
}

/** A session that has been closed up since must not read through the replay what it may no longer open. */
function replay(reply: FastifyReply, answer: KeptAnswer, ceiling: Level): FastifyReply {
  if (answer.level > ceiling && answer.ceiling > ceiling) throw denialError("level");
  reply.code(answer.status).headers(answer.headers).header("idempotency-replayed", "true");
  return reply.type(JSON_TYPE).send(answer.body);
}

const KEPT_HEADERS = ["etag", "location", "kaelix-position", "preference-applied"] as const;

function keptOf(reply: FastifyReply, body: string, level: Level, ceiling: Level): KeptAnswer {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (typeof value === "string") headers[name] = value;
  }
  return { status: reply.statusCode, headers, body, level, ceiling };
}

function sendAnswer(
  parts: PipelineParts,
  entry: RouteEntry,
  exchange: Exchange,
  answer: Answer,
): { readonly reply: FastifyReply; readonly body: string } {
  const { reply } = exchange;
  const { route, alias } = entry;
  switch (answer.type) {
    case "taken":
      return { reply, body: "" };
    case "empty":
      if (answer.position !== undefined) reply.header("kaelix-position", formatPositionHeader(answer.position));
      return { reply: reply.code(route.success.status).send(), body: "" };
    case "stream":
      if (answer.headers !== undefined) reply.headers(answer.headers);
      reply.header("content-disposition", dispositionOf(answer.fileName));
      return {
        reply: reply
          .code(answer.status ?? 200)
          .type(answer.contentType)
          .send(answer.stream),
        body: "",
      };
    case "json": {
      if (parts.checkAnswers) checkAnswer(route, answer.body);
      if (answer.headers !== undefined) reply.headers(answer.headers);
      if (answer.position !== undefined) reply.header("kaelix-position", formatPositionHeader(answer.position));
      if (answer.version !== undefined) reply.header("etag", formatETag(answer.version));
      const body = JSON.stringify(alias === undefined ? answer.body : alias.answer(answer.body));
      reply.code(alias?.status ?? answer.status ?? route.success.status).type(JSON_TYPE);
      return { reply: reply.send(body), body };
    }
  }
}

/** To be saved under a name (RFC 6266); one that headers cannot hold is written out as RFC 8187 says. */
function dispositionOf(fileName: string): string {
  const plain = fileName.replaceAll(/[^\w .()-]/g, "_");
  const disposition = `attachment; filename="${plain}"`;
  if (plain === fileName) return disposition;
  const letters = encodeURIComponent(fileName.toWellFormed()).replaceAll(/['()*]/g, (letter) => {
    return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return `${disposition}; filename*=UTF-8''${letters}`;
}

/** Compares an answer with its schema: nothing missing, nothing wrong, nothing that the contract does not name. */
function checkAnswer(route: Route, body: Readonly<Record<string, unknown>>): void {
  if (route.success.type !== "json") throw new TypeError(`${route.path} answers JSON against its contract`);
  const sent: unknown = JSON.parse(JSON.stringify(body));
  const parsed = route.success.schema.safeParse(sent);
  if (!parsed.success) {
    const places = parsed.error.issues.map((issue) => `${issue.path.join("/")} ${issue.code}`);
    throw new TypeError(`${route.method} ${route.path} breaks its contract: ${places.join("; ")}`);
  }
  if (!isDeepStrictEqual(parsed.data, sent)) {
    throw new TypeError(`${route.method} ${route.path} answers fields that its contract does not name`);
  }
}
