/**
 * What must be true of a broker, whatever becomes of its process. Pure: it is told what was sent, answered and read, and says what is wrong.
 *
 * Guarantees to find: an acknowledged record that is gone or stands elsewhere, a record that changed after somebody saw it, offsets with
 * gaps, a batch of one producer twice or out of order, a producer id given twice, a committed offset that nobody asked for, that is gone or
 * that went back, and outputs of transactions that do not agree with the input offsets committed in them.
 * Does not know: which of the requests that were never answered took effect; either is right.
 */

/** A record as it was read. */
export interface ReadRecord {
  readonly offset: number;
  readonly text: string;
}

/** A batch as it was read, markers of transactions included. */
export interface ReadBatch {
  readonly baseOffset: number;
  readonly nextOffset: number;
}

interface Written {
  sentCount: number;
  /** Offset of each acknowledged record by its serial number. */
  readonly offsets: number[];
}

interface Committed {
  /** Acknowledged or seen: it never goes back behind this. */
  min: number;
  readonly asked: Set<number>;
}

/** The truth of one folder. */
export class Truth {
  readonly #faults = new Set<string>();
  readonly #seen = new Map<string, string[]>();
  readonly #written = new Map<string, Written>();
  readonly #committed = new Map<string, Committed>();
  readonly #producerIds = new Set<number>();
  acknowledgedCount = 0;

  faults(): readonly string[] {
    return [...this.#faults];
  }

  fault(text: string): void {
    this.#faults.add(text);
  }

  /** Somebody read a record, or was told that it stands there: it stays. */
  see(place: string, { offset, text }: ReadRecord): void {
    const texts = this.#seen.get(place) ?? [];
    this.#seen.set(place, texts);
    const before = texts[offset];
    if (before !== undefined && before !== text) this.fault(`${place} offset ${offset} was "${before}", is "${text}"`);
    texts[offset] = text;
  }

  /** A producer id that a producer without a transactional id was given. */
  gaveProducerId(producerId: number): void {
    if (this.#producerIds.has(producerId)) this.fault(`producer id ${producerId} was given twice`);
    this.#producerIds.add(producerId);
  }

  /** `serial` of a producer in a partition is about to be sent: "producer/partition". */
  sends(stream: string, count: number): void {
    this.#writtenOf(stream).sentCount += count;
  }

  /** Records of a producer in a partition were acknowledged. */
  acknowledged(stream: string, serial: number, baseOffset: number, count: number): void {
    const { offsets } = this.#writtenOf(stream);
    for (let at = 0; at < count; at += 1) offsets[serial + at] = baseOffset + at;
    this.acknowledgedCount += count;
  }

  #writtenOf(stream: string): Written {
    const known = this.#written.get(stream) ?? { sentCount: 0, offsets: [] };
    this.#written.set(stream, known);
    return known;
  }

  /** A partition was read from its beginning: are its offsets dense, is everything there that somebody saw? */
  checkPartition(
    place: string,
    read: { readonly batches: readonly ReadBatch[]; readonly records: readonly ReadRecord[]; readonly end: number },
  ): void {
    let next = 0;
    for (const { baseOffset, nextOffset } of read.batches) {
      if (baseOffset !== next) this.fault(`${place} goes on at ${baseOffset} where ${next} was expected`);
      next = nextOffset;
    }
    if (next !== read.end) this.fault(`${place} ends at ${next}, says ${read.end}`);
    const found = new Set<number>();
    for (const record of read.records) {
      found.add(record.offset);
      this.see(place, record);
    }
    const seen = this.#seen.get(place) ?? [];
    for (const [offset, text] of seen.entries()) {
      if (text !== undefined && !found.has(offset)) this.fault(`${place} offset ${offset} was "${text}" and is gone`);
    }
  }

  /** The records of idempotent producers, "producer/partition serial", by partition, in their order. */
  checkWritten(partitions: readonly (readonly ReadRecord[])[]): void {
    const counts = new Map<string, number>();
    for (const [partition, records] of partitions.entries()) {
      for (const { offset, text } of records) {
        const [stream = "", serialText] = text.split(" ");
        const serial = Number(serialText);
        const expected = counts.get(stream) ?? 0;
        if (!stream.endsWith(`/${partition}`)) this.fault(`partition ${partition} has a record of ${stream}`);
        if (serial < expected) this.fault(`${stream}: record ${serial} is there twice, again at ${offset}`);
        if (serial > expected) this.fault(`${stream}: record ${expected} is missing before ${serial} at ${offset}`);
        const told = this.#written.get(stream)?.offsets[serial];
        if (told !== undefined && told !== offset) {
          this.fault(`${stream}: record ${serial} was acknowledged at ${told}, stands at ${offset}`);
        }
        counts.set(stream, serial + 1);
      }
    }
    for (const [stream, { offsets, sentCount }] of this.#written) {
      const count = counts.get(stream) ?? 0;
      if (count < offsets.length)
        this.fault(`${stream}: ${offsets.length} records were acknowledged, ${count} are there`);
      if (count > sentCount) this.fault(`${stream}: ${sentCount} records were sent, ${count} are there`);
    }
  }

  /** A group's offset is about to be sent: "group/partition". */
  asksOffset(place: string, offset: number): void {
    this.#committedOf(place).asked.add(offset);
  }

  /** A group's offset was acknowledged. */
  toldOffset(place: string, offset: number): void {
    const known = this.#committedOf(place);
    known.min = Math.max(known.min, offset);
  }

  /** What the offset is at least; taken before it is asked for. -1: there may be none. */
  offsetMin(place: string): number {
    return this.#committedOf(place).min;
  }

  /** A group's offset was read, -1 for none. */
  foundOffset(place: string, offset: number, min: number): void {
    const known = this.#committedOf(place);
    if (offset < min) this.fault(`committed offset of ${place} is ${offset}, was ${min}`);
    if (offset >= 0 && !known.asked.has(offset))
      this.fault(`committed offset of ${place} is ${offset}, which nobody asked for`);
    known.min = Math.max(known.min, offset);
  }

  #committedOf(place: string): Committed {
    const known = this.#committed.get(place) ?? { min: -1, asked: new Set() };
    this.#committed.set(place, known);
    return known;
  }

  /**
   * Exactly once: when no transaction is open, what `read_committed` shows of a worker is one output for each input below the offset that was
   * committed with it, in order, and nothing else. Outputs are "worker input-offset", in the partition of the offset's remainder.
   */
  checkOutputs(partitions: readonly (readonly ReadRecord[])[], committed: ReadonlyMap<string, number>): void {
    for (const [partition, records] of partitions.entries()) {
      const next = new Map<string, number>();
      for (const { offset, text } of records) {
        const [worker = "", inputText] = text.split(" ");
        const input = Number(inputText);
        if (!committed.has(worker)) this.fault(`output ${partition} shows "${text}", which nobody committed`);
        const expected = next.get(worker) ?? partition;
        if (input < expected) this.fault(`output ${partition} shows "${text}" twice, again at ${offset}`);
        if (input > expected)
          this.fault(`output ${partition} shows "${text}" where "${worker} ${expected}" is missing`);
        next.set(worker, input + partitions.length);
      }
      for (const [worker, end] of committed) {
        const count = next.get(worker) ?? partition;
        const expected = partition + Math.ceil(Math.max(0, end - partition) / partitions.length) * partitions.length;
        if (count !== expected)
          this.fault(`output ${partition} of ${worker} ends before ${count}, committed is ${end}`);
      }
    }
  }
}
