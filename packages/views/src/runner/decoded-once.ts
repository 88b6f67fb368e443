/**
 * Events as decoded for the first view that comes by, for the others of the same topic.
 *
 * Guarantees: an event goes when every view has had it, so that nothing is held while all keep up; bounded when one lags. Only what is
 * decoded at the front is kept: a view that is made anew from the beginning would leave behind what nobody comes for.
 */
import { type DecodedEvent, decodeEvent } from "@kaelix/model";

/** The place of a record, and its value. */
export interface EventRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: Uint8Array;
}

interface Kept {
  readonly decoded: DecodedEvent;
  /** Views that have not had it. */
  left: number;
}

const KEPT_MAX = 4_096;

/** Decodes for all views of a runner. */
export class DecodedOnce {
  readonly #viewsOf: (topic: string) => number;
  readonly #kept = new Map<string, Kept>();
  /** Partition → the offset after the last that was decoded there. */
  readonly #fronts = new Map<string, number>();

  /** @param viewsOf how many views follow a topic */
  constructor(viewsOf: (topic: string) => number) {
    this.#viewsOf = viewsOf;
  }

  /** The event of a record, or why it is none. */
  decode({ offset, partition, topic, value }: EventRecord): DecodedEvent {
    const place = `${topic}/${partition}`;
    const key = `${place}/${offset}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      kept.left--;
      if (kept.left === 0) this.#kept.delete(key);
      return kept.decoded;
    }
    const decoded = decodeEvent(value);
    const left = this.#viewsOf(topic) - 1;
    if (left > 0 && offset >= (this.#fronts.get(place) ?? 0)) {
      this.#fronts.set(place, offset + 1);
      const [oldest] = this.#kept.size < KEPT_MAX ? [] : this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
      this.#kept.set(key, { decoded, left });
    }
    return decoded;
  }

  /** Events that some view has not had. */
  get size(): number {
    return this.#kept.size;
  }
}
