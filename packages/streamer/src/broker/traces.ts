/**
 * Where observers hang in: `node:diagnostics_channel` channels that cost one comparison while nobody listens.
 *
 * A subscriber is called synchronously with a plain message. It must not keep the bytes of a batch: others are
 * read over them.
 */
import { channel } from "node:diagnostics_channel";

import type { FoundBatch } from "../storage/scan.ts";
import type { RequestContext } from "./api.ts";

/** A batch was appended (or found to be appended before). `bytes` has the records, with their headers such as `traceparent`. */
export interface ProduceTrace {
  readonly topic: string;
  readonly partition: number;
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly duplicate: boolean;
  readonly bytes: Uint8Array;
  readonly context: RequestContext;
}

/** Batches were read for a client. */
export interface FetchTrace {
  readonly topic: string;
  readonly partition: number;
  readonly fetchOffset: number;
  readonly nextOffset: number;
  readonly batches: readonly FoundBatch[];
  readonly context: RequestContext;
}

/** A request was answered. */
export interface RequestTrace {
  readonly apiKey: number;
  readonly version: number;
  readonly latencyMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly context: RequestContext;
}

/** `kaelix.streamer.produce`: a `ProduceTrace` per appended batch, before the client is answered. */
export const produceChannel = channel("kaelix.streamer.produce");
/** `kaelix.streamer.fetch`: a `FetchTrace` per partition that gave something. */
export const fetchChannel = channel("kaelix.streamer.fetch");
/** `kaelix.streamer.request`: a `RequestTrace` per answered request. */
export const requestChannel = channel("kaelix.streamer.request");
