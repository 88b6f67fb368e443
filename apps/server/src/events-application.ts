import { type LogPosition } from "@kaelix/base";
import type { EventsApplication, LiveEvent, PastEvent } from "@kaelix/gateway";
import type { Log } from "@kaelix/log";
import { decodeEvent, type KaelixEvent, type MemoryEvent, TOPICS, type UserId } from "@kaelix/model";

type Listener = (event: LiveEvent) => void;

/** Tells listeners what was acknowledged in this process, and reads back what they missed from the log. */
export class LiveEvents implements Omit<EventsApplication, "mayHear" | "sharedWith"> {
  readonly #log: Log;
  readonly #listeners = new Set<Listener>();

  constructor(log: Log) {
    this.#log = log;
  }

  follow(listener: Listener): { stop(): void } {
    this.#listeners.add(listener);
    return { stop: () => this.#listeners.delete(listener) };
  }

  /** Hands acknowledged events on. `first` is the position of the first; the others follow densely. */
  tell(events: readonly MemoryEvent[], first: LogPosition): void {
    if (this.#listeners.size === 0) return;
    for (const [index, event] of events.entries()) {
      const live = liveEventOf(event, { ...first, offset: first.offset + index });
      if (live !== undefined) this.emit(live);
    }
  }

  /** Hands one event on. */
  emit(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async replay(userId: UserId, after: LogPosition, limit: number): Promise<readonly PastEvent[]> {
    if (after.topic !== TOPICS.memories.name || after.partition >= TOPICS.memories.partitions) return [];
    const { startOffset, durableOffset } = await this.#log.bounds(after.topic, after.partition);
    const events: PastEvent[] = [];
    let offset = Math.max(startOffset, after.offset + 1);
    while (offset < durableOffset && events.length < limit) {
      const batch = await this.#log.read(after.topic, after.partition, offset);
      for (const record of batch.records) {
        const decoded = record.value === null ? undefined : decodeEvent(record.value);
        if (decoded?.type !== "event" || decoded.event.user !== userId || events.length >= limit) continue;
        const live = liveEventOf(decoded.event, { ...after, offset: record.offset });
        if (live !== undefined) events.push(live);
      }
      offset = batch.nextOffset;
    }
    return events;
  }
}

function liveEventOf(event: KaelixEvent, position: LogPosition): PastEvent | undefined {
  const userId = event.user;
  switch (event.type) {
    case "memory.remembered":
      return { type: "memory.stored", userId, position, memoryId: event.memory, level: event.level };
    case "memory.revised":
      return { type: event.type, userId, position, memoryId: event.memory, level: event.level };
    case "memory.forgotten":
    case "memory.restored":
    case "memory.recall-decided":
    case "memory.erased":
      return { type: event.type, userId, position, memoryId: event.memory, level: null };
    case "import.started":
    case "import.finished":
    case "import.undone":
      return { type: "import.changed", userId, position, importId: event.import };
    case "memory.all-erased":
    case "user.erased":
    case "erasure.state":
    case "erasure.named":
    case "user.registered":
    case "user.password-changed":
    case "session.started":
    case "session.rotated":
    case "session.revoked":
    case "invite.created":
    case "invite.revoked":
    case "access.account":
    case "access.tenant":
    case "key.user":
    case "key.memory":
    case "key.signing":
    case "access.factors":
    case "access.key":
    case "access.app":
    case "access.grant":
    case "access.way":
    case "access.seal":
    case "audit.entry":
    case "audit.checkpoint":
    case "person.decided":
    case "person.undone":
    case "day.settings":
    case "lessons.forgotten":
    case "retention.chosen":
    case "retention.announced":
    case "retention.kept":
    case "provider.chosen":
    case "day.made":
    case "day.judged":
    case "search.saved":
    case "write.proposed":
      return undefined;
  }
}
