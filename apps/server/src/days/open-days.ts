/** Opens the book of days and what works over it. */
import { createHmac } from "node:crypto";

import type { DayApplication } from "@kaelix/gateway";
import type { UserId } from "@kaelix/model";

import { type HouseContext, need } from "../house-parts.ts";
import { recallSource } from "../open-views.ts";
import { type DayWriter, dayWriter } from "../provider/day-writer.ts";
import { dayApplication } from "./day-application.ts";
import { DayDesk } from "./desk.ts";
import { pushKeysOf } from "./push-keys.ts";
import { DayRounds } from "./rounds.ts";
import { SavedSearches } from "./saved-searches.ts";
import type { ProposedWrites } from "../review/proposed-writes.ts";
import type { SenderParts } from "./senders.ts";

const ID_LENGTH = 32;

/** What stands once the days are open. */
export interface Days {
  readonly application: DayApplication;
  readonly rounds: DayRounds;
  readonly desk: DayDesk;
  readonly writer: DayWriter | undefined;
  readonly proposed: ProposedWrites;
  /** Takes away everything of a person. */
  readonly forget: (user: UserId) => Promise<void>;
}

/** Forgets who was erased, and makes what goes round; it does not go yet. */
export async function openDays(context: HouseContext, publicOrigins: readonly string[]): Promise<Days> {
  const { clock, logger, parts, random, settings } = context;
  const {
    audit,
    dayBook: book,
    identity,
    imports,
    keystore,
    people,
    remember,
    retention,
  } = need(parts, "audit", "dayBook", "identity", "imports", "keystore", "people", "remember", "retention");
  // An erasure that a stop cut off after the key was shredded: what is left here opens no more, and goes too.
  for (const user of book.users()) if (!keystore.hasUserKey(user)) await book.remove(user);
  const desk = new DayDesk({ book, keystore, clock });
  const link = publicOrigins[0];
  const senders: SenderParts = {
    mailer: parts.mailer,
    pushKeys: pushKeysOf(keystore.systemSecret("push-keys")),
    contact: contactOf(settings.mailFrom, link),
    link,
    allowsPrivate: settings.webhooksPrivate,
    nowMs: () => clock.nowMs(),
  };
  const idKey = keystore.systemSecret("digest-ids");
  const recall = recallSource(context);
  const writer = dayWriter(parts.provider);
  const rounds = new DayRounds({
    book,
    desk,
    recall,
    senders,
    writer,
    users: () => people.userIds(),
    isSuspended: async (user) => identity.members.present(await people.user(user)) === undefined,
    isImporting: (user) => imports.isRunningFor(user),
    tenantOf: async (user) => (await identity.profile(user)).tenant,
    leaving: (user, ceiling) => retention.announced(user, ceiling),
    idOf: (user, day) => createHmac("sha256", idKey).update(`${user}\n${day}`).digest("hex").slice(0, ID_LENGTH),
    onSent: ({ tenant, user }, way, outcome) => {
      const decision = outcome === "sent" ? "allow" : "deny";
      void audit.record({ subject: "system", tenant, action: "digest.send", resource: user, decision, reason: way });
    },
    clock,
    logger,
  });
  const application = dayApplication({
    book,
    desk,
    searches: new SavedSearches({ book, keystore, clock, random }),
    recall,
    senders,
    secret: keystore.systemSecret("day-marks"),
    clock,
    random,
    written: (user) => remember.written(user),
  });
  const { proposed } = need(parts, "proposed");
  return { application, rounds, desk, writer, proposed, forget: (user) => book.remove(user) };
}

/** Whom a push service may turn to. */
function contactOf(mailFrom: string | undefined, link: string | undefined): string {
  if (mailFrom !== undefined) return `mailto:${mailFrom}`;
  return link?.startsWith("https:") === true ? link : "mailto:nobody@kaelix.invalid";
}
