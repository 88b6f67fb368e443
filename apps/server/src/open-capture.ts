/** Opens what writes memories: remembering, changing, importing, erasing, and the sources that bring them. */
import {
  Changes,
  type Erasures,
  Files,
  FileUploads,
  type HeldWrites,
  Imports,
  type LessonsOf,
  Remember,
} from "@kaelix/capture";

import { type DayBook, openDayBook } from "./days/day-book.ts";
import { Eraser, type EraserParts } from "./eraser.ts";
import { HousePurge } from "./erasures/house-purge.ts";
import { openErasures } from "./erasures/open-erasures.ts";
import { type HouseContext, need } from "./house-parts.ts";
import { openRows } from "./open-memories.ts";
import { openProvider } from "./provider/house-provider.ts";
import { Judging } from "./provider/judging.ts";
import { Retention } from "./retention/retention.ts";
import { ProposedWrites } from "./review/proposed-writes.ts";
import { HouseLessons } from "./teaching/house-lessons.ts";
import { openSources, type SourcesParts } from "./open-sources.ts";

/** Opens capture, and goes on with imports that a stop had cut off. */
export async function openCapture(context: HouseContext): Promise<void> {
  const { clock, fresh, logger, parts, paths, random } = context;
  const { log, keystore, store, live, identity } = need(parts, "log", "keystore", "store", "live", "identity");
  const dayBook = await openDayBook(log);
  openChoices(context, dayBook);
  const lessons = new HouseLessons({
    store,
    openRows: (rows) => openRows(keystore, rows),
    forgotten: (user) => dayBook.lessonsForgotten(user),
    logger,
  });
  const lessonsOf: LessonsOf = (owner) => lessons.of(owner);
  const shared = { keystore, register: store, lessonsOf, clock, random };
  const { fileBytesMax, memoryFilesMax } = context.settings;
  const files = new Files({ log, clock, random, limits: { fileBytesMax, memoryFilesMax } });
  const uploads = new FileUploads({ clock, random, spoolFolder: paths.spool });
  const remember = new Remember({
    ...shared,
    log,
    files,
    onAppended: (events, first) => {
      live.tell(events, first);
      parts.judging?.note(events);
      lessons.note(events, first);
    },
    onSealed: (memory, version, content) => fresh.keep(memory, version, content),
  });
  const proposed = new ProposedWrites({ book: dayBook, keystore, clock, lessonsOf });
  const held: HeldWrites = {
    hold: ({ tenant: tenantId, user: userId }, draft) => proposed.take({ tenantId, userId }, draft),
    drop: ({ user }, what, ceiling) => proposed.dropOf(user, what, ceiling),
  };
  const imports = new Imports({
    ...shared,
    held,
    isShut: (tenant) => identity.members.tenants.isShut(tenant),
    remember,
    logger,
    spoolFolder: paths.spool,
    onChange: ({ user: userId }, importId) => live.emit({ type: "import.changed", userId, importId }),
  });
  const changes = new Changes({ ...shared, remember });
  const erasures = await openErasures(context, { changes, held, imports, remember, uploads });
  const retention = openRetention(context, dayBook, erasures);
  const eraser = openEraser(context, { changes, erasures, imports, retention, purge: openPurge(context, files) });
  const provider = openProvider(context);
  Object.assign(parts, { dayBook, lessons, proposed, remember, files, uploads });
  Object.assign(parts, { changes, imports, erasures, eraser, retention, provider });
  startJudging(context);
  await imports.resume();
  eraser.start();
}

/** Has a provider judge what the rules are unsure of, where one is set up for that. */
function startJudging({ logger, parts }: HouseContext): void {
  const { changes, keystore, remember, store } = need(parts, "changes", "keystore", "remember", "store");
  const { provider } = parts;
  if (provider === undefined || provider.judgesBelow === 0) return;
  parts.judging = new Judging({
    provider,
    store,
    changes,
    openRows: (rows) => openRows(keystore, rows),
    written: (user) => remember.written(user),
    logger,
  });
  parts.judging.start();
}

/** From here on it is known of whom nothing may go to a provider, and what may go goes. */
function openChoices({ choices, parts }: HouseContext, dayBook: DayBook): void {
  const { searchView } = need(parts, "searchView");
  choices.open(dayBook, (user) => {
    searchView.embedFor(user);
    parts.judging?.again();
  });
  searchView.startEmbedding();
}

function openRetention({ clock, logger, parts, settings }: HouseContext, book: DayBook, erasures: Erasures): Retention {
  const { identity, people, store } = need(parts, "identity", "people", "store");
  return new Retention({
    book,
    store,
    erasures,
    users: () => people.userIds(),
    ownerOf: async (user) => {
      const person = identity.members.present(await people.user(user));
      return person === undefined ? undefined : { tenant: person.tenant, user };
    },
    houseMonths: settings.retentionYears === 0 ? null : settings.retentionYears * 12,
    onKept: () => parts.backups?.noteTaken(),
    clock,
    logger,
  });
}

function openPurge({ clock, parts, settings }: HouseContext, files: Files): HousePurge | undefined {
  const { keystore } = need(parts, "keystore");
  const { embedded } = parts;
  if (embedded === undefined) return undefined;
  const withinMs = settings.purgeHours * 3_600_000;
  parts.purge = new HousePurge({ embedded, keystore, files, clock, withinMs });
  return parts.purge;
}

function openEraser(
  { clock, logger, parts, settings }: HouseContext,
  work: Pick<EraserParts, "changes" | "erasures" | "imports" | "purge" | "retention">,
): Eraser {
  const { audit } = need(parts, "audit");
  return new Eraser({
    ...work,
    clock,
    logger,
    onErased: (count) => {
      const erased = { action: "memory.erase", decision: "allow", reason: `${count} memories` } as const;
      void audit.record({ subject: "system", ...erased });
      parts.backups?.noteTaken();
    },
    undoMs: settings.forgetUndoSeconds * 1_000,
  });
}

/** Opens the topics that memories are captured from. */
export async function startSources(context: HouseContext): Promise<void> {
  const { clock, logger, parts, settings } = context;
  const { identity, log, people, remember } = need(parts, "identity", "log", "people", "remember");
  const isSuspended: SourcesParts["isSuspended"] = (person) => identity.members.isSuspended(person);
  const sources = await openSources({ file: settings.captureKafka, isSuspended, people, log, remember, clock, logger });
  parts.sources = sources;
  sources.start();
}
