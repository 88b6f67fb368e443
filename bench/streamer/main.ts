/**
 * Our broker beside its peers, on this machine's disk and cores, in the same run: Apache Kafka, NATS JetStream, Redis Streams.
 *
 *     npm run bench -- streamer [--quick] [only=<word>] [profile=<folder>]
 *
 * `only`: rows whose part is produce, prepared, consume, latency, schedule or stores. `profile`: where our broker's processor profile goes.
 *
 * Apache Kafka and ours are driven by Kafka's own tools and by one Node client; each figure is the median of three runs in turns.
 * `page`: answered from the page cache (acks=1; Redis everysec; JetStream's two minutes). `disk`: answered once it is on the disk
 * (acks=all with flush.messages=1 for Kafka; Redis always; JetStream always). Peers are started by `npm run services`.
 */
import { Producer } from "@platformatic/kafka";

import type { BenchRow } from "../row.ts";
import { type Contestant, type Durability, startKafka, startOurs } from "./contestants.ts";
import { consumerThroughput, endToEndLatency, producerThroughput } from "./java-tools.ts";
import { openLoop } from "./open-loop.ts";
import { measureNats, measureRedis, type StoreFigure } from "./other-stores.ts";
import { preparedThroughput } from "./prepared.ts";
import { medianOf, type Percentiles } from "./samples.ts";

const DURABILITIES = ["page", "disk"] as const;
const PRODUCE_TARGET = { page: 1.5, disk: 3 } as const;
const STORES_TARGET = 3;
const PREPARED = "prepared requests";
/** ProducerPerformance sends a tenth more to warm up. */
const WARMED = 1.1;
const LATENCY_TARGET = 0.5;

interface Plan {
  readonly runs: number;
  readonly sizes: readonly number[];
  readonly produceRecords: Readonly<Record<Durability, number>>;
  readonly latencyRecords: number;
  readonly storeRecords: Readonly<Record<Durability, number>>;
  readonly scheduleSeconds: number;
  readonly wants: (part: string) => boolean;
}

interface Rivals {
  readonly kafka: Contestant;
  readonly ours: Contestant;
  readonly libraries: string;
  readonly plan: Plan;
}

/** Runs the bench. `quick` takes about a minute, the whole about twenty. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<readonly BenchRow[]> {
  const only = valueOf(options.arguments, "only");
  const plan: Plan = {
    runs: options.quick ? 1 : 3,
    sizes: options.quick ? [100] : [100, 1_000],
    produceRecords: options.quick ? { page: 100_000, disk: 20_000 } : { page: 1_000_000, disk: 200_000 },
    latencyRecords: options.quick ? 300 : 5_000,
    storeRecords: options.quick ? { page: 50_000, disk: 5_000 } : { page: 500_000, disk: 50_000 },
    scheduleSeconds: options.quick ? 2 : 10,
    wants: (part) => only === undefined || only === part,
  };
  const kafka = await startKafka();
  const ours = await startOurs(valueOf(options.arguments, "profile"));
  const rows: BenchRow[] = [];
  try {
    const rivals: Rivals = { kafka, ours, libraries: kafka.libraries, plan };
    for (const recordBytes of plan.sizes) {
      for (const durability of DURABILITIES) {
        const produced = await measureProduce(rivals, recordBytes, durability);
        rows.push(...produced.rows);
        const prepared = await measurePrepared(rivals, recordBytes, durability);
        rows.push(...prepared.rows);
        if (plan.wants("latency")) rows.push(...(await measureEndToEnd(rivals, recordBytes, durability)));
        if (plan.wants("schedule")) rows.push(...(await measureSchedule(rivals, recordBytes, durability)));
        if (plan.wants("stores")) {
          const ours = { ProducerPerformance: produced.oursPerSecond, [PREPARED]: prepared.oursPerSecond };
          rows.push(...(await measureStores(plan, recordBytes, durability, ours)));
        }
      }
    }
  } finally {
    await ours.end();
    await kafka.end();
  }
  return rows;
}

function valueOf(words: readonly string[], name: string): string | undefined {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

let topics = 0;

async function freshTopic(contestant: Contestant, durability: Durability): Promise<string> {
  topics += 1;
  const topic = `bench-${process.pid}-${topics}`;
  await contestant.makeTopic(topic, durability);
  return topic;
}

/** One figure of each contestant, the median of some runs; who goes first alternates. */
async function inTurns(
  { kafka, ours, plan }: Rivals,
  measure: (contestant: Contestant) => Promise<readonly number[]>,
): Promise<{ readonly kafka: readonly number[]; readonly ours: readonly number[] }> {
  const seen: { kafka: (readonly number[])[]; ours: (readonly number[])[] } = { kafka: [], ours: [] };
  for (let turn = 0; turn < plan.runs; turn += 1) {
    const order = turn % 2 === 0 ? (["kafka", "ours"] as const) : (["ours", "kafka"] as const);
    for (const who of order) seen[who].push(await measure(who === "kafka" ? kafka : ours));
  }
  const medians = (runs: readonly (readonly number[])[]): readonly number[] =>
    (runs[0] ?? []).map((_, at) => medianOf(runs.map((figures) => figures[at] ?? 0)));
  return { kafka: medians(seen.kafka), ours: medians(seen.ours) };
}

