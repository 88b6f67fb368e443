/**
 * The edge of the house: HTTP, server-sent events and socket.io on one port.
 *
 * Guarantees: it listens before the house is ready and says so (`503 starting`, progress at `/api/v1/server`); every route of the
 * contract is served and no other, each behind the policy; whatever goes wrong is a problem document; nothing that a person told
 * is in an error or in a line of the log.
 * Does not: make certificates (whoever wires it brings one, or a proxy in front has it), or know what a memory is stored in.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import multipart from "@fastify/multipart";
import { type Clock, type ErrorRow, type RandomSource, systemRandom } from "@kaelix/base";
import { routes } from "@kaelix/contract";
import type { Logger } from "@kaelix/coordinator";
import { ACTIONS, KeyProofs } from "@kaelix/security";
import { fastify as createFastify, type FastifyInstance } from "fastify";

import type { Application, HouseApplication } from "./application.ts";
import { gatewayErrors } from "./errors.ts";
import { foundingAliases } from "./founding-aliases.ts";
import { accessHandlers } from "./handlers/access.ts";
import { appHandlers } from "./handlers/apps.ts";
import { auditHandlers } from "./handlers/audit.ts";
import { dayHandlers } from "./handlers/days.ts";
import { digestHandlers } from "./handlers/digests.ts";
import { authHandlers } from "./handlers/auth.ts";
import { eventHandlers } from "./handlers/events.ts";
import { erasureHandlers } from "./handlers/erasures.ts";
import { sealHandlers } from "./handlers/seal.ts";
import { exportHandlers } from "./handlers/exports.ts";
import { fileHandlers } from "./handlers/files.ts";
import { houseHandlers } from "./handlers/house.ts";
import { importHandlers } from "./handlers/imports.ts";
import { loginHandlers } from "./handlers/logins.ts";
import { memoryHandlers } from "./handlers/memories.ts";
import { peopleHandlers } from "./handlers/people.ts";
import { timelineHandlers } from "./handlers/timeline.ts";
import { reviewHandlers } from "./handlers/review.ts";
import { operationHandlers } from "./handlers/operations.ts";
import { codeHandlers } from "./handlers/codes.ts";
import { mailHandlers } from "./handlers/mail.ts";
import { passkeyHandlers } from "./handlers/passkeys.ts";
import { recallHandlers } from "./handlers/recall.ts";
import { providerHandlers } from "./handlers/provider.ts";
import { memberHandlers } from "./handlers/members.ts";
import { tenantHandlers } from "./handlers/tenants.ts";
import { lessonHandlers } from "./handlers/lessons.ts";
import { resetHandlers } from "./handlers/resets.ts";
import { retentionHandlers } from "./handlers/retention.ts";
import { sharingHandlers } from "./handlers/sharing.ts";
import { audited } from "./http/auditing.ts";
import { Attempts } from "./http/attempts.ts";
import { addEdge, problemSender } from "./http/edge.ts";
import type { Handler } from "./http/exchange.ts";
import { type HostCheck, isCrossSite, isLoopback, makeHostCheck } from "./http/host-check.ts";
import { addHousePages, HOUSE_PATHS } from "./http/house-pages.ts";
import { IdempotencyKeys } from "./http/idempotency.ts";
import { parseJsonBody } from "./http/json-body.ts";
import { type House, type PipelineParts, serveRoute } from "./http/pipeline.ts";
import { type AnyHandler, fastifyPath, joinRoutes, methodIndex, type RouteEntry } from "./http/route-entries.ts";
import { TokenBuckets } from "./http/token-bucket.ts";
import { traceIds } from "./http/trace-id.ts";
import { WebApp } from "./http/web-app.ts";
import type { IdentityPort } from "./identity-port.ts";
import { addMcp, MCP_PATH } from "./mcp/mount.ts";
import { OAUTH_PLACES } from "./oauth/metadata.ts";
import { addOAuth } from "./oauth/mount.ts";
import type { GatewaySettings } from "./settings.ts";
import { LiveHub } from "./socket/live-hub.ts";
import { DATA_HEADERS } from "./http/security-headers.ts";
import { collectRows } from "./http/problem-page.ts";
import { serveSocketEvents } from "./socket/socket-events.ts";

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly settings: GatewaySettings;
  /** Version, claim and progress of the start; answers from the first moment on. */
  readonly describe: HouseApplication["describe"];
  readonly clock: Clock;
  readonly log: Logger;
  /** Error tables of all rooms, for the pages at `/problems/{code}`. */
  readonly errorTables: readonly Readonly<Record<string, ErrorRow>>[];
  /** Certificate chain and key in PEM, to speak TLS 1.3 with; absent: plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Folder of the built web app. */
  readonly webRoot?: string;
  /** False for one that a command speaks to in its own process: what is refused there its person reads. */
  readonly isReachable?: boolean;
  readonly random?: RandomSource;
  /** Checks every answer against the contract; for tests. */
  readonly checkAnswers?: boolean;
}

