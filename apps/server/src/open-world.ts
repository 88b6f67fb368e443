/** Opens the world view over the search view's documents, and what recall reads people from. */
import { createHash, createHmac } from "node:crypto";

import { decodeBase64Url } from "@kaelix/base";
import { partitionOfUser } from "@kaelix/capture";
import { TOPICS, type UserId } from "@kaelix/model";
import type { PeopleApplication } from "@kaelix/gateway";
import { Subjects } from "@kaelix/recall";
import { type MemoryStore, type PeopleStore, RELATIONAL_VIEW, type SearchView, WorldView } from "@kaelix/views";

import { caughtUp, type HouseContext, need } from "./house-parts.ts";
import { namePlace, peopleApplication } from "./people-application.ts";
import type { ProgramReach } from "./program-reach.ts";
import { readWorldOwner } from "./world-owner.ts";

/** Opens the view; it reads what the search view holds. */
export function openWorldView(
  { parts, paths }: HouseContext,
  searchView: SearchView,
  { people, store }: { readonly people: PeopleStore; readonly store: MemoryStore },
): WorldView {
  const { keystore } = need(parts, "keystore");
  const mentionKey = keystore.systemSecret("mention-ids");
  const place = (user: UserId) => ({ user, purpose: "snapshot", subject: "world" }) as const;
  return new WorldView({
    folder: paths.world,
    logId: createHash("sha256").update(keystore.systemSecret("log-id")).digest("hex"),
    index: (user) => searchView.index(user),
    besideIndex: (user) => searchView.besideIndex(user),
    searchedTo: (partition) => searchView.nextOffset(TOPICS.memories.name, partition),
    caughtUp: async (partition, nextOffset) => {
      if (nextOffset === 0) return;
      const position = { topic: TOPICS.memories.name, partition, offset: nextOffset - 1 };
      await caughtUp(parts, position, { view: searchView.name });
    },
    partitionOf: partitionOfUser,
    users: () => people.userIds(),
    owner: async (user, nextOffset) => {
      const position = { topic: TOPICS.memories.name, partition: partitionOfUser(user), offset: nextOffset - 1 };
      if (nextOffset > 0) await caughtUp(parts, position);
      return readWorldOwner({ keystore, people, store }, user);
    },
    hashMention: (user, text) =>
      createHmac("sha256", mentionKey).update(`${user}\n${text}`).digest().subarray(0, ID_BYTES),
    openName: async (user, decision, sealed) => {
      const bytes = decodeBase64Url(sealed);
      const opened = bytes === undefined ? undefined : await keystore.openForUser(namePlace(user, decision), bytes);
      return opened?.type === "opened" ? new TextDecoder().decode(opened.bytes) : undefined;
    },
    sealSnapshot: (user, bytes) => keystore.sealForUser(place(user), bytes),
    openSnapshot: async (user, sealed) => {
      const opened = await keystore.openForUser(place(user), sealed);
      return opened.type === "opened" ? opened.bytes : undefined;
    },
  });
}

const ID_BYTES = 16;

/** People, as the gateway asks for them. */
export function peopleOfHouse({ clock, parts, random }: HouseContext, reach: ProgramReach): PeopleApplication {
  const { runner, worldView, ...rest } = need(parts, "worldView", "store", "keystore", "log", "remember", "runner");
  const view = worldView.name;
  return peopleApplication({
    reach,
    store: rest.store,
    keystore: rest.keystore,
    log: rest.log,
    clock,
    random,
    written: async (user) => {
      await rest.remember.written(user);
      // The tables have it; the world may be a step behind them.
      const at = { topic: TOPICS.memories.name, partition: partitionOfUser(user) };
      const nextOffset = runner.foldedTo(RELATIONAL_VIEW, at);
      if (nextOffset > 0) await caughtUp(parts, { ...at, offset: nextOffset - 1 }, { view });
    },
    folded: (position) => caughtUp(parts, position, { view }),
  });
}

/** Whom and what memories name, for sharing. One for a house: what it worked out is kept in it. */
export function subjectsOfHouse({ parts }: HouseContext): Subjects {
  const { worldView } = need(parts, "worldView");
  return new Subjects({ world: (user, ceiling) => worldView.read(user, ceiling) });
}
