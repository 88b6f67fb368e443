/**
 * How large a node must be for a load, from what things were measured to cost on this machine.
 *
 * Guarantees: arithmetic only, each figure with the sum it came from. Does not: know disks wear, noisy neighbours or replication.
 */

/** A load. */
export interface StreamerLoad {
  readonly messagesPerSecond: number;
  readonly messageBytes: number;
  /** Messages a producer sends in one batch, on average. */
  readonly batchMessages: number;
  /** Share of batches that wait for the disk (acks=all), 0 to 1. */
  readonly durableShare: number;
  /** How often each message is read. */
  readonly readers: number;
  readonly connections: number;
  readonly streams: number;
  readonly retentionSeconds: number;
}

/** What things cost on a machine, measured by `measureUnitCosts`. */
export interface UnitCosts {
  /** One produced batch through socket, checks and page cache: µs of one core, and µs more per KiB. */
  readonly produceBatchUs: number;
  readonly produceKiBUs: number;
  /** One fetch answer: µs of one core, and µs more per KiB. */
  readonly fetchUs: number;
  readonly fetchKiBUs: number;
  /** One shared fdatasync, ms, median. */
  readonly syncMs: number;
  readonly connectionBytes: number;
  readonly streamBytes: number;
  /** Resident memory of a broker that does nothing. */
  readonly idleBytes: number;
}

/** One line of a plan. */
export interface PlanLine {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly how: string;
}

/** What a load asks of a node. */
export interface StreamerPlan {
  readonly lines: readonly PlanLine[];
  /** What is asked for most, of what one node has. */
  readonly bottleneck: string;
  readonly fits: boolean;
}

/** What a node has. The broker's hot path is one thread. */
interface Node {
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

const BATCH_OVERHEAD_BYTES = 70;
const RECORD_OVERHEAD_BYTES = 8;
/** Above this share of a core waiting grows faster than work. */
const CORE_SHARE_MAX = 0.7;
const FETCH_BYTES = 1 << 20;
const KIB = 1024;

/** Plans one node for a load. */
export function planStreamer(load: StreamerLoad, costs: UnitCosts, node: Node): StreamerPlan {
  const batches = load.messagesPerSecond / load.batchMessages;
  const bytes = batches * BATCH_OVERHEAD_BYTES + load.messagesPerSecond * (load.messageBytes + RECORD_OVERHEAD_BYTES);
  const produceShare = (batches * costs.produceBatchUs + (bytes / KIB) * costs.produceKiBUs) / 1e6;
  const readBytes = bytes * load.readers;
  const fetches = Math.max(readBytes / FETCH_BYTES, load.readers > 0 ? Math.min(batches, 1000) : 0);
  const fetchShare = (fetches * costs.fetchUs + (readBytes / KIB) * costs.fetchKiBUs) / 1e6;
  const core = produceShare + fetchShare;
  const memory = costs.idleBytes + load.connections * costs.connectionBytes + load.streams * costs.streamBytes;
  const disk = bytes * load.retentionSeconds;
  const syncs = load.durableShare > 0 ? Math.min(batches * load.durableShare, 1000 / costs.syncMs) : 0;
  const lines: PlanLine[] = [
    line(
      "produce",
      produceShare,
      "cores",
      `${round(batches)} batches/s × ${round(costs.produceBatchUs)} µs + ${mib(bytes)} MiB/s × ${round(costs.produceKiBUs)} µs/KiB`,
    ),
    line(
      "fetch",
      fetchShare,
      "cores",
      `${round(fetches)} answers/s × ${round(costs.fetchUs)} µs + ${mib(readBytes)} MiB/s × ${round(costs.fetchKiBUs)} µs/KiB`,
    ),
    line("the broker's thread", core, "cores", `of one; above ${CORE_SHARE_MAX} waiting grows faster than work`),
    line(
      "memory",
      memory / 2 ** 20,
      "MiB",
      `${mib(costs.idleBytes)} idle + ${load.connections} connections × ${round(costs.connectionBytes / KIB)} KiB + ${load.streams} streams × ${round(costs.streamBytes)} B`,
    ),
    line(
      "disk written",
      bytes / 2 ** 20,
      "MiB/s",
      `${load.messagesPerSecond} messages/s × ${load.messageBytes} B and their frames`,
    ),
    line("disk kept", disk / 2 ** 30, "GiB", `for ${round(load.retentionSeconds / 3600)} hours`),
    line("syncs", syncs, "per second", `shared by all who wait; ${round(costs.syncMs)} ms each`),
    line(
      "wait for the disk",
      load.durableShare > 0 ? costs.syncMs * 1.5 : 0,
      "ms",
      "half a sync under way and one's own, acks=all",
    ),
    line(
      "network in and out",
      ((bytes + readBytes) * 8) / 1e6,
      "Mbit/s",
      "without the reads of replicas: there are none",
    ),
  ];
  const asked: readonly (readonly [string, number])[] = [
    ["the broker's thread", core / CORE_SHARE_MAX],
    ["memory", memory / node.memoryBytes],
    ["disk", disk / node.diskBytes],
  ];
  const [bottleneck, share] = asked.reduce((most, one) => (one[1] > most[1] ? one : most));
  return { lines, bottleneck, fits: share <= 1 };
}

function line(name: string, value: number, unit: string, how: string): PlanLine {
  return { name, value: Number(value.toPrecision(3)), unit, how };
}

function mib(bytes: number): number {
  return round(bytes / 2 ** 20);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
