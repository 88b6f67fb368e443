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

interface Place {
  /** By offset, the oldest first. */
  readonly kept: Map<number, Kept>;
  /** The offset after the last that was decoded here. */
  front: number;
}

/** Of all partitions together. */
const KEPT_MAX = 4_096;

/** Decodes for all views of a runner. */
export class DecodedOnce {
  readonly #viewsOf: (topic: string) => number;
  /** By topic, then by partition: no key is made for a record. */
  readonly #places = new Map<string, Place[]>();
  #size = 0;

  /** @param viewsOf how many views follow a topic */
  constructor(viewsOf: (topic: string) => number) {
    this.#viewsOf = viewsOf;
  }

  /** The event of a record, or why it is none. */
  decode({ offset, partition, topic, value }: EventRecord): DecodedEvent {
    const place = this.#place(topic, partition);
    const { kept } = place;
    const known = kept.get(offset);
    if (known !== undefined) {
      known.left--;
      if (known.left === 0 && kept.delete(offset)) this.#size--;
      return known.decoded;
    }
    const decoded = decodeEvent(value);
    const left = this.#viewsOf(topic) - 1;
    if (left > 0 && offset >= place.front) {
      place.front = offset + 1;
      const [oldest] = this.#size < KEPT_MAX ? [] : kept.keys();
      if (oldest !== undefined && kept.delete(oldest)) this.#size--;
      // Full of what other partitions lag with: then this one is decoded once more.
      if (this.#size < KEPT_MAX) {
        kept.set(offset, { decoded, left });
        this.#size++;
      }
    }
    return decoded;
  }

  #place(topic: string, partition: number): Place {
    const places = this.#places.get(topic) ?? [];
    if (places.length === 0) this.#places.set(topic, places);
    return (places[partition] ??= { kept: new Map(), front: 0 });
  }

  /** Events that some view has not had. */
  get size(): number {
    return this.#size;
  }
}
