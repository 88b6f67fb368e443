/**
 * The house: opens every part in order, joins them, and closes them in reverse.
 *
 *   log ─► keys ─► database ─► search ─► people ─► capture ─► (gateway attached)
 *
 * Guarantees: a part is used only after what it stands on is open; what is closed was drained; nothing acknowledged rests on `close`.
 */
import { join } from "node:path";

import { type Clock, type RandomSource, systemClock, systemRandom } from "@kaelix/base";
import { LifeCycle, type Logger, type ServiceStep } from "@kaelix/coordinator";
import type { Application, IdentityPort } from "@kaelix/gateway";
import { classifyByRules } from "@kaelix/intelligence";
import { DEFAULT_TENANT, TOPICS, type UserId } from "@kaelix/model";
import { SharedIndexes } from "@kaelix/recall";
import { openIdentity, openKeystore, type ProviderClient } from "@kaelix/security";
import { openPglite, openPostgres, type PeopleStore } from "@kaelix/views";

import { accessApplication } from "./access-application.ts";
import { auditApplication } from "./audit/audit-application.ts";
import { auditedIdentity } from "./audit/audited-identity.ts";
import { AuditedMemories } from "./audit/audited-memories.ts";
import { openAudit } from "./audit/open-audit.ts";
import { policyApplication } from "./audit/policy-application.ts";
import { type DataPaths, hasLog, prepareDataDirectory } from "./data-directory.ts";
import { sealApplication } from "./seal-application.ts";
import { erasureApplication } from "./erasures/erasure-application.ts";
import { documentReader } from "./apps/read-document.ts";
import { openDays } from "./days/open-days.ts";
import { digestApplication } from "./digest-application.ts";
import { embeddingStatus } from "./embedding/house-embedder.ts";
import { serverErrors } from "./errors.ts";
import { LiveEvents } from "./events-application.ts";
import { fileApplication } from "./file-application.ts";
import { HouseKeeping } from "./house-application.ts";
import { type HouseContext, need, type Parts } from "./house-parts.ts";
import { importsApplication } from "./imports-application.ts";
import { openKafkaDoor } from "./kafka-door.ts";
import { LogDamage } from "./log-damage.ts";
import { Memories, type MemoryParts } from "./memory-application.ts";
import { openCapture, startSources } from "./open-capture.ts";
import { kekDaysOf, kekText, openKek } from "./open-kek.ts";
import { openLog } from "./open-log.ts";
import { FreshContents } from "./open-memories.ts";
import { goingThroughOf } from "./going-through.ts";
import { sharingApplication } from "./sharing/sharing-application.ts";
import { openViews, recallSource } from "./open-views.ts";
import { ProgramReach, reachedEvents } from "./program-reach.ts";
import { peopleOfHouse, subjectsOfHouse } from "./open-world.ts";
import { openPasswordList } from "./password-list.ts";
import { openOperations } from "./open-operations.ts";
import { operationsApplication } from "./operations-application.ts";
import { Operator } from "./operator.ts";
import { openMailer } from "./mail/mailer.ts";
import { openSms } from "./sms/sms-sender.ts";
import { openProviders } from "./login-application.ts";
import { sentLevel } from "./provider/house-provider.ts";
import { ProviderChoices } from "./provider/own-choices.ts";
import { providerApplication } from "./provider/provider-application.ts";
import type { ServerSettings } from "./settings.ts";
import { tenantsApplication } from "./tenants-application.ts";
import { waysIn } from "./ways-in.ts";

/** What a house is built from. */
export interface HouseOptions {
  readonly version: string;
  readonly settings: ServerSettings;
  readonly paths: DataPaths;
  readonly logger: Logger;
  /** Lets the first person in. */
  readonly claimCode: string;
  /** Where the server is reached from outside, the first one named in messages. */
  readonly publicOrigins?: readonly string[];
  readonly onSteps: (steps: readonly ServiceStep[]) => void;
  /** Told in a sentence what was found and mended; never content. */
  readonly onNotice: (notice: string) => void;
  readonly clock?: Clock;
  readonly random?: RandomSource;
}

