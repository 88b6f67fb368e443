/**
 * Second factors of people: an authenticator app (TOTP) and recovery codes.
 *
 * Guarantees: a code opens once, and that it was used is durable on the log before it opens, so a restart forgets nothing; setting up
 * is complete only when a code of the app was given back; secrets are sealed under the user's key, recovery codes are hashes alone.
 * It does not slow down guessing (the identity service does) and sends nothing.
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import { type AccessFactors, EVENT_VERSION, type TenantId, type UserId } from "@kaelix/model";

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
    return (this.#tools.register.factors(user)?.totp ?? null) !== null;
  }

  status(user: UserId): FactorsStatus {
    const row = this.#tools.register.factors(user);
    return { totp: (row?.totp ?? null) !== null, recoveryLeft: row?.recovery.length ?? 0 };
  }

  /** Makes a secret for an app; nothing is kept until `confirm`. Throws `factor-present`. */
  begin(person: Person, account: string): TotpEnrolment {
    const { random, clock, issuer } = this.#tools;
    if (this.has(person.userId)) throw securityErrors("factor-present");
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
      return { totp: sealed.toString("base64url"), step, recovery: codes.map(hashCode), answer: codes };
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
      if (before === undefined || before.totp === null) throw securityErrors("factor-missing");
      const codes = this.#recoveryCodes();
      return { totp: before.totp, step: before.step, recovery: codes.map(hashCode), answer: codes };
    });
  }

  /** Takes app and recovery codes away. Throws `factor-missing`. */
  async remove(person: Person): Promise<void> {
    await this.#change(person, async (before) => {
      if (before === undefined || before.totp === null) throw securityErrors("factor-missing");
      return { totp: null, step: before.step, recovery: [], answer: undefined };
    });
  }

  async #useOnce(person: Person, code: string): Promise<boolean | "late"> {
    const { register, clock } = this.#tools;
    const before = register.factors(person.userId);
    if (before === undefined || before.totp === null || before.tenant !== person.tenantId) return false;
    const secret = await this.#open(person, before.totp);
    const step = findTotpStep(secret, code, clock.nowMs(), before.step);
    secret.fill(0);
    const hash = hashCode(code);
    // Hashes of 130 random bits: comparing them tells nothing about a code.
    const isRecovery = step === undefined && before.recovery.includes(hash);
    if (step === undefined && !isRecovery) return false;
    const next = isRecovery
      ? { totp: before.totp, step: before.step, recovery: before.recovery.filter((one) => one !== hash) }
      : { totp: before.totp, step: step ?? before.step, recovery: before.recovery };
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

  #event(person: Person, before: FactorsRow | undefined, { totp, step, recovery }: Factors): AccessFactors {
    const { tenantId: tenant, userId: user } = person;
    const revision = (before?.revision ?? 0) + 1;
    const base = { v: EVENT_VERSION, at: this.#tools.clock.nowMs(), tenant, user, revision };
    return { type: "access.factors", ...base, totp, step, recovery };
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

type Factors = Pick<FactorsRow, "totp" | "step" | "recovery">;

function placeOf(person: Person): { readonly user: UserId; readonly purpose: "factor"; readonly subject: string } {
  return { user: person.userId, purpose: "factor", subject: "totp" };
}
