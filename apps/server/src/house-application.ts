/** Status, verification, rebuilding and metrics, as the gateway asks for them. */
import type { KafkaSources } from "@kaelix/capture";
import type { Clock, LogPosition } from "@kaelix/base";
import { Metrics } from "@kaelix/coordinator";
import type { EmbeddingStatus, HouseApplication, HouseStatus, VerificationOutcome, ViewState } from "@kaelix/gateway";
import type { Log } from "@kaelix/log";
import type { Broker } from "@kaelix/streamer";
import {
  type Database,
  type SearchView,
  verify,
  type ViewRunner,
  type ViewStatus,
  type WorldView,
} from "@kaelix/views";

import type { HousePurge } from "./erasures/house-purge.ts";
import { serverErrors } from "./errors.ts";
import { type LogDamage, lossOf, viewsAhead } from "./log-damage.ts";
import { countFiles, type KeptFilesParts } from "./kept-files.ts";
import { countUnopenable } from "./unopenable.ts";

/** What it is wired from. */
export interface HouseKeepingParts extends KeptFilesParts {
  readonly log: Log;
  readonly damage: LogDamage;
  readonly logEngine: string;
  readonly sources: KafkaSources;
  readonly database: Database;
  readonly searchView: SearchView;
  readonly worldView: WorldView;
  readonly runner: ViewRunner;
  readonly clock: Clock;
  readonly describe: HouseApplication["describe"];
  /** Where the key-encryption key is kept. */
  readonly keys: string;
  readonly dataDirectory: string;
  /** The provider of vectors; null when none is set up. */
  readonly embedding: () => EmbeddingStatus | null;
  /** What takes what was erased out of the files of the log; undefined where the log is not the house's own. */
  readonly purge: Pick<HousePurge, "status"> | undefined;
  /** The broker of the Kafka door; undefined while it is shut. */
  readonly kafkaDoor: () => Pick<Broker, "prometheus"> | undefined;
}

/** The application's side of running the house. */
export class HouseKeeping implements HouseApplication {
  readonly #parts: HouseKeepingParts;
  readonly #metrics = new Metrics();
  readonly #startedMs: number;
  readonly describe: HouseApplication["describe"];

  constructor(parts: HouseKeepingParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.monotonicMs();
    this.describe = parts.describe;
    this.#addMetrics();
  }

  async status(): Promise<HouseStatus> {
    const { log, database, runner, clock, dataDirectory } = this.#parts;
    const topics = await log.topics();
    return {
      version: this.describe().version,
      uptimeMs: clock.monotonicMs() - this.#startedMs,
      dataDirectory,
      logHealth: log.health(),
      logDamaged: this.#parts.damage.list(),
      topics: topics.map((topic) => ({
        name: topic.name,
        partitions: topic.partitions,
        records: topic.bounds.reduce((sum, bounds) => sum + bounds.durableOffset - bounds.startOffset, 0),
      })),
      views: (await runner.status()).map(viewStateOf),
      engines: {
        log: this.#parts.logEngine,
        relational: database.type === "pglite" ? "PGlite (embedded)" : "PostgreSQL",
        search: "in memory, levels 1 and 2, snapshots sealed",
        keys: this.#parts.keys,
      },
      sources: this.#parts.sources.list(),
      embedding: this.#parts.embedding(),
      purge: this.#purgeStatus(),
      rssBytes: process.memoryUsage.rss(),
    };
  }

