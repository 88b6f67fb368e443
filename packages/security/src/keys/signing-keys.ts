/**
 * The keys that the installation signs with, one line of them for each purpose, on topic `keys` under the key-encryption key.
 *
 *     1 signs ──renew──► 2 signs, 1 retired ──its last token has ended──► 1 forgotten ──► …
 *                  at once: 2 signs, 1 forgotten with the same append
 *
 * Guarantees: a new key signs only once it is durable; a retired one verifies as long as what it may have signed is good, on either side of
 * its retirement, whatever the clock says then, and no longer; a forgotten one comes back by no restart. Each new key is random: who holds one,
 * or the installation's own, has no other. The first of each line is derived from the installation's own, as all signing was before there were lines.
 * It does not: let two processes renew at once. The private half of a retired key of the audit log is gone with its retirement; what it
 * signed is verified for ever by the notes in `vouched`.
 */
import { createSecretKey, hash, type KeyObject } from "node:crypto";

import { type Clock, isKaelixError, KeyedLock, type RandomSource } from "@kaelix/base";
import type { LogRecord } from "@kaelix/log";
import { DEFAULT_TENANT, EVENT_VERSION, type SigningKeyWrapped, type SigningPurpose } from "@kaelix/model";

import { openAuditKeys, vouchFor } from "../audit/audit-keys.ts";
import { securityErrors } from "../errors.ts";
import { KEY_BYTES } from "../sealing/cipher.ts";
import { lengthPrefixed } from "../sealing/envelope.ts";
import type { KekProvider } from "./kek.ts";
import { keyRecord, signingName, signingTombstone } from "./key-records.ts";
import { SYSTEM_USER } from "./keystore-types.ts";

/** A key that signs, or that still verifies. */
export interface SigningKey {
  readonly number: number;
  /** 32 bytes: an Ed25519 seed or a key of a MAC. The same object as long as the key is. */
  readonly secret: KeyObject;
  readonly sinceMs: number;
  /** When the next one came; undefined for the one that signs. */
  readonly retiredAtMs: number | undefined;
}

/** The key that signs, and after it those that still verify, newest first. */
export type SigningLine = readonly [SigningKey, ...SigningKey[]];

/** How a line of keys is. */
export interface SigningStatus {
  readonly purpose: SigningPurpose;
  readonly number: number;
  readonly sinceMs: number;
  /** Retired keys that still verify. */
  readonly former: number;
}

/** How a key is renewed. */
export interface SigningRenewOptions {
  /** Forgets every key before: what they signed is refused from now on. */
  readonly atOnce?: boolean;
  /** For the audit log: the last time that was signed, epoch ms; the new key's time begins no earlier. */
  readonly signedUntilMs?: () => number;
}

/** What they are made of. */
interface SigningParts {
  readonly kek: KekProvider;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Appends to topic `keys`, durable; resolves to the offset after the last record. */
  readonly append: (records: readonly LogRecord[]) => Promise<number>;
  /** Resolves when everything before an offset is folded. */
  readonly reach: (offset: number) => Promise<void>;
  readonly onProblem: (problem: string) => void;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How long the longest that a key signs is good, and for tokens of minutes one minute more, for what is signed while the next key is being written. */
const OVERLAP_MS: Readonly<Record<SigningPurpose, number>> = {
  "access-tokens": 11 * MINUTE_MS,
  "app-tokens": 90 * DAY_MS,
  audit: 0,
  refresh: 30 * DAY_MS,
};
const PURPOSES: readonly SigningPurpose[] = ["access-tokens", "app-tokens", "audit", "refresh"];
/** Retired keys of a line that are kept at most, however often it is renewed. */
const FORMERS_MAX = 8;
/** Keys of the audit log: the record of the newest names them all. */
const VOUCHED_MAX = 1_000;

interface OpenKey {
  readonly event: SigningKeyWrapped;
  readonly secret: KeyObject;
}

/** All lines. Part of the keystore. */
export class SigningKeys {
  readonly #parts: SigningParts;
  readonly #lock = new KeyedLock();
  readonly #wrapped = new Map<string, SigningKeyWrapped>();
  readonly #open = new Map<string, OpenKey>();
  /** Made here and on the way to the log. */
  readonly #made = new Map<SigningPurpose, OpenKey>();
  readonly #lines = new Map<SigningPurpose, readonly SigningKey[]>();
  /** Lines of which it is not known whether their newest key is on the log. */
  readonly #unsettled = new Set<SigningPurpose>();
  /** The highest number that was ever seen of a line, readable or not. */
  readonly #numbers = new Map<string, number>();
  #isStarted = false;

  constructor(parts: SigningParts) {
    this.#parts = parts;
  }

