/**
 * One address the broker listens on.
 *
 * Guarantees: connections beyond the limits are closed at once, before anything is read from them.
 */
import { createServer, type Server, type Socket } from "node:net";
import { hostname } from "node:os";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

import { anonymousAuthenticator, type ListenerAuthenticator } from "./authentication.ts";
import type { BrokerCore } from "./broker-core.ts";
import { Connection } from "./connection.ts";
import { brokerErrors } from "./errors.ts";
import type { Endpoint } from "./ground.ts";
import { receiveBuffer } from "./receive-buffer.ts";

const BACKLOG = 4096;
const HANDSHAKE_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;
const WILDCARDS = new Set(["0.0.0.0", "::", ""]);

/** Where and how to listen. */
export interface ListenerOptions {
  /** Clients of one listener are told that listener's address. Default "PLAINTEXT". */
  readonly name?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes any free port. Default 9092. */
  readonly port?: number;
  /** What clients are told. Default: the host, or the machine's name for a wildcard. */
  readonly advertisedHost?: string;
  /** What clients are told. Default: the port. */
  readonly advertisedPort?: number;
  /** Node's own options; absent: no TLS. */
  readonly tls?: TlsOptions;
  /** Finds out who asks. Default: everybody is `User:ANONYMOUS`. */
  readonly authenticator?: ListenerAuthenticator;
}

/** Counts connections over all listeners of a broker, and says whether there may be one more. */
export interface ConnectionGate {
  /** True when a connection from an address may be had; it is counted then. */
  enter(host: string): boolean;
  leave(host: string): void;
}

/** A listening address; made by `openListener`. */
export class Listener {
  readonly name: string;
  readonly #options: ListenerOptions;
  readonly #core: BrokerCore;
  readonly #gate: ConnectionGate;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #received = receiveBuffer();
  readonly #authenticator: ListenerAuthenticator;

  constructor(options: ListenerOptions, core: BrokerCore, gate: ConnectionGate) {
    this.name = options.name ?? "PLAINTEXT";
    this.#options = options;
    this.#core = core;
    this.#gate = gate;
    this.#authenticator = options.authenticator ?? anonymousAuthenticator;
    const keepAlive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, noDelay: true };
    this.#server =
      options.tls === undefined
        ? createServer(keepAlive, (socket) => this.#onSocket(socket))
        : this.#tlsServer({ ...keepAlive, handshakeTimeout: HANDSHAKE_MS, ...options.tls });
  }

  /** Begins to listen. Throws `broker-listen-failed`. */
  async listen(): Promise<void> {
    const { host = "127.0.0.1", port = 9092 } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (cause) => {
        reject(brokerErrors("broker-listen-failed", { details: { host, port, listener: this.name }, cause }));
      });
      this.#server.listen({ host, port, backlog: BACKLOG }, resolve);
    });
    // Errors of accepting (too many open files) pass by themselves; those who knock wait in the backlog.
    this.#server.removeAllListeners("error");
    this.#server.on("error", (error) => this.#core.report(error));
  }

  /** Where it listens. */
  address(): Endpoint {
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : (this.#options.port ?? 0);
    return { host: this.#options.host ?? "127.0.0.1", port };
  }

  /** Where clients are told to connect. */
  advertised(): Endpoint {
    const { host, port } = this.address();
    const reachable = WILDCARDS.has(host) ? hostname() : host;
    return { host: this.#options.advertisedHost ?? reachable, port: this.#options.advertisedPort ?? port };
  }

  /** Closes who is idle; returns who holds memory without getting on. */
  sweep(nowMs: number): Connection[] {
    return [...this.#connections].filter((connection) => connection.sweep(nowMs));
  }

  /** Takes no more connections. */
  stop(): void {
    this.#server.close();
  }

  /** Resolves when every connection has answered what it began. */
  async drain(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.drain()));
  }

  destroy(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  #tlsServer(options: TlsOptions): Server {
    const server = createTlsServer(options, (socket) => this.#serve(socket));
    // Counted before the handshake: who never finishes one must not be free.
    server.prependListener("connection", (socket: Socket) => this.#enter(socket));
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  }

  #onSocket(socket: Socket): void {
    if (this.#enter(socket)) this.#serve(socket);
  }

  #enter(socket: Socket): boolean {
    const host = socket.remoteAddress;
    const { connections } = this.#core.metrics;
    if (host === undefined || !this.#gate.enter(host)) {
      connections.refused += 1;
      socket.destroy();
      return false;
    }
    connections.open += 1;
    connections.opened += 1;
    socket.once("close", () => {
      connections.open -= 1;
      connections.closed += 1;
      this.#gate.leave(host);
    });
    return true;
  }

  #serve(socket: Socket): void {
    if (socket.destroyed) return;
    const connection = new Connection({
      socket,
      core: this.#core,
      listener: this.name,
      authentication: this.#authenticator.open(socket, this.name),
      received: this.#received,
      closed: (closed) => this.#connections.delete(closed),
    });
    this.#connections.add(connection);
    connection.mute(this.#core.quotas.chargeConnection(connection.clientHost));
  }
}
