/**
 * The operator: whoever can read the running server's data directory. They could read the key file as well, so they get what the owner
 * has, levels 1 and 2; the upper levels only by the owner's password, as everyone else.
 */
import { timingSafeEqual } from "node:crypto";

import { type Clock, encodeBase64Url, type RandomSource } from "@kaelix/base";
import type { Authentication, IdentityPort, OpenUpTo } from "@kaelix/gateway";
import { type Level, LEVEL_INDEXED_MAX, parseId, type SessionId, type UserId, type UserPrincipal } from "@kaelix/model";
import { APP_TOKEN_HEAD, type Identity, type Proof, securityErrors } from "@kaelix/security";

import { serverErrors } from "./errors.ts";

const OPEN_MS = 15 * 60_000;
const PROOF_MS = 5 * 60_000;
const KEY_HEAD = "klx_";
/** Not on the log: the operator's session lives as long as the process. */
const OPERATOR_SESSION = "ses_00000000000000000000000000";

/** What the operator's door is made of. */
export interface OperatorParts {
  readonly identity: Identity;
  /** The first person of the default organisation; undefined while it has nobody. */
  readonly owner: () => Promise<UserId | undefined>;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** The identity service with one more token, the operator's, with the keys of programs and the tokens of apps. */
export class Operator {
  /** 256 random bits, new at each start. */
  readonly token: string;
  readonly #parts: OperatorParts;
  readonly #session: SessionId;
  #raised: { readonly level: Level; readonly untilMs: number } | undefined;
  #provedUntilMs: number | undefined;
  #principal: Omit<UserPrincipal, "ceiling"> | undefined;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    this.token = `klx_operator_${encodeBase64Url(parts.random.bytes(32))}`;
    const session = parseId("ses", OPERATOR_SESSION);
    if (session === undefined) throw new Error("The operator's session id is well formed");
    this.#session = session;
  }

  /** Identity as the gateway asks for it, with the operator let in. */
  port(): IdentityPort {
    const { identity } = this.#parts;
    const isOperator = (principal: UserPrincipal): boolean => this.is(principal);
    return {
      authenticate: (token) => {
        if (this.#isToken(token)) return this.#authenticate();
        if (token.startsWith(APP_TOKEN_HEAD)) return this.#authenticateApp(token);
        return token.startsWith(KEY_HEAD) ? this.#authenticateKey(token) : identity.authenticate(token);
      },
      signUp: (request) => identity.signUp(request),
      logIn: (request) => identity.logIn(request),
      refresh: (token) => identity.refresh(token),
      logOut: async (principal, session) => {
        if (isOperator(principal) && session === undefined) return;
        await identity.logOut(principal, session);
      },
      unlock: (request) => (isOperator(request.principal) ? this.#unlock(request) : identity.unlock(request)),
      lock: (principal) => {
        if (!isOperator(principal)) return identity.lock(principal);
        this.#raised = undefined;
        this.#provedUntilMs = undefined;
        return this.#openUpTo();
      },
      profile: (user) => identity.profile(user),
      sessions: (principal) => identity.sessions(principal),
      createInvite: (principal, role) => identity.createInvite(principal, role),
    };
  }

  /** Whose operator it is may have changed: the next request looks anew. */
  forgetOwner(): void {
    this.#principal = undefined;
    this.#raised = undefined;
    this.#provedUntilMs = undefined;
  }

  /** True for the operator's own principal. */
  is(principal: UserPrincipal): boolean {
    return principal.sessionId === this.#session;
  }

  /** Until when the operator counts as just proved to be the owner, epoch ms; null when they do not. */
  get provedUntilMs(): number | null {
    const untilMs = this.#provedUntilMs;
    return untilMs !== undefined && this.#parts.clock.nowMs() < untilMs ? untilMs : null;
  }

  /** Proves that it is the owner, by signing in as them. Errors as of signing in. */
  async prove(proof: Proof): Promise<number> {
    await this.#signInAsOwner(proof);
    return (this.#provedUntilMs = this.#parts.clock.nowMs() + PROOF_MS);
  }

  async #authenticateKey(token: string): Promise<Authentication> {
    const outcome = await this.#parts.identity.apiKeys.authenticate(token);
    return outcome.type === "key" ? outcome : { type: "refused", why: "key" };
  }

  async #authenticateApp(token: string): Promise<Authentication> {
    const outcome = await this.#parts.identity.apps.authenticate(token);
    if (outcome.type === "refused") return outcome;
    const { jkt, resource, subject } = outcome;
    return { type: "key", subject, app: { jkt, resource } };
  }

  #isToken(token: string): boolean {
    const given = Buffer.from(token);
    const own = Buffer.from(this.token);
    return given.length === own.length && timingSafeEqual(given, own);
  }

  async #authenticate(): ReturnType<Identity["authenticate"]> {
    if (this.#principal === undefined) {
      const owner = await this.#parts.owner();
      if (owner === undefined) throw serverErrors("nobody-signed-up");
      const { tenant, role } = await this.#parts.identity.profile(owner);
      this.#principal = { type: "user", tenantId: tenant, userId: owner, role, sessionId: this.#session };
    }
    const { level, untilMs } = this.#openUpTo();
    const principal = { ...this.#principal, ceiling: level };
    return { type: "user", principal, ceilingUntilMs: untilMs, provedUntilMs: this.provedUntilMs };
  }

  #openUpTo(): OpenUpTo {
    if (this.#raised !== undefined && this.#parts.clock.nowMs() < this.#raised.untilMs) return this.#raised;
    this.#raised = undefined;
    return { level: LEVEL_INDEXED_MAX, untilMs: null };
  }

  async #unlock(request: Parameters<IdentityPort["unlock"]>[0]): Promise<OpenUpTo> {
    const { ceiling } = request;
    if (ceiling !== 3 && ceiling !== 4) throw securityErrors("identity-ceiling-invalid");
    await this.#signInAsOwner(request);
    this.#parts.identity.resets.requireOpen(request.principal.userId);
    this.#raised = { level: ceiling, untilMs: this.#parts.clock.nowMs() + OPEN_MS };
    return this.#raised;
  }

  /** Password and code are checked by signing in, with all that slows guessing down; that session is ended at once. */
  async #signInAsOwner({ principal, password = "", code, codeRequest, address }: Proof): Promise<void> {
    const { identity } = this.#parts;
    const { phone } = await identity.profile(principal.userId);
    const sent = codeRequest === undefined ? {} : { codeRequest };
    const more = { ...sent, ...(code === undefined ? {} : { code }), ...(address === undefined ? {} : { address }) };
    const { session } = await identity.logIn({ phone, password, client: "kaelix on this machine", ...more });
    await identity.logOut(principal, session);
  }
}
