/**
 * Who is behind a connection, by SASL PLAIN or SCRAM.
 *
 *     (no SASL yet) ──SaslHandshake──► mechanism chosen ──SaslAuthenticate, once or twice──► authenticated
 *           ▲                                 └── wrong ──► failed: nothing but closing is left
 *           └── KIP-368: the same again on a living connection, for the same user and mechanism
 *
 * Guarantees: a wrong password costs the client a wait; why an attempt failed is not told.
 */
import { decodeText } from "@kaelix/base";
import { KAFKA_ERRORS } from "@kaelix/protocol";
import type {
  SaslAuthenticateRequest,
  SaslAuthenticateResponse,
  SaslHandshakeRequest,
  SaslHandshakeResponse,
} from "@kaelix/protocol/messages";

import type { KafkaPrincipal } from "../broker/api.ts";
import type { ConnectionAuthentication } from "../broker/authentication.ts";
import type { Credentials } from "./credentials.ts";
import { isPassword, parseClientFirst, ScramExchange, type ScramMechanism, SCRAM_MECHANISMS } from "./scram.ts";

const SASL_HANDSHAKE_KEY = 17;
const FAILURE_DELAY_MS = 100;
const EMPTY = new Uint8Array();
const FAILED_TEXT = "Authentication failed: user or password is wrong";

/** A SASL mechanism a listener may offer. */
export type SaslMechanism = "PLAIN" | ScramMechanism;

/** What an authentication needs. */
export interface SaslOptions {
  readonly mechanisms: readonly SaslMechanism[];
  readonly credentials: Credentials;
  /** Says who a user and password of PLAIN are; undefined: nobody. Default: the users of SCRAM. */
  readonly verifyPlain?: ((user: string, password: string) => Promise<KafkaPrincipal | undefined>) | undefined;
  /** Ms after which a client must authenticate again; 0: never. */
  readonly sessionMs: number;
  readonly nowMs: () => number;
}

type Outcome =
  | { readonly type: "more"; readonly bytes: Uint8Array }
  | { readonly type: "done"; readonly bytes: Uint8Array; readonly principal: KafkaPrincipal }
  | { readonly type: "failed" };

/** The authentication of one connection. */
export class SaslConnection implements ConnectionAuthentication {
  readonly #options: SaslOptions;
  #mechanism: SaslMechanism | undefined;
  #exchange: ScramExchange | undefined;
  #principal: KafkaPrincipal | undefined;
  #principalMechanism: SaslMechanism | undefined;
  #failed = false;
  #expiresAtMs: number | undefined;
  #headless = false;

  constructor(options: SaslOptions) {
    this.#options = options;
  }

  principal(): KafkaPrincipal | undefined {
    return this.#failed ? undefined : this.#principal;
  }

  expiresAtMs(): number | undefined {
    return this.#expiresAtMs;
  }

  /** Answers SaslHandshake and SaslAuthenticate. */
  readonly handle = (
    apiKey: number,
    request: unknown,
    context: { readonly version: number },
  ): SaslHandshakeResponse | Promise<SaslAuthenticateResponse> => {
    // The connection decoded the request by the codec of this very key.
    if (apiKey === SASL_HANDSHAKE_KEY) return this.#handshake(request as SaslHandshakeRequest, context.version);
    return this.#authenticate(request as SaslAuthenticateRequest);
  };

  /** After a handshake of version 0 the tokens come as bare frames (KIP-43). */
  readonly rawFrame = (): ((frame: Uint8Array) => Promise<Uint8Array | undefined>) | undefined => {
    return this.#headless ? (frame) => this.#token(frame) : undefined;
  };

