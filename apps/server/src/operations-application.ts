/** Backups and the key-encryption key as the gateway asks for them. */
import type { Logger } from "@kaelix/coordinator";
import type { KekView, OperationsApplication } from "@kaelix/gateway";
import type { KekRotation, RotatingKek } from "@kaelix/security";

import type { Backups } from "./backup/backups.ts";
import { serverErrors } from "./errors.ts";

/** What it is wired from. */
export interface OperationsWiring {
  readonly backups: Backups;
  readonly kek: RotatingKek;
  readonly rotation: KekRotation;
  readonly renewedAfterDays: number;
  readonly logger: Logger;
}

/** The gateway's seam. */
export function operationsApplication(parts: OperationsWiring): OperationsApplication {
  const { backups, kek, logger, renewedAfterDays, rotation } = parts;
  const failed =
    (what: string) =>
    (failure: unknown): void =>
      logger.warn({ problem: failure instanceof Error ? failure.message : "unknown reason" }, what);
  const kekView = async (): Promise<KekView> => {
    const health = await kek.health();
    const sinceMs = await kek.currentSinceMs().catch(() => 0);
    return { ...rotation.status(), sinceMs, renewedAfterDays, isHealthy: health.type === "ok" };
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
  };
}
