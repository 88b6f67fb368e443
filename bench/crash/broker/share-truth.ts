/**
 * What must be true of a share group, whatever becomes of the broker's process. Pure: it is told what was delivered, said and answered.
 *
 * Guarantees to find: a record that is delivered again after it was told that it is done, a start offset that went back, and a record before
 * it that nobody said was done and that was not delivered as often as the limit says.
 */

const DELIVERIES_MAX = 5;

interface Work {
  startOffset: number;
  /** Said to be done, whether the answer came or not. */
  readonly asked: Set<number>;
  /** Answered to be done. */
  readonly told: Set<number>;
  /** Delivered for the last time. */
  readonly given: Set<number>;
}

/** The truth of one folder's share groups. */
export class ShareTruth {
  readonly #fault: (text: string) => void;
  readonly #work = new Map<string, Work>();
  doneCount = 0;

  constructor(fault: (text: string) => void) {
    this.#fault = fault;
  }

  /** A record came to a member. */
  delivered(place: string, offset: number, deliveryCount: number): void {
    const work = this.#of(place);
    if (work.told.has(offset))
      this.#fault(`${place} offset ${offset} was done, and is delivered again (${deliveryCount})`);
    if (deliveryCount > DELIVERIES_MAX) this.#fault(`${place} offset ${offset} is delivered ${deliveryCount} times`);
    if (deliveryCount >= DELIVERIES_MAX) work.given.add(offset);
  }

  /** A member is about to say that a record is done. */
  asks(place: string, offset: number): void {
    this.#of(place).asked.add(offset);
  }

  /** It was answered without an error. */
  told(place: string, offset: number): void {
    this.#of(place).told.add(offset);
    this.doneCount += 1;
  }

  /** The broker says where the group stands. */
  foundStart(place: string, startOffset: number): void {
    const work = this.#of(place);
    if (startOffset < work.startOffset) this.#fault(`${place} starts at ${startOffset}, was ${work.startOffset}`);
    for (let offset = work.startOffset; offset < startOffset; offset += 1) {
      if (!work.asked.has(offset) && !work.given.has(offset))
        this.#fault(`${place} offset ${offset} is lost: nobody said it is done`);
    }
    work.startOffset = Math.max(work.startOffset, startOffset);
  }

  #of(place: string): Work {
    const known = this.#work.get(place) ?? { startOffset: 0, asked: new Set(), told: new Set(), given: new Set() };
    this.#work.set(place, known);
    return known;
  }
}
