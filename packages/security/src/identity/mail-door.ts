/**
 * A person's e-mail address, and the way back in after a lost password.
 *
 * Guarantees: an address counts once a code that was sent to it came back; asking for a way back answers the same for every address, at
 * once, before anything is sent, and refusing a code takes as long where none was sent; a code opens with the request it was made for,
 * once, within ten minutes, five tries; whoever has a second factor gives it too; afterwards every session is over and the address is
 * told. At most three codes an hour go to one address, ten to one person, and twenty are asked for from one network address.
 * It does not: sign in by mail, or prove who is at a session: mail that somebody else reads must not open what is secret (codes as a
 * second step are `SentCodes`). Caps and codes are in memory: a restart forgets them.
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import type { TenantId, UserId, UserPrincipal } from "@kaelix/model";

import { MAIL_CODE_MS, MailCodes } from "../access/mail-codes.ts";
import type { WayRow } from "../access/rows.ts";
import type { Ways } from "../access/ways.ts";
import { securityErrors } from "../errors.ts";
import { Caps } from "./caps.ts";
import type { GuessGate } from "./guess-gate.ts";
import { parseEmail } from "./parse.ts";
import type { UserRow } from "./rows.ts";
import { addressName } from "./throttle.ts";

/** One message. */
export interface OutgoingMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

interface MailDoorParts {
  readonly ways: Ways;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly guesses: GuessGate;
  readonly send: (mail: OutgoingMail) => Promise<void>;
  /** Told that a message could not be sent when nobody waits for it. */
  readonly onProblem: (error: unknown) => void;
  readonly hash: (address: string) => Promise<string>;
  readonly user: (id: UserId) => Promise<UserRow | undefined>;
  readonly isSuspended: (person: Pick<UserRow, "user" | "tenant">) => boolean;
  /** Throws `identity-proof-required` unless the session has just proved itself. */
  readonly requireProof: (principal: UserPrincipal) => void;
  /** True when codes for signing in are sent to the person's address. */
  readonly isNeeded: (user: UserId) => boolean;
  /** Uses up a code of the authenticator app or a recovery code when there is a second factor; what is sent does not count. */
  readonly secondFactor: (user: UserRow, code: string | undefined, address: string | undefined) => Promise<void>;
  /** Throws when a password cannot be used. */
  readonly checkPassword: (user: UserRow, password: string) => Promise<void>;
  readonly setPassword: (user: UserRow, password: string) => Promise<void>;
  readonly endSessions: (user: UserId) => Promise<void>;
}

interface Recovery {
  readonly user: UserId;
  readonly tenant: TenantId;
  readonly to: string;
  readonly untilMs: number;
}

const TO_ADDRESS_PER_HOUR = 3;
const OF_PERSON_PER_HOUR = 10;
const FROM_PLACE_PER_HOUR = 20;
const REQUEST_BYTES = 16;

/** The door that mail opens. */
export class MailDoor {
  readonly #parts: MailDoorParts;
  readonly #codes: MailCodes;
  /** Of requests that nothing was sent for: a code that nobody gets, so that refusing one takes as long as refusing another. */
  readonly #unsent: MailCodes;
  readonly #toAddress = new Caps(TO_ADDRESS_PER_HOUR);
  readonly #ofPerson = new Caps(OF_PERSON_PER_HOUR);
  readonly #fromPlace = new Caps(FROM_PLACE_PER_HOUR);
  readonly #begun = new Map<UserId, { readonly to: string; readonly untilMs: number }>();
  readonly #recoveries = new Map<string, Recovery>();
  readonly #lock = new KeyedLock();

  constructor(parts: MailDoorParts) {
    this.#parts = parts;
    this.#codes = new MailCodes(parts.clock, parts.random);
    this.#unsent = new MailCodes(parts.clock, parts.random);
  }

  /** A person's confirmed address; null when there is none. */
  async address(principal: UserPrincipal): Promise<string | null> {
    const [row] = this.#parts.ways.of(principal, "email");
    return row === undefined ? null : this.#addressOf(row);
  }

