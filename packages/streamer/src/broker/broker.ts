/**
 * A Kafka-compatible broker in one process.
 *
 * Guarantees: `startBroker` resolves when every listener accepts; `close` answers what was begun, makes it durable and gives back ports
 * and directory. What clients are promised is said by the rooms that answer them.
 * Does not: replicate. It is one node, broker 1, leader of everything and its own controller.
 */
import {
  AssertionFailure,
  type Clock,
  encodeBase64Url,
  type RandomSource,
  systemClock,
  systemRandom,
} from "@kaelix/base";

import type { Groups } from "../groups/groups.ts";
import type { Interceptors } from "../interceptors/interceptors.ts";
import type { Leaders } from "../leader/contract.ts";
import type { Disk } from "../storage/disk.ts";
import { openStorage, type Storage } from "../storage/storage.ts";
import { brokerFamilies } from "../telemetry/broker-families.ts";
import { printMetrics } from "../telemetry/metric-family.ts";
import type { AnyServedApi } from "./api-table.ts";
import { ApiTable } from "./api-table.ts";
import type { Authorizer } from "./api.ts";
import { brokerApis } from "./broker-apis.ts";
import { BROKER_CONFIGS, withFineTimes } from "./broker-configs.ts";
import type { BrokerCore } from "./broker-core.ts";
import { ByteBudget } from "./byte-budget.ts";
import { type ClusterStore, openClusterStore } from "./cluster-store.ts";
import { ConfigKeeper, type ConfigValues } from "./config-keeper.ts";
import { type ConfigRow, valueProblem } from "./config-values.ts";
import { brokerErrors } from "./errors.ts";
import { type Endpoint, type Ground, NODE_ID } from "./ground.ts";
import { type ConnectionGate, Listener, type ListenerOptions } from "./listener.ts";
import { BrokerMetrics } from "./metrics.ts";
import { Quotas } from "./quotas.ts";
import { ReadBuffers } from "./read-buffers.ts";
import { TopicCatalog } from "./topic-catalog.ts";
import type { TransactionGate } from "./transaction-gate.ts";

const SWEEP_MS = 1000;
const DRAIN_MS = 5000;
const CLUSTER_ID_BYTES = 16;
const FREE_FRAME_BYTES = 16 * 1024;
const WRITE_BYTES_MAX = 1 << 20;
const AHEAD_BYTES_MAX = 256 * 1024;
const STALL_MS = 10_000;
const ALLOW_ALL: Authorizer = { allows: () => true };

/** How a broker is started. */
export interface BrokerOptions {
  /** An open storage to serve; it stays open when the broker closes. Either this or `directory`. */
  readonly storage?: Storage;
  /** A data directory, opened and closed with the broker. */
  readonly directory?: string;
  /** What the directory stands on. Default: the machine's; a `SimulatedDisk` keeps everything in memory and can lose power. */
  readonly disk?: Disk;
  /** Default: one on 127.0.0.1:9092. */
  readonly listeners?: readonly ListenerOptions[];
  /** Kafka's broker configuration, as in server.properties: name to value. */
  readonly config?: ConfigValues;
  /** Default: everybody may do everything. */
  readonly authorizer?: Authorizer;
  readonly clock?: Clock;
  readonly random?: RandomSource;
  /** How long a connection may hold memory others wait for without getting on, ms. Default 10 s. */
  readonly stallMs?: number;
  /** How long `close` waits for answers that are under way, ms. Default 5 s. */
  readonly drainMs?: number;
  /** Told of errors nobody expected. Default: they become warnings of the process. */
  readonly report?: (error: unknown) => void;
}

/** What other rooms of the streamer add to a broker. */
export interface BrokerRooms {
  readonly leaders: Leaders;
  readonly groups: Groups;
  /** Started; closed with the rooms. */
  readonly interceptors: Interceptors;
  readonly transactions?: TransactionGate;
  /** Groups, transactions, security. */
  readonly apis: (ground: Ground) => Iterable<AnyServedApi>;
  /** Rejects when something kept cannot be read; clients are answered that it is loading meanwhile. */
  readonly loaded?: Promise<void>;
  readonly close?: () => Promise<void>;
}

