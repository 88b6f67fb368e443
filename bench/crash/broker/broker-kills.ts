/**
 * Kills a broker's process with SIGKILL while real clients use it, starts it again on the same folder, and compares with the truth.
 *
 * The broker is `kaelix streamer` in a process of its own; the clients speak the protocol over TCP: idempotent producers with five batches in
 * flight, workers that read, process and write exactly once in both generations of transactions, members of a classic group, of one by
 * KIP-848 and of a share group, and producers that die in a transaction. A request that was not answered is sent again, with its sequence,
 * to the next broker.
 *
 * After a start, before any client is let in: what was acknowledged is readable at its offset, offsets are dense, no sequence stands twice,
 * no committed offset went back, no share group's start offset either, and nothing before it is lost. Then clients may end what they were
 * about: every transaction is ended, and the last stable offset is the end; exactly what was committed shows, once. Then everybody must
 * come further, in a bounded time. Some kills come before, while the broker starts or recovers. One seed, one series of decisions; how
 * processes are scheduled is not repeatable.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { BrokerProcess } from "./broker-process.ts";
import { committedOffset, createTopics, INPUT, INPUT_PARTITIONS, OUTPUT, OUTPUT_PARTITIONS, readAll } from "./data.ts";
import { Caller, Gate, House, Over, type Random } from "./house.ts";
import { ClassicMember, ModernMember } from "./members.ts";
import { ShareTruth } from "./share-truth.ts";
import { configureShareGroup, SHARE_GROUP, ShareWorker, shareStarts } from "./share-workers.ts";
import { type ReadRecord, Truth } from "./truth.ts";
import { Worker } from "./workers.ts";
import { abandonTransaction, IdempotentWriter } from "./writers.ts";

const KILLS_PER_FOLDER = 12;
const WRITERS = 3;
/** More than the input has partitions, so that some share one. */
const SHARE_WORKERS = 4;
/** A bound against hanging, not a measure. */
const PATIENCE_MS = 40_000;
const POLL_MS = 10;
const LOAD_MS_MAX = 250;
const EARLY_MS_MAX = 1500;

/** What a run is asked for. */
export interface BrokerKillOptions {
  readonly kills: number;
  readonly seed: number;
}

/** What came of it. */
export interface BrokerKillOutcome {
  readonly kills: number;
  /** Kills before the broker had come up and been looked at. */
  readonly earlyKills: number;
  readonly acknowledgedRecords: number;
  readonly committedTransactions: number;
  readonly abortedTransactions: number;
  /** Records a share group was told are done. */
  readonly sharedRecords: number;
  readonly startMs: readonly number[];
  /** What was found wrong, in words, each with its seed. */
  readonly faults: readonly string[];
}

/** Runs the kills, some to a folder; stops at the first folder with a fault. */
export async function runBrokerKills({ kills, seed }: BrokerKillOptions): Promise<BrokerKillOutcome> {
  const total = {
    kills: 0,
    earlyKills: 0,
    acknowledgedRecords: 0,
    committedTransactions: 0,
    abortedTransactions: 0,
    sharedRecords: 0,
  };
  const startMs: number[] = [];
  for (let at = 0; total.kills < kills; at += 1) {
    const run = new FolderRun(seed + at);
    const count = Math.min(KILLS_PER_FOLDER, kills - total.kills);
    await run.run(count);
    total.kills += count;
    total.earlyKills += run.earlyKills;
    total.acknowledgedRecords += run.truth.acknowledgedCount;
    total.sharedRecords += run.shares.doneCount;
    for (const worker of run.workers) {
      total.committedTransactions += worker.committedCount;
      total.abortedTransactions += worker.abortedCount;
    }
    startMs.push(...run.startMs);
    const faults = run.truth.faults().map((fault) => `seed ${seed + at}: ${fault}`);
    if (faults.length > 0) return { ...total, startMs, faults };
  }
  return { ...total, startMs, faults: [] };
}