  /**
   * Sends a code to an address; nothing is kept until it comes back. A newer one ends the older.
   * @returns until when it is good, epoch ms
   * @throws `identity-proof-required`, `email-invalid`, `email-too-many`; errors of sending
   */
  async begin(principal: UserPrincipal, typed: string): Promise<number> {
    const { clock, requireProof, send } = this.#parts;
    requireProof(principal);
    const to = parseEmail(typed);
    if (to === undefined) throw securityErrors("email-invalid");
    const nowMs = clock.monotonicMs();
    const isFree = this.#ofPerson.take(principal.userId, nowMs) && this.#toAddress.take(to, nowMs);
    const code = isFree ? this.#codes.make(`confirm/${principal.userId}/${to}`) : undefined;
    if (code === undefined) throw securityErrors("email-too-many");
    for (const [old, { untilMs }] of this.#begun) if (untilMs <= nowMs) this.#begun.delete(old);
    this.#begun.set(principal.userId, { to, untilMs: nowMs + MAIL_CODE_MS });
    await send({ to, ...confirmation(code) });
    return clock.nowMs() + MAIL_CODE_MS;
  }

  /**
   * Keeps the address that a code was sent to; it takes the place of an older one.
   * @throws `identity-proof-required`, `email-code-wrong`, `email-taken`, `identity-throttled`, `access-busy`
   */
  async confirm(principal: UserPrincipal, code: string): Promise<string> {
    const { guesses, hash, requireProof, ways } = this.#parts;
    requireProof(principal);
    const begun = this.#begun.get(principal.userId);
    const purpose = `confirm/${principal.userId}/${begun?.to ?? ""}`;
    const to = await guesses.attempt(`code/${principal.userId}`, undefined, async () =>
      begun !== undefined && this.#codes.check(purpose, code) ? begun.to : undefined,
    );
    if (to === undefined) throw securityErrors("email-code-wrong");
    this.#codes.spend(purpose);
    this.#begun.delete(principal.userId);
    return this.#lock.run(principal.userId, async () => {
      const older = ways.of(principal, "email");
      const way = await hash(to);
      if (older.some((row) => row.way === way)) return to;
      const added = await ways.add(principal, { kind: "email", way, counter: 0, details: { address: to } });
      if (added === "taken") throw securityErrors("email-taken");
      for (const row of older) await ways.end(row);
      return to;
    });
  }

  /** Takes the address away. Throws `identity-proof-required`, `email-missing`, `email-in-use`. */
  async remove(principal: UserPrincipal): Promise<void> {
    this.#parts.requireProof(principal);
    if (this.#parts.isNeeded(principal.userId)) throw securityErrors("email-in-use");
    await this.#lock.run(principal.userId, async () => {
      const rows = this.#parts.ways.of(principal, "email");
      if (rows.length === 0) throw securityErrors("email-missing");
      for (const row of rows) await this.#parts.ways.end(row);
    });
  }

  /**
   * Asks for a way back in. Answers the same whether the address is known or not, and before anything is sent.
   * @returns the request, which the code is good for; until when, epoch ms
   * @throws `email-invalid`, `email-too-many` by the network address alone
   */
  async ask(
    typed: string,
    address: string | undefined,
  ): Promise<{ readonly request: string; readonly untilMs: number }> {
    const { clock, random } = this.#parts;
    const to = parseEmail(typed);
    if (to === undefined) throw securityErrors("email-invalid");
    if (address !== undefined && !this.#fromPlace.take(addressName(address), clock.monotonicMs())) {
      throw securityErrors("email-too-many");
    }
    const request = Buffer.from(random.bytes(REQUEST_BYTES)).toString("base64url");
    // Nobody waits for it: the time it takes must not tell whether anything is sent.
    void this.#begin(request, to).catch(this.#parts.onProblem);
    return { request, untilMs: clock.nowMs() + MAIL_CODE_MS };
  }

  /**
   * Sets a new password with the code that was sent; every session of the person is over then.
   * @throws `email-code-wrong` whatever of request and code is wrong, `identity-code-required`, `identity-code-wrong`,
   *   `identity-password-…`, `identity-suspended`, `identity-throttled`
   */
  async finish(given: {
    readonly request: string;
    readonly code: string;
    readonly newPassword: string;
    /** Of the authenticator app, or a recovery code. */
    readonly factorCode?: string;
    readonly address?: string;
  }): Promise<{ readonly user: UserId; readonly tenant: TenantId }> {
    const { guesses, user: find, isSuspended, secondFactor, checkPassword } = this.#parts;
    const purpose = `recover/${given.request}`;
    return this.#lock.run(purpose, async () => {
      const recovery = await guesses.attempt(purpose, given.address, async () => {
        const isRight = this.#codes.check(purpose, given.code);
        this.#unsent.check(purpose, given.code);
        return isRight ? this.#recoveries.get(given.request) : undefined;
      });
      const user = recovery === undefined ? undefined : await find(recovery.user);
      if (recovery === undefined || user === undefined) throw securityErrors("email-code-wrong");
      // The address may have been taken away since.
      const row = this.#parts.ways.find("email", await this.#parts.hash(recovery.to));
      if (row?.user !== recovery.user) throw securityErrors("email-code-wrong");
      if (isSuspended(user)) throw securityErrors("identity-suspended");
      await checkPassword(user, given.newPassword);
      await secondFactor(user, given.factorCode, given.address);
      this.#codes.spend(purpose);
      this.#recoveries.delete(given.request);
      await this.#parts.setPassword(user, given.newPassword);
      await this.#parts.endSessions(user.user);
      void this.#parts.send({ to: recovery.to, ...CHANGED }).catch(this.#parts.onProblem);
      return { user: user.user, tenant: user.tenant };
    });
  }

  async #begin(request: string, to: string): Promise<void> {
    const { clock, hash, send, ways } = this.#parts;
    const row = ways.find("email", await hash(to));
    const nowMs = clock.monotonicMs();
    // Unknown ones count too: what is known of an address must not depend on whether somebody has it.
    if (!this.#toAddress.take(to, nowMs) || row === undefined || !this.#ofPerson.take(row.user, nowMs)) {
      this.#unsent.make(`recover/${request}`);
      return;
    }
    const code = this.#codes.make(`recover/${request}`);
    if (code === undefined) return;
    for (const [old, { untilMs }] of this.#recoveries) {
      if (untilMs > nowMs) break;
      this.#recoveries.delete(old);
    }
    this.#recoveries.set(request, { user: row.user, tenant: row.tenant, to, untilMs: nowMs + MAIL_CODE_MS });
    await send({ to, ...recovering(code) });
  }

  async #addressOf(row: WayRow): Promise<string> {
    return String((await this.#parts.ways.details(row)).get("address"));
  }
}

function confirmation(code: string): Omit<OutgoingMail, "to"> {
  const text = `Your code is ${code}. It is good for ten minutes.\n\nSomebody typed this address into Kaelix, under Me, Security. If that was not you, leave it: nothing happens.\n`;
  return { subject: `${code} is your code`, text };
}

function recovering(code: string): Omit<OutgoingMail, "to"> {
  const text = `Your code is ${code}. It is good for ten minutes, on the page where you asked for it.\n\nSomebody asked for a new password for your Kaelix. If that was not you, leave it and tell nobody the code: your password stays as it is.\n`;
  return { subject: `${code} is your code for a new password`, text };
}

const CHANGED: Omit<OutgoingMail, "to"> = {
  subject: "Your password was changed",
  text: "Your Kaelix has a new password, set with a code that was sent to this address. Every device was signed out.\n\nIf that was not you, somebody reads your mail: change its password first, then ask for a new one at Kaelix.\n",
};
