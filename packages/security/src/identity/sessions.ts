/**
 * Sessions: families of refresh tokens, and what each may see now.
 *
 *     started ──► generation 0 ──rotate──► 1 ──rotate──► 2 …      any older token again ──► revoked (reuse)
 *                                    └ the token just replaced, within 10 s: the same successor once more
 *
 * Guarantees: at most one living successor per token; every exchange is durable on the log before it is answered; reuse of an older
 * generation ends the family; a session revoked here is refused here from the same moment, elsewhere within a second of the view.
 * Raised ceilings, proofs and the successors kept for the ten seconds are in memory only: a restart locks, and a lost answer from before it
 * means signing in again.
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import {
  EVENT_VERSION,
  type Level,
  LEVEL_INDEXED_MAX,
  makeId,
  type SessionId,
  type SessionRevoked,
  type SessionStarted,
  type UserPrincipal,
} from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import type { IdentityJournal } from "./journal.ts";
import type { SigningLine } from "../keys/signing-keys.ts";
import { hashRefresh, makeRefresh, type ParsedRefresh, parseRefresh } from "./refresh-tokens.ts";
import type { SessionInfo } from "./identity-types.ts";
import type { SessionRow, UserRow } from "./rows.ts";
import type { IdentityStore } from "./store.ts";

/** Days a session lives after its last exchange. */
export const REFRESH_DAYS_SLIDING = 30;
/** Days a session lives at most. */
const REFRESH_DAYS_ABSOLUTE = 90;
/** How long a raised ceiling lasts, ms. */
const UNLOCK_MS = 15 * 60_000;
/** How long a proof of who is at the session counts, ms. */
const PROOF_MS = 5 * 60_000;

/** What a session may see now. `untilMs` is when a raised ceiling falls back, epoch ms; null when it is not raised. */
export interface Ceiling {
  readonly level: Level;
  readonly untilMs: number | null;
}

/** What sessions work with. */
interface SessionTools {
  readonly store: IdentityStore;
  readonly journal: IdentityJournal;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** What refresh tokens are made with, and after it what those that are still good were made with. */
  readonly keys: () => SigningLine;
}

interface Grace {
  readonly hash: string;
  readonly successor: string;
  readonly untilMs: number;
}

interface Standing {
  readonly isAlive: boolean;
  readonly checkedMs: number;
}

const DAY_MS = 86_400_000;
const GRACE_MS = 10_000;
const RECHECK_MS = 1_000;
const STANDINGS_MAX = 50_000;
const CLIENT_LENGTH_MAX = 200;

/** All sessions, as this process sees them. */
export class Sessions {
  readonly #tools: SessionTools;
  readonly #lock = new KeyedLock();
  readonly #graces = new Map<SessionId, Grace>();
  readonly #standings = new Map<SessionId, Standing>();
  readonly #raised = new Map<
    SessionId,
    { readonly level: Level; readonly untilMs: number; readonly untilWallMs: number }
  >();

  readonly #proofs = new Map<SessionId, { readonly untilMs: number; readonly untilWallMs: number }>();

  constructor(tools: SessionTools) {
    this.#tools = tools;
  }

  /** The event that starts a session, and its first refresh token. Nothing is written yet. */
  begin(
    user: Pick<UserRow, "user" | "tenant">,
    client: string,
  ): { readonly event: SessionStarted; readonly refreshToken: string } {
    const { clock, random } = this.#tools;
    const nowMs = clock.nowMs();
    const session = makeId("ses", nowMs, random);
    const refreshToken = makeRefresh(this.#tools.keys()[0].secret, random, session, 0);
    const event: SessionStarted = {
      type: "session.started",
      v: EVENT_VERSION,
      at: nowMs,
      tenant: user.tenant,
      user: user.user,
      session,
      refresh: hashRefresh(refreshToken),
      expires_at: nowMs + REFRESH_DAYS_SLIDING * DAY_MS,
      client: client.trim().slice(0, CLIENT_LENGTH_MAX),
    };
    return { event, refreshToken };
  }

  /**
   * Exchanges a refresh token for its successor.
   * @throws `identity-refresh-invalid`, `identity-refresh-reused`
   */
  async refresh(token: string): Promise<{ readonly row: SessionRow; readonly refreshToken: string }> {
    const parsed = parseRefresh(this.#tools.keys(), token);
    if (parsed === undefined) throw securityErrors("identity-refresh-invalid");
    return this.#lock.run(parsed.session, async () => this.#exchange(parsed));
  }

  /** Ends a session; does nothing when it has ended. */
  async revoke(session: SessionId, reason: SessionRevoked["reason"]): Promise<void> {
    await this.#lock.run(session, async () => {
      const row = await this.#tools.store.session(session);
      if (row !== undefined && row.revoked === null) await this.#end(row, reason);
    });
  }

