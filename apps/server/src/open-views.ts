/** Opens the views over the log, and the way in which the search index gets at sealed rows. */
import { createHash } from "node:crypto";

import { type MemoryRegister, partitionOfUser } from "@kaelix/capture";
import { languageOfText } from "@kaelix/intelligence";
import { TOPICS, type UserId } from "@kaelix/model";
import type { RecallSource } from "@kaelix/recall";
import type { Keystore } from "@kaelix/security";
import {
  createMemoryStore,
  createPeopleStore,
  createRelationalView,
  type MemoryStore,
  type PeopleStore,
  type SealedContent,
  SearchView,
  ViewRunner,
} from "@kaelix/views";

import { openEmbedder } from "./embedding/house-embedder.ts";
import { CAUGHT_UP_MS_MAX, caughtUp, type HouseContext, need } from "./house-parts.ts";
import { LOSS_ADVICE, viewsAhead } from "./log-damage.ts";
import { type FreshContents, openRows } from "./open-memories.ts";
import { openWorldView } from "./open-world.ts";

/** Opens the views and waits until they have folded what the log held. `report` is told how far they are, 0 to 1. */
export async function openViews(
  context: HouseContext,
  report: (progress: number, detail?: string) => void,
): Promise<void> {
  const { clock, logger, onNotice, parts, searched } = context;
  const { log, damage, database, live } = need(parts, "log", "damage", "database", "live");
  const waited: MemoryRegister["caughtUp"] = (position, how) => caughtUp(parts, position, how);
  const store = createMemoryStore(database, waited);
  const people = createPeopleStore(database, clock, waited);
  parts.embedder = openEmbedder(context);
  const searchView = openSearch(context, store, people);
  const worldView = openWorldView(context, searchView, { people, store });
  const runner = new ViewRunner({
    log,
    views: [createRelationalView(database), searchView, worldView],
    clock,
    onProblem: (problem) => logger.warn({ problem }, "Views"),
  });
  Object.assign(parts, { store, people, searchView, worldView, runner });
  runner.onWatermark(({ view, topic, partition, nextOffset }) => {
    if (topic !== TOPICS.memories.name) return;
    if (view === searchView.name) searched.set(partition, nextOffset);
    if (nextOffset > 0) live.emit({ type: "watermark", view, position: { topic, partition, offset: nextOffset - 1 } });
  });
  const failed = await runner.catchUp((fraction) => report(fraction, "folding the log"));
  for (const loss of await viewsAhead(log, runner)) damage.note(loss);
  const isWhole = damage.list().length === 0;
  const advice = (view: string): string =>
    isWhole ? `kaelix rebuild ${view} counts the log and makes the view anew from it` : LOSS_ADVICE;
  for (const view of failed) onNotice(`The view ${view} failed; ${advice(view)}`);
  await people.releaseStaleClaims(clock.nowMs() - CAUGHT_UP_MS_MAX);
}

/** What recall needs to know of the house. */
export function recallSource(context: HouseContext): RecallSource {
  const { clock, parts } = context;
  const { embedder } = parts;
  const { searchView, worldView } = need(parts, "searchView", "worldView");
  return {
    index: (user) => searchView.index(user),
    partitionOf: partitionOfUser,
    worldSoon: (user, ceiling) => worldView.readSoon(user, ceiling),
    nextOffset: (partition) => searchView.nextOffset(TOPICS.memories.name, partition),
    detectLanguage: languageOfText,
    monotonicMs: () => clock.monotonicMs(),
    nowMs: () => clock.nowMs(),
    ...(embedder === undefined ? {} : { embedQuery: (text, user) => embedder.embedQuery(text, user) }),
  };
}

function openSearch(context: HouseContext, store: MemoryStore, people: PeopleStore): SearchView {
  const { fresh, parts, paths, settings } = context;
  const { keystore } = need(parts, "keystore");
  const place = (user: UserId) => ({ user, purpose: "snapshot", subject: "search" }) as const;
  return new SearchView({
    folder: paths.search,
    logId: createHash("sha256").update(keystore.systemSecret("log-id")).digest("hex"),
    rows: {
      rowsOf: (user, afterOffset) => store.rowsOf(user, afterOffset),
      caughtUp: async (partition, nextOffset) => {
        if (nextOffset > 0) await caughtUp(parts, { topic: TOPICS.memories.name, partition, offset: nextOffset - 1 });
      },
    },
    openRows: (rows) => openFresh(keystore, fresh, rows),
    detectLanguage: languageOfText,
    partitionOf: partitionOfUser,
    users: () => people.userIds(),
    sealSnapshot: (user, bytes) => keystore.sealForUser(place(user), bytes),
    openSnapshot: async (user, sealed) => {
      const opened = await keystore.openForUser(place(user), sealed);
      return opened.type === "opened" ? opened.bytes : undefined;
    },
    bytesMax: settings.searchBytesMax,
    embedder: parts.embedder?.forDocuments,
  });
}

async function openFresh(
  keystore: Keystore,
  fresh: FreshContents,
  rows: readonly SealedContent[],
): ReturnType<typeof openRows> {
  const contents = rows.map((row) => fresh.take(row.memoryId, row.version));
  const sealed = rows.filter((_row, index) => contents[index] === undefined);
  const opened = sealed.length === 0 ? [] : await openRows(keystore, sealed);
  let next = 0;
  return contents.map((content) => content ?? opened[next++]);
}
