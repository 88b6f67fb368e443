import { printOpenApi } from "@kaelix/contract";
import type { FastifyInstance } from "fastify";

import type { Application, HouseApplication } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import { foundingPaths } from "../founding-aliases.ts";
import { isLoopback } from "./host-check.ts";
import { problemPage, type ProblemRows } from "./problem-page.ts";
import { DATA_HEADERS, PAGE_HEADERS } from "./security-headers.ts";

/** What the pages outside the API need. */
interface HousePagesOptions {
  readonly describe: HouseApplication["describe"];
  readonly application: () => Application | undefined;
  readonly metricsOpen: boolean;
  readonly rows: ProblemRows;
}

/** Paths of these pages, all read with GET. */
export const HOUSE_PATHS = ["/health", "/ready", "/metrics", "/openapi.json", "/problems/{code}"] as const;

/** Adds `/health`, `/ready`, `/metrics`, `/openapi.json` and `/problems/:code`. */
export function addHousePages(fastify: FastifyInstance, options: HousePagesOptions): void {
  let openApi: string | undefined;

  fastify.get("/health", (_request, reply) => {
    reply.headers(DATA_HEADERS).send({ status: "alive" });
  });
  fastify.get("/ready", async (_request, reply) => {
    const reason = await unreadyReason(options);
    reply.headers(DATA_HEADERS).code(reason === undefined ? 200 : 503);
    if (reason !== undefined) reply.header("retry-after", "1");
    return reply.send(reason === undefined ? { status: "ready" } : { status: "unready", reason });
  });
  fastify.get("/metrics", async (request, reply) => {
    // Behind a proxy every caller has the proxy's socket; the address that counts is the one the proxies name.
    if (!options.metricsOpen && !isLoopback(request.ip)) throw gatewayErrors("route-unknown");
    const application = options.application();
    if (application === undefined) throw gatewayErrors("starting");
    const text = await application.house.metrics();
    return reply.headers(DATA_HEADERS).type("text/plain; version=0.0.4; charset=utf-8").send(text);
  });
  fastify.get("/openapi.json", (_request, reply) => {
    openApi ??= printDocument(options.describe().version);
    reply
      .headers(DATA_HEADERS)
      .header("cache-control", "no-cache")
      .type("application/json; charset=utf-8")
      .send(openApi);
  });
  fastify.get<{ Params: { code: string } }>("/problems/:code", (request, reply) => {
    const row = options.rows.get(request.params.code);
    if (row === undefined) throw gatewayErrors("route-unknown");
    reply.headers(PAGE_HEADERS).header("cache-control", "no-cache").type("text/html; charset=utf-8");
    reply.send(problemPage(request.params.code, row));
  });
}

/** Why requests should go elsewhere now; undefined when they need not. */
async function unreadyReason(options: HousePagesOptions): Promise<string | undefined> {
  const application = options.application();
  if (application === undefined || !options.describe().ready) return "starting";
  const { logHealth } = await application.house.status();
  return logHealth === "failed" ? "log failed" : undefined;
}

function printDocument(version: string): string {
  const document = printOpenApi(version);
  const paths = document["paths"];
  return JSON.stringify({ ...document, paths: { ...(typeof paths === "object" ? paths : {}), ...foundingPaths() } });
}
