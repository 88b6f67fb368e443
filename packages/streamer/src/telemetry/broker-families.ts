/**
 * What a broker counts, as metrics: per API, topic partition, group and interceptor, with lag in messages and in seconds.
 *
 * Everything is computed when somebody asks; the broker's own path only adds to plain numbers.
 */
import { APIS } from "@kaelix/protocol";

import type { BrokerMetrics, PartitionCounters, RequestCounters } from "../broker/metrics.ts";
import type { Groups } from "../groups/groups.ts";
import { groupLag, groupMetrics, shareLoads } from "../groups/lag.ts";
import type { Interceptors } from "../interceptors/interceptors.ts";
import type { Storage } from "../storage/storage.ts";
import type { MetricFamily } from "./metric-family.ts";

const API_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(APIS).map(([name, { key }]) => [key, name]));
const PARTITION_COUNTERS: readonly (readonly [keyof PartitionCounters, string, string])[] = [
  ["messagesIn", "kaelix_kafka_messages_in_total", "Messages produced"],
  ["batchesIn", "kaelix_kafka_batches_in_total", "Batches produced"],
  ["bytesIn", "kaelix_kafka_in_bytes_total", "Bytes of batches produced"],
  ["messagesOut", "kaelix_kafka_messages_out_total", "Messages fetched"],
  ["bytesOut", "kaelix_kafka_out_bytes_total", "Bytes of batches fetched"],
  ["produceErrors", "kaelix_kafka_produce_errors_total", "Batches refused"],
  ["fetchErrors", "kaelix_kafka_fetch_errors_total", "Fetches refused"],
];

/** What the metrics are read from. */
export interface BrokerSources {
  readonly metrics: BrokerMetrics;
  readonly storage: Storage;
  readonly groups?: Groups | undefined;
  readonly interceptors?: Interceptors | undefined;
}

/** All metrics of a broker, now. */
export async function brokerFamilies(sources: BrokerSources): Promise<readonly MetricFamily[]> {
  const { groups, interceptors, metrics, storage } = sources;
  return [
    ...requestFamilies(metrics),
    ...partitionFamilies(metrics),
    ...storageFamilies(storage),
    ...connectionFamilies(metrics),
    ...(groups === undefined ? [] : await groupFamilies(groups)),
    ...(interceptors === undefined ? [] : interceptorFamilies(interceptors)),
  ];
}

function requestFamilies({ requests }: BrokerMetrics): MetricFamily[] {
  const rows = [...requests].map(([key, counters]) => ({ api: API_NAMES.get(key) ?? String(key), counters }));
  const counter = (name: string, help: string, read: (counters: RequestCounters) => number): MetricFamily => ({
    name,
    help,
    type: "counter",
    samples: rows.map(({ api, counters }) => ({ labels: { api }, value: read(counters) })),
  });
  return [
    counter("kaelix_kafka_requests_total", "Requests", ({ requests: count }) => count),
    counter("kaelix_kafka_request_errors_total", "Requests that failed as a whole", ({ errors }) => errors),
    counter("kaelix_kafka_request_bytes_total", "Bytes of requests", ({ requestBytes }) => requestBytes),
    counter("kaelix_kafka_response_bytes_total", "Bytes of responses", ({ responseBytes }) => responseBytes),
    {
      name: "kaelix_kafka_request_seconds",
      help: "From a whole request to its answer; fetches that wait for records count their waiting",
      type: "histogram",
      samples: rows.flatMap(({ api, counters }) => latencySamples(api, counters)),
    },
  ];
}

/** Buckets of powers of two microseconds, cumulative as Prometheus wants them. */
function latencySamples(
  api: string,
  { latencyBuckets, latencyMs, requests }: RequestCounters,
): MetricFamily["samples"] {
  let below = 0;
  const buckets = Array.from(latencyBuckets, (count, power) => {
    below += count;
    return { labels: { api, le: 2 ** power / 1e6 }, value: below, suffix: "_bucket" };
  });
  return [
    ...buckets,
    { labels: { api, le: "+Inf" }, value: requests, suffix: "_bucket" },
    { labels: { api }, value: latencyMs / 1000, suffix: "_sum" },
    { labels: { api }, value: requests, suffix: "_count" },
  ];
}

function partitionFamilies({ topics }: BrokerMetrics): MetricFamily[] {
  const rows = [...topics].flatMap(([topic, partitions]) =>
    partitions.flatMap((counters, partition) =>
      counters === undefined ? [] : [{ labels: { topic, partition }, counters }],
    ),
  );
  return PARTITION_COUNTERS.map(([field, name, help]) => ({
    name,
    help,
    type: "counter",
    samples: rows.map(({ counters, labels }) => ({ labels, value: counters[field] })),
  }));
}

