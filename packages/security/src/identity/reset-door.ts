/**
 * A new password by a link that was made at the terminal of the machine, for people who have no other way in any more.
 *
 *     link ──finish──► new password, every session over ──► with a code of the second factor: all as before
 *                                                      └─► without: held, until something from before speaks for the person ──regain──► all as before
 *
 * Guarantees: whoever made a link, and whoever uses it, opens nothing by it above the levels that the machine indexes anyway. Those above
 * stay shut to the new password and to whatever is set up after it; they open to the password or a passkey from before. A link is good
 * once, for half an hour, until a newer one or a restart. That there was one stays known to the person.
 * It does not: say who uses a link. Up to Confidential whoever has it is the person.
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import type { UserId } from "@kaelix/model";

import { type AccountChange, accountEvent, AS_REGISTERED } from "../access/account-event.ts";
import type { AccessRegister } from "../access/access-register.ts";
import type { SecondFactors } from "../access/second-factors.ts";
import { securityErrors } from "../errors.ts";
import { hashCode, makeResetCode } from "./codes.ts";
import type { GuessGate } from "./guess-gate.ts";
import type { Proof } from "./identity-types.ts";
import type { PasskeyDoor } from "./passkey-door.ts";
import type { Passwords } from "./passwords.ts";
import type { UserRow } from "./rows.ts";

/** How long a link is good, ms. */
const LINK_MS = 30 * 60_000;

interface ResetDoorParts {
  readonly register: AccessRegister;
  readonly factors: Pick<SecondFactors, "clear" | "has">;
  readonly passkeys: Pick<PasskeyDoor, "prove">;
  readonly passwords: Pick<Passwords, "verify">;
  readonly guesses: GuessGate;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly user: (id: UserId) => Promise<UserRow | undefined>;
  readonly isSuspended: (person: Pick<UserRow, "user" | "tenant">) => boolean;
  /** Uses up a code of the authenticator app or a recovery code when there is a second factor. */
  readonly secondFactor: (user: UserRow, code: string | undefined, address: string | undefined) => Promise<void>;
  /** Throws when a password cannot be used. */
  readonly checkPassword: (user: UserRow, password: string) => Promise<void>;
  readonly setPassword: (user: UserRow, password: string) => Promise<void>;
  readonly endSessions: (user: UserId) => Promise<void>;
}

interface Link {
  readonly user: UserId;
  readonly untilMs: number;
}

/** What a link is used with. */
export interface ResetRequest {
  readonly code: string;
  readonly newPassword: string;
  /** Of the authenticator app, or a recovery code. */
  readonly factorCode?: string;
  /** Neither is there any more: two-factor sign-in goes off. */
  readonly isFactorLost?: boolean;
  readonly address?: string;
}

/** What a person is told of links of their past. Times are epoch ms. */
export interface ResetStanding {
  /** When one set their password last; null: never. */
  readonly resetAtMs: number | null;
  /** Since when the upper levels are held shut; null: they are not. */
  readonly heldSinceMs: number | null;
}

/** The door that a link opens. */
export class ResetDoor {
  readonly #parts: ResetDoorParts;
  /** By the hash of their code; of a person the newest alone. */
  readonly #links = new Map<string, Link>();
  readonly #lock = new KeyedLock();

  constructor(parts: ResetDoorParts) {
    this.#parts = parts;
  }

