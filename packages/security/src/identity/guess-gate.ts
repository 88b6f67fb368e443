/** Where secrets are tried: wrong ones slow down their name and the address they come from (`Throttle`). */
import { type Clock, isKaelixError } from "@kaelix/base";

import { securityErrors } from "../errors.ts";
import { addressName, Throttle } from "./throttle.ts";

const NAME_FAILURES_FREE = 5;
const ADDRESS_FAILURES_FREE = 20;
const NAMES_MAX = 50_000;

/** Counts wrong guesses by name and by address. */
export class GuessGate {
  readonly #clock: Clock;
  readonly #names = new Throttle({ free: NAME_FAILURES_FREE, namesMax: NAMES_MAX });
  readonly #addresses = new Throttle({ free: ADDRESS_FAILURES_FREE, namesMax: NAMES_MAX });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Runs a check of a secret; undefined is a failure. The attempt counts before its outcome is known; one that throws does not count.
   * @throws `identity-throttled` without running it
   */
  async attempt<Result>(
    name: string,
    address: string | undefined,
    check: () => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    const nowMs = this.#clock.monotonicMs();
    const place = address === undefined ? undefined : addressName(address);
    refuseWaiting(
      Math.max(this.#names.waitMs(name, nowMs), place === undefined ? 0 : this.#addresses.waitMs(place, nowMs)),
    );
    this.#names.attempt(name, nowMs);
    if (place !== undefined) this.#addresses.attempt(place, nowMs);
    try {
      const result = await check();
      if (result === undefined) return undefined;
      this.#names.succeed(name);
      if (place !== undefined) this.#addresses.takeBack(place);
      return result;
    } catch (error) {
      this.#names.takeBack(name);
      if (place !== undefined) this.#addresses.takeBack(place);
      throw error;
    }
  }

  /** Throws `identity-throttled` while an address must wait. */
  refuse(address: string | undefined): void {
    if (address !== undefined) refuseWaiting(this.#addresses.waitMs(addressName(address), this.#clock.monotonicMs()));
  }

  /** Counts a wrong guess of an address. */
  countWrong(address: string | undefined): void {
    if (address !== undefined) this.#addresses.attempt(addressName(address), this.#clock.monotonicMs());
  }
}

/** Makes the refusal of one code a failed check; any other error stays one. */
export function undefinedOn(code: string): (error: unknown) => undefined {
  return (error) => {
    if (isKaelixError(error, code)) return undefined;
    throw error;
  };
}

function refuseWaiting(waitMs: number): void {
  if (waitMs > 0) throw securityErrors("identity-throttled", { details: { retryAfterMs: Math.ceil(waitMs) } });
}