  /**
   * Opens what the log holds, and makes the first key of each line that it has none of. Once, when the topic is folded.
   * @param first the first key's secret of a line; undefined where a key may have been there that cannot be read
   */
  async start(first: (purpose: SigningPurpose) => Uint8Array | undefined): Promise<void> {
    await this.#openAll();
    this.#isStarted = true;
    const records: LogRecord[] = [];
    for (const purpose of PURPOSES) {
      const newest = this.#lines.get(purpose)?.[0]?.number;
      // One that was retired must not sign again because the next cannot be read.
      if (newest !== undefined && newest === this.#numbers.get(purpose)) continue;
      const known = this.#numbers.has(purpose) ? undefined : first(purpose);
      records.push(keyRecord(await this.#make(purpose, known ?? this.#parts.random.bytes(KEY_BYTES))));
    }
    if (records.length > 0) await this.#write(records);
  }

  /** The key that signs, and after it those that still verify. Throws `key-closed` before `start`. */
  keys(purpose: SigningPurpose): SigningLine {
    const [current, ...formers] = this.#lines.get(purpose) ?? [];
    if (current === undefined) throw securityErrors("key-closed");
    if (formers.length === 0) return [current];
    return [current, ...formers.filter((key) => this.#isGood(purpose, key))];
  }

  /** The notes by which the keys of the audit log vouch for each other, from the first on. */
  vouched(): readonly string[] {
    const { number } = this.keys("audit")[0];
    return this.#open.get(signingName({ purpose: "audit", number }))?.event.vouched ?? [];
  }

  /** False while it is not known which key is the newest: what must bear the right one's time waits. */
  isSettled(purpose: SigningPurpose): boolean {
    return !this.#unsettled.has(purpose);
  }

  /**
   * Makes a new key; it signs from when this returns.
   * @throws `signing-keys-many`; whatever the provider or the log throws: the next try does it
   */
  async renew(purpose: SigningPurpose, options: SigningRenewOptions = {}): Promise<void> {
    const { clock, random } = this.#parts;
    await this.#lock.run(purpose, async () => {
      const isSettled = this.isSettled(purpose);
      this.#unsettled.add(purpose);
      const made = this.#make(purpose, random.bytes(KEY_BYTES), options.signedUntilMs?.());
      const event = await made.catch((error: unknown) => {
        // Nothing went to the log.
        if (isSettled) this.#unsettled.delete(purpose);
        throw error;
      });
      // Also those that cannot be opened at the moment.
      const formers = [...this.#wrapped.values()].filter((key) => key.purpose === purpose);
      const kept = options.atOnce === true || purpose === "audit" ? 0 : FORMERS_MAX;
      const old = formers.toSorted((left, right) => right.number - left.number).slice(kept);
      const gone = old.map((key) => signingTombstone(signingName(key), clock.nowMs()));
      await this.#write([keyRecord(event), ...gone]);
      this.#unsettled.delete(purpose);
    });
  }

  /** Forgets retired keys that can have signed nothing that is still good. Throws errors of the log. */
  async forget(): Promise<void> {
    for (const purpose of PURPOSES) {
      await this.#lock.run(purpose, async () => {
        const [, ...formers] = this.#lines.get(purpose) ?? [];
        const gone = formers.filter((key) => !this.#isGood(purpose, key));
        const nowMs = this.#parts.clock.nowMs();
        const records = gone.map(({ number }) => signingTombstone(signingName({ purpose, number }), nowMs));
        if (records.length > 0) await this.#write(records);
      });
    }
  }

  /** Keys that are under a version of the key-encryption key before one. */
  *behind(kekVersion: number): IterableIterator<SigningKeyWrapped> {
    for (const event of this.#wrapped.values()) if (event.kek_version < kekVersion) yield event;
  }

  /** Wraps a key under the key-encryption key of today; false when it is, or is no more. */
  async rewrap({ number, purpose }: SigningKeyWrapped): Promise<boolean> {
    const { kek } = this.#parts;
    return this.#lock.run(purpose, async () => {
      const event = this.#wrapped.get(signingName({ number, purpose }));
      if (event === undefined || event.kek_version >= kek.currentVersion()) return false;
      const secret = await this.#unwrap(event);
      const anew = await this.#wrap(event, secret);
      secret.fill(0);
      await this.#write([keyRecord(anew)]);
      return true;
    });
  }

  /** How each line is. */
  status(): readonly SigningStatus[] {
    return PURPOSES.map((purpose) => {
      const [{ number, sinceMs }, ...formers] = this.keys(purpose);
      return { purpose, number, sinceMs, former: formers.length };
    });
  }

  /** Folds a key. */
  put(event: SigningKeyWrapped): void {
    const { number, purpose } = event;
    const name = signingName(event);
    this.#see(purpose, number);
    this.#wrapped.set(name, event);
    const made = this.#made.get(purpose);
    if (made !== undefined && made.event.wrapped === event.wrapped) {
      this.#made.delete(purpose);
      this.#keep({ event, secret: made.secret });
    } else if (this.#isStarted) void this.#openAll().catch((error: unknown) => this.#report(event, error));
  }

  /** Folds the end of a key. */
  drop(name: string): void {
    const event = this.#wrapped.get(name);
    this.#wrapped.delete(name);
    this.#open.delete(name);
    this.miss(name);
    if (event !== undefined) this.#arrange(event.purpose);
  }

  /** Takes note of a key that is gone, or whose record cannot be read: its number is not given again. */
  miss(name: string): void {
    const [purpose = "", number] = name.split("/");
    this.#see(purpose, Number(number));
  }

  #see(purpose: string, number: number): void {
    if (Number.isSafeInteger(number)) this.#numbers.set(purpose, Math.max(this.#numbers.get(purpose) ?? 0, number));
  }

  /** On either side of the retirement: a clock that was wrong then must not leave a key good for years. */
  #isGood(purpose: SigningPurpose, { retiredAtMs }: SigningKey): boolean {
    if (retiredAtMs === undefined) return true;
    return Math.abs(this.#parts.clock.nowMs() - retiredAtMs) < OVERLAP_MS[purpose];
  }

  async #make(purpose: SigningPurpose, secret: Uint8Array, signedUntilMs?: number): Promise<SigningKeyWrapped> {
    const number = (this.#numbers.get(purpose) ?? 0) + 1;
    const since = this.#parts.clock.nowMs();
    const vouched = purpose === "audit" ? this.#vouch(secret, number, Math.max(since, signedUntilMs ?? 0)) : undefined;
    const event = await this.#wrap({ purpose, number, since, ...(vouched === undefined ? {} : { vouched }) }, secret);
    this.#made.set(purpose, { event, secret: createSecretKey(secret) });
    secret.fill(0);
    return event;
  }

  #vouch(secret: Uint8Array, number: number, fromMs: number): readonly string[] {
    const before = this.#lines.get("audit")?.[0];
    if (before === undefined) return [vouchFor(secret, { secret, number, fromMs })];
    const vouched = this.vouched();
    if (vouched.length >= VOUCHED_MAX) throw securityErrors("signing-keys-many");
    // A clock that was set back must not put the times of the keys out of their order.
    const leastMs = openAuditKeys(vouched)?.at(-1)?.fromMs ?? 0;
    const note = vouchFor(before.secret.export(), { secret, number, fromMs: Math.max(fromMs, leastMs) });
    return [...vouched, note];
  }

  async #write(records: readonly LogRecord[]): Promise<void> {
    await this.#parts.reach(await this.#parts.append(records));
  }

