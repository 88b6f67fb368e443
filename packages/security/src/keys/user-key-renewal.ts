/**
 * Renewal of people's own keys, and the work behind it.
 *
 *     renew ──► a new version of each key, durable ──► memory keys wrapped anew, in the background ──► what opened the former ones is destroyed
 *                                                        cut off ──► goes on at the next start ──┘
 *
 * Guarantees: from the answer of `renew` on, nothing is wrapped under the former versions; what a stop, a kill or a full disk cuts off goes on
 * where it was; nothing is destroyed while any key is, or may be, under it. Contents of memories are not touched.
 */
import { isKaelixError } from "@kaelix/base";
import type { UserId } from "@kaelix/model";

import type { Keystore } from "./keystore.ts";
import { rewrapAll } from "./rewrap.ts";

/** What it works with. */
interface UserKeyRenewalOptions {
  readonly keystore: Pick<Keystore, "renewUserKey" | "rewrapMemoryKeys" | "usersRenewing">;
  /** Told why it could not be finished; it is tried again within the hour. */
  readonly onProblem?: (problem: string) => void;
}

/** How far it is. */
export interface UserKeyRenewalStatus {
  /** People whose memory keys may still be under a former version. */
  readonly renewing: number;
  /** Memory keys of the run that is at work or was the last: done and in all. */
  readonly done: number;
  readonly total: number;
  readonly isAtWork: boolean;
  /** Why the last run did not finish; undefined when it did. */
  readonly problem: string | undefined;
}

const LOOK_MS = 3_600_000;

/** Renews people's keys. Nothing happens before `start` or `renew`. */
export class UserKeyRenewal {
  readonly #options: UserKeyRenewalOptions;
  readonly #stop = new AbortController();
  #atWork: Promise<void> | undefined;
  #isAskedAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #done = 0;
  #total = 0;
  #problem: string | undefined;

  constructor(options: UserKeyRenewalOptions) {
    this.#options = options;
  }

  /** Goes on with what was cut off, and looks every hour whether something could not be finished. */
  start(): void {
    this.#timer = setInterval(() => this.#begin(), LOOK_MS);
    this.#timer.unref();
    this.#begin();
  }

  /**
   * Renews the keys of people: each stands durably when this returns, and the rest goes on by itself. Who is erased meanwhile, or whose
   * last renewal is not finished, is left out.
   * @returns how many were renewed
   * @throws `key-mismatch`; whatever the provider or the log throws: some may have been renewed, and asking again does the others as well
   */
  async renew(users: readonly UserId[]): Promise<number> {
    try {
      return await rewrapAll(users, async (user) => this.#renewOne(user), { signal: this.#stop.signal });
    } finally {
      this.#begin();
    }
  }

  status(): UserKeyRenewalStatus {
    return {
      renewing: this.#options.keystore.usersRenewing(),
      done: this.#done,
      total: this.#total,
      isAtWork: this.#atWork !== undefined,
      problem: this.#problem,
    };
  }

  /** Stops after the keys at hand. What is left is done after the next start. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#atWork;
  }

  async #renewOne(user: UserId): Promise<boolean> {
    try {
      return await this.#options.keystore.renewUserKey(user);
    } catch (error) {
      if (isKaelixError(error, "key-user-missing")) return false;
      throw error;
    }
  }

  #begin(): void {
    if (this.#stop.signal.aborted) return;
    this.#isAskedAgain = true;
    this.#atWork ??= this.#work();
  }

  async #work(): Promise<void> {
    const { keystore, onProblem } = this.#options;
    do {
      this.#isAskedAgain = false;
      try {
        await keystore.rewrapMemoryKeys({
          signal: this.#stop.signal,
          onProgress: (done, total) => ([this.#done, this.#total] = [done, total]),
        });
        this.#problem = undefined;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : "unknown reason";
        onProblem?.(`The renewal of people's keys was not finished: ${this.#problem}`);
      }
    } while (this.#isAskedAgain && !this.#stop.signal.aborted);
    this.#atWork = undefined;
  }
}