/** A running broker; made by `startBroker`. */
export class Broker {
  readonly storage: Storage;
  readonly #ground: Ground;
  readonly #rooms: BrokerRooms;
  readonly #listeners: readonly Listener[];
  readonly #sweeping: NodeJS.Timeout;
  readonly #drainMs: number;
  readonly #closeStorage: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(parts: BrokerParts) {
    this.storage = parts.ground.storage;
    this.#ground = parts.ground;
    this.#rooms = parts.rooms;
    this.#listeners = parts.listeners;
    this.#drainMs = parts.drainMs;
    this.#closeStorage = parts.closeStorage;
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#sweeping.unref();
  }

  /** Where a listener listens; the first one when no name is given. */
  address(listener?: string): Endpoint {
    const found = this.#listeners.find(({ name }) => listener === undefined || name === listener);
    if (found === undefined)
      throw brokerErrors("broker-config-invalid", { message: `There is no listener ${listener ?? ""}` });
    return found.address();
  }

  /** What clients are told to connect to, as `host:port`; the first listener when no name is given. */
  bootstrap(listener?: string): string {
    return hostPort(this.address(listener));
  }

  get clusterId(): string {
    return this.#ground.clusterId;
  }

  /** Everything counted. A living object: read it whenever needed. */
  metrics(): BrokerMetrics {
    return this.#ground.metrics;
  }

  /** Interceptors by name: load, start, stop, reload and list them while the broker runs. */
  get interceptors(): Interceptors {
    return this.#rooms.interceptors;
  }

  /** Everything counted, with every group's lag, as Prometheus' text. Groups still being loaded are left out. */
  async prometheus(): Promise<string> {
    const { metrics, storage } = this.#ground;
    const { groups, interceptors } = this.#rooms;
    return printMetrics(await brokerFamilies({ metrics, storage, groups, interceptors }));
  }

  /** Accepts nothing more, answers what is under way, and closes everything the broker opened. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweeping);
    for (const listener of this.#listeners) listener.stop();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, this.#drainMs)));
    await Promise.race([Promise.all(this.#listeners.map((listener) => listener.drain())), late]);
    clearTimeout(timer);
    for (const listener of this.#listeners) listener.destroy();
    await this.#rooms.close?.();
    this.#ground.topics.close();
    await this.#closeStorage();
  }

  #sweep(): void {
    const nowMs = this.#ground.clock.monotonicMs();
    const stalled = this.#listeners.flatMap((listener) => listener.sweep(nowMs));
    const { budget, metrics } = this.#ground;
    if (!budget.contended) return;
    // Somebody waits for memory: of those who do not get on the most demanding go first, until half of it is free again.
    let usedBytes = budget.usedBytes;
    for (const connection of stalled.sort((left, right) => right.missingBytes - left.missingBytes)) {
      if (usedBytes <= budget.limitBytes / 2) return;
      usedBytes -= connection.heldBytes;
      metrics.connections.stalled += 1;
      connection.destroy();
    }
  }
}

interface BrokerParts {
  readonly ground: Ground;
  readonly rooms: BrokerRooms;
  readonly listeners: readonly Listener[];
  readonly drainMs: number;
  readonly closeStorage: () => Promise<void>;
}

/** What the other rooms are opened over. */
export interface RoomsGround {
  readonly storage: Storage;
  readonly configs: ConfigKeeper;
  readonly store: ClusterStore;
}

/** Opens what the other rooms bring. */
export type OpenRooms = (ground: RoomsGround) => Promise<BrokerRooms>;

/**
 * Starts a broker with the rooms it is given; `startBroker` gives it all of them.
 * @throws `broker-config-invalid`, `broker-listen-failed` and what opening a storage throws
 */
export async function startBrokerWith(openRooms: OpenRooms, options: BrokerOptions): Promise<Broker> {
  checkConfig(options.config ?? {});
  const clock = options.clock ?? systemClock;
  const { closeStorage, storage } = await storageOf(options, clock);
  try {
    const { core, ground, rooms } = await assemble(openRooms, storage, options, clock);
    const listeners = await listenAll(options, core, ground);
    return new Broker({ ground, rooms, listeners, drainMs: options.drainMs ?? DRAIN_MS, closeStorage });
  } catch (error) {
    await closeStorage();
    throw error;
  }
}

interface OpenedStorage {
  readonly storage: Storage;
  readonly closeStorage: () => Promise<void>;
}

async function storageOf(options: BrokerOptions, clock: Clock): Promise<OpenedStorage> {
  const { directory, disk, random, storage } = options;
  if (storage !== undefined) return { storage, closeStorage: () => Promise.resolve() };
  if (directory === undefined) {
    throw brokerErrors("broker-config-invalid", { message: "Cannot start broker: storage or directory must be given" });
  }
  const more = { ...(random === undefined ? {} : { random }), ...(disk === undefined ? {} : { disk }) };
  const opened = await openStorage({ directory, clock, ...more });
  return { storage: opened, closeStorage: () => opened.close() };
}

interface Assembled {
  readonly core: BrokerCore;
  readonly ground: Ground & { endpoint: (listener: string) => Endpoint };
  readonly rooms: BrokerRooms;
}