/** Where a gateway listens. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /** True when the port asked for was taken and a later one was used. */
  readonly moved: boolean;
}

/** A gateway. */
export interface Gateway {
  /** The server inside, for requests without a socket in tests. */
  readonly fastify: FastifyInstance;
  /** Opens the doors behind which the house now stands. Called once. */
  attach(application: Application, identity: IdentityPort): void;
  /**
   * Listens at `port`, or at one of the next `portTries - 1` (10 by default) when it is taken; port 0 takes any.
   * @throws the system's error when none is free or the host cannot be bound
   */
  listen(options: { readonly host: string; readonly port: number; readonly portTries?: number }): Promise<Listening>;
  /** Lets streams go, finishes what is in flight, closes the port. */
  close(): Promise<void>;
}

const KEYS_MAX = 10_000;
const KEYS_BYTES_MAX = 32 * 1_024 * 1_024;
const BUCKETS_MAX = 20_000;
const PORT_TRIES = 10;
const SWEEP_EVERY_MS = 50;
/** How long requests in flight may take to finish when the gateway closes. */
const DRAIN_MS_MAX = 10_000;

/** State that hooks and handlers share. */
interface Rooms {
  house: House | undefined;
  hostCheck: HostCheck;
  isClosing: boolean;
}

/**
 * Makes a gateway that is not listening yet.
 * @throws AssertionFailure when routes, handlers and actions do not fit together
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { settings, clock } = options;
  const hostCheck = makeHostCheck("localhost", settings.publicOrigins);
  const rooms: Rooms = { house: undefined, hostCheck, isClosing: false };
  const hub = new LiveHub({ clock, perUserMax: settings.streamsPerUserMax });
  const rows = collectRows([gatewayErrors.table, ...options.errorTables]);
  const send = problemSender({ log: options.log, rows, settings, attempts: new Attempts(options) });
  const fastify = makeFastify(options, send);
  const parts: PipelineParts = {
    house: () => rooms.house,
    clock,
    proofs: new KeyProofs(),
    publicOrigins: settings.publicOrigins,
    users: new TokenBuckets({ perSecond: settings.userRequestsPerSecond, keysMax: BUCKETS_MAX }),
    keys: new IdempotencyKeys({ entriesMax: KEYS_MAX, bytesMax: KEYS_BYTES_MAX }),
    checkAnswers: options.checkAnswers ?? false,
  };
  const joined = joinRoutes(routes, allHandlers(options, hub), new Set(Object.keys(ACTIONS)));
  const entries = joined.map((entry) => ({ ...entry, handler: audited(entry) }));
  const all = [...entries, ...foundingAliases(entries)];
  const isWelcome = (request: IncomingMessage): boolean =>
    rooms.hostCheck(request.headers.host) && !isCrossSite(request.headers, settings.publicOrigins);
  addEdge(fastify, {
    ...options,
    hostCheck: (host) => rooms.hostCheck(host),
    send,
    isClosing: () => rooms.isClosing,
    web: new WebApp(options.webRoot),
    methods: methodIndex([
      ...all.map(({ route }) => route),
      ...HOUSE_PATHS.map((path) => ({ path, method: "GET" })),
      { path: MCP_PATH, method: "POST" },
      ...OAUTH_PLACES,
    ]),
  });
  addHousePages(fastify, {
    describe: options.describe,
    application: () => rooms.house?.application,
    metricsOpen: settings.metricsOpen,
    rows,
  });
  for (const entry of all) addRoute(fastify, parts, entry, settings);
  const mcp = addMcp(fastify, { ...parts, describe: options.describe, log: options.log, rows });
  addOAuth(fastify, parts);
  const sockets = serveSocketEvents(fastify.server, { hub, identity: () => rooms.house?.identity, isWelcome });

  return {
    fastify,
    attach: (application, identity) => {
      rooms.house = { application, identity };
      hub.attach(application.events, identity);
    },
    listen: async ({ host, port, portTries }) => {
      rooms.hostCheck = makeHostCheck(host, settings.publicOrigins);
      await fastify.ready();
      const scheme = options.tls === undefined ? "http" : "https";
      return listenAtFreePort(fastify, { scheme, host, port, tries: portTries ?? PORT_TRIES });
    },
    close: async () => {
      rooms.isClosing = true;
      hub.close();
      await mcp.close();
      // Connections that fall idle only now would be kept alive for another minute; those that never do are cut.
      const sweep = setInterval(() => fastify.server.closeIdleConnections(), SWEEP_EVERY_MS);
      const cut = setTimeout(() => fastify.server.closeAllConnections(), DRAIN_MS_MAX);
      // socket.io closes the HTTP server with itself; Fastify then finds it closed and runs its own hooks.
      await sockets.close();
      await fastify.close();
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
}

function makeFastify(options: GatewayOptions, send: ReturnType<typeof problemSender>): FastifyInstance {
  const { settings } = options;
  const nextTraceId = traceIds(options.random ?? systemRandom);
  const { tls } = options;
  const secured = tls && { https: { cert: tls.certificate, key: tls.key, minVersion: "TLSv1.3" } as const };
  const fastify: FastifyInstance = createFastify<Server, IncomingMessage, ServerResponse>({
    ...secured,
    logger: false,
    genReqId: (request) => nextTraceId(request.headers["traceparent"]),
    requestIdHeader: false,
    // The hops nearest to us are our own proxies; what they were told by others is not believed.
    trustProxy: settings.proxyHops === 0 ? false : (_address: string, hop: number) => hop < settings.proxyHops,
    bodyLimit: settings.bodyBytesMax,
    // From the first byte of a request to its last; uploads of 4 GiB take their time.
    requestTimeout: 3_600_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: "idle",
    // Our own hook refuses what comes while closing, with a problem.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    // Addresses that cannot be decoded never reach a hook.
    frameworkErrors: (error, request, reply) => void send(error, request, reply),
    routerOptions: { maxParamLength: 200 },
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(Buffer.isBuffer(body) ? body : Buffer.from(body)));
    } catch (error) {
      done(error instanceof Error ? error : new Error("Body cannot be parsed"));
    }
  });
  fastify.register(multipart, {
    limits: { fileSize: settings.uploadBytesMax, files: 1, fields: 10, parts: 11, fieldSize: 65_536, headerPairs: 100 },
    throwFileSizeLimit: false,
  });
  fastify.decorateRequest("principal", undefined);
  fastify.decorateRequest("subject", undefined);
  fastify.decorateRequest("ceilingUntilMs", null);
  return fastify;
}

function allHandlers(options: GatewayOptions, hub: LiveHub): Readonly<Record<string, AnyHandler>> {
  const handlers = {
    ...authHandlers(options.settings.publicOrigins),
    ...memoryHandlers,
    ...recallHandlers,
    ...importHandlers,
    ...exportHandlers,
    ...fileHandlers,
    ...erasureHandlers,
    ...sealHandlers,
    ...operationHandlers,
    ...providerHandlers,
    ...eventHandlers(hub),
    ...houseHandlers(options.describe),
    ...auditHandlers,
    ...digestHandlers,
    ...dayHandlers,
    ...accessHandlers,
    ...appHandlers(options.settings.publicOrigins),
    ...mailHandlers,
    ...resetHandlers(options.settings.publicOrigins),
    ...codeHandlers,
    ...passkeyHandlers(options.settings.publicOrigins),
    ...loginHandlers(options.settings.publicOrigins),
    ...sharingHandlers,
    ...memberHandlers,
    ...tenantHandlers,
    ...peopleHandlers,
    ...reviewHandlers,
    ...lessonHandlers,
    ...retentionHandlers,
    ...timelineHandlers,
  } satisfies { readonly [Name in keyof typeof routes]: Handler<Name> };
  // Each handler is called with the exchange of its own route: the pipeline parses by that route's schemas.
  return handlers;
}

function addRoute(fastify: FastifyInstance, parts: PipelineParts, entry: RouteEntry, settings: GatewaySettings): void {
  const { route } = entry;
  const { guard, handle } = serveRoute(parts, entry);
  fastify.route({
    method: route.method,
    url: fastifyPath(route.path),
    onRequest: guard,
    handler: handle,
    exposeHeadRoute: route.success.type === "json",
    ...(route.upload === true ? { bodyLimit: settings.uploadBytesMax } : {}),
  });
}

async function listenAtFreePort(
  fastify: FastifyInstance,
  options: { readonly scheme: "http" | "https"; readonly host: string; readonly port: number; readonly tries: number },
): Promise<Listening> {
  const { server } = fastify;
  for (let tried = 0; ; tried++) {
    const port = options.port === 0 ? 0 : options.port + tried;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host: options.host, port }, () => {
          server.off("error", reject);
          resolve();
        });
      });
      break;
    } catch (error) {
      const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (!isTaken || tried + 1 >= options.tries || port >= 65_535) throw error;
    }
  }
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  const name = isLoopback(options.host) || /^(0\.0\.0\.0|::)$/.test(options.host) ? "localhost" : options.host;
  const shown = name.includes(":") ? `[${name}]` : name;
  return { url: `${options.scheme}://${shown}:${port}`, port, moved: options.port !== 0 && port !== options.port };
}

/** Answers what Node could not read as a request at all; there is no request object to answer through. */
function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const codes = { HPE_HEADER_OVERFLOW: "headers-too-large", ERR_HTTP_REQUEST_TIMEOUT: "request-timeout" } as const;
  const code =
    error.code === "HPE_HEADER_OVERFLOW" || error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? codes[error.code]
      : "request-malformed";
  const { status, text } = gatewayErrors.table[code];
  const document = { type: `/problems/${code}`, title: text, status, detail: text, instance: "", code, trace_id: "" };
  const body = JSON.stringify(document);
  const headers = {
    ...DATA_HEADERS,
    "content-type": "application/problem+json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join("")}\r\n${body}`);
}
