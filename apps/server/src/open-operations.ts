/** Opens what keeps the house safe in the long run: backups, and the renewal of keys. */
import { createHash } from "node:crypto";

import { KekRotation, SigningRenewal, UserKeyRenewal } from "@kaelix/security";

import { Backups } from "./backup/backups.ts";
import { type HouseContext, need } from "./house-parts.ts";
import { kekDaysOf } from "./open-kek.ts";

/** Opens and starts them. */
export function openOperations({ clock, logger, parts, random, settings }: HouseContext, version: string): void {
  const { audit, database, kek, keystore } = need(parts, "audit", "kek", "keystore", "database");
  const days = kekDaysOf(settings);
  const onProblem = (problem: string): void => logger.warn({ problem }, "Renewal of keys");
  const rotation = new KekRotation({ kek, keystore, clock, onProblem, ...(days === 0 ? {} : { epochDays: days }) });
  const installation = createHash("sha256").update(keystore.systemSecret("log-id")).digest("hex").slice(0, 32);
  const backups = new Backups({
    settings,
    log: parts.embedded,
    database,
    installation,
    version,
    kek,
    clock,
    random,
    logger,
  });
  const userKeys = new UserKeyRenewal({ keystore, onProblem });
  const signingRenewal = new SigningRenewal({ keystore, audit, clock, onProblem });
  Object.assign(parts, { rotation, userKeys, signingRenewal, backups });
  // A renewal that a stop cut off is finished whatever the calendar says.
  if (days > 0) rotation.start();
  else if (keystore.usersBehind(kek.currentVersion()) > 0) void rotation.finish().catch(() => undefined);
  userKeys.start();
  signingRenewal.start();
  backups.start();
}
