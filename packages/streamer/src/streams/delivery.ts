/**
 * Delivers what streams have after their cursors, in fair order (fair-schedule.ts).
 *
 * Guarantees: a record is delivered once while this lives; nobody starves; nothing is read ahead of the caller.
 */
import type { FairSchedule } from "./fair-schedule.ts";
import type { StreamRecord } from "./partition-streams.ts";
import type { Place, StreamPlaces } from "./places.ts";

const ROWS_MIN = 1024;

/** Records of one stream. */
export interface StreamBatch {
  readonly name: string;
  readonly records: readonly StreamRecord[];
  /** Ask for this sequence next. */
  readonly nextSequence: number;
}

/** What a delivery works with. */
interface DeliveryContext {
  readonly places: StreamPlaces;
  readonly schedule: FairSchedule;
  /** Bytes a record costs besides its value. */
  readonly overheadBytes: number;
  readonly read: (place: Place, sequence: number, bytesMax: number) => Promise<Omit<StreamBatch, "name">>;
}

/** One delivery, from its first turn to its end. */
export class Delivery {
  readonly #context: DeliveryContext;
  /** By partition and slot, the sequence to go on with. */
  readonly #positions: Float64Array[];
  #wake: (() => void) | undefined;
  #ended = false;

  /** Begins at every stream's cursor. */
  constructor(context: DeliveryContext) {
    this.#context = context;
    this.#positions = context.places.owners.map((owner) => owner.table.cursor.slice());
    for (const [owner, streams] of context.places.owners.entries()) {
      for (let slot = 0; slot < streams.directory.slots; slot += 1) {
        if (streams.nextSequence(slot) > this.#positionOf({ owner, slot })) this.#schedule({ owner, slot });
      }
    }
  }

  /** A stream has more. */
  offer(place: Place): void {
    this.#schedule(place);
    this.#wake?.();
  }

  /** Ends `run`. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Delivers until `end`. */
  async *run(): AsyncGenerator<StreamBatch, void, undefined> {
    const { schedule } = this.#context;
    while (!this.#ended) {
      const turn = schedule.next();
      if (turn === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else yield* this.#serve(turn.slot, turn.priority);
    }
    // What still stands in the order belongs to nobody: the next delivery begins at the cursors.
    while (schedule.next() !== undefined);
  }

  async *#serve(key: number, priority: number): AsyncGenerator<StreamBatch, void, undefined> {
    const { overheadBytes, places, read, schedule } = this.#context;
    const place = places.placeOf(key);
    const owner = places.ownerOf(place);
    const name = owner.directory.nameOf(place.slot);
    if (name === undefined) return;
    const from = this.#positionOf(place);
    const batch = await read(place, from, schedule.quantumBytes);
    this.#setPosition(place, batch.nextSequence);
    // No progress: the rest is not durable yet and is offered when it is.
    if (batch.nextSequence > from && batch.nextSequence < owner.nextSequence(place.slot)) this.#schedule(place);
    if (batch.records.length === 0) return;
    const bytes = batch.records.reduce((sum, record) => sum + (record.value?.length ?? 0) + overheadBytes, 0);
    schedule.spent(priority, bytes);
    yield { name, ...batch };
  }

  #schedule(place: Place): void {
    const { places, schedule } = this.#context;
    schedule.add(places.keyOf(place), places.priorityOf(place));
  }

  #positionOf({ owner, slot }: Place): number {
    return this.#positions[owner]?.[slot] ?? 0;
  }

  #setPosition({ owner, slot }: Place, sequence: number): void {
    let column = this.#positions[owner] ?? new Float64Array(ROWS_MIN);
    if (slot >= column.length) {
      const larger = new Float64Array(Math.max(column.length * 2, slot + 1));
      larger.set(column);
      column = larger;
    }
    column[slot] = sequence;
    this.#positions[owner] = column;
  }
}
