/**
 * A whole storage on a simulated disk, driven by one seed: appends, rolls, retention, compaction, purges, deleted records, topics that come, grow,
 * change and go, hashes, restarts, power cuts and kills at any moment, errors of the disk, a clock that jumps. After every restart
 * everything is read and compared with the oracle (simulation-model.ts), and verified.
 *
 * One seed, one run: nothing looks at the machine's clock, disk or generator.
 */
import { decodeText, encodeText, isKaelixError, ManualClock, seededRandom } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch } from "@kaelix/protocol";

import type { DamagedRange } from "./contract.ts";
import type { Partition } from "./partition.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import type { PurgeRule } from "./purging.ts";
import {
  type FoundPartition,
  type PartitionModel,
  purgeFate,
  SHORT_VALUE,
  type SimulatedRecord,
  TopicModel,
} from "./simulation-model.ts";
import { openStorage, type Storage } from "./storage.ts";
import { verifyStorage } from "./verify.ts";

const DIRECTORY = "/data";
const NAMES = ["a", "b"] as const;
const KEYS = 6;
const NEVER_MS = 1_000_000_000;
/** What is done, by how often. Names are for the story. */
const ACTIONS = [
  { name: "append", weight: 60 },
  { name: "look", weight: 6 },
  { name: "compact", weight: 12 },
  { name: "purge", weight: 6 },
  { name: "deleteRecords", weight: 6 },
  { name: "roll", weight: 5 },
  { name: "hash", weight: 4 },
  { name: "scrub", weight: 3 },
  { name: "retain", weight: 3 },
  { name: "grow", weight: 2 },
  { name: "delete", weight: 2 },
  { name: "clock", weight: 3 },
] as const;
const WEIGHTS = ACTIONS.reduce((sum, { weight }) => sum + weight, 0);
const SETTINGS = {
  segmentBytesMax: 1200,
  checkpointBytes: 500,
  idleFlushMs: NEVER_MS,
  background: false,
  deletionsKeptMs: 5000,
};

/** What a run came to. */
export interface SimulationOutcome {
  /** What the oracle found wrong; empty when all is well. */
  readonly violations: readonly string[];
  readonly crashes: number;
  readonly acknowledged: number;
  readonly compactions: number;
  readonly purges: number;
}

/** How a seed is run. */
export interface SimulationOptions {
  readonly seed: number;
  /** Restarts. Default 3. */
  readonly rounds?: number;
  /** Actions between two restarts. Default 14. */
  readonly steps?: number;
  /** Default: an honest one. A disk that lies about sync is the control: its run must be found wrong. */
  readonly disk?: SimulatedDisk;
  /** Told the story, line by line. */
  readonly trace?: (line: string) => void;
}

/** Runs one seed; see the top of the file. */
export async function runSimulation({
  disk,
  rounds = 3,
  seed,
  steps = 14,
  trace,
}: SimulationOptions): Promise<SimulationOutcome> {
  const run = new SimulationRun(seed, disk ?? new SimulatedDisk(), trace);
  try {
    for (let round = 0; round < rounds && run.violations.length === 0; round += 1) await run.round(steps);
    if (run.violations.length === 0) await run.finish();
  } catch (error) {
    run.violations.push(`an opening or a look failed: ${String(error)}`);
  }
  return { violations: run.violations, ...run.counts };
}

/** The process that an action was asked of. */
interface Life {
  readonly storage: Storage;
  readonly number: number;
}

class SimulationRun {
  readonly violations: string[] = [];
  readonly counts = { crashes: 0, acknowledged: 0, compactions: 0, purges: 0 };
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #clock = new ManualClock();
  readonly #topics = new Map<string, TopicModel>();
  /** What was started and not waited for. */
  #pending: Promise<void>[] = [];
  /** Grows with every crash: answers of a process that is gone count for nothing. */
  #life = 0;
  #disk: SimulatedDisk;
  #serial = 0;
  #faulty = false;

  readonly #trace: (line: string) => void;
  #actions = 0;

  constructor(seed: number, disk: SimulatedDisk, trace: (line: string) => void = () => undefined) {
    this.#random = seededRandom(seed);
    this.#disk = disk;
    this.#trace = trace;
  }

