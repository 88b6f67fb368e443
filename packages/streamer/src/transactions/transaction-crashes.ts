/**
 * Runs several transactional producers and a consumer group at once on a simulated disk, kills the process or cuts the power at a random
 * moment, opens what is left, compares, and goes on on that disk.
 *
 * Oracle: of a transaction either every record is visible to `read_committed` or none; all when its commit was acknowledged or a part
 * of it was seen before; none when its abort was acknowledged or nobody asked to commit it; a batch that was sent twice is there once; no
 * transaction is left open once timeouts have passed. The committed offset of a group is one that was asked for, never before one that
 * was acknowledged or seen; one that was committed in a transaction counts exactly when the transaction does. One seed, one run.
 */
import { assert, decodeText, encodeText, ManualClock, seededRandom } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch, isControlBatch, isTransactionalBatch, KAFKA_ERRORS } from "@kaelix/protocol";

import type { Leaders, PartitionLeader } from "../leader/contract.ts";
import {
  CONSUMER_OFFSETS_TOPIC,
  type GroupStore,
  type OffsetCommit,
  openGroupStore,
} from "../groups/store/group-store.ts";
import { NEVER_EXPIRES } from "../groups/store/offset-value.ts";
import { openLeaders } from "../leader/leaders.ts";
import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { openStorage } from "../storage/storage.ts";
import { openTransactions, type Transactions } from "./coordinator.ts";
import type { ProducerIdentity } from "./transaction.ts";

const PARTITIONS = 3;
const PRODUCERS = 3;
const TIMEOUT_MS = 10_000;
const TURNS_MAX = 60;
/** No timer of the machine may take part. */
const NEVER_MS = 1_000_000_000;
const CONSUMER_GROUP = "consumer";

/** What a series of crashes is run with. */
export interface TransactionCrashOptions {
  readonly seed: number;
  readonly crashes: number;
}

/** What came of it. */
export interface TransactionCrashOutcome {
  readonly committedCount: number;
  readonly abortedCount: number;
  /** Transactions whose end nobody was told. */
  readonly unknownCount: number;
  /** What the oracle found wrong, in words. */
  readonly faults: readonly string[];
}

type Random = ReturnType<typeof seededRandom>;

/** One transaction as its producer knows it. */
interface Attempt {
  readonly name: string;
  readonly texts: { readonly partition: number; readonly text: string }[];
  asked: "commit" | "abort" | undefined;
  told: "commit" | "abort" | undefined;
  /** A part of it was visible to somebody. */
  seen: boolean;
  /** The offset it commits for the group that has its producer's name. */
  offset: number | undefined;
}

/** What is known of a group's committed offset. */
interface OffsetModel {
  /** Acknowledged or seen: it never goes back behind this. */
  min: number;
  /** Asked for outside of a transaction. */
  readonly asked: Set<number>;
}

interface House {
  readonly disk: SimulatedDisk;
  readonly leaders: Leaders;
  readonly transactions: Transactions;
  readonly groups: GroupStore;
  readonly close: () => Promise<void>;
  /** True once the process is gone: nobody hears what it still says. */
  dead: boolean;
}

/** Runs the crashes; see the top of the file. */
export async function runTransactionCrashes({
  crashes,
  seed,
}: TransactionCrashOptions): Promise<TransactionCrashOutcome> {
  const run = new CrashRun(seededRandom(seed));
  for (let crash = 0; crash < crashes; crash += 1) await run.crashOnce();
  return run.outcome();
}

