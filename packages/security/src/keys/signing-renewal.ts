/**
 * Renewal of what the installation signs with: by itself every 90 days, at once on request.
 *
 *     a key older than 90 days, or of a day that is still to come ──► the next one signs ──► the former is forgotten when its last token has ended
 *
 * Guarantees: what a stop or a full disk cuts off is done at the next look, within the hour; one that fails holds up no other.
 */
import { type Clock, KeyedLock, systemClock } from "@kaelix/base";
import type { SigningPurpose } from "@kaelix/model";

import type { AuditLog } from "../audit/audit-log.ts";
import type { Keystore } from "./keystore.ts";
import type { SigningStatus } from "./signing-keys.ts";

/** What it works with. */
interface SigningRenewalOptions {
  readonly keystore: Pick<Keystore, "signing">;
  readonly audit: Pick<AuditLog, "renewKey">;
  readonly clock?: Clock;
  /** Told why one could not be renewed; it is tried again within the hour. */
  readonly onProblem?: (problem: string) => void;
}

/** How what signs is. */
export interface SigningRenewalStatus {
  readonly lines: readonly (SigningStatus & {
    /** True when it should have been renewed a day ago. */
    readonly isLate: boolean;
  })[];
  readonly renewedAfterDays: number;
  /** Why the last look did not end well; undefined when it did. */
  readonly problem: string | undefined;
}

const DAY_MS = 86_400_000;
const RENEWED_AFTER_DAYS = 90;
const LOOK_MS = 3_600_000;

/** Renews the keys. Nothing happens before `start`, `tick` or `renew`. */
export class SigningRenewal {
  readonly #options: SigningRenewalOptions;
  readonly #clock: Clock;
  readonly #lock = new KeyedLock();
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #problem: string | undefined;

  constructor(options: SigningRenewalOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Looks now and every hour whether there is something to do. */
  start(): void {
    const look = (): void => void this.tick().catch(() => undefined);
    this.#timer = setInterval(look, LOOK_MS);
    this.#timer.unref();
    look();
  }

  /** Renews what is due and forgets what can have signed nothing that is still good. Throws the first failure after trying all. */
  async tick(): Promise<void> {
    const { signing } = this.#options.keystore;
    await this.#run(async () => {
      const due = signing.status().filter((line) => this.#isDue(line, RENEWED_AFTER_DAYS));
      // One that a failure left in doubt is not due by its age, and signs nothing until it is renewed.
      const doubtful = signing.status().filter(({ purpose }) => !signing.isSettled(purpose));
      await this.#renewAll(new Set([...due, ...doubtful].map(({ purpose }) => purpose)), false);
      await signing.forget();
    });
  }

  /**
   * Renews every key now.
   * @param atOnce forgets the former ones: whatever they signed is refused when this returns, but for checkpoints and receipts
   * @throws the first failure after trying all; `signing-keys-many`
   */
  async renew(atOnce: boolean): Promise<void> {
    const { signing } = this.#options.keystore;
    await this.#run(() => this.#renewAll(new Set(signing.status().map(({ purpose }) => purpose)), atOnce));
  }

  status(): SigningRenewalStatus {
    const lines = this.#options.keystore.signing.status();
    return {
      lines: lines.map((line) => ({ ...line, isLate: this.#isDue(line, RENEWED_AFTER_DAYS + 1) })),
      renewedAfterDays: RENEWED_AFTER_DAYS,
      problem: this.#problem,
    };
  }

  /** Stops after the key at hand. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#isStopped = true;
    await this.#lock.run("all", async () => undefined);
  }

  /** A key of a day that is still to come was made while the clock was wrong, and would not be due for as long as that. */
  #isDue({ sinceMs }: SigningStatus, days: number): boolean {
    const ageMs = this.#clock.nowMs() - sinceMs;
    return ageMs >= days * DAY_MS || ageMs <= -DAY_MS;
  }

  async #renewAll(purposes: ReadonlySet<SigningPurpose>, atOnce: boolean): Promise<void> {
    const { audit, keystore } = this.#options;
    const failures: unknown[] = [];
    for (const purpose of purposes) {
      if (this.#isStopped) return;
      try {
        await (purpose === "audit" ? audit.renewKey() : keystore.signing.renew(purpose, { atOnce }));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** One at a time. */
  async #run(work: () => Promise<void>): Promise<void> {
    await this.#lock.run("all", async () => {
      if (this.#isStopped) return;
      try {
        await work();
        this.#problem = undefined;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : "unknown reason";
        this.#options.onProblem?.(`The keys that the installation signs with were not all renewed: ${this.#problem}`);
        throw error;
      }
    });
  }
}