async function assemble(
  openRooms: OpenRooms,
  storage: Storage,
  options: BrokerOptions,
  clock: Clock,
): Promise<Assembled> {
  const store = await openClusterStore(storage, clock);
  const fixed = { ...withFineTimes(options.config ?? {}), "log.dirs": storage.directory };
  const configs = new ConfigKeeper(store, storage, fixed);
  const budget = new ByteBudget(configs.brokerNumber("queued.max.request.bytes"));
  const metrics = new BrokerMetrics(() => budget.usedBytes);
  const quotas = new Quotas(store, clock);
  const report = options.report ?? warn;
  const rooms = await openRooms({ storage, configs, store });
  rooms.loaded?.catch(report);
  const ground = {
    storage,
    leaders: rooms.leaders,
    topics: new TopicCatalog(storage, configs),
    configs,
    quotas,
    authorizer: options.authorizer ?? ALLOW_ALL,
    interceptors: rooms.interceptors,
    metrics,
    budget,
    readBuffers: new ReadBuffers(),
    clock,
    clusterId: await clusterIdOf(store, options.random ?? systemRandom),
    // Replaced when the ports are known, before anybody can ask.
    endpoint: (): Endpoint => ({ host: "127.0.0.1", port: 0 }),
    report,
  };
  const table = new ApiTable([...brokerApis(ground, rooms.transactions, () => table), ...rooms.apis(ground)]);
  const limits = {
    frameBytesMax: configs.brokerNumber("socket.request.max.bytes"),
    freeFrameBytes: FREE_FRAME_BYTES,
    requestsMax: configs.brokerNumber("queued.max.requests"),
    writeBytesMax: WRITE_BYTES_MAX,
    aheadBytesMax: AHEAD_BYTES_MAX,
    stallMs: options.stallMs ?? STALL_MS,
    idleMs: () => configs.brokerNumber("connections.max.idle.ms"),
  };
  return { core: { table, limits, budget, metrics, quotas, clock, report }, ground, rooms };
}

async function listenAll(options: BrokerOptions, core: BrokerCore, ground: Assembled["ground"]): Promise<Listener[]> {
  const gate = connectionGate(ground.configs, core.metrics);
  const listeners = (options.listeners ?? [{}]).map((one) => new Listener(one, core, gate));
  const names = new Set(listeners.map(({ name }) => name));
  if (names.size !== listeners.length || listeners.length === 0) {
    throw brokerErrors("broker-config-invalid", { message: "Every listener must have a name of its own" });
  }
  ground.endpoint = (name) => (listeners.find((one) => one.name === name) ?? listeners[0])?.advertised() ?? NOWHERE;
  try {
    for (const listener of listeners) await listener.listen();
    ground.configs.tell({
      listeners: listeners.map((listener) => printEndpoint(listener.name, listener.address())).join(","),
      "advertised.listeners": listeners.map((one) => printEndpoint(one.name, one.advertised())).join(","),
    });
  } catch (error) {
    for (const listener of listeners) listener.stop();
    throw error;
  }
  return listeners;
}

/** As Kafka writes where it listens. */
function printEndpoint(name: string, endpoint: Endpoint): string {
  return `${name}://${hostPort(endpoint)}`;
}

function hostPort({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

const NOWHERE: Endpoint = { host: "127.0.0.1", port: 0 };

function connectionGate(configs: ConfigKeeper, metrics: BrokerMetrics): ConnectionGate {
  const hosts = new Map<string, number>();
  return {
    enter: (host) => {
      const count = hosts.get(host) ?? 0;
      if (metrics.connections.open >= configs.brokerNumber("max.connections")) return false;
      if (count >= configs.brokerNumber("max.connections.per.ip")) return false;
      hosts.set(host, count + 1);
      return true;
    },
    leave: (host) => {
      const count = (hosts.get(host) ?? 1) - 1;
      if (count === 0) hosts.delete(host);
      else hosts.set(host, count);
    },
  };
}

/** The cluster's id is made at the first start and kept with everything else. */
async function clusterIdOf(store: ClusterStore, random: RandomSource): Promise<string> {
  const kept = store.entries("cluster").get("id");
  if (typeof kept === "string") return kept;
  const id = encodeBase64Url(random.bytes(CLUSTER_ID_BYTES));
  await store.put("cluster", "id", id);
  return id;
}

function checkConfig(config: ConfigValues): void {
  for (const [name, value] of Object.entries(config)) {
    const row = BROKER_CONFIGS.get(name);
    const problem = row === undefined ? `There is no broker key ${name}` : startProblem(row, value);
    if (problem !== undefined)
      throw brokerErrors("broker-config-invalid", { message: `Cannot start broker: ${problem}` });
  }
  if (config["broker.id"] !== undefined && config["broker.id"] !== String(NODE_ID)) {
    throw brokerErrors("broker-config-invalid", { message: `Cannot start broker: broker.id must be ${NODE_ID}` });
  }
}

/** What would be ignored is refused: who asked for it would go without. */
function startProblem(row: ConfigRow, value: string): string | undefined {
  if (row.givenBy !== undefined)
    return `${row.name} is no configuration of this broker, must be given by ${row.givenBy}`;
  return valueProblem(row, value);
}

function warn(error: unknown): void {
  // A broken invariant is a bug, and must not be survived.
  if (error instanceof AssertionFailure) queueMicrotask(() => throwAgain(error));
  else process.emitWarning(error instanceof Error ? error : new Error(String(error)));
}

function throwAgain(error: Error): never {
  throw error;
}
