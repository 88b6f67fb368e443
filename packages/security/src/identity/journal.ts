/** Writes identity events: durable on the log first, then folded by the view, then answered. */
import { encodeText } from "@kaelix/base";
import type { Log } from "@kaelix/log";
import { encodeEvent, type IdentityEvent, TOPICS } from "@kaelix/model";

import type { IdentityStore } from "./store.ts";

const TOPIC = TOPICS.identity.name;
const PARTITION = 0;

/** The identity topic of one log and the view over it. */
export class IdentityJournal {
  readonly #log: Log;
  readonly #store: IdentityStore;

  constructor(log: Log, store: IdentityStore) {
    this.#log = log;
    this.#store = store;
  }

  /** Makes the topic and waits until the view has folded all there is. */
  async open(): Promise<void> {
    await this.#log.createTopic(TOPICS.identity);
    const { durableOffset } = await this.#log.bounds(TOPIC, PARTITION);
    if (durableOffset > 0) await this.folded(durableOffset - 1);
  }

  /** Appends events as one batch, all or none. Resolves with the last one's offset once they are durable. */
  async append(events: readonly IdentityEvent[]): Promise<number> {
    const records = events.map((event) => ({
      key: encodeText(event.user),
      value: encodeEvent(event),
      timestampMs: event.at,
    }));
    const { baseOffset } = await this.#log.append(TOPIC, PARTITION, records, { acknowledge: "durable" });
    return baseOffset + records.length - 1;
  }

  /** Resolves when the view has folded an offset. */
  async folded(offset: number): Promise<void> {
    await this.#store.caughtUp({ topic: TOPIC, partition: PARTITION, offset });
  }
}
