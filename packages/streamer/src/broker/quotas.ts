/**
 * Quotas as Kafka has them: byte rates, request time and changes per user, client id or both; connections per address.
 *
 * Who goes over a quota is answered at once, told for how long to keep still, and not read from for that long (KIP-219).
 * Differs from Kafka: a token bucket of `BURST_S` seconds instead of sampled windows.
 */
import type { Clock } from "@kaelix/base";

import type { ClusterStore } from "./cluster-store.ts";

const BURST_S = 2;
const THROTTLE_MS_MAX = 30_000;
const SUBJECTS_MAX = 10_000;
const STORE_KIND = "quota";

/** What can be limited. */
const QUOTA_KEYS = {
  producer_byte_rate: "Bytes per second that may be produced",
  consumer_byte_rate: "Bytes per second that may be fetched",
  request_percentage: "Share of one thread's time that requests may use, in percent",
  controller_mutation_rate: "Topics and partitions that may be created or deleted per second",
  connection_creation_rate: "Connections per second from an address",
} as const;

/** Name of something that can be limited. */
export type QuotaKey = keyof typeof QUOTA_KEYS;

/** Whom a quota is for. Null means whoever has no quota of his own; absent means that it does not matter. */
export interface QuotaEntity {
  readonly user?: string | null;
  readonly clientId?: string | null;
  readonly ip?: string | null;
}

/** Who asks. */
export interface QuotaSubject {
  readonly user: string;
  readonly clientId: string;
}

/** An entity with its limits. */
export interface QuotaRow {
  readonly entity: QuotaEntity;
  readonly limits: Readonly<Partial<Record<QuotaKey, number>>>;
}

/** True for the name of something that can be limited. */
export function isQuotaKey(name: string): name is QuotaKey {
  return Object.hasOwn(QUOTA_KEYS, name);
}

class TokenBucket {
  readonly #ratePerMs: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledAtMs: number;

  constructor(ratePerSecond: number, clock: Clock) {
    this.#ratePerMs = ratePerSecond / 1000;
    this.#capacity = ratePerSecond * BURST_S;
    this.#clock = clock;
    this.#tokens = this.#capacity;
    this.#filledAtMs = clock.monotonicMs();
  }

  /** Takes tokens, also those that are not there yet; returns for how long to keep still, ms. */
  charge(count: number): number {
    const nowMs = this.#clock.monotonicMs();
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#filledAtMs) * this.#ratePerMs) - count;
    this.#filledAtMs = nowMs;
    if (this.#tokens >= 0) return 0;
    // Debt is bounded, so that one huge request does not close the door for minutes.
    this.#tokens = Math.max(this.#tokens, -THROTTLE_MS_MAX * this.#ratePerMs);
    return this.#ratePerMs === 0
      ? THROTTLE_MS_MAX
      : Math.min(THROTTLE_MS_MAX, Math.ceil(-this.#tokens / this.#ratePerMs));
  }
}

/** All quotas of a broker; made by `openQuotas`. */
export class Quotas {
  readonly #store: ClusterStore;
  readonly #clock: Clock;
  readonly #rows = new Map<string, QuotaRow>();
  /** Which bucket a subject's charges go to; forgotten when quotas change. */
  #subjects = new Map<string, TokenBucket | null>();
  #buckets = new Map<string, TokenBucket>();

  constructor(store: ClusterStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    for (const [id, value] of store.entries(STORE_KIND)) {
      // Written by `alter` below.
      this.#rows.set(id, value as QuotaRow);
    }
  }

  /** True when there are any: nothing need be measured else. */
  get active(): boolean {
    return this.#rows.size > 0;
  }

  rows(): Iterable<QuotaRow> {
    return this.#rows.values();
  }

  /** Sets limits (or takes them away where undefined), durably and at once. */
  async alter(entity: QuotaEntity, changes: ReadonlyMap<QuotaKey, number | undefined>): Promise<void> {
    const id = idOf(entity);
    const limits: Partial<Record<QuotaKey, number>> = { ...this.#rows.get(id)?.limits };
    for (const [key, value] of changes) {
      if (value === undefined) delete limits[key];
      else limits[key] = value;
    }
    const row = Object.keys(limits).length === 0 ? undefined : { entity, limits };
    await this.#store.put(STORE_KIND, id, row);
    if (row === undefined) this.#rows.delete(id);
    else this.#rows.set(id, row);
    this.#subjects = new Map();
    this.#buckets = new Map();
  }

  /** Charges a subject; returns for how long it must keep still, ms. */
  charge(key: QuotaKey, subject: QuotaSubject, count: number): number {
    if (this.#rows.size === 0) return 0;
    const name = JSON.stringify([key, subject.user, subject.clientId]);
    let bucket = this.#subjects.get(name);
    if (bucket === undefined) {
      bucket = this.#find(key, candidatesOf(subject)) ?? null;
      this.#remember(name, bucket);
    }
    return bucket?.charge(count) ?? 0;
  }

  /** Charges an address for one connection. */
  chargeConnection(ip: string): number {
    if (this.#rows.size === 0) return 0;
    const candidates = [
      { entity: { ip }, who: ip },
      { entity: { ip: null }, who: ip },
    ];
    return this.#find("connection_creation_rate", candidates)?.charge(1) ?? 0;
  }

  #remember(name: string, bucket: TokenBucket | null): void {
    if (this.#subjects.size >= SUBJECTS_MAX) this.#subjects = new Map();
    this.#subjects.set(name, bucket);
  }

  #find(key: QuotaKey, candidates: readonly Candidate[]): TokenBucket | undefined {
    for (const { entity, who } of candidates) {
      const id = idOf(entity);
      const limit = this.#rows.get(id)?.limits[key];
      if (limit === undefined) continue;
      const name = JSON.stringify([key, id, who]);
      let bucket = this.#buckets.get(name);
      if (bucket === undefined) {
        if (this.#buckets.size >= SUBJECTS_MAX) this.#buckets = new Map();
        bucket = new TokenBucket(key === "request_percentage" ? limit * 10 : limit, this.#clock);
        this.#buckets.set(name, bucket);
      }
      return bucket;
    }
    return undefined;
  }
}

interface Candidate {
  readonly entity: QuotaEntity;
  /** Who shares one bucket below this entity. */
  readonly who: string;
}

/** From the most to the least special, in Kafka's order (KIP-55). */
function candidatesOf({ user, clientId }: QuotaSubject): Candidate[] {
  const both = JSON.stringify([user, clientId]);
  return [
    { entity: { user, clientId }, who: both },
    { entity: { user, clientId: null }, who: both },
    { entity: { user }, who: user },
    { entity: { user: null, clientId }, who: both },
    { entity: { user: null, clientId: null }, who: both },
    { entity: { user: null }, who: user },
    { entity: { clientId }, who: clientId },
    { entity: { clientId: null }, who: clientId },
  ];
}

function idOf({ user, clientId, ip }: QuotaEntity): string {
  return JSON.stringify({ user, clientId, ip });
}