/** A house. Call `open` once, then `close` once. */
export class House {
  readonly #options: HouseOptions;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #lifeCycle: LifeCycle;
  readonly #context: HouseContext;
  readonly #parts: Partial<Parts> = {};
  readonly #providers: readonly ProviderClient[];
  #isClaimed = false;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#lifeCycle = new LifeCycle(this.#clock, options.onSteps);
    const { settings, paths, logger, onNotice } = options;
    this.#providers = openProviders(settings.loginProviders, this.#clock);
    this.#context = {
      settings,
      paths,
      logger,
      onNotice,
      clock: this.#clock,
      random: this.#random,
      parts: this.#parts,
      fresh: new FreshContents(),
      choices: new ProviderChoices(),
      searched: new Map(),
    };
    this.#registerGround();
    this.#registerWork();
  }

  /** Version, claim and progress of the start; answers at any time. */
  describe(): ReturnType<Application["house"]["describe"]> & { readonly steps: readonly ServiceStep[] } {
    const { settings, version } = this.#options;
    const sentUpTo = sentLevel(settings);
    const sent = sentUpTo === undefined ? {} : { sentUpTo };
    const ready = this.#lifeCycle.isReady();
    return {
      version,
      claimed: this.#isClaimed,
      ready,
      steps: this.#lifeCycle.steps(),
      ...sent,
      recovery: settings.smtpUrl !== undefined,
      signInWith: this.#providers.map(({ id, name }) => ({ id, name })),
    };
  }

  /** Opens everything. What had been opened is closed again when a part fails. */
  async open(): Promise<{
    readonly application: Application;
    readonly identity: IdentityPort;
    readonly operatorToken: string;
  }> {
    await this.#lifeCycle.start();
    const { log, keystore, store, people, searchView, identity, remember, changes, imports, live } = this.#all();
    const { audit, days, worldView } = this.#all();
    const clock = this.#clock;
    const recall = recallSource(this.#context);
    const sharedIndexes = new SharedIndexes(recall);
    const reach = new ProgramReach({ recall, indexes: sharedIndexes, worldView });
    const subjects = subjectsOfHouse(this.#context);
    const memories = this.#memories({ reach, sharedIndexes, shares: { identity, subjects } });
    const operator = new Operator({ identity, owner: () => firstUser(people), clock, random: this.#random });
    const keeping = new HouseKeeping({
      ...need(this.#parts, "log", "damage", "logEngine", "sources", "database", "runner", "keystore"),
      ...need(this.#parts, "searchView", "worldView", "store", "people", "files"),
      clock,
      keys: kekText(this.#options.settings),
      describe: () => this.describe(),
      dataDirectory: this.#options.paths.root,
      embedding: () => embeddingStatus(this.#context),
      purge: this.#parts.purge,
      kafkaDoor: () => this.#parts.kafkaDoor,
    });
    this.#isClaimed = await identity.isClaimed();
    this.#all().damage.start();
    const audited = new AuditedMemories(memories, audit);
    const peopleOf = peopleOfHouse(this.#context, reach);
    return {
      application: {
        memories: audited,
        files: fileApplication(need(this.#parts, "files", "uploads")),
        imports: importsApplication(imports),
        house: keeping,
        events: reachedEvents(live, { grants: identity.grants, memories, imports }),
        access: accessApplication(identity, operator, { register: store, remember, changes, keystore }),
        ...waysIn(identity, operator, { audit, people }),
        apps: identity.apps,
        erasures: erasureApplication({
          ...need(this.#parts, "erasures", "ledger", "audit", "identity", "store", "remember", "keystore"),
          operator,
          onUnclaimed: () => (this.#isClaimed = false),
        }),
        members: identity.members,
        tenants: tenantsApplication({ ...need(this.#parts, "erasures"), audit, identity, imports }),
        seal: sealApplication({ identity, operator, remember }),
        sharing: sharingApplication({ identity, people, reach, searchView, sharedIndexes, subjects }),
        audit: auditApplication({ log, audit, keystore }),
        digests: digestApplication({ reach, imports, ...days, written: (user) => remember.written(user) }),
        days: days.application,
        people: peopleOf,
        ...goingThroughOf(this.#context, { memories: audited, people: peopleOf, reach }),
        provider: providerApplication(this.#context),
        operations: operationsApplication({
          ...need(this.#parts, "backups", "identity", "kek", "keystore", "rotation", "signingRenewal", "userKeys"),
          renewedAfterDays: kekDaysOf(this.#options.settings),
          logger: this.#options.logger,
        }),
        policy: policyApplication({ identity, store, subjects, clock, written: (user) => remember.written(user) }),
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
        const opening =
          url === undefined ? openPglite({ directory: paths.database, onNotice }) : openPostgres({ url, onNotice });
        // The embedded database opens in its worker; meanwhile this thread reads the word lists that judging needs.
        classifyByRules("");
        this.#parts.database = await opening;
      },
      async () => this.#parts.database?.close(),
    );
    this.#service(
      "views",
      ["database"],
      (report) => openViews(this.#context, report),
      async () => {
        await this.#parts.runner?.stop();
        await this.#parts.worldView?.close();
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
      () => openCapture(this.#context),
      async () => {
        await this.#parts.judging?.stop();
        await this.#parts.eraser?.stop();
        await this.#parts.imports?.stop();
      },
    );
    this.#service(
      "sources",
      ["capture"],
      () => startSources(this.#context),
      async () => this.#parts.sources?.stop(),
    );
    this.#service(
      "operations",
      ["capture", "audit"],
      async () => openOperations(this.#context, this.#options.version),
      async () => {
        await this.#parts.backups?.stop();
        await this.#parts.rotation?.close();
        await this.#parts.userKeys?.close();
        await this.#parts.signingRenewal?.close();
      },
    );
    this.#service(
      "days",
      ["capture"],
      async () => {
        this.#parts.days = await openDays(this.#context, this.#options.publicOrigins ?? []);
        this.#parts.days.rounds.start();
      },
      async () => this.#parts.days?.rounds.stop(),
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
    const { log } = need(this.#parts, "log");
    // A log without its key file must not get a new one: that would hide the loss.
    const isFresh = !(await hasLog(log));
    const kek = await openKek(this.#options.settings, this.#options.paths, isFresh);
    this.#parts.kek = kek;
    const onProblem = (problem: string): void => this.#options.logger.warn({ problem }, "Keystore");
    this.#parts.keystore = await openKeystore({ log, kek, clock: this.#clock, random: this.#random, onProblem });
  }

  async #openAudit(): Promise<void> {
    const { log, keystore } = need(this.#parts, "log", "keystore");
    const { logger, onNotice } = this.#options;
    this.#parts.audit = await openAudit({ log, keystore, clock: this.#clock, logger, onNotice });
  }

  async #closeLog(): Promise<void> {
    await this.#parts.damage?.stop();
    await this.#parts.log?.close();
  }

  async #openPeople(): Promise<void> {
    const mailer = openMailer(this.#options.settings);
    this.#parts.mailer = mailer;
    const onProblem = (error: unknown): void => this.#options.logger.warn({ err: error }, "Mail");
    const { log, keystore, people } = need(this.#parts, "log", "keystore", "people");
    const { clock, paths, settings: own } = this.#context;
    const sms = openSms({ clock, settings: own, countFile: join(paths.root, "run", "sms-sent.json") });
    const { passwordLengthMin, passwordList } = this.#options.settings;
    const isBreached = await openPasswordList(passwordList);
    const settings = { passwordLengthMin, ...(isBreached === undefined ? {} : { isBreached }) };
    this.#parts.identity = await openIdentity({
      log,
      keystore,
      settings,
      store: people,
      clock: this.#clock,
      random: this.#random,
      claimCode: this.#options.claimCode,
      ...(mailer === undefined ? {} : { mail: { send: (mail) => mailer.send(mail), onProblem } }),
      ...(sms === undefined ? {} : { sms }),
      providers: {
        clients: this.#providers,
        onProblem: (problem) => this.#options.logger.warn({ ...problem }, "Sign-in provider"),
      },
      readDocument: documentReader(),
      onSuspicion: ({ app, user, tenant, reason }) => {
        const action = app === undefined ? "identity.passkey" : "app.token";
        const note = { subject: "system", action, resource: app ?? user, decision: "deny" } as const;
        void this.#parts.audit?.record({ ...note, tenant, reason });
      },
    });
  }

  async #openKafkaDoor(address: string): Promise<void> {
    const { audit, identity } = need(this.#parts, "audit", "identity");
    const { embedded } = this.#parts;
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

  #memories(parts: Pick<MemoryParts, "reach" | "sharedIndexes" | "shares">): Memories {
    return new Memories({
      ...need(this.#parts, "remember", "uploads", "changes", "store", "database", "keystore", "proposed"),
      ...parts,
      isSearched: (position) => (this.#context.searched.get(position.partition) ?? 0) > position.offset,
    });
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
  const [first] = await people.users(1, undefined, DEFAULT_TENANT);
  return first?.user;
}
