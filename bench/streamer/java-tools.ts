/** Kafka's own performance tools, run as they are and read by what they print. */
import { run } from "../../tools/services/service.ts";
import { acksOf, type Contestant, type Durability } from "./contestants.ts";

/** A tool's run against one broker. */
export interface ToolRun {
  /** Folder of Kafka's jars. */
  readonly libraries: string;
  readonly contestant: Contestant;
  readonly topic: string;
  readonly records: number;
}

/** Records per second that ProducerPerformance gets acknowledged, after as many again as a tenth to warm up. */
export async function producerThroughput(
  given: ToolRun & { readonly recordBytes: number; readonly durability: Durability },
): Promise<number> {
  const { contestant, durability, recordBytes, records, topic } = given;
  const said = await tool(given.libraries, "ProducerPerformance", {
    "bootstrap-server": contestant.bootstrap,
    topic,
    throughput: -1,
    "num-records": Math.round(records * 1.1),
    "warmup-records": Math.round(records * 0.1),
    "record-size": recordBytes,
    "command-property": `acks=${acksOf(durability)}`,
  });
  return numberIn(said, /steady state records sent, ([\d.]+) records\/sec/);
}

/** Records per second that ConsumerPerformance takes, without the time to join. */
export async function consumerThroughput(given: ToolRun): Promise<number> {
  const said = await tool(given.libraries, "ConsumerPerformance", {
    "bootstrap-server": given.contestant.bootstrap,
    topic: given.topic,
    "num-records": given.records,
    "reporting-interval": 600_000,
  });
  const columns = said.trim().split("\n").at(-1)?.split(",") ?? [];
  const perSecond = Number(columns.at(-1));
  if (!(perSecond > 0)) throw new Error(`ConsumerPerformance said: ${said.slice(-500)}`);
  return perSecond;
}

/** From one producer through the broker to one consumer, one record at a time; whole milliseconds but for the mean. */
export async function endToEndLatency(
  given: ToolRun & { readonly recordBytes: number; readonly durability: Durability },
): Promise<{ readonly meanMs: number; readonly p50Ms: number; readonly p99Ms: number }> {
  const { contestant, durability, recordBytes, records, topic } = given;
  const said = await tool(given.libraries, "EndToEndLatency", {
    "bootstrap-server": contestant.bootstrap,
    topic,
    "num-records": records,
    "producer-acks": acksOf(durability),
    "record-size": recordBytes,
  });
  return {
    meanMs: numberIn(said, /Avg latency: ([\d.]+) ms/),
    p50Ms: numberIn(said, /50th = ([\d.]+)/),
    p99Ms: numberIn(said, /99th = ([\d.]+)/),
  };
}

function tool(libraries: string, name: string, options: Readonly<Record<string, string | number>>): Promise<string> {
  const parameters = Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const java = ["-Xmx512m", "-cp", `${libraries}/*`, `org.apache.kafka.tools.${name}`];
  return run("timeout", ["180", "java", ...java, ...parameters]);
}

function numberIn(said: string, pattern: RegExp): number {
  const found = Number(pattern.exec(said)?.[1]);
  if (!Number.isFinite(found)) throw new Error(`The tool said: ${said.slice(-1_000)}`);
  return found;
}
