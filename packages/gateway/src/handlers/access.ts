import { levelName, parseId } from "@kaelix/model";
import { ACTIONS, type ApiKeyInfo } from "@kaelix/security";

import { gatewayErrors } from "../errors.ts";
import { type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { type Json, timeText } from "../http/wire.ts";
import { timeMs } from "./memories.ts";
import { proofRefusal } from "./proof-refusals.ts";

type AccessRoutes =
  | "sessions.endOthers"
  | "factors.read"
  | "factors.beginTotp"
  | "factors.confirmTotp"
  | "factors.removeTotp"
  | "factors.renewRecoveryCodes"
  | "keys.list"
  | "keys.create"
  | "keys.end"
  | "keys.undo";

/** A person's own security: second factors, and keys of programs. */
export const accessHandlers: HandlersOf<AccessRoutes> = {
  "sessions.endOthers": async ({ application, principal }) => ({
    type: "json",
    body: { ended: await application.access.endOtherSessions(principal) },
  }),
  "factors.read": ({ application, principal }) => {
    const { totp, recoveryLeft, sentBy, codesPossible, proofBy, provedUntilMs } = application.access.factors(principal);
    const proved = provedUntilMs === null ? null : timeText(provedUntilMs);
    return {
      type: "json",
      body: {
        totp,
        codes_by: sentBy,
        codes_possible: codesPossible,
        recovery_codes_left: recoveryLeft,
        passkeys: application.passkeys.count(principal),
        proof_by: proofBy,
        proved_until: proved,
      },
    };
  },
  "factors.beginTotp": async ({ application, principal }) => {
    const { secret, uri, untilMs } = await refusing(() => application.access.beginTotp(principal));
    return { type: "json", body: { secret, uri, expires_at: timeText(untilMs) } };
  },
  "factors.confirmTotp": async ({ application, principal, body }) => ({
    type: "json",
    body: { recovery_codes: await refusing(() => application.access.confirmTotp(principal, body.code)) },
  }),
  "factors.removeTotp": async ({ application, principal }) => {
    await refusing(() => application.access.removeTotp(principal));
    return { type: "empty" };
  },
  "factors.renewRecoveryCodes": async ({ application, principal }) => ({
    type: "json",
    body: { recovery_codes: await refusing(() => application.access.renewRecoveryCodes(principal)) },
  }),
  "keys.list": async ({ application, principal }) => ({
    type: "json",
    body: {
      data: (await application.access.keys(principal)).map(keyJson),
      scopes: { agent: scopesOf("agent"), service: scopesOf("service") },
    },
  }),
  "keys.create": async ({ application, principal, body }) => {
    const { name, kind, scopes, level: ceiling, reach, expires_at: expiresAt } = body;
    const expiresAtMs = expiresAt === null ? null : Date.parse(expiresAt);
    const wanted = withoutUndefined({ name, kind, scopes, ceiling, reach, expiresAtMs });
    const { key, info } = await application.access.createKey(principal, wanted);
    return { type: "json", body: { secret: key, key: keyJson(info) } };
  },
  "keys.end": async ({ application, principal, params }) => {
    const key = parseId("key", params.id);
    if (key === undefined) throw gatewayErrors("not-found");
    await application.access.endKey(principal, key);
    return { type: "empty" };
  },
  "keys.undo": async ({ application, principal, params, body }) => {
    const key = parseId("key", params.id);
    const wanted = { sinceMs: timeMs(body.since, "since") ?? 0, isDryRun: body.dry_run };
    const undone = key === undefined ? undefined : await application.access.undoKey(principal, key, wanted);
    if (undone === undefined) throw gatewayErrors("not-found");
    return { type: "json", body: { forgotten: undone.forgotten, put_back: undone.putBack } };
  },
};

async function refusing<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw proofRefusal(error);
  }
}

function scopesOf(kind: "agent" | "service"): readonly string[] {
  return Object.entries(ACTIONS)
    .filter(([, rule]) => rule.keys.includes(kind))
    .map(([name]) => name);
}

function keyJson(info: ApiKeyInfo): Json {
  const { key, name, kind, scopes, ceiling, reach, createdAtMs, expiresAtMs, usedAtMs, state } = info;
  const created = {
    created_at: timeText(createdAtMs),
    expires_at: expiresAtMs === null ? null : timeText(expiresAtMs),
  };
  const used = usedAtMs === null ? null : timeText(usedAtMs);
  return { id: key, name, kind, scopes, level: levelName(ceiling), reach, ...created, last_used_at: used, state };
}
