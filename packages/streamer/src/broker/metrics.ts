/**
 * What a broker counts. Plain numbers that only grow (but for `open` and `bytesInFlight`): whoever exports them takes differences.
 *
 * Cost: a few additions per request and per partition of a request; nothing per record. Nothing is computed until somebody reads.
 */
const LATENCY_BUCKETS = 28;

/** Counters of one partition. Messages are counted by batch headers. */
export interface PartitionCounters {
  bytesIn: number;
  messagesIn: number;
  batchesIn: number;
  bytesOut: number;
  messagesOut: number;
  produceErrors: number;
  fetchErrors: number;
}

/** Counters of one API. */
export interface RequestCounters {
  requests: number;
  /** Answers that say the whole request failed. */
  errors: number;
  requestBytes: number;
  responseBytes: number;
  /** Sum of the times from a whole frame to its answer, ms; parked fetches count their waiting. */
  latencyMs: number;
  /** How many took up to 2^n microseconds, by n; the last also counts all above. */
  readonly latencyBuckets: Float64Array;
}

/** Counters of the connections. */
export interface ConnectionCounters {
  open: number;
  opened: number;
  closed: number;
  /** Refused because there were too many in total or from one host. */
  refused: number;
  /** Closed because nothing came for too long. */
  idle: number;
  /** Closed because they stood in the way: a half frame or an answer nobody took. */
  stalled: number;
  /** Closed because of bytes that are no request. */
  malformed: number;
  /** Requests delayed by a quota, and by how much. */
  throttled: number;
  throttledMs: number;
}

/** Everything counted; see the top of the file. */
export class BrokerMetrics {
  readonly connections: ConnectionCounters = {
    open: 0,
    opened: 0,
    closed: 0,
    refused: 0,
    idle: 0,
    stalled: 0,
    malformed: 0,
    throttled: 0,
    throttledMs: 0,
  };
  /** By API key. */
  readonly requests = new Map<number, RequestCounters>();
  /** By topic; the index is the partition. */
  readonly topics = new Map<string, (PartitionCounters | undefined)[]>();
  /** Fetches that wait for records now. */
  parkedFetches = 0;
  readonly #bytesInFlight: () => number;

  constructor(bytesInFlight: () => number) {
    this.#bytesInFlight = bytesInFlight;
  }

  /** Bytes of requests and responses held in memory now. */
  get bytesInFlight(): number {
    return this.#bytesInFlight();
  }

  /** The counters of a partition, made on first use. */
  partition(topic: string, partition: number): PartitionCounters {
    let partitions = this.topics.get(topic);
    if (partitions === undefined) {
      partitions = [];
      this.topics.set(topic, partitions);
    }
    return (partitions[partition] ??= {
      bytesIn: 0,
      messagesIn: 0,
      batchesIn: 0,
      bytesOut: 0,
      messagesOut: 0,
      produceErrors: 0,
      fetchErrors: 0,
    });
  }

  /** The counters of an API, made on first use. */
  request(apiKey: number): RequestCounters {
    let counters = this.requests.get(apiKey);
    if (counters === undefined) {
      const latencyBuckets = new Float64Array(LATENCY_BUCKETS);
      counters = { requests: 0, errors: 0, requestBytes: 0, responseBytes: 0, latencyMs: 0, latencyBuckets };
      this.requests.set(apiKey, counters);
    }
    return counters;
  }

  /** Forgets a topic that was deleted. */
  forget(topic: string): void {
    this.topics.delete(topic);
  }
}

/** Adds one time to an API's latencies. */
export function countLatency(counters: RequestCounters, latencyMs: number): void {
  counters.latencyMs += latencyMs;
  const bucket = Math.min(LATENCY_BUCKETS - 1, 32 - Math.clz32(Math.max(0, latencyMs * 1000 - 1)));
  counters.latencyBuckets[bucket] = (counters.latencyBuckets[bucket] ?? 0) + 1;
}