  /**
   * Makes a link; an older one of the person opens nothing any more. Whoever calls must have seen to it that only the machine's own
   * terminal asks.
   * @returns its code, known only here and now; until when it is good, epoch ms
   * @throws `policy-hidden` when there is no such person
   */
  async begin(user: UserId): Promise<{ readonly code: string; readonly untilMs: number }> {
    const { clock, random, user: find } = this.#parts;
    if ((await find(user)) === undefined) throw securityErrors("policy-hidden");
    const nowMs = clock.monotonicMs();
    for (const [hash, link] of this.#links) if (link.user === user || link.untilMs <= nowMs) this.#links.delete(hash);
    const code = makeResetCode(random);
    this.#links.set(hashCode(code), { user, untilMs: nowMs + LINK_MS });
    return { code, untilMs: clock.nowMs() + LINK_MS };
  }

  /**
   * Sets a new password; every session of the person is over then. A refusal leaves the link good.
   * @throws `reset-link-wrong`, `identity-code-required`, `identity-code-wrong`, `identity-password-…`, `identity-suspended`,
   *   `identity-throttled`, `access-busy`
   */
  async finish(request: ResetRequest): Promise<Pick<UserRow, "user" | "tenant">> {
    const { address, newPassword } = request;
    const { checkPassword, endSessions, factors, guesses, isSuspended, secondFactor, setPassword } = this.#parts;
    guesses.refuse(address);
    const hash = hashCode(request.code);
    return this.#lock.run(hash, async () => {
      const row = await this.#owner(hash);
      if (row === undefined) {
        guesses.countWrong(address);
        throw securityErrors("reset-link-wrong");
      }
      if (isSuspended(row)) throw securityErrors("identity-suspended");
      await checkPassword(row, newPassword);
      const person = { tenantId: row.tenant, userId: row.user };
      const isLost = request.isFactorLost === true && request.factorCode === undefined;
      const isShown = factors.has(row.user) && !isLost;
      if (isShown) await secondFactor(row, request.factorCode, address);
      this.#links.delete(hash);
      // Held before anything opens: whatever ends in the middle leaves too little open, never too much.
      await this.#change(row, (before, nowMs) => ({
        ...before,
        resetAtMs: nowMs,
        held: isShown ? before.held : (before.held ?? { sinceMs: nowMs, password: row.password }),
      }));
      if (!isShown && factors.has(row.user)) await factors.clear(person);
      await setPassword(row, newPassword);
      await endSessions(row.user);
      return row;
    });
  }

  /** What is known of links of a person's past. */
  standing(user: UserId): ResetStanding {
    const { held, resetAtMs } = this.#parts.register.account(user) ?? AS_REGISTERED;
    return { resetAtMs, heldSinceMs: held?.sinceMs ?? null };
  }

  /** Throws `account-held` while the upper levels are held shut. */
  requireOpen(user: UserId): void {
    if (this.standing(user).heldSinceMs !== null) throw securityErrors("account-held");
  }

  /**
   * Shows that it is still the person of before the link, by the password or a passkey of that time: nothing is held any more.
   * @throws `identity-credentials-wrong`, `passkey-refused`, `account-held` for a passkey that was made since, `identity-throttled`
   */
  async regain({ principal, password = "", passkey, address }: Proof): Promise<void> {
    const { guesses, passkeys, passwords, register, user } = this.#parts;
    const held = register.account(principal.userId)?.held ?? null;
    const row = await user(principal.userId);
    if (held === null || row === undefined) return;
    if (passkey === undefined) {
      const isRight = await guesses.attempt(`regain/${principal.userId}`, address, async () =>
        (await passwords.verify(held.password, password)) ? true : undefined,
      );
      if (isRight === undefined) throw securityErrors("identity-credentials-wrong");
    } else {
      const madeAtMs = await passkeys.prove(principal, passkey, address);
      if (madeAtMs >= held.sinceMs) throw securityErrors("account-held");
    }
    await this.#change(row, (before) => ({ ...before, held: null }));
  }

  async #owner(hash: string): Promise<UserRow | undefined> {
    const link = this.#links.get(hash);
    if (link === undefined || link.untilMs <= this.#parts.clock.monotonicMs()) return undefined;
    return this.#parts.user(link.user);
  }

  async #change({ user, tenant }: UserRow, to: (before: AccountChange, nowMs: number) => AccountChange): Promise<void> {
    const { register } = this.#parts;
    const before = register.account(user);
    const atMs = register.nowMs();
    const event = accountEvent({ tenant, user, atMs }, before, to(before ?? AS_REGISTERED, atMs));
    if ((await register.put(event)) === "late") throw securityErrors("access-busy");
  }
}
