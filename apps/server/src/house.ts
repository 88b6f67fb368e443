/**
 * The house: opens every part in order, joins them, and closes them in reverse.
 *
 *   log ─► keys ─► database ─► search ─► people ─► capture ─► (gateway attached)
 *
 * Guarantees: a part is used only after what it stands on is open; what is closed was drained; nothing acknowledged rests on `close`.
 */
import { createHash } from "node:crypto";

import { type Clock, type LogPosition, type RandomSource, systemClock, systemRandom } from "@kaelix/base";
import { Changes, Imports, type KafkaSources, Remember, partitionOfUser } from "@kaelix/capture";
import { LifeCycle, type Logger, type ServiceStep } from "@kaelix/coordinator";
import type { Application, IdentityPort } from "@kaelix/gateway";
import { classifyByRules, languageOfText } from "@kaelix/intelligence";
import type { Log, StreamerLog } from "@kaelix/log";
import { TOPICS, type UserId } from "@kaelix/model";
import type { RecallSource } from "@kaelix/recall";
import { type AuditLog, type Identity, type Keystore, openFileKek, openIdentity, openKeystore } from "@kaelix/security";
import type { Broker } from "@kaelix/streamer";
import {
  createMemoryStore,
  createPeopleStore,
  createRelationalView,
  type Database,
  type MemoryStore,
  openPglite,
  openPostgres,
  type PeopleStore,
  RELATIONAL_VIEW,
  type SealedContent,
  SearchView,
  ViewRunner,
} from "@kaelix/views";

import { accessApplication } from "./access-application.ts";
import { auditApplication } from "./audit/audit-application.ts";
import { auditedIdentity } from "./audit/audited-identity.ts";
import { AuditedMemories } from "./audit/audited-memories.ts";
import { openAudit } from "./audit/open-audit.ts";
import { policyApplication } from "./audit/policy-application.ts";
import { type DataPaths, hasLog, prepareDataDirectory } from "./data-directory.ts";
import { Eraser } from "./eraser.ts";
import { serverErrors } from "./errors.ts";
import { LiveEvents } from "./events-application.ts";
import { HouseKeeping } from "./house-application.ts";
import { importsApplication } from "./imports-application.ts";
import { openKafkaDoor } from "./kafka-door.ts";
import { LogDamage, LOSS_ADVICE, viewsAhead } from "./log-damage.ts";
import { Memories } from "./memory-application.ts";
import { FreshContents, openRows } from "./open-memories.ts";
import { openLog } from "./open-log.ts";
import { openSources } from "./open-sources.ts";
import { Operator } from "./operator.ts";
import type { ServerSettings } from "./settings.ts";

/** What a house is built from. */
export interface HouseOptions {
  readonly version: string;
  readonly settings: ServerSettings;
  readonly paths: DataPaths;
  readonly logger: Logger;
  /** Lets the first person in. */
  readonly claimCode: string;
  readonly onSteps: (steps: readonly ServiceStep[]) => void;
  /** Told in a sentence what was found and mended; never content. */
  readonly onNotice: (notice: string) => void;
  readonly clock?: Clock;
  readonly random?: RandomSource;
}

const CAUGHT_UP_MS_MAX = 60_000;

/** Parts that are open; each is set by its own step. */
interface Parts {
  log: Log;
  logEngine: string;
  /** The log itself when it is the embedded one. */
  embedded: StreamerLog | undefined;
  damage: LogDamage;
  keystore: Keystore;
  audit: AuditLog;
  database: Database;
  store: MemoryStore;
  people: PeopleStore;
  searchView: SearchView;
  runner: ViewRunner;
  identity: Identity;
  remember: Remember;
  changes: Changes;
  imports: Imports;
  eraser: Eraser;
  sources: KafkaSources;
  kafkaDoor: Broker;
  live: LiveEvents;
}

