/**
 * The live events over socket.io, for the app. The access token comes in `auth`, never in an address or a cookie, so a page of
 * another site has nothing to ride on. Every event is called `event` and says its `type`; before a socket is closed it hears `end`
 * and why. The hub looks at the session again every second: what has ended or expired is closed.
 */
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";

import { isKaelixError } from "@kaelix/base";
import type { UserPrincipal } from "@kaelix/model";
import { Server, type Socket } from "socket.io";

import { gatewayErrors } from "../errors.ts";
import { DATA_HEADERS } from "../http/security-headers.ts";
import type { IdentityPort } from "../identity-port.ts";
import type { Follower, LiveHub, SentEvent } from "./live-hub.ts";

/** Packets that may wait for a slow reader before it is let go. */
const PENDING_PACKETS_MAX = 1_000;

/** What the sockets need. */
interface SocketEventsOptions {
  readonly hub: LiveHub;
  /** Undefined while the house is starting. */
  readonly identity: () => IdentityPort | undefined;
  /** Says whether a request names a host of ours and comes from a page of ours. */
  readonly isWelcome: (request: IncomingMessage) => boolean;
}

/** Serves socket.io on the path `/socket.io` of an HTTP server. */
export function serveSocketEvents(server: HttpServer, options: SocketEventsOptions): Server {
  const sockets = new Server(server, {
    path: "/socket.io",
    serveClient: false,
    maxHttpBufferSize: 16_384,
    connectTimeout: 10_000,
    allowRequest: (request, callback) => callback(null, options.isWelcome(request)),
  });
  // These answers pass by all hooks: what every answer carries is put on them here, refusals of the handshake among them.
  sockets.engine.use((_request: IncomingMessage, response: ServerResponse, next: () => void) => {
    for (const [name, value] of Object.entries(DATA_HEADERS)) response.setHeader(name, value);
    next();
  });
  const admitted = new WeakMap<Socket, SocketFollower>();
  sockets.use((socket, next) => {
    // The callback is told either way: `admit` turns whatever goes wrong into an error to pass on.
    void admit(socket, options.identity()).then((outcome) => {
      if (outcome instanceof SocketFollower) admitted.set(socket, outcome);
      // oxlint-disable-next-line promise/no-callback-in-promise -- middleware of socket.io speaks callbacks
      return next(outcome instanceof SocketFollower ? undefined : outcome);
    });
  });
  sockets.on("connection", (socket) => {
    const follower = admitted.get(socket);
    if (follower !== undefined) follow(socket, follower, options.hub);
  });
  return sockets;
}

/** The follower behind a socket's token, or why it is not let in. */
async function admit(socket: Socket, identity: IdentityPort | undefined): Promise<SocketFollower | Error> {
  if (identity === undefined) return problemFor("starting");
  // What a client sends as auth may be anything.
  const auth: unknown = socket.handshake.auth;
  const token = typeof auth === "object" && auth !== null && "token" in auth ? auth.token : undefined;
  if (typeof token !== "string") return problemFor("sign-in-required");
  try {
    const outcome = await identity.authenticate(token);
    if (outcome.type === "user") return new SocketFollower(socket, outcome.principal, token);
    // Programs follow by server-sent events, where the policy is asked for their scopes.
    if (outcome.type === "key") return problemFor("token-invalid");
    return problemFor(outcome.why === "expired" ? "token-expired" : "token-invalid");
  } catch {
    return problemFor("internal");
  }
}

function follow(socket: Socket, follower: SocketFollower, hub: LiveHub): void {
  try {
    const leave = hub.add(follower);
    socket.on("disconnect", leave);
  } catch (error) {
    if (!isKaelixError(error, "streams-spent")) throw error;
    socket.emit("problem", { code: error.code, detail: error.message });
    socket.disconnect(true);
  }
}

/** An error as socket.io passes it on: the message is the code, the rest is `data`. */
function problemFor(code: keyof typeof gatewayErrors.table): Error {
  const row = gatewayErrors.table[code];
  return Object.assign(new Error(code), { data: { code, detail: row.text, status: row.status } });
}

class SocketFollower implements Follower {
  readonly accessToken: string;
  readonly principal: UserPrincipal;
  readonly #socket: Socket;

  constructor(socket: Socket, principal: UserPrincipal, accessToken: string) {
    this.#socket = socket;
    this.principal = principal;
    this.accessToken = accessToken;
  }

  send(event: SentEvent): boolean {
    this.#socket.emit("event", event.id === undefined ? event.data : { id: event.id, ...event.data });
    // The engine keeps what the transport has not taken in a plain array.
    return pendingOf(this.#socket) <= PENDING_PACKETS_MAX;
  }

  end(why: Parameters<Follower["end"]>[0]): void {
    this.#socket.emit("end", { why });
    // Not `disconnect`: the client would take that as final. When only the connection closes it comes back with the token it has
    // then, which may have been renewed; if not, it is refused with the reason.
    this.#socket.conn.close(why === "too-slow");
  }

  beat(): void {
    // socket.io pings by itself.
  }
}

function pendingOf(socket: Socket): number {
  const connection: object = socket.conn;
  const buffer = "writeBuffer" in connection ? connection.writeBuffer : undefined;
  return Array.isArray(buffer) ? buffer.length : 0;
}
