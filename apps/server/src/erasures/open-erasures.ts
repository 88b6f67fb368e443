/** Erasing as the house does it: over its ledger, its views, and, where the log is its own, the files of the log. */
import type { LogPosition } from "@kaelix/base";
import { type Changes, Erasures, type Remember } from "@kaelix/capture";
import type { StreamerLog } from "@kaelix/log";
import { TOPICS } from "@kaelix/model";
import { openErasureLedger } from "@kaelix/security";

import { serverErrors } from "../errors.ts";
import { CAUGHT_UP_MS_MAX, type HouseContext, need } from "../house-parts.ts";

/** Opens the ledger and what works through it. */
export async function openErasures(
  context: HouseContext,
  { changes, remember }: { readonly changes: Changes; readonly remember: Remember },
): Promise<Erasures> {
  const { clock, parts, random, settings } = context;
  const { audit, identity, keystore, log, store } = need(parts, "audit", "identity", "keystore", "log", "store");
  const ledger = await openErasureLedger(log);
  Object.assign(parts, { ledger });
  return new Erasures({
    ledger,
    changes,
    remember,
    keystore,
    register: store,
    accounts: identity.accounts,
    views: { folded: (position) => foldedBy(context, position) },
    clock,
    random,
    undoMs: settings.forgetUndoSeconds * 1_000,
    purgeMs: parts.embedded === undefined ? undefined : settings.purgeHours * 3_600_000,
    onDone: ({ erased, erasure, tenant, user, what }) => {
      const action = what.type === "account" ? "account.erase" : "memory.erase";
      const reason = `${erased} memories`;
      void audit.record({ subject: "system", tenant, action, resource: erasure, decision: "allow", reason });
      // What is left of them there opens no more; a stop before it is gone is made up for at the next start.
      if (what.type === "account") void parts.days?.forget(user).catch(() => undefined);
      parts.backups?.noteErased();
    },
  });
}

/** What writes the topic of keys anew without those that were shredded; only the embedded log has files of its own. */
export function purgeOf(embedded: StreamerLog | undefined): (() => Promise<void>) | undefined {
  if (embedded === undefined) return undefined;
  return async () => {
    await embedded.storage.compact(TOPICS.keys.name);
  };
}

async function foldedBy(
  { parts }: HouseContext,
  position: LogPosition,
): Promise<readonly { readonly name: string; readonly offset: number }[]> {
  const { runner } = need(parts, "runner");
  if ((await runner.waitFor({ position, timeoutMs: CAUGHT_UP_MS_MAX })) === "timeout") {
    throw serverErrors("view-behind");
  }
  return (await runner.status()).flatMap(({ name, watermarks }) => {
    const mark = watermarks.find(
      ({ partition, topic }) => topic === position.topic && partition === position.partition,
    );
    return mark === undefined ? [] : [{ name, offset: mark.nextOffset - 1 }];
  });
}