class CrashRun {
  readonly #random: Random;
  readonly #clock = new ManualClock();
  readonly #attempts: Attempt[] = [];
  readonly #faults: string[] = [];
  /** What producers had before the crash, to come back with. */
  readonly #identities = new Map<string, ProducerIdentity>();
  readonly #offsets = new Map<string, OffsetModel>();
  #disk = new SimulatedDisk();
  #serial = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  outcome(): TransactionCrashOutcome {
    const count = (told: Attempt["told"]): number => this.#attempts.filter((attempt) => attempt.told === told).length;
    const faults = this.#faults;
    return { committedCount: count("commit"), abortedCount: count("abort"), unknownCount: count(undefined), faults };
  }

  async crashOnce(): Promise<void> {
    const house = await this.#open(this.#disk);
    const work = Array.from({ length: PRODUCERS }, (_, at) => this.#produce(house, `p${at}`));
    work.push(this.#commitOffsets(house));
    const turns = this.#random.integer(TURNS_MAX);
    for (let turn = 0; turn < turns; turn += 1) {
      await nextTurn();
      if (this.#random.integer(15) === 0) await this.#look(house);
    }
    house.dead = true;
    const killed = this.#random.integer(3) === 0;
    this.#disk = killed ? house.disk.afterKill() : house.disk.cut(this.#random);
    // The old process ends in peace on the old disk; nobody listens to it any more.
    await Promise.all(work);
    await house.close();
    await this.#compare();
  }

  async #open(disk: SimulatedDisk): Promise<House> {
    const clock = this.#clock;
    const settings = { idleFlushMs: NEVER_MS, segmentBytesMax: 4000, checkpointBytes: 2000, background: false };
    const storage = await openStorage({ directory: "/data", disk, clock, settings });
    await storage.createTopic({ name: "t", partitions: PARTITIONS });
    const leaders = openLeaders(storage, { clock, snapshotBytes: 3000 });
    const transactions = await openTransactions({ storage, leaders, clock, settings: { tickMs: 0, waitMs: 60_000 } });
    const groups = await openGroupStore({ storage, leaders, clock, snapshotBytes: 3000 });
    const close = async (): Promise<void> => {
      await groups.close();
      await transactions.close();
      await leaders.close();
      await storage.close();
    };
    return { disk, leaders, transactions, groups, close, dead: false };
  }

  /** A consumer commits further and further until the crash. */
  async #commitOffsets(house: House): Promise<void> {
    const model = this.#offsetOf(CONSUMER_GROUP);
    while (!house.dead) {
      this.#serial += 1;
      const offset = this.#serial;
      model.asked.add(offset);
      await house.groups.commit([commitOf(CONSUMER_GROUP, offset)]);
      if (!house.dead) model.min = offset;
      for (let turns = this.#random.integer(6); turns > 0; turns -= 1) await nextTurn();
    }
  }

  #offsetOf(group: string): OffsetModel {
    const known = this.#offsets.get(group) ?? { min: -1, asked: new Set() };
    this.#offsets.set(group, known);
    return known;
  }

  /** One producer's life until the crash. */
  async #produce(house: House, name: string): Promise<void> {
    const before = this.#identities.get(name);
    const expected = before !== undefined && this.#random.integer(2) === 0 ? before : undefined;
    let producer = await this.#init(house, name, expected);
    while (producer !== undefined && !house.dead) {
      this.#identities.set(name, producer);
      producer = await this.#transact(house, name, producer);
    }
  }

  async #init(
    house: House,
    name: string,
    expected: ProducerIdentity | undefined,
  ): Promise<ProducerIdentity | undefined> {
    const asked = { transactionalId: name, timeoutMs: TIMEOUT_MS };
    const answer = await house.transactions.initProducer({ ...asked, expected });
    if (typeof answer !== "number") return answer;
    if (expected === undefined || answer !== KAFKA_ERRORS.PRODUCER_FENCED) return undefined;
    const anew = await house.transactions.initProducer({ ...asked, expected: undefined });
    return typeof anew === "number" ? undefined : anew;
  }

  /** One transaction; gives what the producer goes on with, undefined when it gives up. */
  async #transact(house: House, name: string, producer: ProducerIdentity): Promise<ProducerIdentity | undefined> {
    this.#serial += 1;
    const attempt: Attempt = {
      name: `${name} ${this.#serial}`,
      texts: [],
      asked: undefined,
      told: undefined,
      seen: false,
      offset: undefined,
    };
    this.#attempts.push(attempt);
    const sequences = new Map<number, number>();
    const writes = 1 + this.#random.integer(4);
    let failed = false;
    for (let at = 0; at < writes && !failed && !house.dead; at += 1) {
      const partition = this.#random.integer(PARTITIONS);
      const sequence = sequences.get(partition) ?? 0;
      sequences.set(partition, sequence + 1);
      const text = `${attempt.name} ${at}`;
      attempt.texts.push({ partition, text });
      failed = !(await this.#write(house, name, producer, { partition, sequence, text }));
      if (this.#random.integer(4) === 0) await nextTurn();
    }
    if (!failed && !house.dead && this.#random.integer(2) === 0)
      failed = !(await this.#sendOffset(house, name, producer, attempt));
    if (house.dead) return undefined;
    // A zombie that nobody stops: another instance of the same producer takes over in the middle.
    if (this.#random.integer(12) === 0) return this.#init(house, name, undefined);
    const committed = !failed && this.#random.integer(3) > 0;
    attempt.asked = committed ? "commit" : "abort";
    const answer = await house.transactions.end(name, { ...producer, committed, transactionVersion: 2 });
    if (house.dead) return undefined;
    if (typeof answer === "number") return this.#init(house, name, undefined);
    attempt.told = attempt.asked;
    return answer;
  }

  /** Commits an offset inside the transaction. */
  async #sendOffset(house: House, name: string, producer: ProducerIdentity, attempt: Attempt): Promise<boolean> {
    const place = { topic: CONSUMER_OFFSETS_TOPIC, partition: 0, addsImplicitly: true };
    const verdict = await house.transactions.verifyOrAdd({ ...producer, ...place, transactionalId: name });
    if (verdict !== KAFKA_ERRORS.NONE) return false;
    this.#serial += 1;
    attempt.offset = this.#serial;
    const outcome = await house.groups.commitTransactional(producer, [commitOf(name, this.#serial)]);
    return outcome === KAFKA_ERRORS.NONE;
  }

  /** Writes one record, sometimes twice as a client does that did not hear the answer. */
  async #write(
    house: House,
    transactionalId: string,
    producer: ProducerIdentity,
    { partition, sequence, text }: { readonly partition: number; readonly sequence: number; readonly text: string },
  ): Promise<boolean> {
    const times = this.#random.integer(5) === 0 ? 2 : 1;
    const { producerEpoch, producerId } = producer;
    for (let time = 0; time < times; time += 1) {
      const batch = { ...producer, transactionalId, topic: "t", partition, addsImplicitly: true };
      if ((await house.transactions.verifyOrAdd(batch)) !== KAFKA_ERRORS.NONE) return false;
      const leader = await leaderOf(house.leaders, partition);
      const records = [{ key: null, value: encodeText(text), timestampMs: this.#clock.nowMs() }];
      const options = { producerId, producerEpoch, baseSequence: sequence, isTransactional: true };
      const outcome = leader.append(encodeRecordBatch(records, options), { transactionVersion: 2 });
      if (outcome.type === "refused") return false;
      await leader.durable(outcome.nextOffset);
    }
    return true;
  }

  /** A consumer looks: what it sees it may act on. */
  async #look(house: House): Promise<void> {
    const partition = this.#random.integer(PARTITIONS);
    const texts = new Set(await readCommitted(await leaderOf(house.leaders, partition)));
    for (const attempt of this.#attempts) if (attempt.texts.some(({ text }) => texts.has(text))) attempt.seen = true;
  }

  async #compare(): Promise<void> {
    const house = await this.#open(this.#disk);
    // What was open gets its time again: the first tick begins it, the second ends it.
    house.transactions.tick();
    this.#clock.advance(TIMEOUT_MS);
    house.transactions.tick();
    await house.transactions.settled();
    const visible: string[][] = [];
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const leader = await leaderOf(house.leaders, partition);
      await house.transactions.settled();
      if (leader.openTransactions().length > 0) this.#faults.push(`partition ${partition} has an open transaction`);
      const texts = await readCommitted(leader);
      if (new Set(texts).size !== texts.length) this.#faults.push(`partition ${partition} has a record twice`);
      visible.push(texts);
    }
    for (const attempt of this.#attempts) this.#judge(attempt, visible);
    for (let at = 0; at < PRODUCERS; at += 1) this.#judgeOffset(house, `p${at}`);
    this.#judgeOffset(house, CONSUMER_GROUP);
    // Half of the time what was opened ends cleanly, half of the time the next crash comes at once.
    await house.close();
  }

  #judge(attempt: Attempt, visible: readonly (readonly string[])[]): void {
    const { asked, name, seen, texts, told } = attempt;
    const shown = texts.filter(({ partition, text }) => visible[partition]?.includes(text) === true).length;
    if (shown !== 0 && shown !== texts.length)
      this.#faults.push(`${name}: ${shown} of ${texts.length} records are visible`);
    if ((told === "commit" || seen) && shown === 0 && texts.length > 0) {
      this.#faults.push(`${name}: was ${seen ? "seen" : "committed"} and is gone`);
    }
    if ((told === "abort" || asked !== "commit") && shown > 0)
      this.#faults.push(`${name}: is visible without a commit`);
    attempt.seen ||= shown > 0;
  }

  /** After the records were judged: whose transaction shows is known. */
  #judgeOffset({ groups }: House, group: string): void {
    const model = this.#offsetOf(group);
    const found = groups.offsets.get({ group, topic: "t", partition: 0 })?.offset ?? -1;
    const sent = this.#attempts.filter(({ name, offset }) => offset !== undefined && name.startsWith(`${group} `));
    for (const { offset = -1, seen, told } of sent)
      if (seen || told === "commit") model.min = Math.max(model.min, offset);
    if (found < model.min) this.#faults.push(`offset of ${group} is ${found}, was ${model.min}`);
    const from = sent.find(({ offset }) => offset === found);
    const isKnown = found < 0 || model.asked.has(found) || from?.seen === true;
    if (!isKnown) this.#faults.push(`offset of ${group} is ${found}, which no transaction that counts committed`);
    model.min = Math.max(model.min, found);
  }
}

function commitOf(group: string, offset: number): OffsetCommit {
  const value = { offset, leaderEpoch: 0, metadata: "", commitTimestampMs: 0, expireTimestampMs: NEVER_EXPIRES };
  return { group, topic: "t", partition: 0, value };
}

async function leaderOf(leaders: Leaders, partition: number): Promise<PartitionLeader> {
  const leader = await leaders.get("t", partition);
  assert(leader !== undefined, "The partition exists");
  return leader;
}

/** What a `read_committed` consumer is given: aborted transactions are left out from their first offset to their marker. */
async function readCommitted(leader: PartitionLeader): Promise<string[]> {
  const texts: string[] = [];
  for (let next = leader.bounds().startOffset; ;) {
    const read = await leader.read(next, 500, "read_committed");
    const aborted = [...(read.abortedTransactions ?? [])];
    const leftOut = new Set<number>();
    for (const { at, bytes, header } of read.batches) {
      for (let row = aborted[0]; row !== undefined && row.firstOffset <= header.baseOffset; row = aborted[0]) {
        leftOut.add(row.producerId);
        aborted.shift();
      }
      if (isControlBatch(header)) leftOut.delete(header.producerId);
      else if (!isTransactionalBatch(header) || !leftOut.has(header.producerId)) {
        const records = decodeRecords(bytes, at, header);
        assert(typeof records !== "string", "Records can be decoded");
        for (const { value } of records) if (value !== null) texts.push(decodeText(value));
      }
    }
    if (read.nextOffset <= next) return texts;
    next = read.nextOffset;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
