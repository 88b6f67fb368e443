/**
 * Second factors of people: an authenticator app (TOTP), the ways that codes are sent by, and recovery codes.
 *
 * Guarantees: a code opens once, and that it was used is durable on the log before it opens, so a restart forgets nothing; setting up
 * is complete only when a code of the app was given back; secrets are sealed under the user's key, recovery codes are hashes alone.
 * It does not slow down guessing (the identity service does) and sends nothing (`SentCodes` does).
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import { type AccessFactors, type CodeWay, EVENT_VERSION, type TenantId, type UserId } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { hashCode, makeRecoveryCode } from "../identity/codes.ts";
import type { Keystore } from "../keys/keystore.ts";
import type { AccessRegister } from "./access-register.ts";
import type { FactorsRow } from "./rows.ts";
import { encodeBase32, findTotpStep, TOTP_SECRET_BYTES, totpUri } from "./totp.ts";

/** Whose factors. */
interface Person {
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

/** What a person has. */
export interface FactorsStatus {
  readonly totp: boolean;
  /** Recovery codes that are left. */
  readonly recoveryLeft: number;
  /** How codes are sent to them. */
  readonly sentBy: readonly CodeWay[];
}

/** What an authenticator app needs; shown once. */
export interface TotpEnrolment {
  /** Base32, for typing. */
  readonly secret: string;
  /** `otpauth://…`, for a QR code. */
  readonly uri: string;
  /** Until when a code of it must be given back, epoch ms. */
  readonly untilMs: number;
}

interface FactorTools {
  readonly register: AccessRegister;
  readonly keystore: Keystore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly issuer: string;
}

interface Begun {
  readonly secret: Uint8Array;
  readonly untilMs: number;
}

const ENROL_MS = 10 * 60_000;
const RECOVERY_CODES = 10;
const BEGUN_MAX = 10_000;
const ATTEMPTS = 3;

/** The factors of all people. */
export class SecondFactors {
  readonly #tools: FactorTools;
  readonly #begun = new Map<UserId, Begun>();
  readonly #lock = new KeyedLock();

  constructor(tools: FactorTools) {
    this.#tools = tools;
  }

  /** True when a code is asked for besides the password. */
  has(user: UserId): boolean {
    return this.hasApp(user) || this.sentBy(user).length > 0;
  }

  /** True when an authenticator app is set up. */
  hasApp(user: UserId): boolean {
    return (this.#tools.register.factors(user)?.totp ?? null) !== null;
  }

  /** How codes are sent to a person. */
  sentBy(user: UserId): readonly CodeWay[] {
    return this.#tools.register.factors(user)?.sent ?? [];
  }

  status(user: UserId): FactorsStatus {
    const row = this.#tools.register.factors(user);
    const recoveryLeft = row?.recovery.length ?? 0;
    return { totp: this.hasApp(user), recoveryLeft, sentBy: this.sentBy(user) };
  }

  /** Makes a secret for an app; nothing is kept until `confirm`. Throws `factor-present`. */
  begin(person: Person, account: string): TotpEnrolment {
    const { random, clock, issuer } = this.#tools;
    if (this.hasApp(person.userId)) throw securityErrors("factor-present");
    const nowMs = clock.monotonicMs();
    for (const [user, { untilMs }] of this.#begun) {
      if (untilMs <= nowMs || this.#begun.size >= BEGUN_MAX) this.#begun.delete(user);
    }
    const secret = random.bytes(TOTP_SECRET_BYTES);
    this.#begun.set(person.userId, { secret, untilMs: nowMs + ENROL_MS });
    const uri = totpUri(secret, issuer, account);
    return { secret: encodeBase32(secret), uri, untilMs: clock.nowMs() + ENROL_MS };
  }

  /**
   * Finishes setting up with a code of the app.
   * @returns ten recovery codes, shown once
   * @throws `factor-not-begun`, `factor-present`, `identity-code-wrong`
   */
  async confirm(person: Person, code: string): Promise<readonly string[]> {
    const { clock, keystore } = this.#tools;
    const begun = this.#begun.get(person.userId);
    if (begun === undefined || begun.untilMs <= clock.monotonicMs()) throw securityErrors("factor-not-begun");
    return this.#change(person, async (before) => {
      if ((before?.totp ?? null) !== null) throw securityErrors("factor-present");
      const step = findTotpStep(begun.secret, code, clock.nowMs(), before?.step ?? 0);
      if (step === undefined) throw securityErrors("identity-code-wrong");
      const sealed = await keystore.sealForUser(placeOf(person), begun.secret);
      const codes = this.#recoveryCodes();
      this.#begun.delete(person.userId);
      const sent = before?.sent ?? [];
      return { totp: sealed.toString("base64url"), step, recovery: codes.map(hashCode), sent, answer: codes };
    });
  }

