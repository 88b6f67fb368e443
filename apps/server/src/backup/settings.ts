/** The settings of backups, and what they open. */
import type { BackupSecret, KekProvider } from "@kaelix/security";

import { serverErrors } from "../errors.ts";
import type { ServerSettings } from "../settings.ts";
import { type BackupTarget, openTarget } from "./target.ts";

/** What of the server's settings concerns backups. */
export type BackupSettings = Pick<
  ServerSettings,
  | "backupPlace"
  | "backupHours"
  | "backupKeepDays"
  | "backupPassphrase"
  | "backupAccessKey"
  | "backupSecretKey"
  | "backupRegion"
>;

/** The place of backups. @throws `backup-off`, `backup-target-invalid`, `backup-target-failed` */
export async function targetOf(settings: BackupSettings): Promise<BackupTarget> {
  const { backupAccessKey: accessKey, backupPlace: place, backupRegion: region, backupSecretKey: secretKey } = settings;
  if (place === undefined) throw serverErrors("backup-off");
  return openTarget({ place, s3: { accessKey, secretKey, region } });
}

/** What seals backups. */
export function backupSecretOf({ backupPassphrase }: BackupSettings, kek: KekProvider): BackupSecret {
  return backupPassphrase === undefined ? { type: "kek", kek } : { type: "passphrase", passphrase: backupPassphrase };
}