/** Rows, and what we did in them. */
interface Produced {
  readonly rows: readonly BenchRow[];
  readonly oursPerSecond: number;
}

const NOT_PRODUCED: Produced = { rows: [], oursPerSecond: 0 };

async function measureProduce(rivals: Rivals, recordBytes: number, durability: Durability): Promise<Produced> {
  const { libraries, plan } = rivals;
  if (!plan.wants("produce") && !plan.wants("consume") && !plan.wants("stores")) return NOT_PRODUCED;
  const records = Math.round(plan.produceRecords[durability] / (recordBytes === 100 ? 1 : 4));
  const consumes = durability === "page" && plan.wants("consume");
  const { kafka, ours } = await inTurns(rivals, async (contestant) => {
    const topic = await freshTopic(contestant, durability);
    const given = { libraries, contestant, topic, records };
    const before = contestant.processorSeconds();
    const produced = await producerThroughput({ ...given, recordBytes, durability });
    const seconds = (contestant.processorSeconds() ?? 0) - (before ?? 0);
    const perMillion = (seconds / (records * WARMED)) * 1e6;
    return consumes ? [produced, perMillion, await consumerThroughput(given)] : [produced, perMillion];
  });
  const named = `ProducerPerformance, ${recordBytes} B, ${durability}`;
  const rows = higherRows(named, ours[0] ?? 0, kafka[0] ?? 0, PRODUCE_TARGET[durability]);
  const [, oursSeconds = 0, oursConsumed = 0] = ours;
  const [, kafkaSeconds = 0, kafkaConsumed = 0] = kafka;
  // The tool that sends takes most of the machine: what the broker itself takes of it is told beside.
  if (kafkaSeconds > 0) {
    const name = `the broker's processor time for 1 M messages, ${recordBytes} B, ${durability}`;
    rows.push({ name: `Apache Kafka: ${name}`, value: kafkaSeconds, unit: "s" });
    rows.push({ name, value: oursSeconds, unit: "s", peer: "Apache Kafka", ratio: oursSeconds / kafkaSeconds });
  }
  if (consumes) rows.push(...higherRows(`ConsumerPerformance, ${recordBytes} B`, oursConsumed, kafkaConsumed));
  return { rows, oursPerSecond: ours[0] ?? 0 };
}

async function measurePrepared(rivals: Rivals, recordBytes: number, durability: Durability): Promise<Produced> {
  const { plan } = rivals;
  if (!plan.wants("prepared") && !plan.wants("stores")) return NOT_PRODUCED;
  const records = Math.round(plan.produceRecords[durability] / (recordBytes === 100 ? 1 : 4));
  const { kafka, ours } = await inTurns(rivals, async (contestant) => {
    const topic = await freshTopic(contestant, durability);
    return [await preparedThroughput({ contestant, topic, recordBytes, durability, records })];
  });
  const [oursPerSecond = 0] = ours;
  const rows = higherRows(`${PREPARED}, ${recordBytes} B, ${durability}`, oursPerSecond, kafka[0] ?? 0);
  return { rows, oursPerSecond };
}

async function measureEndToEnd(rivals: Rivals, recordBytes: number, durability: Durability): Promise<BenchRow[]> {
  const { kafka, ours } = await inTurns(rivals, async (contestant) => {
    const topic = await freshTopic(contestant, durability);
    const { libraries, plan } = rivals;
    const given = { libraries, contestant, topic, records: plan.latencyRecords, recordBytes, durability };
    const { meanMs, p50Ms, p99Ms } = await endToEndLatency(given);
    return [meanMs, p50Ms, p99Ms];
  });
  const named = `EndToEndLatency, ${recordBytes} B, ${durability}`;
  return ["mean", "p50", "p99"].flatMap((which, at) => lowerRows(`${named}, ${which}`, ours[at] ?? 0, kafka[at] ?? 0));
}

