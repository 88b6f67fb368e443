export { type AuditKey, openAuditKeys, openReceipt, soleAuditKey, splitAuditKeys } from "@kaelix/security";

export { type LocalBackup, restoreHere, verifyBackupHere } from "./backup/local.ts";
export { type Finding, findProblems } from "./doctor.ts";
export {
  type ListeningNews,
  type OpenHouse,
  openHouse,
  type RunningProduct,
  type StartOptions,
  startServer,
  VERSION,
} from "./server.ts";
export { type SettingRow, settingsReference } from "./settings.ts";