  /** Uses up a code: of the app, or one of the recovery codes. False when it opens nothing. */
  async use(person: Person, code: string): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const used = await this.#lock.run(person.userId, async () => this.#useOnce(person, code));
      if (used !== "late") return used;
    }
    return false;
  }

  /** New recovery codes; the old ones open nothing any more. Throws `factor-missing`. */
  async renewRecovery(person: Person): Promise<readonly string[]> {
    return this.#change(person, async (before) => {
      if (!isOn(before)) throw securityErrors("factor-missing");
      const codes = this.#recoveryCodes();
      return { ...before, recovery: codes.map(hashCode), answer: codes };
    });
  }

  /**
   * From now on codes are sent by a way; who may ask for it has shown that they arrive.
   * @returns recovery codes, shown once, when this is the first second factor; else none
   * @throws `code-way-on`
   */
  async addSent(person: Person, by: CodeWay): Promise<readonly string[]> {
    return this.#change(person, async (before) => {
      if (before?.sent.includes(by) === true) throw securityErrors("code-way-on");
      const codes = isOn(before) ? [] : this.#recoveryCodes();
      const recovery = isOn(before) ? before.recovery : codes.map(hashCode);
      const sent = [...(before?.sent ?? []), by];
      return { totp: before?.totp ?? null, step: before?.step ?? 0, recovery, sent, answer: codes };
    });
  }

  /** Codes are no longer sent by a way; recovery codes go with the last factor. Throws `code-way-off`. */
  async removeSent(person: Person, by: CodeWay): Promise<void> {
    await this.#change(person, async (before) => {
      if (before === undefined || !before.sent.includes(by)) throw securityErrors("code-way-off");
      const sent = before.sent.filter((one) => one !== by);
      const recovery = before.totp === null && sent.length === 0 ? [] : before.recovery;
      return { totp: before.totp, step: before.step, recovery, sent, answer: undefined };
    });
  }

  /** Takes the app away, and the recovery codes unless codes are sent. Throws `factor-missing`. */
  async remove(person: Person): Promise<void> {
    await this.#change(person, async (before) => {
      if (before === undefined || before.totp === null) throw securityErrors("factor-missing");
      const { sent, step } = before;
      return { totp: null, step, recovery: sent.length === 0 ? [] : before.recovery, sent, answer: undefined };
    });
  }

  /** Takes everything away, for somebody who has none of it any more: nothing but the password is asked for from then on. */
  async clear(person: Person): Promise<void> {
    await this.#change(person, async (before) => {
      return { totp: null, step: before?.step ?? 0, recovery: [], sent: [], answer: undefined };
    });
  }

  async #useOnce(person: Person, code: string): Promise<boolean | "late"> {
    const { register } = this.#tools;
    const before = register.factors(person.userId);
    if (!isOn(before) || before.tenant !== person.tenantId) return false;
    const step =
      before.totp === null ? undefined : await this.#stepOf(person, before.totp, { code, after: before.step });
    const hash = hashCode(code);
    // Hashes of 130 random bits: comparing them tells nothing about a code.
    const isRecovery = step === undefined && before.recovery.includes(hash);
    if (step === undefined && !isRecovery) return false;
    const next = isRecovery
      ? { ...before, recovery: before.recovery.filter((one) => one !== hash) }
      : { ...before, step: step ?? before.step };
    return (await register.put(this.#event(person, before, next))) === "done" ? true : "late";
  }

  async #change<Result>(
    person: Person,
    make: (before: FactorsRow | undefined) => Promise<Factors & { readonly answer: Result }>,
  ): Promise<Result> {
    const { register } = this.#tools;
    return this.#lock.run(person.userId, async () => {
      const before = register.factors(person.userId);
      const next = await make(before);
      if ((await register.put(this.#event(person, before, next))) === "late") throw securityErrors("access-busy");
      return next.answer;
    });
  }

  /** The step of the app that a code is of; undefined when it is of none that opens. */
  async #stepOf(
    person: Person,
    totp: string,
    { code, after }: { readonly code: string; readonly after: number },
  ): Promise<number | undefined> {
    const secret = await this.#open(person, totp);
    const step = findTotpStep(secret, code, this.#tools.clock.nowMs(), after);
    secret.fill(0);
    return step;
  }

  #event(person: Person, before: FactorsRow | undefined, { totp, step, recovery, sent }: Factors): AccessFactors {
    const { tenantId: tenant, userId: user } = person;
    const revision = (before?.revision ?? 0) + 1;
    const base = { v: EVENT_VERSION, at: this.#tools.clock.nowMs(), tenant, user, revision };
    return { type: "access.factors", ...base, totp, step, recovery, ...(sent.length === 0 ? {} : { sent }) };
  }

  #recoveryCodes(): string[] {
    return Array.from({ length: RECOVERY_CODES }, () => makeRecoveryCode(this.#tools.random));
  }

  async #open(person: Person, sealed: string): Promise<Buffer> {
    const opened = await this.#tools.keystore.openForUser(placeOf(person), Buffer.from(sealed, "base64url"));
    if (opened.type === "opened") return opened.bytes;
    throw securityErrors("key-damaged", { message: "Cannot open the secret of the authenticator app: it is damaged" });
  }
}

type Factors = Pick<FactorsRow, "totp" | "step" | "recovery" | "sent">;

/** True when there is a second factor: recovery codes alone are none. */
function isOn(row: FactorsRow | undefined): row is FactorsRow {
  return row !== undefined && (row.totp !== null || row.sent.length > 0);
}

function placeOf(person: Person): { readonly user: UserId; readonly purpose: "factor"; readonly subject: string } {
  return { user: person.userId, purpose: "factor", subject: "totp" };
}
