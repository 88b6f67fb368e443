import { levelName, parseId, parseLevel } from "@kaelix/model";
import { type AppInfo, isOwnMachine, redirectWords } from "@kaelix/security";

import { gatewayErrors } from "../errors.ts";
import type { HandlersOf } from "../http/exchange.ts";
import { issuerOf } from "../http/issuer.ts";
import { type Json, timeText } from "../http/wire.ts";

type AppRoutes = "apps.list" | "apps.ask" | "apps.connect" | "apps.end";

/** Programs of others, as the person who lets them in sees them. */
export function appHandlers(publicOrigins: readonly string[]): HandlersOf<AppRoutes> {
  return {
    "apps.list": async ({ application, principal }) => ({
      type: "json",
      body: { data: (await application.apps.list(principal)).map(appJson) },
    }),
    "apps.ask": async ({ application, body, request }) => {
      const asked = await application.apps.ask(body.query, issuerOf(request, publicOrigins));
      if (asked.type === "back") return { type: "json", body: { back: asked.to, question: null } };
      const { client, redirect, resource, scopes } = asked.request;
      const question = {
        name: client.name,
        host: client.host,
        redirect: redirectWords(redirect),
        local: isOwnMachine(redirect),
        resource,
        scopes,
        denied: asked.denied,
      };
      return { type: "json", body: { back: null, question } };
    },
    "apps.connect": async ({ application, body, principal, request }) => {
      const { query, level, reach, days } = body;
      const ceiling = parseLevel(level) ?? 1;
      const issuer = issuerOf(request, publicOrigins);
      const { key, to } = await application.apps.connect(principal, { query, issuer, ceiling, reach, days });
      return { type: "json", body: { to }, ...(key === undefined ? {} : { made: key }) };
    },
    "apps.end": async ({ application, params, principal }) => {
      const id = parseId("key", params.id);
      if (id === undefined) throw gatewayErrors("not-found");
      await application.apps.end(principal, id);
      return { type: "empty" };
    },
  };
}

function appJson(app: AppInfo): Json {
  const {
    key: id,
    name,
    host,
    redirect,
    resource,
    scopes,
    ceiling,
    reach,
    createdAtMs,
    expiresAtMs,
    usedAtMs,
    state,
  } = app;
  return {
    id,
    name,
    host,
    redirect,
    resource,
    scopes,
    level: levelName(ceiling),
    reach,
    created_at: timeText(createdAtMs),
    expires_at: timeText(expiresAtMs),
    last_used_at: usedAtMs === null ? null : timeText(usedAtMs),
    state,
  };
}
