import { type ErasureScope, parseId } from "@kaelix/model";

import type { ErasureRequest, ErasureView } from "../erasure-application.ts";
import { gatewayErrors } from "../errors.ts";
import { type Answer, type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { type Json, timeText } from "../http/wire.ts";
import { timeMs } from "./memories.ts";

type ErasureRoutes = "erasures.request" | "erasures.list" | "erasures.read" | "erasures.undo";

/** Erasing, and what shows that it is done. */
export const erasureHandlers: HandlersOf<ErasureRoutes> = {
  "erasures.request": async ({ application, principal, body }) =>
    answerOf(await application.erasures.request(principal, requestOf(body))),
  "erasures.list": async ({ application, principal }) => ({
    type: "json",
    body: { data: (await application.erasures.list(principal)).map(erasureJson) },
  }),
  "erasures.read": async ({ application, principal, params }) =>
    answerOf(await application.erasures.read(principal, idOf(params.id))),
  "erasures.undo": async ({ application, principal, params }) =>
    answerOf(await application.erasures.undo(principal, idOf(params.id))),
};

function requestOf({
  account,
  import: from,
  key,
  memories,
  now,
  source,
}: Exchange<"erasures.request">["body"]): ErasureRequest {
  const ids = memories?.flatMap((text) => parseId("mem", text) ?? []);
  const importId = from === undefined ? undefined : parseId("imp", from);
  const keyId = key === undefined ? undefined : parseId("key", key.id);
  if (key !== undefined && keyId === undefined) throw gatewayErrors("not-found");
  const toldBy = keyId && { key: keyId, sinceMs: timeMs(key?.since, "key/since") ?? 0 };
  const what = ((): ErasureScope => {
    if (importId !== undefined) return { type: "import", import: importId };
    if (account !== undefined) return { type: "account" };
    if (source === undefined) return { type: "memories" };
    return { type: "source", source: source.kind, since: source.since === undefined ? null : Date.parse(source.since) };
  })();
  return { what, now, ...withoutUndefined({ memories: ids, toldBy, confirm: account?.confirm }) };
}

function idOf(text: string): NonNullable<ReturnType<typeof parseId<"era">>> {
  const id = parseId("era", text);
  if (id === undefined) throw gatewayErrors("not-found");
  return id;
}

function answerOf(view: ErasureView | undefined): Answer {
  if (view === undefined) throw gatewayErrors("not-found");
  return { type: "json", body: erasureJson(view) };
}

function placeOf(what: ErasureScope): string | null {
  switch (what.type) {
    case "import":
      return what.import;
    case "source":
      return what.source;
    case "tenant":
      return what.of;
    case "memories":
    case "age":
    case "account":
      return null;
  }
}

/** An erasure on the wire. */
export function erasureJson(view: ErasureView): Json {
  const { what } = view;
  const timeOrNull = (ms: number | null): string | null => (ms === null ? null : timeText(ms));
  return {
    id: view.erasure,
    state: view.state,
    what: what.type,
    of: placeOf(what),
    since: what.type === "source" ? timeOrNull(what.since) : null,
    requested_at: timeText(view.requested_at),
    due_at: timeText(view.due_at),
    named: view.named,
    erased: view.erased,
    unreadable_at: timeOrNull(view.unreadable_at),
    views: view.views.map(({ name, offset, at }) => ({ name, offset, at: timeText(at) })),
    purge_by: timeOrNull(view.purge_by),
    purged_at: timeOrNull(view.purged_at),
    receipt: view.receipt,
    public_key: view.publicKey,
  };
}