async function measureSchedule(rivals: Rivals, recordBytes: number, durability: Durability): Promise<BenchRow[]> {
  const perSecond = durability === "page" ? 1_000 : 300;
  const { kafka, ours } = await inTurns(rivals, async (contestant) => {
    const topic = await freshTopic(contestant, durability);
    const producer = new Producer({
      clientId: "bench",
      bootstrapBrokers: [contestant.bootstrap],
      maxInflights: 64,
    });
    try {
      const value = Buffer.alloc(recordBytes, 120);
      const acks = durability === "page" ? 1 : -1;
      const send = (): Promise<unknown> => producer.send({ messages: [{ topic, partition: 0, value }], acks });
      await send();
      const { p50Ms, p99Ms, p999Ms } = await openLoop(send, { perSecond, seconds: rivals.plan.scheduleSeconds });
      return [p50Ms, p99Ms, p999Ms];
    } finally {
      await producer.close();
    }
  });
  const named = `produce at ${perSecond}/s, open schedule, ${recordBytes} B, ${durability}`;
  return ["p50", "p99", "p99.9"].flatMap((which, at) => lowerRows(`${named}, ${which}`, ours[at] ?? 0, kafka[at] ?? 0));
}

/**
 * Stores with protocols of their own, beside what we take at the same durability from Kafka's producer. Redis has a tool that sends what
 * it has prepared: it stands beside our prepared requests, too.
 */
async function measureStores(
  plan: Plan,
  recordBytes: number,
  durability: Durability,
  ours: Readonly<Record<string, number>>,
): Promise<BenchRow[]> {
  const records = plan.storeRecords[durability];
  const rows: BenchRow[] = [];
  for (const [store, measure] of [
    ["Redis Streams", measureRedis],
    ["NATS JetStream", measureNats],
  ] as const) {
    const runs: { readonly figures: readonly StoreFigure[]; readonly single: Percentiles }[] = [];
    for (let turn = 0; turn < plan.runs; turn += 1) runs.push(await measure(durability, recordBytes, records));
    for (const [at, { name }] of (runs[0]?.figures ?? []).entries()) {
      const perSecond = medianOf(runs.map(({ figures }) => figures[at]?.perSecond ?? 0));
      rows.push({ name: `${name}, ${recordBytes} B, ${durability}`, value: Math.round(perSecond), unit: "msg/s" });
    }
    const fastest = Math.max(...rows.filter(({ name }) => name.startsWith(store)).map(({ value }) => value));
    for (const [what, oursPerSecond] of Object.entries(ours)) {
      if (what === PREPARED && measure !== measureRedis) continue;
      rows.push({
        name: `${what} ÷ ${store} at its fastest, ${recordBytes} B, ${durability}`,
        value: oursPerSecond / fastest,
        unit: "×",
        target: STORES_TARGET,
        reached: oursPerSecond >= fastest * STORES_TARGET,
      });
    }
    for (const which of ["p50Ms", "p99Ms"] as const) {
      const value = medianOf(runs.map(({ single }) => single[which]));
      const named = `${store}, one at a time, ${recordBytes} B, ${durability}, ${which.slice(0, 3)}`;
      rows.push({ name: named, value, unit: "ms" });
    }
  }
  return rows;
}

function higherRows(name: string, ours: number, kafka: number, target?: number): BenchRow[] {
  const ratio = ours / kafka;
  const wanted = target === undefined ? {} : { target: Math.round(kafka * target), reached: ratio >= target };
  return [
    { name: `Apache Kafka: ${name}`, value: Math.round(kafka), unit: "msg/s" },
    { name, value: Math.round(ours), unit: "msg/s", ...wanted, peer: "Apache Kafka", ratio },
  ];
}

function lowerRows(name: string, ours: number, kafka: number): BenchRow[] {
  const target = kafka * LATENCY_TARGET;
  return [
    { name: `Apache Kafka: ${name}`, value: kafka, unit: "ms" },
    { name, value: ours, unit: "ms", target, reached: ours <= target, peer: "Apache Kafka", ratio: ours / kafka },
  ];
}