  #handshake({ mechanism }: SaslHandshakeRequest, version: number): SaslHandshakeResponse {
    const mechanisms = [...this.#options.mechanisms];
    const known = mechanisms.find((name) => name === mechanism);
    if (known === undefined) return { errorCode: KAFKA_ERRORS.UNSUPPORTED_SASL_MECHANISM, mechanisms };
    const other = this.#principalMechanism !== undefined && this.#principalMechanism !== known;
    if (this.#failed || other) return { errorCode: KAFKA_ERRORS.ILLEGAL_SASL_STATE, mechanisms };
    this.#mechanism = known;
    this.#exchange = undefined;
    this.#headless = version === 0;
    return { errorCode: KAFKA_ERRORS.NONE, mechanisms };
  }

  async #authenticate({ authBytes }: SaslAuthenticateRequest): Promise<SaslAuthenticateResponse> {
    if (this.#mechanism === undefined || this.#failed) {
      const errorMessage = "SaslAuthenticate must follow SaslHandshake";
      return { errorCode: KAFKA_ERRORS.ILLEGAL_SASL_STATE, errorMessage, authBytes: EMPTY };
    }
    const outcome = await this.#step(authBytes);
    if (outcome.type === "failed") {
      await this.#fail();
      return { errorCode: KAFKA_ERRORS.SASL_AUTHENTICATION_FAILED, errorMessage: FAILED_TEXT, authBytes: EMPTY };
    }
    const sessionLifetimeMs = outcome.type === "done" ? this.#options.sessionMs : 0;
    return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null, authBytes: outcome.bytes, sessionLifetimeMs };
  }

  async #token(frame: Uint8Array): Promise<Uint8Array | undefined> {
    const outcome = await this.#step(frame);
    if (outcome.type !== "failed") {
      if (outcome.type === "done") this.#headless = false;
      return outcome.bytes;
    }
    await this.#fail();
    return undefined;
  }

  async #fail(): Promise<void> {
    this.#failed = true;
    this.#principal = undefined;
    await new Promise((resolve) => setTimeout(resolve, FAILURE_DELAY_MS));
  }

  async #step(bytes: Uint8Array): Promise<Outcome> {
    const mechanism = this.#mechanism;
    if (mechanism === undefined) return { type: "failed" };
    const outcome = mechanism === "PLAIN" ? await this.#plain(bytes) : this.#scram(mechanism, bytes);
    if (outcome.type !== "done") return outcome;
    const before = this.#principal;
    // A living connection may prove itself again, not become another's.
    if (before !== undefined && before.name !== outcome.principal.name) return { type: "failed" };
    this.#principal = outcome.principal;
    this.#principalMechanism = mechanism;
    this.#mechanism = undefined;
    this.#exchange = undefined;
    const { nowMs, sessionMs } = this.#options;
    this.#expiresAtMs = sessionMs > 0 ? nowMs() + sessionMs : undefined;
    return outcome;
  }

  /** RFC 4616: authorisation id, NUL, user, NUL, password. */
  async #plain(bytes: Uint8Array): Promise<Outcome> {
    const [actFor, user, password, ...rest] = decodeText(bytes).split("\u0000");
    if (user === undefined || password === undefined || user === "" || password === "" || rest.length > 0) {
      return { type: "failed" };
    }
    if (actFor !== "" && actFor !== user) return { type: "failed" };
    const principal = await (this.#options.verifyPlain ?? this.#verifyByScram)(user, password);
    return principal === undefined ? { type: "failed" } : { type: "done", bytes: EMPTY, principal };
  }

  readonly #verifyByScram = async (user: string, password: string): Promise<KafkaPrincipal | undefined> => {
    const { credentials } = this.#options;
    for (const mechanism of Object.keys(SCRAM_MECHANISMS) as ScramMechanism[]) {
      const credential = credentials.get(mechanism, user);
      if (credential === undefined) continue;
      return (await isPassword(mechanism, credential, password)) ? { type: "User", name: user } : undefined;
    }
    // As much work as for a user who exists.
    await isPassword("SCRAM-SHA-256", credentials.decoy("SCRAM-SHA-256", user), password);
    return undefined;
  };

  #scram(mechanism: ScramMechanism, bytes: Uint8Array): Outcome {
    const { credentials } = this.#options;
    if (this.#exchange === undefined) {
      const first = parseClientFirst(bytes);
      if (first === undefined) return { type: "failed" };
      const credential = credentials.get(mechanism, first.user);
      this.#exchange = new ScramExchange(mechanism, first, {
        credential: credential ?? credentials.decoy(mechanism, first.user),
        exists: credential !== undefined,
        nonce: credentials.nonce(),
      });
      return { type: "more", bytes: this.#exchange.serverFirst };
    }
    const last = this.#exchange.finish(bytes);
    if (last === undefined) return { type: "failed" };
    return { type: "done", bytes: last, principal: { type: "User", name: this.#exchange.user } };
  }
}
