/**
 * Runs a writer on a simulated disk, cuts the power at a random moment (sometimes after the process was killed and started again),
 * opens what is left, compares, and goes on on that disk.
 *
 * Oracle: every record that was acknowledged, or shown to a durable reader, before the cut is read back unchanged at its offset; whatever else is read was written
 * there; offsets only grow.
 */
import { decodeText, encodeText, ManualClock, type seededRandom } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch } from "@kaelix/protocol";

import type { Partition } from "./partition.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { openStorage, type Storage } from "./storage.ts";

const DIRECTORY = "/data";
const SEGMENT_BYTES = 6000;

/** What a series of cuts is run with. */
export interface PowerCutOptions {
  readonly random: ReturnType<typeof seededRandom>;
  readonly cuts: number;
  /** Default: an honest disk. */
  readonly disk?: SimulatedDisk;
}

/** What came of it. */
export interface PowerCutOutcome {
  readonly cuts: number;
  readonly acknowledgedCount: number;
  /** Acknowledged records that could not be read after a cut. */
  readonly lostCount: number;
  /** Records that were read but never written like that. */
  readonly changedCount: number;
  /** Bytes of torn tails that were cut. */
  readonly tornBytes: number;
}

/** Runs the cuts; see the top of the file. */
export async function runPowerCuts(options: PowerCutOptions): Promise<PowerCutOutcome> {
  const run = new PowerCutRun(options.random, options.disk ?? new SimulatedDisk());
  for (let cut = 0; cut < options.cuts; cut += 1) await run.cutOnce();
  return { cuts: options.cuts, ...run.counts };
}

class PowerCutRun {
  readonly counts = { acknowledgedCount: 0, lostCount: 0, changedCount: 0, tornBytes: 0 };
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #acknowledged = new Map<number, string>();
  /** All that was ever written at an offset: a refused or unacknowledged write may also survive. */
  readonly #written = new Map<number, Set<string>>();
  #disk: SimulatedDisk;
  #serial = 0;

  constructor(random: ReturnType<typeof seededRandom>, disk: SimulatedDisk) {
    this.#random = random;
    this.#disk = disk;
  }

  async cutOnce(): Promise<void> {
    const { partition, storage } = await this.#open();
    await this.#compare(partition);
    const turns = 1 + this.#random.integer(40);
    const pending: Promise<void>[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const appends = this.#random.integer(4);
      for (let at = 0; at < appends; at += 1) pending.push(this.#append(partition));
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
    const acknowledged = new Map(this.#acknowledged);
    const killed = this.#random.integer(3) === 0 ? this.#disk.afterKill() : undefined;
    const after = killed === undefined ? this.#disk.cut(this.#random) : await this.#cutAfterKill(killed, acknowledged);
    // The old process ends in peace on the old disk; nobody looks at it any more.
    await storage.close();
    await Promise.all(pending);
    this.#acknowledged.clear();
    for (const [offset, text] of acknowledged) this.#acknowledged.set(offset, text);
    this.#disk = after;
    const reopened = await this.#open();
    await this.#compare(reopened.partition);
    // Half of the time recovery itself is cut short by the next power cut, half of the time it ends cleanly.
    if (this.#random.integer(2) === 0) await reopened.storage.close();
    else this.#disk = this.#disk.cut(this.#random);
  }

  async #cutAfterKill(killed: SimulatedDisk, acknowledged: Map<number, string>): Promise<SimulatedDisk> {
    const before = this.#disk;
    this.#disk = killed;
    const { partition } = await this.#open();
    for (const [offset, text] of await readTexts(partition)) acknowledged.set(offset, text);
    this.#disk = before;
    return killed.cut(this.#random);
  }

  async #open(): Promise<{ readonly storage: Storage; readonly partition: Partition }> {
    const settings = { segmentBytesMax: SEGMENT_BYTES, checkpointBytes: 3000, idleFlushMs: 1 };
    const storage = await openStorage({ directory: DIRECTORY, disk: this.#disk, clock: new ManualClock(), settings });
    await storage.createTopic({ name: "t", partitions: 1 });
    const partition = storage.partition("t", 0);
    this.counts.tornBytes += partition.report.tornBytes;
    return { storage, partition };
  }

  async #append(partition: Partition): Promise<void> {
    const texts = Array.from({ length: 1 + this.#random.integer(3) }, () => {
      this.#serial += 1;
      return `${this.#serial} ${"x".repeat(this.#random.integer(700))}`;
    });
    const records = texts.map((text) => ({ key: null, value: encodeText(text), timestampMs: this.#serial }));
    const baseOffset =
      this.#random.integer(2) === 0
        ? partition.append(encodeRecordBatch(records), { trusted: true })
        : (partition.appendAll(records.map((record) => encodeRecordBatch([record])))[0] ?? 0);
    for (const [at, text] of texts.entries()) {
      const known = this.#written.get(baseOffset + at) ?? new Set();
      this.#written.set(baseOffset + at, known.add(text));
    }
    await partition.durable(baseOffset + texts.length);
    this.counts.acknowledgedCount += texts.length;
    for (const [at, text] of texts.entries()) this.#acknowledged.set(baseOffset + at, text);
  }

  async #compare(partition: Partition): Promise<void> {
    const found = await readTexts(partition);
    for (const [offset, text] of this.#acknowledged) {
      if (found.get(offset) === text) continue;
      this.counts.lostCount += 1;
      this.#acknowledged.delete(offset);
    }
    for (const [offset, text] of found)
      if (this.#written.get(offset)?.has(text) !== true) this.counts.changedCount += 1;
  }
}

async function readTexts(partition: Partition): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  let next = partition.bounds().startOffset;
  for (;;) {
    const read = await partition.read(next, 4096, "durable");
    for (const { at, bytes, header } of read.batches) {
      const records = decodeRecords(bytes, at, header);
      if (typeof records === "string") continue;
      for (const { offset, value } of records) if (value !== null) found.set(offset, decodeText(value));
    }
    if (read.nextOffset <= next) return found;
    next = read.nextOffset;
  }
}