/** A house. Call `open` once, then `close` once. */
export class House {
  readonly #options: HouseOptions;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #lifeCycle: LifeCycle;
  readonly #parts: Partial<Parts> = {};
  readonly #searched = new Map<number, number>();
  readonly #fresh = new FreshContents();
  #isClaimed = false;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#lifeCycle = new LifeCycle(this.#clock, options.onSteps);
    this.#registerGround();
    this.#registerWork();
  }

  /** Version, claim and progress of the start; answers at any time. */
  describe(): { version: string; claimed: boolean; ready: boolean; steps: readonly ServiceStep[] } {
    const { version } = this.#options;
    return { version, claimed: this.#isClaimed, ready: this.#lifeCycle.isReady(), steps: this.#lifeCycle.steps() };
  }

  /** Opens everything. What had been opened is closed again when a part fails. */
  async open(): Promise<{
    readonly application: Application;
    readonly identity: IdentityPort;
    readonly operatorToken: string;
  }> {
    await this.#lifeCycle.start();
    const { log, keystore, database, store, people, searchView, runner, identity, remember, changes, imports, live } =
      this.#all();
    const { audit } = this.#all();
    const clock = this.#clock;
    const recall = this.#recallSource(searchView);
    const memories = new Memories({
      remember,
      changes,
      store,
      database,
      keystore,
      searchView,
      recall,
      isSearched: (position) => (this.#searched.get(position.partition) ?? 0) > position.offset,
    });
    const operator = new Operator({ identity, owner: () => firstUser(people), clock, random: this.#random });
    const keeping = new HouseKeeping({
      log,
      damage: this.#all().damage,
      logEngine: this.#all().logEngine,
      sources: this.#all().sources,
      database,
      searchView,
      runner,
      keystore,
      clock,
      describe: () => this.describe(),
      dataDirectory: this.#options.paths.root,
      kafkaDoor: () => this.#parts.kafkaDoor,
    });
    this.#isClaimed = await identity.isClaimed();
    this.#all().damage.start();
    return {
      application: {
        memories: new AuditedMemories(memories, audit),
        imports: importsApplication(imports),
        house: keeping,
        events: live,
        access: accessApplication(identity, operator),
        audit: auditApplication({ log, audit, keystore }),
        policy: policyApplication({ identity, store, clock, written: (user) => remember.written(user) }),
      },
      identity: this.#noticingClaim(auditedIdentity(operator.port(), { audit, people, identity })),
      operatorToken: operator.token,
    };
  }

  /** Drains and closes. Answers with what could not be closed cleanly. */
  close(): Promise<readonly Error[]> {
    return this.#lifeCycle.stop();
  }

  #service(
    name: string,
    dependsOn: readonly string[],
    start: (report: (progress: number, detail?: string) => void) => Promise<void>,
    stop: () => Promise<void>,
  ): void {
    this.#lifeCycle.register({ name, dependsOn, start, stop });
  }

  /** What stands on the disk, and the views over it. */
  #registerGround(): void {
    const { paths, settings, onNotice } = this.#options;
    this.#service(
      "log",
      [],
      () => this.#openLog(),
      () => this.#closeLog(),
    );
    this.#service(
      "keys",
      ["log"],
      () => this.#openKeys(),
      async () => this.#parts.keystore?.close(),
    );
    this.#service(
      "audit",
      ["keys"],
      () => this.#openAudit(),
      async () => this.#parts.audit?.close(),
    );
    this.#service(
      "database",
      ["keys"],
      async () => {
        const url = settings.databaseUrl;
        const opening = url === undefined ? openPglite({ directory: paths.database, onNotice }) : openPostgres({ url });
        // The embedded database opens in its worker; meanwhile this thread reads the word lists that judging needs.
        classifyByRules("");
        this.#parts.database = await opening;
      },
      async () => this.#parts.database?.close(),
    );
    this.#service(
      "views",
      ["database"],
      (report) => this.#openViews(report),
      async () => {
        await this.#parts.runner?.stop();
        await this.#parts.searchView?.close();
      },
    );
  }

  /** People, and what works for them. */
  #registerWork(): void {
    const { settings } = this.#options;
    this.#service(
      "people",
      ["views"],
      () => this.#openPeople(),
      async () => undefined,
    );
    this.#service(
      "capture",
      ["people", "audit"],
      () => this.#openCapture(),
      async () => {
        await this.#parts.eraser?.stop();
        await this.#parts.imports?.stop();
      },
    );
    this.#service(
      "sources",
      ["capture"],
      () => this.#openSources(),
      async () => this.#parts.sources?.stop(),
    );
    if (settings.kafka === undefined) return;
    this.#service(
      "kafka",
      ["people", "audit"],
      () => this.#openKafkaDoor(settings.kafka ?? ""),
      async () => this.#parts.kafkaDoor?.close(),
    );
  }

  async #openLog(): Promise<void> {
    await prepareDataDirectory(this.#options.paths);
    const { paths, settings } = this.#options;
    const { embedded, engine, log } = await openLog({
      url: settings.logUrl,
      directory: paths.log,
      clock: this.#clock,
    });
    const { onNotice } = this.#options;
    const damage = new LogDamage(embedded, onNotice);
    Object.assign(this.#parts, { log, logEngine: engine, embedded, damage });
    const tornBytes = damage.noteOpening();
    if (tornBytes > 0)
      onNotice(
        `${tornBytes} bytes of writes that a crash had cut off were put aside in the log; nothing acknowledged was in them`,
      );
    for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
    this.#parts.live = new LiveEvents(log);
  }

  async #openKeys(): Promise<void> {
    const { log } = this.#parts;
    if (log === undefined) throw serverErrors("part-missing");
    // A log without its key file must not get a new one: that would hide the loss.
    const isFresh = !(await hasLog(log));
    const kek = await openFileKek(this.#options.paths.keyFile, { create: isFresh });
    const onProblem = (problem: string): void => this.#options.logger.warn({ problem }, "Keystore");
    this.#parts.keystore = await openKeystore({ log, kek, clock: this.#clock, random: this.#random, onProblem });
  }

  async #openAudit(): Promise<void> {
    const { log, keystore } = this.#parts;
    if (log === undefined || keystore === undefined) throw serverErrors("part-missing");
    const { logger, onNotice } = this.#options;
    this.#parts.audit = await openAudit({ log, keystore, clock: this.#clock, logger, onNotice });
  }

  async #closeLog(): Promise<void> {
    await this.#parts.damage?.stop();
    await this.#parts.log?.close();
  }

  async #openViews(report: (progress: number, detail?: string) => void): Promise<void> {
    const { log, damage, keystore, database, live } = this.#parts;
    if (log === undefined || damage === undefined || keystore === undefined || database === undefined)
      throw serverErrors("part-missing");
    const caughtUp = (position: LogPosition): Promise<void> => this.#caughtUp(position);
    const store = createMemoryStore(database, caughtUp);
    const people = createPeopleStore(database, this.#clock, caughtUp);
    const place = (user: UserId) => ({ user, purpose: "snapshot", subject: "search" }) as const;
    const searchView = new SearchView({
      folder: this.#options.paths.search,
      logId: createHash("sha256").update(keystore.systemSecret("log-id")).digest("hex"),
      rows: {
        rowsOf: (user, afterOffset) => store.rowsOf(user, afterOffset),
        caughtUp: async (partition, nextOffset) => {
          if (nextOffset > 0) await caughtUp({ topic: TOPICS.memories.name, partition, offset: nextOffset - 1 });
        },
      },
      openRows: (rows) => this.#openFresh(keystore, rows),
      detectLanguage: languageOfText,
      partitionOf: partitionOfUser,
      users: () => people.userIds(),
      sealSnapshot: (user, bytes) => keystore.sealForUser(place(user), bytes),
      openSnapshot: async (user, sealed) => {
        const opened = await keystore.openForUser(place(user), sealed);
        return opened.type === "opened" ? opened.bytes : undefined;
      },
      bytesMax: this.#options.settings.searchBytesMax,
    });
    const runner = new ViewRunner({
      log,
      views: [createRelationalView(database), searchView],
      clock: this.#clock,
      onProblem: (problem) => this.#options.logger.warn({ problem }, "Views"),
    });
    Object.assign(this.#parts, { store, people, searchView, runner });
    runner.onWatermark(({ view, topic, partition, nextOffset }) => {
      if (topic !== TOPICS.memories.name) return;
      if (view === searchView.name) this.#searched.set(partition, nextOffset);
      if (nextOffset > 0)
        live?.emit({ type: "watermark", view, position: { topic, partition, offset: nextOffset - 1 } });
    });
    const failed = await runner.catchUp((fraction) => report(fraction, "folding the log"));
    for (const loss of await viewsAhead(log, runner)) damage.note(loss);
    const isWhole = damage.list().length === 0;
    const advice = (view: string): string =>
      isWhole ? `kaelix rebuild ${view} counts the log and makes the view anew from it` : LOSS_ADVICE;
    for (const view of failed) this.#options.onNotice(`The view ${view} failed; ${advice(view)}`);
    await people.releaseStaleClaims(this.#clock.nowMs() - CAUGHT_UP_MS_MAX);
  }

  async #openPeople(): Promise<void> {
    const { log, keystore, people } = this.#parts;
    if (log === undefined || keystore === undefined || people === undefined) throw serverErrors("part-missing");
    const settings = { passwordLengthMin: this.#options.settings.passwordLengthMin };
    this.#parts.identity = await openIdentity({
      log,
      keystore,
      settings,
      store: people,
      clock: this.#clock,
      random: this.#random,
      claimCode: this.#options.claimCode,
    });
  }

  async #openCapture(): Promise<void> {
    const { log, keystore, store, live, audit } = this.#parts;
    if (log === undefined || keystore === undefined || store === undefined || live === undefined) {
      throw serverErrors("part-missing");
    }
    const shared = { keystore, register: store, clock: this.#clock, random: this.#random };
    const remember = new Remember({
      ...shared,
      log,
      onAppended: (events, first) => live.tell(events, first),
      onSealed: (memory, version, content) => this.#fresh.keep(memory, version, content),
    });
    const imports = new Imports({
      ...shared,
      remember,
      logger: this.#options.logger,
      spoolFolder: this.#options.paths.spool,
      onChange: (owner, importId) => {
        const position = { topic: TOPICS.memories.name, partition: partitionOfUser(owner.user), offset: 0 };
        live.emit({ type: "import.changed", userId: owner.user, position, importId });
      },
    });
    const changes = new Changes({ ...shared, remember });
    const eraser = new Eraser({
      changes,
      clock: this.#clock,
      logger: this.#options.logger,
      onErased: (count) => {
        const erased = { action: "memory.erase", decision: "allow", reason: `${count} memories` } as const;
        void audit?.record({ subject: "system", ...erased });
      },
      undoMs: this.#options.settings.forgetUndoSeconds * 1_000,
    });
    Object.assign(this.#parts, { remember, changes, imports, eraser });
    await imports.resume();
    eraser.start();
  }

  async #openSources(): Promise<void> {
    const { log, people, remember } = this.#parts;
    if (log === undefined || people === undefined || remember === undefined) throw serverErrors("part-missing");
    const { logger, settings } = this.#options;
    const parts = { file: settings.captureKafka, people, log, remember, clock: this.#clock, logger };
    this.#parts.sources = await openSources(parts);
    this.#parts.sources.start();
  }

  async #openKafkaDoor(address: string): Promise<void> {
    const { audit, embedded, identity } = this.#parts;
    if (identity === undefined || audit === undefined) throw serverErrors("part-missing");
    if (embedded === undefined) {
      const message = "Cannot serve Kafka clients: the log is kept on a Kafka cluster, which has a door of its own";
      throw serverErrors("kafka-door-invalid", { message });
    }
    const { logger, onNotice, settings } = this.#options;
    const door = await openKafkaDoor({
      address,
      certificateFile: settings.kafkaCertificateFile,
      keyFile: settings.kafkaKeyFile,
      log: embedded,
      identity,
      clock: this.#clock,
      random: this.#random,
      report: (error) => logger.warn({ err: error }, "Kafka"),
      audit,
    });
    this.#parts.kafkaDoor = door;
    onNotice(`Kafka clients at ${door.bootstrap()}, with phone and password`);
  }

  async #openFresh(keystore: Keystore, rows: readonly SealedContent[]): ReturnType<typeof openRows> {
    const contents = rows.map((row) => this.#fresh.take(row.memoryId, row.version));
    const sealed = rows.filter((_row, index) => contents[index] === undefined);
    const opened = sealed.length === 0 ? [] : await openRows(keystore, sealed);
    let next = 0;
    return contents.map((content) => content ?? opened[next++]);
  }

  /** Waits until the relational view has folded a position. @throws `view-behind` */
  async #caughtUp(position: LogPosition): Promise<void> {
    const runner = this.#parts.runner;
    if (runner === undefined) throw serverErrors("part-missing");
    const outcome = await runner.waitFor({ view: RELATIONAL_VIEW, position, timeoutMs: CAUGHT_UP_MS_MAX });
    if (outcome === "timeout") throw serverErrors("view-behind");
  }

  #recallSource(searchView: SearchView): RecallSource {
    return {
      index: (user) => searchView.index(user),
      partitionOf: partitionOfUser,
      nextOffset: (partition) => searchView.nextOffset(TOPICS.memories.name, partition),
      detectLanguage: languageOfText,
      monotonicMs: () => this.#clock.monotonicMs(),
      nowMs: () => this.#clock.nowMs(),
    };
  }

  #noticingClaim(identity: IdentityPort): IdentityPort {
    return {
      ...identity,
      signUp: async (request) => {
        const signedIn = await identity.signUp(request);
        this.#isClaimed = true;
        return signedIn;
      },
    };
  }

  #all(): Parts {
    // Every step has run: `start` throws otherwise.
    return this.#parts as Parts;
  }
}

async function firstUser(people: PeopleStore): Promise<UserId | undefined> {
  const [first] = await people.users(1);
  return first?.user;
}
