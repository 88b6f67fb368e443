/**
 * What an open house is made of, and what each step of its opening is given.
 *
 * Guarantees: a part that is asked for before its step has run is a named error, never `undefined`.
 */
import type { Clock, LogPosition, RandomSource } from "@kaelix/base";
import type { Changes, Erasures, Files, FileUploads, Imports, KafkaSources, Remember } from "@kaelix/capture";
import type { Logger } from "@kaelix/coordinator";
import type { Log, StreamerLog } from "@kaelix/log";
import type {
  AuditLog,
  ErasureLedger,
  Identity,
  KekRotation,
  Keystore,
  RotatingKek,
  SigningRenewal,
  UserKeyRenewal,
} from "@kaelix/security";
import type { Broker } from "@kaelix/streamer";
import {
  type Database,
  type MemoryStore,
  type PeopleStore,
  RELATIONAL_VIEW,
  type SearchView,
  type ViewRunner,
  type WorldView,
} from "@kaelix/views";

import type { Backups } from "./backup/backups.ts";
import type { DayBook } from "./days/day-book.ts";
import type { Days } from "./days/open-days.ts";
import type { DataPaths } from "./data-directory.ts";
import type { Eraser } from "./eraser.ts";
import type { HousePurge } from "./erasures/house-purge.ts";
import { serverErrors } from "./errors.ts";
import type { HouseEmbedder } from "./embedding/house-embedder.ts";
import type { LiveEvents } from "./events-application.ts";
import type { LogDamage } from "./log-damage.ts";
import type { Mailer } from "./mail/mailer.ts";
import type { FreshContents } from "./open-memories.ts";
import type { HouseLessons } from "./teaching/house-lessons.ts";
import type { HouseProvider } from "./provider/house-provider.ts";
import type { ProviderChoices } from "./provider/own-choices.ts";
import type { Judging } from "./provider/judging.ts";
import type { Retention } from "./retention/retention.ts";
import type { ProposedWrites } from "./review/proposed-writes.ts";
import type { ServerSettings } from "./settings.ts";

/** How long a view may take to fold what was just appended, in milliseconds. */
export const CAUGHT_UP_MS_MAX = 60_000;

/** Parts that are open; each is set by its own step. */
export interface Parts {
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
  /** Undefined: no provider is set up. */
  embedder: HouseEmbedder | undefined;
  /** Undefined: no provider is set up. */
  provider: HouseProvider | undefined;
  judging: Judging | undefined;
  searchView: SearchView;
  worldView: WorldView;
  runner: ViewRunner;
  identity: Identity;
  remember: Remember;
  files: Files;
  uploads: FileUploads;
  changes: Changes;
  imports: Imports;
  eraser: Eraser;
  purge: HousePurge | undefined;
  ledger: ErasureLedger;
  kek: RotatingKek;
  rotation: KekRotation;
  userKeys: UserKeyRenewal;
  signingRenewal: SigningRenewal;
  backups: Backups;
  erasures: Erasures;
  sources: KafkaSources;
  kafkaDoor: Broker;
  live: LiveEvents;
  days: Days;
  dayBook: DayBook;
  proposed: ProposedWrites;
  lessons: HouseLessons;
  retention: Retention;
  /** Undefined: no mail is set up. */
  mailer: Mailer | undefined;
}

/** What every step is given: the settings, the clocks, and the parts that stand. */
export interface HouseContext {
  readonly settings: ServerSettings;
  readonly paths: DataPaths;
  readonly logger: Logger;
  readonly onNotice: (notice: string) => void;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly parts: Partial<Parts>;
  /** Content as it was sealed a moment ago, so that the index need not open it again. */
  readonly fresh: FreshContents;
  /** Who lets nothing of theirs go to a provider. */
  readonly choices: ProviderChoices;
  /** Partition → the offset up to which the search index has folded. */
  readonly searched: Map<number, number>;
}

/** Parts by name. @throws `part-missing` when one has not been opened */
export function need<Name extends keyof Parts>(parts: Partial<Parts>, ...names: readonly Name[]): Pick<Parts, Name> {
  for (const name of names) if (parts[name] === undefined) throw serverErrors("part-missing");
  return parts as Pick<Parts, Name>;
}

/** Waits until a view, the relational one unless another is named, has folded a position. @throws `view-behind` */
export async function caughtUp(
  parts: Partial<Parts>,
  position: LogPosition,
  { view = RELATIONAL_VIEW, isPatient = false }: { readonly view?: string; readonly isPatient?: boolean } = {},
): Promise<void> {
  const { runner } = need(parts, "runner");
  const outcome = await runner.waitFor({ view, position, timeoutMs: CAUGHT_UP_MS_MAX, isPatient });
  if (outcome === "timeout") throw serverErrors("view-behind");
}
