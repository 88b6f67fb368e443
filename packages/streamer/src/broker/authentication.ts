/**
 * Where a listener's way of finding out who is asking hangs in.
 *
 * A connection that is not authenticated may ask for ApiVersions, SaslHandshake and SaslAuthenticate alone; anything else closes it.
 */
import type { TLSSocket } from "node:tls";
import type { Socket } from "node:net";

import type { KafkaPrincipal, RequestContext } from "./api.ts";

/** Who asks when nobody proves anything. */
export const ANONYMOUS: KafkaPrincipal = { type: "User", name: "ANONYMOUS" };

/** What was found out about one connection. */
export interface ConnectionAuthentication {
  /** Undefined until it is known who asks. Asked before every request; must be fast. */
  principal(): KafkaPrincipal | undefined;
  /** Answers SaslHandshake (17) and SaslAuthenticate (36); undefined: the listener has no SASL. */
  readonly handle?: (apiKey: number, request: unknown, context: RequestContext) => unknown;
  /**
   * Answers a frame that has no request header: the tokens after a SaslHandshake of version 0. Undefined when frames have headers now.
   * The answer is sent as a frame of its own; undefined closes the connection.
   */
  readonly rawFrame?: () => ((frame: Uint8Array) => Promise<Uint8Array | undefined>) | undefined;
  /** After this time (monotonic ms) only another authentication is accepted (KIP-368). */
  readonly expiresAtMs?: () => number | undefined;
  /** The connection is gone. */
  readonly closed?: () => void;
}

/** Finds out who is behind the connections of one listener. */
export interface ListenerAuthenticator {
  /** Called once per connection, after the TLS handshake where there is one. */
  open(socket: Socket | TLSSocket, listener: string): ConnectionAuthentication;
}

/** Lets everybody in as `User:ANONYMOUS`. */
export const anonymousAuthenticator: ListenerAuthenticator = {
  open: () => ({ principal: () => ANONYMOUS }),
};
