import { type MemoryId, parseId, type RetentionRules } from "@kaelix/model";

import { gatewayErrors } from "../errors.ts";
import { type Answer, type HandlersOf } from "../http/exchange.ts";
import { type Json, memoryJson, timeText } from "../http/wire.ts";
import type { KeptView, RetentionView } from "../retention-application.ts";

type RetentionRoutes =
  | "retention.read"
  | "retention.choose"
  | "retention.preview"
  | "retention.leaving"
  | "memories.kept"
  | "memories.keep";

/** How long memories are kept, and what goes next. */
export const retentionHandlers: HandlersOf<RetentionRoutes> = {
  "retention.read": async ({ application, principal }) => ({
    type: "json",
    body: viewJson(await application.retention.read(principal)),
  }),
  "retention.choose": async ({ application, principal, body }) => ({
    type: "json",
    body: viewJson(await application.retention.choose(principal, body.rules)),
  }),
  "retention.preview": async ({ application, principal, body }) => {
    const { next30Days, onMs, sources, total } = await application.retention.preview(principal, body.rules);
    return { type: "json", body: { on: timeText(onMs), total, sources: [...sources], next_30_days: next30Days } };
  },
  "retention.leaving": async ({ application, principal, query }) => {
    const { items, total } = await application.retention.leaving(principal, query.limit);
    return {
      type: "json",
      body: { total, data: items.map(({ placed, until }) => ({ until, memory: memoryJson(placed) })) },
    };
  },
  "memories.kept": async ({ application, principal, params }) =>
    keptAnswer(await application.retention.keptOf(principal, idOf(params.id))),
  "memories.keep": async ({ application, principal, params, body }) =>
    keptAnswer(await application.retention.keep(principal, idOf(params.id), body.kept)),
};

function idOf(text: string): MemoryId {
  const id = parseId("mem", text);
  if (id === undefined) throw gatewayErrors("not-found");
  return id;
}

function keptAnswer(view: KeptView | undefined): Answer {
  if (view === undefined) throw gatewayErrors("not-found");
  return { type: "json", body: { kept: view.kept, until: view.until } };
}

function rulesJson({ months, sources }: RetentionRules): Json {
  return { months, sources: sources.map((rule) => ({ ...rule })) };
}

function viewJson({ announced, chosenAtMs, house, kept, next30Days, rules }: RetentionView): Json {
  return {
    rules: rulesJson(rules),
    chosen_at: chosenAtMs === null ? null : timeText(chosenAtMs),
    house: rulesJson(house),
    announced:
      announced === undefined
        ? null
        : { on: timeText(announced.onMs), total: announced.total, sources: [...announced.sources] },
    next_30_days: next30Days,
    kept,
  };
}