  async round(steps: number): Promise<void> {
    const storage = await this.#open();
    await this.#compareAll(storage);
    if (this.violations.length > 0) return;
    if (this.#random.integer(5) === 0) this.#injectFaults();
    for (let step = 0; step < steps; step += 1) {
      const work = this.#act(storage);
      if (this.#random.integer(3) === 0) await work;
      else this.#pending.push(work);
      for (let turns = this.#random.integer(4); turns > 0; turns -= 1) await nextTurn();
    }
    await this.#end(storage);
  }

  /** The last look. */
  async finish(): Promise<void> {
    const storage = await this.#open();
    await this.#compareAll(storage);
    await storage.close();
  }

  /** Errors for some of the next operations, then none any more. */
  #injectFaults(): void {
    this.#faulty = true;
    this.#trace("the disk answers with errors");
    const code = ["EIO", "ENOSPC", "EMFILE"][this.#random.integer(3)] ?? "EIO";
    let left = 1 + this.#random.integer(4);
    const every = 2 + this.#random.integer(20);
    let count = 0;
    this.#disk.fault = (operation, path) => {
      count += 1;
      if (left === 0 || count % every !== 0 || (code === "EMFILE" && operation !== "open")) return undefined;
      left -= 1;
      this.#trace(`  ${code} from ${operation} ${path}`);
      return code;
    };
  }

  async #open(): Promise<Storage> {
    return openStorage({
      directory: DIRECTORY,
      disk: this.#disk,
      clock: this.#clock,
      random: this.#random,
      settings: SETTINGS,
    });
  }

  /** Stops, is killed, or loses power; the old process then ends where nobody looks any more. */
  async #end(storage: Storage): Promise<void> {
    const how = this.#random.integer(4);
    this.#trace(["stopped", "killed", "power cut", "power cut"][how] ?? "");
    if (how === 0) {
      await Promise.all(this.#pending.splice(0));
      await storage.close();
      this.#disk.fault = () => undefined;
      return;
    }
    const old = this.#disk;
    this.counts.crashes += 1;
    const after = how === 1 ? old.afterKill() : old.cut(this.#random);
    this.#life += 1;
    old.fault = () => undefined;
    await Promise.all(this.#pending.splice(0));
    await storage.close();
    this.#disk = after;
    // Sometimes the opening itself is cut short by the next crash.
    if (this.#random.integer(3) === 0) {
      const again = await this.#open();
      this.#trace("crash right after the opening");
      this.#disk = this.#random.integer(2) === 0 ? after.cut(this.#random) : after.afterKill();
      await again.close();
    }
  }

  async #act(storage: Storage): Promise<void> {
    const life: Life = { storage, number: this.#life };
    const name = NAMES[this.#random.integer(NAMES.length)] ?? "a";
    this.#actions += 1;
    const action = this.#actions;
    try {
      await this.#actOn(life, name, action);
    } catch (error) {
      if (this.#counts(life)) this.#trace(`  ${action} refused: ${String(error)}`);
      if (!isKaelixError(error)) this.violations.push(`an error that is not ours: ${String(error)}`);
    }
  }

  /** True while the process that was asked is still there to answer. */
  #counts({ number }: Life): boolean {
    return number === this.#life;
  }

  async #actOn(life: Life, name: string, action: number): Promise<void> {
    const topic = this.#topics.get(name);
    if (topic === undefined) {
      this.#trace(`  ${action} create ${name}`);
      return this.#create(life, name);
    }
    if (topic.state !== "live") return;
    let dice = this.#random.integer(WEIGHTS);
    const kind = ACTIONS.find(({ weight }) => (dice -= weight) < 0)?.name;
    const number = this.#random.integer(topic.partitions.length);
    const partition = life.storage.topics().get(name)?.partitions[number];
    const model = topic.partitions[number];
    if (partition === undefined || model === undefined) return;
    this.#trace(`  ${action} ${kind ?? ""} ${name}/${number}, end ${partition.bounds().endOffset}`);
    switch (kind) {
      case "append":
        return this.#append(life, partition, model);
      case "look":
        return this.#look(life, partition, model);
      case "compact":
        return this.#compact(life, name, topic);
      case "purge":
        return this.#purge(life, partition, model);
      case "deleteRecords":
        return this.#deleteRecords(life, partition, model);
      case "roll":
        return partition.roll();
      case "hash":
        return life.storage.hashSealed();
      case "scrub":
        return life.storage.scrub();
      case "retain":
        return this.#retain(life, name, topic);
      case "grow":
        return this.#grow(life, name, topic);
      case "delete":
        return this.#delete(life, name, topic);
      case "clock":
      case undefined:
        this.#moveClock();
    }
  }

  #moveClock(): void {
    if (this.#random.integer(3) > 0) this.#clock.advance(this.#random.integer(8000));
    else this.#clock.jumpTo(this.#clock.nowMs() - this.#random.integer(20_000));
  }

  async #compact({ storage }: Life, name: string, topic: TopicModel): Promise<void> {
    topic.compacts = true;
    this.counts.compactions += 1;
    await storage.compact(name, this.#random.integer(2) === 0 ? {} : { mapBytesMax: 200 });
  }

  async #purge(life: Life, partition: Partition, model: PartitionModel): Promise<void> {
    this.counts.purges += 1;
    const asked = model.beginPurge();
    let done: readonly number[] = [];
    try {
      const { isWhole } = await partition.upkeep.purge(ruleOf);
      if (isWhole) done = asked;
    } finally {
      if (this.#counts(life)) model.endPurge(partition.bounds().endOffset, done);
    }
  }

  async #create(life: Life, name: string): Promise<void> {
    const partitions = 1 + this.#random.integer(2);
    const topic = new TopicModel(partitions);
    this.#topics.set(name, topic);
    try {
      await life.storage.createTopic({ name, partitions, compacted: this.#random.integer(2) === 0 });
    } catch (error) {
      // It may be there after a restart, or be made again now: who knows is the next opening.
      if (this.#counts(life)) topic.state = "creating";
      throw error;
    }
    if (!this.#counts(life)) return;
    topic.state = "live";
    topic.id = life.storage.topics().get(name)?.spec.id;
  }

  #size(): number {
    return this.#random.integer(this.#random.integer(8) === 0 ? 1200 : 90);
  }

  async #append(life: Life, partition: Partition, model: PartitionModel): Promise<void> {
    const records = Array.from({ length: 1 + this.#random.integer(3) }, (): SimulatedRecord => {
      this.#serial += 1;
      const key = `key ${this.#random.integer(KEYS)}`;
      return {
        key,
        // Sometimes larger than a sector, so that a batch is torn in its middle.
        value: this.#random.integer(5) === 0 ? null : `${this.#serial} ${"x".repeat(this.#size())}`,
      };
    });
    const timestampMs = this.#clock.nowMs();
    const encoded = records.map(({ key, value }) => ({
      key: encodeText(key),
      value: value === null ? null : encodeText(value),
      timestampMs,
    }));
    const baseOffset =
      this.#random.integer(2) === 0
        ? partition.append(encodeRecordBatch(encoded), { trusted: true })
        : (partition.appendAll(encoded.map((record) => encodeRecordBatch([record])))[0] ?? 0);
    this.violations.push(...model.gave(baseOffset, baseOffset + records.length));
    for (const [at, record] of records.entries()) model.wrote(baseOffset + at, record);
    // Nobody waits for some of them: they are accepted and no more, until somebody else asks for what comes after them.
    if (this.#random.integer(3) === 0) return;
    await partition.durable(baseOffset + records.length);
    if (!this.#counts(life)) return;
    this.counts.acknowledged += records.length;
    for (const [at, record] of records.entries()) model.acknowledge(baseOffset + at, record);
  }

  /** A reader of durable records looks: what it saw it may act on. */
  async #look(life: Life, partition: Partition, model: PartitionModel): Promise<void> {
    const { records } = await readAll(partition);
    if (this.#counts(life)) for (const [offset, record] of records) model.acknowledge(offset, record);
  }

  async #deleteRecords(life: Life, partition: Partition, model: PartitionModel): Promise<void> {
    const { endOffset, startOffset } = partition.bounds();
    const before = startOffset + this.#random.integer(endOffset - startOffset + 1);
    model.startMax = Math.max(model.startMax, before);
    const start = await partition.deleteRecords(before);
    if (this.#counts(life)) model.startMin = Math.max(model.startMin, Math.min(start, before));
  }

  async #retain(life: Life, name: string, topic: TopicModel): Promise<void> {
    topic.retains = true;
    const kinds = [
      { retentionMs: 4000 },
      { retentionBytes: 1000 },
      { retentionMs: undefined, retentionBytes: undefined },
    ];
    const cleanup = (["delete", "compact", "compact,delete"] as const)[this.#random.integer(3)] ?? "delete";
    await life.storage.updateTopic(name, { ...kinds[this.#random.integer(kinds.length)], cleanup });
    await life.storage.applyRetention();
  }

  async #grow(life: Life, name: string, topic: TopicModel): Promise<void> {
    const total = topic.partitions.length + 1;
    if (total > 3 || topic.partitionsAsked > topic.partitions.length) return;
    topic.partitionsAsked = total;
    await life.storage.addPartitions(name, total);
    if (this.#counts(life)) topic.grow(total);
  }

  async #delete(life: Life, name: string, topic: TopicModel): Promise<void> {
    topic.state = "deleting";
    await life.storage.deleteTopic(name);
    if (this.#counts(life)) this.#topics.delete(name);
  }

  /** Compares everything with the oracle, and has the storage verify itself. */
  async #compareAll(storage: Storage): Promise<void> {
    for (const name of NAMES) {
      const model = this.#topics.get(name);
      const open = storage.topics().get(name);
      if (model === undefined) {
        if (open !== undefined) this.violations.push(`topic ${name} is there though it was deleted`);
        continue;
      }
      if (open === undefined) {
        if (model.state === "live") this.violations.push(`topic ${name} is gone`);
        this.#topics.delete(name);
        continue;
      }
      model.state = "live";
      if (model.id !== undefined && model.id !== open.spec.id) this.violations.push(`topic ${name} has another id`);
      model.id = open.spec.id;
      const count = open.partitions.length;
      if (count < model.partitions.length || count > model.partitionsAsked) {
        this.violations.push(`topic ${name} has ${count} partitions`);
      }
      model.grow(count);
      model.partitionsAsked = count;
      await this.#comparePartitions(name, model, open.partitions);
    }
    await this.#verify(storage);
  }

  /** Verification finds nothing but what the storage itself says is missing. */
  async #verify(storage: Storage): Promise<void> {
    const { problems } = await verifyStorage(DIRECTORY, this.#disk);
    for (const { detail, file, firstOffset = 0, kind, nextOffset = 0, partition, topic } of problems) {
      // Index files are not synced; a topic whose creation was cut short is no topic.
      if (kind === "index" || kind === "topic") continue;
      if (this.#faulty && (kind === "gap" || kind === "damage" || kind === "tail")) continue;
      const known = storage.topics().get(topic)?.partitions[partition]?.report.damaged ?? [];
      if (
        (kind === "damage" || kind === "gap") &&
        known.some((row) => row.firstOffset <= firstOffset && row.nextOffset >= nextOffset)
      )
        continue;
      this.violations.push(`verify: ${topic}/${partition} ${file}: ${kind}: ${detail}`);
    }
  }

  async #comparePartitions(name: string, model: TopicModel, partitions: readonly Partition[]): Promise<void> {
    const rules = { compacts: model.compacts, retains: model.retains, faulty: this.#faulty };
    for (const [number, partition] of partitions.entries()) {
      const found = await readAll(partition);
      const known = model.partitions[number];
      for (const what of known?.compare(found, rules) ?? []) this.violations.push(`${name}/${number}: ${what}`);
      known?.adopt(found);
    }
  }
}

/** The rule of every purge; of some records it is not known at once. */
const ruleOf: PurgeRule = ({ key, offset, value }) => {
  const record = { key: key === null ? "" : decodeText(key), value: value === null ? null : decodeText(value) };
  const what = purgeFate(offset, record);
  const fate = what === "shortened" ? { value: encodeText(SHORT_VALUE) } : what;
  return offset % 2 === 0 ? Promise.resolve(fate) : fate;
};

async function readAll(partition: Partition): Promise<FoundPartition> {
  const { endOffset, startOffset } = partition.bounds();
  const records = new Map<number, SimulatedRecord>();
  const damaged: DamagedRange[] = [];
  let unreadableCount = 0;
  for (let next = startOffset; next < endOffset;) {
    const read = await partition.read(next, 2000, "durable");
    damaged.push(...read.damaged);
    for (const { at, bytes, header } of read.batches) {
      const decoded = decodeRecords(bytes, at, header);
      if (typeof decoded === "string") {
        unreadableCount += 1;
        continue;
      }
      for (const { key, offset, value } of decoded) {
        if (offset < startOffset) continue;
        records.set(offset, {
          key: key === null ? "" : decodeText(key),
          value: value === null ? null : decodeText(value),
        });
      }
    }
    if (read.nextOffset <= next) break;
    next = read.nextOffset;
  }
  return { startOffset, endOffset, records, damaged, unreadableCount };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
