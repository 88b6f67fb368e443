import { parseId } from "@kaelix/model";
import type { SigningRenewalStatus } from "@kaelix/security";

import { gatewayErrors } from "../errors.ts";
import type { HandlersOf } from "../http/exchange.ts";
import { type Json, timeText } from "../http/wire.ts";
import type { BackupsView, KekView, UserKeysView, UserKeyView } from "../operations-application.ts";

type OperationRoutes =
  | "backups.read"
  | "backups.create"
  | "kek.read"
  | "kek.rotate"
  | "userKey.read"
  | "userKey.renew"
  | "userKeys.read"
  | "userKeys.renew"
  | "userKeys.renewOne"
  | "signingKeys.read"
  | "signingKeys.renew";

const POINTS_MAX = 200;

/** Backups, and the renewal of keys. */
export const operationHandlers: HandlersOf<OperationRoutes> = {
  "backups.read": async ({ application }) => ({
    type: "json",
    body: backupsJson(await application.operations.backups()),
  }),
  "backups.create": async ({ application }) => ({
    type: "json",
    body: backupsJson(await application.operations.beginBackup()),
  }),
  "kek.read": async ({ application }) => ({ type: "json", body: kekJson(await application.operations.kek()) }),
  "kek.rotate": async ({ application }) => ({
    type: "json",
    body: kekJson(await application.operations.beginRotation()),
  }),
  "userKey.read": ({ application, principal }) => ({
    type: "json",
    body: userKeyJson(application.operations.userKey(principal.userId)),
  }),
  "userKey.renew": async ({ application, principal }) => {
    await application.operations.renewUserKeys(principal.userId);
    return { type: "json", body: userKeyJson(application.operations.userKey(principal.userId)) };
  },
  "userKeys.read": ({ application }) => ({ type: "json", body: userKeysJson(application.operations.userKeys()) }),
  "userKeys.renew": async ({ application }) => {
    await application.operations.renewUserKeys(undefined);
    return { type: "json", body: userKeysJson(application.operations.userKeys()) };
  },
  "userKeys.renewOne": async ({ application, params }) => {
    const user = parseId("usr", params.id);
    if (user === undefined) throw gatewayErrors("not-found");
    await application.operations.renewUserKeys(user);
    return { type: "json", body: userKeysJson(application.operations.userKeys()) };
  },
  "signingKeys.read": ({ application }) => ({
    type: "json",
    body: signingKeysJson(application.operations.signingKeys()),
  }),
  "signingKeys.renew": async ({ application, body }) => {
    await application.operations.renewSigningKeys(body.end_sessions);
    return { type: "json", body: signingKeysJson(application.operations.signingKeys()) };
  },
};

function signingKeysJson({ lines, problem, renewedAfterDays }: SigningRenewalStatus): Json {
  const keys = lines.map(({ former, isLate, number, purpose, sinceMs }) => {
    return { purpose, number, since: timeText(sinceMs), former, late: isLate };
  });
  return { keys, renewed_after_days: renewedAfterDays, problem: problem ?? null };
}

function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : timeText(ms);
}

function backupsJson(view: BackupsView): Json {
  const { last, points } = view;
  return {
    place: view.place ?? null,
    every_hours: view.everyMs / 3_600_000,
    points: points.slice(0, POINTS_MAX).map(({ atMs }) => ({ at: timeText(atMs) })),
    count: points.length,
    tested_at: timeOrNull(view.testedAtMs),
    next_at: timeOrNull(view.nextAtMs),
    running: view.running === undefined ? null : { ...view.running },
    problem: view.problem ?? null,
    last:
      last === undefined
        ? null
        : {
            at: timeText(last.atMs),
            bytes: last.bytes,
            bytes_written: last.bytesWritten,
            pieces_written: last.piecesWritten,
            records: last.records,
          },
  };
}

function kekJson(view: KekView): Json {
  const { behind, done, provider, total, version } = view;
  return {
    provider,
    version,
    since: view.sinceMs === 0 ? null : timeText(view.sinceMs),
    renewed_after_days: view.renewedAfterDays,
    behind,
    done,
    total,
    at_work: view.isAtWork,
    problem: view.problem ?? null,
    healthy: view.isHealthy,
  };
}

function userKeyJson({ behind, isAtWork, isRenewing, version }: UserKeyView): Json {
  return { version, renewing: isRenewing, behind, at_work: isAtWork };
}

function userKeysJson({ done, isAtWork, people, problem, renewing, total }: UserKeysView): Json {
  return { people, renewing, done, total, at_work: isAtWork, problem: problem ?? null };
}
