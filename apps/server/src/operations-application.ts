/** Backups and the renewal of keys as the gateway asks for them. */
import type { Logger } from "@kaelix/coordinator";
import type { KekView, OperationsApplication } from "@kaelix/gateway";
import type { UserId } from "@kaelix/model";
import {
  type Accounts,
  type KekRotation,
  type Keystore,
  type RotatingKek,
  securityErrors,
  type SigningRenewal,
  type UserKeyRenewal,
} from "@kaelix/security";

import type { Backups } from "./backup/backups.ts";
import { serverErrors } from "./errors.ts";

/** What it is wired from. */
export interface OperationsWiring {
  readonly backups: Backups;
  readonly kek: RotatingKek;
  readonly rotation: KekRotation;
  readonly keystore: Pick<Keystore, "memoriesBehind" | "userKey" | "users">;
  readonly userKeys: UserKeyRenewal;
  readonly signingRenewal: SigningRenewal;
  readonly identity: { readonly accounts: Pick<Accounts, "endEverySession"> };
  readonly renewedAfterDays: number;
  readonly logger: Logger;
}

/** The gateway's seam. */
export function operationsApplication(parts: OperationsWiring): OperationsApplication {
  const { backups, identity, kek, keystore, logger, renewedAfterDays, rotation, signingRenewal, userKeys } = parts;
  const failed =
    (what: string) =>
    (failure: unknown): void =>
      logger.warn({ problem: failure instanceof Error ? failure.message : "unknown reason" }, what);
  const kekView = async (): Promise<KekView> => {
    const health = await kek.health();
    const sinceMs = await kek.currentSinceMs().catch(() => 0);
    return { ...rotation.status(), sinceMs, renewedAfterDays, isHealthy: health.type === "ok" };
  };
  const userKey = (user: UserId): { readonly version: number; readonly isRenewing: boolean } => {
    const found = keystore.userKey(user);
    if (found === undefined) throw securityErrors("key-user-missing");
    return found;
  };
  return {
    backups: () => backups.status(),
    beginBackup: async () => {
      if (!backups.isOn) throw serverErrors("backup-off");
      backups.run().catch(failed("Backup"));
      return backups.status();
    },
    kek: kekView,
    beginRotation: async () => {
      if (rotation.status().isAtWork) return kekView();
      await backups.refresh();
      rotation
        .rotate()
        .then(() => backups.refresh())
        .catch(failed("Key-encryption key"));
      return kekView();
    },
    userKey: (user) => ({
      ...userKey(user),
      behind: keystore.memoriesBehind(user),
      isAtWork: userKeys.status().isAtWork,
    }),
    userKeys: () => ({ ...userKeys.status(), people: keystore.users().length }),
    renewUserKeys: async (user) => {
      // Who has none is told so before anything is begun.
      if (user !== undefined) userKey(user);
      await userKeys.renew(user === undefined ? keystore.users() : [user]);
    },
    signingKeys: () => signingRenewal.status(),
    renewSigningKeys: async (endSessions) => {
      await signingRenewal.renew(endSessions);
      // Nobody comes back by them any more; this is what lists and open connections go by.
      if (endSessions) await identity.accounts.endEverySession();
    },
  };
}