function storageFamilies(storage: Storage): MetricFamily[] {
  const rows = [...storage.topics()].flatMap(([topic, { partitions }]) =>
    partitions.map((partition, number) => ({
      labels: { topic, partition: number },
      bounds: partition.bounds(),
      bytes: partition.sizeBytes(),
    })),
  );
  const gauge = (name: string, help: string, read: (row: (typeof rows)[number]) => number): MetricFamily => ({
    name,
    help,
    type: "gauge",
    samples: rows.map((row) => ({ labels: row.labels, value: read(row) })),
  });
  return [
    gauge("kaelix_kafka_partition_start_offset", "First offset that is kept", ({ bounds }) => bounds.startOffset),
    gauge("kaelix_kafka_partition_end_offset", "Next offset", ({ bounds }) => bounds.endOffset),
    gauge(
      "kaelix_kafka_partition_durable_offset",
      "Next offset to reach the disk",
      ({ bounds }) => bounds.durableOffset,
    ),
    gauge("kaelix_kafka_partition_bytes", "Bytes kept", ({ bytes }) => bytes),
  ];
}

function connectionFamilies(metrics: BrokerMetrics): MetricFamily[] {
  const { connections } = metrics;
  const one = (type: "counter" | "gauge", name: string, help: string, value: number): MetricFamily => ({
    name,
    help,
    type,
    samples: [{ labels: {}, value }],
  });
  const ended = ["refused", "idle", "stalled", "malformed"] as const;
  return [
    one("gauge", "kaelix_kafka_connections", "Connections open", connections.open),
    one("counter", "kaelix_kafka_connections_opened_total", "Connections ever opened", connections.opened),
    {
      name: "kaelix_kafka_connections_ended_total",
      help: "Connections the broker ended, by why",
      type: "counter",
      samples: ended.map((why) => ({ labels: { why }, value: connections[why] })),
    },
    one("counter", "kaelix_kafka_throttled_total", "Requests delayed by a quota", connections.throttled),
    one("counter", "kaelix_kafka_throttled_seconds_total", "How long", connections.throttledMs / 1000),
    one("gauge", "kaelix_kafka_parked_fetches", "Fetches that wait for records", metrics.parkedFetches),
    one("gauge", "kaelix_kafka_in_flight_bytes", "Bytes of requests and answers in memory", metrics.bytesInFlight),
  ];
}

async function groupFamilies(groups: Groups): Promise<MetricFamily[]> {
  const states = groupMetrics(groups);
  const lags = await groupLag(groups);
  const loads = shareLoads(groups);
  const place = ({ groupId: group, partition, topic }: (typeof lags | typeof loads)[number]) => ({
    group,
    topic,
    partition,
  });
  return [
    {
      name: "kaelix_kafka_group_members",
      help: "Members of a group",
      type: "gauge",
      samples: states.map(({ groupId, members, state, type }) => ({
        labels: { group: groupId, type, state },
        value: members,
      })),
    },
    {
      name: "kaelix_kafka_group_lag_messages",
      help: "Messages a group has not read yet",
      type: "gauge",
      samples: lags.map((lag) => ({ labels: place(lag), value: lag.lagMessages })),
    },
    {
      name: "kaelix_kafka_group_lag_seconds",
      help: "Age of the first message a group has not read yet",
      type: "gauge",
      samples: lags.map((lag) => ({ labels: place(lag), value: lag.lagSeconds })),
    },
    {
      name: "kaelix_kafka_share_group_held_messages",
      help: "Messages that members of a share group hold now",
      type: "gauge",
      samples: loads.map((load) => ({ labels: place(load), value: load.heldCount })),
    },
    {
      name: "kaelix_kafka_share_group_in_flight_messages",
      help: "Messages a share group was given and has not done with",
      type: "gauge",
      samples: loads.map((load) => ({ labels: place(load), value: load.inFlightCount })),
    },
  ];
}

function interceptorFamilies(interceptors: Interceptors): MetricFamily[] {
  const rows = interceptors.list();
  const counter = (name: string, help: string, field: "calls" | "rejections" | "faults"): MetricFamily => ({
    name,
    help,
    type: "counter",
    samples: rows.map((row) => ({ labels: { interceptor: row.name }, value: row[field] })),
  });
  return [
    counter("kaelix_kafka_interceptor_calls_total", "Calls of an interceptor", "calls"),
    counter("kaelix_kafka_interceptor_rejections_total", "What it refused", "rejections"),
    counter("kaelix_kafka_interceptor_faults_total", "How often it failed", "faults"),
    {
      name: "kaelix_kafka_interceptor_running",
      help: "1 while an interceptor is asked",
      type: "gauge",
      samples: rows.map(({ name, state }) => ({ labels: { interceptor: name }, value: state === "running" ? 1 : 0 })),
    },
  ];
}
