/** What holds for every request, of the API or not: trace id, Host, rate by address, errors, unknown addresses, bodies that trickle, the access log. */
import type { IncomingMessage } from "node:http";

import type { Clock } from "@kaelix/base";
import type { Logger } from "@kaelix/coordinator";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { gatewayErrors } from "../errors.ts";
import type { GatewaySettings } from "../settings.ts";
import { signInHint } from "../oauth/metadata.ts";
import type { Attempts } from "./attempts.ts";
import type { HostCheck } from "./host-check.ts";
import type { ProblemRows } from "./problem-page.ts";
import { isLoopback } from "./host-check.ts";
import { issuerOf } from "./issuer.ts";
import { describeForLog, problemOf } from "./problem.ts";
import { DATA_HEADERS, TRANSPORT_SECURITY } from "./security-headers.ts";
import { TokenBuckets } from "./token-bucket.ts";
import type { methodIndex } from "./route-entries.ts";
import type { WebApp } from "./web-app.ts";

/** What the edge works with. */
interface EdgeOptions {
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Answers with a problem. */
  readonly send: ProblemSender;
  readonly hostCheck: HostCheck;
  /** True once the gateway has begun to close. */
  readonly isClosing: () => boolean;
  readonly web: WebApp;
  /** Methods that there are at a path. */
  readonly methods: ReturnType<typeof methodIndex>;
}

/** What a problem is sent with. */
interface ProblemSenderOptions extends Pick<EdgeOptions, "log" | "settings"> {
  /** Rows of all codes: their texts are the titles of problems. */
  readonly rows: ProblemRows;
  /** Counts what was refused: one for a gateway, whoever sends. */
  readonly attempts: Attempts;
}

type ProblemSender = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

const ADDRESSES_MAX = 20_000;
/** A body that is no upload comes at once: what trickles longer is cut off. Uploads have the hour that the server gives any request. */
const BODY_MS_MAX = 60_000;
/** Under these a program speaks, never a page. */
const DATA_PATH_PATTERN =
  /^\/(api|auth|oauth|\.well-known|mcp|socket\.io|health|ready|metrics|openapi\.json|problems)(\/|$)/;

/** Adds the hooks, the error handler and what answers unknown addresses. */
export function addEdge(fastify: FastifyInstance, options: EdgeOptions): void {
  const { clock, log, send, settings } = options;
  const addresses = new TokenBuckets({ perSecond: settings.addressRequestsPerSecond, keysMax: ADDRESSES_MAX });

  fastify.addHook("onRequest", (request, reply, done) => {
    reply.header("kaelix-trace-id", request.id);
    const isUpload = (request.routeOptions.bodyLimit ?? 0) > settings.bodyBytesMax;
    if (!isUpload) endTrickle(request.raw);
    // For localhost it would bind every other server of this machine too, as browsers keep it by name and not by port.
    if (request.protocol === "https" && !isLoopback(request.hostname))
      reply.header("strict-transport-security", TRANSPORT_SECURITY);
    if (options.isClosing()) {
      reply.header("connection", "close");
      return done(gatewayErrors("stopping"));
    }
    if (!options.hostCheck(request.headers.host)) return done(gatewayErrors("host-refused"));
    const taken = addresses.take(request.ip, clock.monotonicMs());
    if (taken.type === "spent") {
      return done(gatewayErrors("rate-limited", { details: { retryAfterMs: taken.retryAfterMs } }));
    }
    // Another route's name for a part of its path would take this one: GET /digests/seen is no digest of a day.
    const isTakenByPart = request.routeOptions.url?.includes("/:") === true;
    const named = isTakenByPart ? options.methods.named(pathOf(request)) : undefined;
    if (named === undefined || named.includes(request.method)) return done();
    reply.header("allow", named.join(", "));
    done(gatewayErrors("method-not-allowed"));
  });
  // An upload that was refused goes on being sent, and is read to be thrown away.
  fastify.addHook("onResponse", (request, _reply, done) => {
    endTrickle(request.raw);
    done();
  });
  if (settings.accessLog) {
    fastify.addHook("onResponse", (request, reply, done) => {
      log.info(
        {
          method: request.method,
          // The pattern, not the address: addresses hold ids and queries.
          route: request.routeOptions.url ?? "(none)",
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          trace_id: request.id,
        },
        "request",
      );
      done();
    });
  }
  const refuseAddress = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const methods = options.methods.at(pathOf(request));
    if (methods.length === 0) return send(gatewayErrors("route-unknown"), request, reply);
    reply.header("allow", methods.join(", "));
    return send(gatewayErrors("method-not-allowed"), request, reply);
  };
  fastify.setErrorHandler((error, request, reply) =>
    // Fastify wants QUERY to name a body's type before it looks whether anything takes QUERY; nothing does.
    request.method === "QUERY" && isMissingType(error) ? refuseAddress(request, reply) : send(error, request, reply),
  );
  fastify.setNotFoundHandler((request, reply) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    const isPage = isRead && !DATA_PATH_PATTERN.test(pathOf(request));
    if (isPage && options.web.serve(request, reply, clock.monotonicMs())) return reply;
    return refuseAddress(request, reply);
  });
}

function endTrickle(raw: IncomingMessage): void {
  const hasBody = "content-length" in raw.headers || "transfer-encoding" in raw.headers;
  if (!hasBody || raw.complete) return;
  const timer = setTimeout(() => {
    if (!raw.complete) raw.destroy();
  }, BODY_MS_MAX);
  timer.unref();
  raw.once("end", () => clearTimeout(timer));
  raw.once("close", () => clearTimeout(timer));
}

function pathOf(request: FastifyRequest): string {
  return request.url.split("?")[0] ?? "";
}

function isMissingType(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "FST_ERR_ROUTE_MISSING_CONTENT_TYPE";
}

/** Makes what answers with the problem document of an error; what nobody expected goes to the log, without its message. */
export function problemSender(options: ProblemSenderOptions): ProblemSender {
  return (error, request, reply) => {
    const problem = problemOf(error, { instance: pathOf(request), traceId: request.id }, options.rows);
    if (problem.unexpected || problem.status === 500) {
      const route = request.routeOptions.url ?? "(none)";
      options.log.error({ trace_id: request.id, route, ...describeForLog(error) }, "failed");
    }
    options.attempts.note(problem.code, request);
    const challenge = problem.headers["www-authenticate"];
    const hint = signInHint(pathOf(request), issuerOf(request, options.settings.publicOrigins));
    return reply
      .header("kaelix-trace-id", request.id)
      .headers(DATA_HEADERS)
      .headers(problem.headers)
      .headers(challenge === undefined ? {} : { "www-authenticate": challenge + hint })
      .code(problem.status)
      .type("application/problem+json; charset=utf-8")
      .send(JSON.stringify(problem.document));
  };
}