  #purgeStatus(): HouseStatus["purge"] {
    const { purge } = this.#parts;
    return purge === undefined ? null : { ...purge.status, lastAtMs: purge.status.lastAtMs ?? null };
  }

  async verify(): Promise<VerificationOutcome> {
    const { log, runner, clock, damage } = this.#parts;
    const beganMs = clock.monotonicMs();
    await damage.walk();
    const [outcome, unopenable] = await runner.whilePaused(async () => [
      await verify(log, runner.views),
      await countUnopenable(this.#parts),
    ]);
    const files = await countFiles(this.#parts);
    const { records, unreadableRecords, damagedRanges, ...census } = outcome.log;
    for (const loss of [...damagedRanges.map(lossOf), ...(await viewsAhead(log, runner))]) damage.note(loss);
    const damaged = damage.list();
    const lost = Math.max(0, ...outcome.views.map((view) => view.extra.total));
    return {
      agree: outcome.agree && damaged.length === 0 && unopenable === 0 && files.damaged === 0,
      log: {
        ...census,
        records,
        unreadable: unreadableRecords,
        unopenable,
        files,
        damaged,
        whole: damaged.length === 0 && lost === 0,
        lost,
      },
      views: outcome.views.map((view) => ({
        name: view.name,
        agree: view.agrees,
        census: view.census ?? null,
        missing: view.missing.ids,
        extra: view.extra.ids,
        notes: view.atSameOffsets ? [] : ["stands at another offset than the log; nothing else was compared"],
      })),
      tookMs: clock.monotonicMs() - beganMs,
    };
  }

  async rebuild(
    view: "relational" | "search" | "world",
    options: { readonly force: boolean },
  ): Promise<{ readonly events: number; readonly tookMs: number }> {
    const { runner, clock, log, searchView } = this.#parts;
    const beganMs = clock.monotonicMs();
    if (!options.force) await this.#mustLoseNothing(view);
    await runner.rebuild(view);
    // Search reads its users on demand; rebuilt means that every one of them has been read.
    if (view === "search") await searchView.census();
    if (view === "world") await this.#parts.worldView.readAll();
    const topics = runner.views.find((one) => one.name === view)?.topics ?? [];
    let events = 0;
    for (const topic of await log.topics()) {
      if (!topics.includes(topic.name)) continue;
      for (const bounds of topic.bounds) events += bounds.durableOffset - bounds.startOffset;
    }
    return { events, tookMs: clock.monotonicMs() - beganMs };
  }

  /** A view is thrown away only when the log can tell all of it again. @throws `rebuild-would-lose` */
  async #mustLoseNothing(view: string): Promise<void> {
    const { damage } = this.#parts;
    // A view that has failed may not be countable, and rebuilding is its cure: then what is known of the log decides.
    const outcome = await this.verify().catch(() => undefined);
    const isWhole = outcome === undefined ? damage.list().length === 0 : outcome.log.whole;
    if (isWhole) return;
    const lost = outcome?.log.lost ?? 0;
    const held = lost === 0 ? "" : `, and the views hold ${lost} ${lost === 1 ? "memory" : "memories"} that it has not`;
    throw serverErrors("rebuild-would-lose", {
      message: `Cannot rebuild ${view}: the log has lost records${held}. First save what the views hold with kaelix export, or put back a backup of the log; forcing it rebuilds all the same and loses what only the views hold`,
      details: { lost, damaged: damage.list().length },
    });
  }

  async metrics(): Promise<string> {
    const own = await this.#metrics.print();
    return own + ((await this.#parts.kafkaDoor()?.prometheus()) ?? "");
  }

  waitFor(
    position: LogPosition,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<"reached" | "timeout"> {
    return this.#parts.runner.waitFor({ position, ...options });
  }

  #addMetrics(): void {
    const { runner, keystore, searchView, log } = this.#parts;
    const metrics = this.#metrics;
    metrics.gauge(
      "kaelix_view_lag_records",
      "Records on the log that a view has not folded",
      ["view"],
      async (gauge) => {
        for (const view of await runner.status()) gauge.set({ view: view.name }, view.lagRecords);
      },
    );
    metrics.gauge(
      "kaelix_view_lag_seconds",
      "Age of the newest folded record while records wait",
      ["view"],
      async (gauge) => {
        for (const view of await runner.status()) gauge.set({ view: view.name }, view.lagMs / 1_000);
      },
    );
    metrics.gauge(
      "kaelix_view_unreadable_records",
      "Records that no event could be read from",
      ["view"],
      async (gauge) => {
        for (const view of await runner.status()) gauge.set({ view: view.name }, view.unreadableCount);
      },
    );
    metrics.gauge("kaelix_log_records", "Durable records of a topic", ["topic"], async (gauge) => {
      for (const topic of await log.topics()) {
        gauge.set(
          { topic: topic.name },
          topic.bounds.reduce((sum, one) => sum + one.durableOffset - one.startOffset, 0),
        );
      }
    });
    metrics.gauge("kaelix_log_suspect", "1 when a disk error was seen", [], (gauge) =>
      gauge.set(log.health() === "ok" ? 0 : 1),
    );
    metrics.gauge("kaelix_log_damages", "Losses of the log that are known", [], (gauge) =>
      gauge.set(this.#parts.damage.list().length),
    );
    metrics.gauge("kaelix_search_bytes", "Bytes of search indexes in memory", [], (gauge) =>
      gauge.set(searchView.bytes),
    );
    metrics.gauge("kaelix_search_users", "Users whose search index is in memory", [], (gauge) =>
      gauge.set(searchView.usersLoaded),
    );
    metrics.gauge("kaelix_world_bytes", "Bytes of worlds of people in memory, estimated", [], (gauge) =>
      gauge.set(this.#parts.worldView.bytes),
    );
    metrics.gauge("kaelix_world_loaded", "Worlds of people in memory", [], (gauge) =>
      gauge.set(this.#parts.worldView.loaded),
    );
    metrics.gauge("kaelix_keys_memories", "Memory keys that are kept", [], (gauge) =>
      gauge.set(keystore.status().memories),
    );
    metrics.gauge("kaelix_signing_key_age_seconds", "Age of the key that signs now", ["purpose"], (gauge) => {
      const nowMs = this.#parts.clock.nowMs();
      for (const { purpose, sinceMs } of keystore.signing.status()) gauge.set({ purpose }, (nowMs - sinceMs) / 1_000);
    });
    metrics.gauge("kaelix_keys_renewing_users", "People whose key was renewed and whose memories follow", [], (gauge) =>
      gauge.set(keystore.usersRenewing()),
    );
    metrics.gauge("kaelix_resident_bytes", "Resident memory of the process", [], (gauge) =>
      gauge.set(process.memoryUsage.rss()),
    );
  }
}

function viewStateOf(status: ViewStatus): ViewState {
  return {
    name: status.name,
    state:
      status.state === "following" || status.state === "rebuilding" || status.state === "failed"
        ? status.state
        : "catching-up",
    lagRecords: status.lagRecords,
    lagMs: status.lagMs,
    watermarks: status.watermarks.map(({ topic, partition, nextOffset }) => ({ topic, partition, offset: nextOffset })),
    error: status.failure ?? null,
  };
}