  async #wrap(
    key: Pick<SigningKeyWrapped, "number" | "purpose" | "since" | "vouched">,
    secret: Uint8Array,
  ): Promise<SigningKeyWrapped> {
    const { clock, kek } = this.#parts;
    const { number, purpose, since, vouched } = key;
    const { kekVersion, wrapped } = await kek.wrap(secret, placeOf(key));
    return {
      type: "key.signing",
      v: EVENT_VERSION,
      at: clock.nowMs(),
      tenant: DEFAULT_TENANT,
      user: SYSTEM_USER,
      purpose,
      number,
      since,
      kek_version: kekVersion,
      wrapped: Buffer.from(wrapped).toString("base64url"),
      ...(vouched === undefined ? {} : { vouched }),
    };
  }

  async #unwrap(event: SigningKeyWrapped): Promise<Uint8Array> {
    const wrapped = { kekVersion: event.kek_version, wrapped: Buffer.from(event.wrapped, "base64url") };
    const secret = await this.#parts.kek.unwrap(wrapped, placeOf(event));
    if (secret?.length === KEY_BYTES) return secret;
    throw securityErrors("key-damaged", { details: { signing: signingName(event) } });
  }

  async #openAll(): Promise<void> {
    for (const [name, event] of this.#wrapped) {
      if (this.#open.get(name)?.event === event) continue;
      try {
        const secret = await this.#unwrap(event);
        // It may have been forgotten, or wrapped anew, while the provider worked.
        if (this.#wrapped.get(name) === event) this.#keep({ event, secret: createSecretKey(secret) });
        secret.fill(0);
      } catch (error) {
        if (!isKaelixError(error, "key-damaged")) throw error;
        this.#report(event, error);
      }
    }
  }

  #keep(key: OpenKey): void {
    this.#open.set(signingName(key.event), key);
    this.#arrange(key.event.purpose);
  }

  /** Newest first, each retired by the one after it. */
  #arrange(purpose: SigningPurpose): void {
    const own = [...this.#open.values()].filter(({ event }) => event.purpose === purpose);
    const sorted = own.toSorted((left, right) => right.event.number - left.event.number);
    this.#lines.set(
      purpose,
      sorted.map(({ event: { number, since }, secret }, at) => {
        return { number, secret, sinceMs: since, retiredAtMs: sorted[at - 1]?.event.since };
      }),
    );
  }

  #report(event: SigningKeyWrapped, error: unknown): void {
    const why = error instanceof Error ? error.message : "unknown reason";
    this.#parts.onProblem(`Key ${signingName(event)} that the installation signs with cannot be opened: ${why}`);
  }
}

function placeOf(key: Pick<SigningKeyWrapped, "number" | "purpose" | "since" | "vouched">): Buffer {
  const vouched = hash("sha256", (key.vouched ?? []).join("\0"), "base64url");
  return lengthPrefixed("kaelix/sk/1", key.purpose, String(key.number), String(key.since), vouched);
}
