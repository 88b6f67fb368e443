/**
 * `/mcp`: the same port, keys, limits and checks as the API, in front of the Model Context Protocol.
 *
 * Guarantees: nothing of a body is read before the caller is known; a page of another site is refused; one request does one thing.
 */
import type { Clock } from "@kaelix/base";
import type { Logger } from "@kaelix/coordinator";
import type { MemoryClient } from "@kaelix/model";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { Application, HouseApplication } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import { type AdmissionParts, type Caller, callerOf } from "../http/admission.ts";
import { isCrossSite } from "../http/host-check.ts";
import type { ProblemRows } from "../http/problem-page.ts";
import { describeForLog } from "../http/problem.ts";
import { DATA_HEADERS } from "../http/security-headers.ts";
import { writerOf } from "../http/writer.ts";
import type { IdentityPort } from "../identity-port.ts";
import type { McpDoor } from "./serve.ts";
import type { Visit } from "./tool.ts";

/** Where it stands. */
export const MCP_PATH = "/mcp";

/** What it is made of. */
interface McpParts extends AdmissionParts {
  readonly house: () => { readonly application: Application; readonly identity: IdentityPort } | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rows: ProblemRows;
  readonly describe: HouseApplication["describe"];
}

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks at `/mcp`; set before the body is read. */
    caller: Caller | undefined;
  }
}

/** Adds `/mcp`; the answer lets it go. */
export function addMcp(fastify: FastifyInstance, parts: McpParts): { close(): Promise<void> } {
  let door: Promise<McpDoor> | undefined;
  const openDoor = (): Promise<McpDoor> => {
    door ??= import("./serve.ts").then(({ openMcpDoor }) =>
      openMcpDoor((error) => parts.log.debug(describeForLog(error), "mcp")),
    );
    return door;
  };
  fastify.decorateRequest("caller", undefined);
  fastify.route({
    method: "POST",
    url: MCP_PATH,
    onRequest: async (request, reply) => {
      reply.headers(DATA_HEADERS);
      if (isCrossSite(request.headers, parts.publicOrigins)) throw gatewayErrors("origin-refused");
      const house = parts.house();
      if (house === undefined) throw gatewayErrors("starting");
      request.caller = await callerOf(parts, house.identity, request);
    },
    handler: async (request, reply) => {
      const house = parts.house();
      const { caller } = request;
      if (house === undefined || caller === undefined) throw gatewayErrors("starting");
      mustBeOne(request.body);
      const opened = await openDoor();
      hijack(reply);
      await opened.serve(request, reply, visitOf(parts, house, { caller, request }));
    },
  });
  return { close: async () => (await door)?.close() };
}

function visitOf(
  parts: McpParts,
  house: { readonly application: Application; readonly identity: IdentityPort },
  asked: { readonly caller: Caller; readonly request: FastifyRequest },
): Visit {
  const { clock, describe, log, publicOrigins, rows } = parts;
  const { caller, request } = asked;
  let writer: Promise<MemoryClient | undefined> | undefined;
  return {
    ...house,
    caller,
    request,
    clock,
    describe,
    log,
    rows,
    origin: publicOrigins[0] ?? `${request.protocol}://${request.headers.host ?? "localhost"}`,
    writer: () => (writer ??= writerOf(house.application.access, caller.subject, caller.principal)),
  };
}

/** A list of requests would be many under the price of one; revisions since 2025-06-18 have none. */
function mustBeOne(body: unknown): void {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return;
  throw gatewayErrors("request-invalid", { message: "Cannot use the body: it must be one JSON-RPC message" });
}

/** The protocol's package writes the answer itself; what every answer carries is handed over first. */
function hijack(reply: FastifyReply): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
}
