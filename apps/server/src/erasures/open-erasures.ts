/** Erasing as the house does it: over its ledger, its views, and, where the log is its own, the files of the log. */
import type { LogPosition } from "@kaelix/base";
import {
  type Changes,
  Erasures,
  type FileUploads,
  type HeldWrites,
  type Imports,
  type Remember,
} from "@kaelix/capture";
import type { ErasureScope } from "@kaelix/model";
import { openErasureLedger } from "@kaelix/security";

import { serverErrors } from "../errors.ts";
import { CAUGHT_UP_MS_MAX, type HouseContext, need } from "../house-parts.ts";

/** What erasing works through. */
interface Writing {
  readonly changes: Changes;
  readonly held: HeldWrites;
  readonly imports: Imports;
  readonly remember: Remember;
  readonly uploads: FileUploads;
}

/** By what name an erasure is written down. */
export const ERASING: Readonly<Record<ErasureScope["type"], string>> = {
  memories: "memory.erase",
  import: "memory.erase",
  source: "memory.erase",
  age: "memory.expire",
  account: "account.erase",
  tenant: "tenant.end",
};

/** Opens the ledger and what works through it. */
export async function openErasures(
  context: HouseContext,
  { changes, held, imports, remember, uploads }: Writing,
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
    held,
    onLeaving: async ({ user }) => {
      await imports.leave(user);
      await uploads.leave(user);
      // What is left of them there opens no more; a stop before it is gone is made up for at the next start.
      await parts.days?.forget(user).catch(() => undefined);
    },
    onDone: ({ erased, erasure, tenant, what }) => {
      const action = ERASING[what.type];
      // Of which level they were does not show here: how many there were would tell of what stands above the lock.
      const reason = what.type === "age" ? "age" : `${erased} memories`;
      void audit.record({ subject: "system", tenant, action, resource: erasure, decision: "allow", reason });
      parts.backups?.noteTaken();
    },
  });
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