/** The life of one folder. */
class FolderRun {
  readonly truth = new Truth();
  readonly shares = new ShareTruth((text) => this.truth.fault(text));
  readonly workers: readonly Worker[];
  readonly startMs: number[] = [];
  earlyKills = 0;
  readonly #house: House;
  readonly #random: Random;
  readonly #directory = mkdtempSync(join(tmpdir(), "kaelix-broker-kill-"));
  readonly #names: readonly string[];
  #broker: BrokerProcess | undefined;
  #abandonedCount = 0;

  constructor(seed: number) {
    this.#house = new House(this.truth, seed);
    this.#random = this.#house.randomOf("kills");
    const house = this.#house;
    this.workers = Array.from({ length: INPUT_PARTITIONS }, (_, at) => new Worker(house, at, at === 0 ? 1 : 2));
    this.#names = [
      ...Array.from({ length: WRITERS }, (_, at) => `writer${at}`),
      ...this.workers.map(({ name }) => name),
      "classic",
      "modern",
      SHARE_GROUP,
    ];
  }

  async run(kills: number): Promise<void> {
    let lives: readonly Promise<unknown>[] = [];
    try {
      await this.#firstStart();
      lives = this.#clients().map((client) => this.#watch(client.name, client.live()));
      for (let kill = 0; kill < kills && this.truth.faults().length === 0; kill += 1) {
        await this.#loadAndKill();
        await this.#startInVain();
        await this.#start();
      }
    } finally {
      this.#house.end();
      await this.#broker?.kill();
      await Promise.all(lives);
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  #clients(): readonly { readonly name: string; readonly live: () => Promise<never> }[] {
    const house = this.#house;
    return [
      ...Array.from({ length: WRITERS }, (_, at) => new IdempotentWriter(house, `writer${at}`)),
      ...this.workers,
      ...[0, 1].map((number) => new ClassicMember(house, "classic", number)),
      ...[0, 1].map((number) => new ModernMember(house, "modern", number)),
      ...Array.from({ length: SHARE_WORKERS }, (_, number) => new ShareWorker(house, this.shares, number)),
    ];
  }

  /** A client that ends otherwise than by the end of the run was wronged. */
  async #watch(name: string, life: Promise<unknown>): Promise<void> {
    try {
      await life;
    } catch (error) {
      if (!(error instanceof Over))
        this.truth.fault(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #firstStart(): Promise<void> {
    const gate = await this.#launch();
    const caller = new Caller({ door: gate, port: this.#house.port });
    await createTopics(caller);
    await configureShareGroup(caller);
    caller.close();
    this.#house.door.open();
    this.#house.steps.open();
  }

  /** Starts a process and waits until it listens; the gate is for the one who looks. */
  async #launch(): Promise<Gate> {
    const begunMs = performance.now();
    this.#broker = new BrokerProcess(this.#directory, this.#house.port);
    const port = await this.#broker.started;
    if (port === undefined) throw new Error(`Cannot start the broker: ${this.#broker.complaints()}`);
    this.startMs.push(performance.now() - begunMs);
    this.#house.port = port;
    const gate = new Gate();
    gate.open();
    return gate;
  }

  async #kill(): Promise<void> {
    this.#house.door.close();
    await this.#broker?.kill();
    const complaints = this.#broker?.complaints() ?? "";
    if (complaints !== "") this.truth.fault(`The broker complained: ${complaints}`);
  }

  /** Everybody comes further, then the process dies at any moment. */
  async #loadAndKill(): Promise<void> {
    const before = this.#house.progress();
    if (this.#random.integer(3) === 0) void this.#abandon();
    await this.#until(
      () => {
        const now = this.#house.progress();
        return this.#names.filter((name) => (now.get(name) ?? 0) === (before.get(name) ?? 0));
      },
      (names) => `${names.join(", ")} did not come further`,
    );
    await sleep(this.#random.integer(LOAD_MS_MAX));
    await this.#kill();
  }

  #abandon(): Promise<void> {
    this.#abandonedCount += 1;
    const name = `abandoned${this.#abandonedCount}`;
    return this.#watch(name, abandonTransaction(this.#house, name, this.#random));
  }

  /** Starts and is killed on the way, some number of times; or with the clients at work at once. */
  async #startInVain(): Promise<void> {
    for (let chance = this.#random.integer(4); chance < 2; chance = this.#random.integer(4)) {
      this.earlyKills += 1;
      this.#broker = new BrokerProcess(this.#directory, this.#house.port);
      const early = sleep(this.#random.integer(EARLY_MS_MAX));
      const port = await Promise.race([this.#broker.started, early]);
      // What clients repeat meets a broker that has just come up.
      if (port !== undefined && chance === 0) this.#house.door.open();
      await early;
      await this.#kill();
    }
  }

  /** Starts and compares. */
  async #start(): Promise<void> {
    const gate = await this.#launch();
    const caller = new Caller({ door: gate, port: this.#house.port });
    try {
      this.#house.steps.close();
      await this.#look(caller);
      this.#house.door.open();
      await this.#until(
        () => [...this.#house.busy],
        (names) => `${names.join(", ")} did not end what was begun`,
      );
      await this.#lookAtRest(caller);
    } finally {
      caller.close();
      gate.end();
    }
    this.#house.steps.open();
  }

  /** Before any client is let in. */
  async #look(caller: Caller): Promise<void> {
    const input: ReadRecord[][] = [];
    for (let partition = 0; partition < INPUT_PARTITIONS; partition += 1) {
      const reading = await readAll(caller, { topic: INPUT, partition, isCommitted: false });
      this.truth.checkPartition(`${INPUT}/${partition}`, reading);
      input.push(reading.records);
    }
    this.truth.checkWritten(input);
    for (let partition = 0; partition < OUTPUT_PARTITIONS; partition += 1) {
      const reading = await readAll(caller, { topic: OUTPUT, partition, isCommitted: false });
      this.truth.checkPartition(`${OUTPUT}/${partition}`, reading);
    }
    await this.#lookAtShares(caller);
    for (const group of ["classic", "modern"]) {
      for (let partition = 0; partition < INPUT_PARTITIONS; partition += 1) {
        const place = `${group}/${partition}`;
        const min = this.truth.offsetMin(place);
        this.truth.foundOffset(place, await committedOffset(caller, group, partition), min);
      }
    }
  }

  async #lookAtShares(caller: Caller): Promise<void> {
    for (const [partition, startOffset] of (await shareStarts(caller)).entries()) {
      if (startOffset >= 0) this.shares.foundStart(`${SHARE_GROUP} ${INPUT}/${partition}`, startOffset);
    }
  }

  /** When nobody is in the middle of anything. */
  async #lookAtRest(caller: Caller): Promise<void> {
    const output: ReadRecord[][] = [];
    for (let partition = 0; partition < OUTPUT_PARTITIONS; partition += 1) {
      const endMs = performance.now() + PATIENCE_MS;
      for (;;) {
        const { end, lastStableOffset, records } = await readAll(caller, {
          topic: OUTPUT,
          partition,
          isCommitted: true,
        });
        output[partition] = records;
        if (end === lastStableOffset) break;
        if (performance.now() > endMs) {
          this.truth.fault(`${OUTPUT}/${partition} hangs: stable to ${lastStableOffset} of ${end}`);
          return;
        }
        await sleep(POLL_MS);
      }
    }
    const committed = new Map<string, number>();
    for (const { name, partition } of this.workers) {
      const place = `${name}/${partition}`;
      const min = this.truth.offsetMin(place);
      const offset = await committedOffset(caller, name, partition);
      this.truth.foundOffset(place, offset, min);
      committed.set(name, Math.max(0, offset));
    }
    this.truth.checkOutputs(output, committed);
  }

  /** Waits until nobody is left; who is after a time that no machine needs, is a fault. */
  async #until(left: () => readonly string[], words: (left: readonly string[]) => string): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    for (let names = left(); names.length > 0; names = left()) {
      if (this.truth.faults().length > 0) return;
      if (performance.now() > endMs) {
        this.truth.fault(words(names));
        return;
      }
      await sleep(POLL_MS);
    }
  }
}