  /** True while a session may be used. Asks the view at most once a second. */
  async isAlive(session: SessionId): Promise<boolean> {
    const { clock, store } = this.#tools;
    const known = this.#standings.get(session);
    if (known !== undefined && (!known.isAlive || clock.monotonicMs() - known.checkedMs < RECHECK_MS))
      return known.isAlive;
    const row = await store.session(session);
    // It may have been revoked while the view was asked.
    if (this.#standings.get(session)?.isAlive === false) return false;
    const isAlive = row !== undefined && row.revoked === null && row.expiresAtMs > clock.nowMs();
    if (row !== undefined) this.#stand(session, isAlive);
    return isAlive;
  }

  /** Remembers for five minutes that the person has just proved who they are; returns until when, epoch ms. */
  prove(session: SessionId): number {
    const { clock } = this.#tools;
    const nowMs = clock.monotonicMs();
    for (const [other, { untilMs }] of this.#proofs) if (untilMs <= nowMs) this.#proofs.delete(other);
    const untilWallMs = clock.nowMs() + PROOF_MS;
    this.#proofs.set(session, { untilMs: nowMs + PROOF_MS, untilWallMs });
    return untilWallMs;
  }

  /** Until when a session counts as just proved, epoch ms; null when it does not. */
  provedUntilMs(session: SessionId): number | null {
    const proof = this.#proofs.get(session);
    return proof !== undefined && this.#tools.clock.monotonicMs() < proof.untilMs ? proof.untilWallMs : null;
  }

  /** Raises what a session may see for 15 minutes. */
  raise(session: SessionId, level: 3 | 4): Ceiling {
    const { clock } = this.#tools;
    for (const [other, { untilMs }] of this.#raised) if (untilMs <= clock.monotonicMs()) this.#raised.delete(other);
    const untilWallMs = clock.nowMs() + UNLOCK_MS;
    this.#raised.set(session, { level, untilMs: clock.monotonicMs() + UNLOCK_MS, untilWallMs });
    return { level, untilMs: untilWallMs };
  }

  /** Lets a raised ceiling fall back at once. */
  lower(session: SessionId): Ceiling {
    this.#raised.delete(session);
    this.#proofs.delete(session);
    return this.ceiling(session);
  }

  /** What a session may see now. */
  ceiling(session: SessionId): Ceiling {
    const raised = this.#raised.get(session);
    if (raised !== undefined && this.#tools.clock.monotonicMs() < raised.untilMs) {
      return { level: raised.level, untilMs: raised.untilWallMs };
    }
    if (raised !== undefined) this.#raised.delete(session);
    return { level: LEVEL_INDEXED_MAX, untilMs: null };
  }

  async #exchange(token: ParsedRefresh): Promise<{ readonly row: SessionRow; readonly refreshToken: string }> {
    const { clock, store } = this.#tools;
    const row = await store.session(token.session);
    const isDead = row === undefined || row.revoked !== null || this.#standings.get(token.session)?.isAlive === false;
    if (isDead || row.expiresAtMs <= clock.nowMs()) throw securityErrors("identity-refresh-invalid");
    if (token.generation === row.generation) {
      if (token.hash !== row.refresh) throw securityErrors("identity-refresh-invalid");
      return this.#rotate(row);
    }
    if (token.generation > row.generation) throw securityErrors("identity-refresh-invalid");
    const grace = this.#graces.get(row.session);
    const isRepeat =
      grace !== undefined &&
      token.generation === row.generation - 1 &&
      grace.hash === token.hash &&
      clock.monotonicMs() < grace.untilMs;
    if (isRepeat) return { row, refreshToken: grace.successor };
    this.#kill(row.session);
    await this.#end(row, "reuse");
    throw securityErrors("identity-refresh-reused");
  }

  async #rotate(row: SessionRow): Promise<{ readonly row: SessionRow; readonly refreshToken: string }> {
    const { clock, random, journal } = this.#tools;
    const nowMs = clock.nowMs();
    const generation = row.generation + 1;
    const refreshToken = makeRefresh(this.#tools.keys()[0].secret, random, row.session, generation);
    const refresh = hashRefresh(refreshToken);
    const expiresAtMs = Math.min(
      nowMs + REFRESH_DAYS_SLIDING * DAY_MS,
      row.startedAtMs + REFRESH_DAYS_ABSOLUTE * DAY_MS,
    );
    const { tenant, user, session } = row;
    const base = { v: EVENT_VERSION, at: nowMs, tenant, user, session } as const;
    const offset = await journal.append([
      { ...base, type: "session.rotated", generation, refresh, expires_at: expiresAtMs },
    ]);
    // Before the view is waited for: should that fail, the client's second try finds its successor here.
    this.#keepGrace(session, { hash: row.refresh, successor: refreshToken, untilMs: clock.monotonicMs() + GRACE_MS });
    await journal.folded(offset);
    return { row: { ...row, generation, refresh, usedAtMs: nowMs, expiresAtMs }, refreshToken };
  }

  async #end(row: SessionRow, reason: SessionRevoked["reason"]): Promise<void> {
    const { tenant, user, session } = row;
    const base = { v: EVENT_VERSION, at: this.#tools.clock.nowMs(), tenant, user, session } as const;
    const offset = await this.#tools.journal.append([{ ...base, type: "session.revoked", reason }]);
    this.#kill(session);
    await this.#tools.journal.folded(offset);
  }

  #kill(session: SessionId): void {
    this.#raised.delete(session);
    this.#proofs.delete(session);
    this.#graces.delete(session);
    this.#stand(session, false);
  }

  #keepGrace(session: SessionId, grace: Grace): void {
    const nowMs = this.#tools.clock.monotonicMs();
    this.#graces.delete(session);
    this.#graces.set(session, grace);
    for (const [other, { untilMs }] of this.#graces) {
      if (untilMs > nowMs) return;
      this.#graces.delete(other);
    }
  }

  #stand(session: SessionId, isAlive: boolean): void {
    this.#standings.delete(session);
    this.#standings.set(session, { isAlive, checkedMs: this.#tools.clock.monotonicMs() });
    if (this.#standings.size <= STANDINGS_MAX) return;
    for (const oldest of this.#standings.keys()) {
      this.#standings.delete(oldest);
      return;
    }
  }
}

/** A session as its person sees it in a list. */
export function sessionInfo(row: SessionRow, principal: UserPrincipal): SessionInfo {
  const { session, client, startedAtMs, usedAtMs } = row;
  return { session, client, startedAtMs, usedAtMs, isCurrent: session === principal.sessionId };
}
