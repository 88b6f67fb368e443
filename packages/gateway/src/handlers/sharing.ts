import type { Exchange, HandlersOf } from "../http/exchange.ts";
import { levelName, parseId } from "@kaelix/model";

import { gatewayErrors } from "../errors.ts";
import { withoutUndefined } from "../http/exchange.ts";
import { FieldsError } from "../http/problem.ts";
import { type Json, timeText } from "../http/wire.ts";
import type { Neighbour, ShareRequest, ShareView } from "../sharing-application.ts";
import { timeMs } from "./memories.ts";

type SharingRoutes = "grants.create" | "grants.list" | "grants.subjects" | "grants.end" | "directory.list";

/** Sharing with others of the installation. */
export const sharingHandlers: HandlersOf<SharingRoutes> = {
  "grants.create": async ({ application, principal, body }) => {
    const { to, level: ceiling, purpose } = body;
    const user = parseId("usr", to);
    if (user === undefined) throw gatewayErrors("not-found");
    const share = await application.sharing.share(principal, {
      to: user,
      what: scopeOf(body.what),
      ceiling,
      purpose,
      expiresAtMs: Date.parse(body.expires_at),
      ...withoutUndefined({ startsAtMs: timeMs(body.starts_at, "starts_at") }),
    });
    return { type: "json", body: shareJson(share), made: share.grant };
  },
  "grants.list": async ({ application, principal }) => {
    const { sharing } = application;
    const [given, received] = await Promise.all([sharing.given(principal), sharing.received(principal)]);
    return { type: "json", body: { given: given.map(shareJson), received: received.map(shareJson) } };
  },
  "grants.subjects": async ({ application, principal, query: { query, only, limit } }) => {
    const found = await application.sharing.subjects(principal, { query, limit, ...withoutUndefined({ only }) });
    const data = found.map(({ general, confidential, ...rest }) => ({ ...rest, memories: { general, confidential } }));
    return { type: "json", body: { data } };
  },
  "grants.end": async ({ application, principal, params }) => {
    const grant = parseId("grt", params.id);
    if (grant === undefined) throw gatewayErrors("not-found");
    await application.sharing.end(principal, grant);
    return { type: "empty" };
  },
  "directory.list": async ({ application, principal }) => ({
    type: "json",
    body: { data: (await application.sharing.neighbours(principal)).map(personJson) },
  }),
};

function scopeOf(what: Exchange<"grants.create">["body"]["what"]): ShareRequest["what"] {
  switch (what.type) {
    case "all":
      return what;
    case "source":
      return what;
    case "about": {
      const subject = parseId("per", what.subject) ?? parseId("ent", what.subject);
      if (subject === undefined) throw gatewayErrors("not-found");
      return { type: "about", subject };
    }
    case "time":
      return { type: "time", from: Date.parse(what.from), until: Date.parse(what.until) };
    case "conversation": {
      const conversation = parseId("con", what.conversation);
      if (conversation === undefined) throw gatewayErrors("not-found");
      return { type: "conversation", conversation };
    }
    case "memories":
      return {
        type: "memories",
        memories: what.memories.map((text, at) => {
          const id = parseId("mem", text);
          if (id === undefined)
            throw new FieldsError([{ pointer: `/what/memories/${at}`, detail: "Must be a memory" }]);
          return id;
        }),
      };
  }
}

const personJson = ({ user, name }: Neighbour): Json => ({ id: user, name });

function shareJson(share: ShareView): Json {
  const { grant, from, to, what, label, covers, ceiling, purpose, startsAtMs, expiresAtMs, endedAtMs, state } = share;
  return {
    id: grant,
    from: personJson(from),
    to: personJson(to),
    what: whatJson(what),
    label,
    covers,
    level: levelName(ceiling),
    purpose,
    starts_at: timeText(startsAtMs),
    expires_at: timeText(expiresAtMs),
    ended_at: endedAtMs === null ? null : timeText(endedAtMs),
    state,
  };
}

function whatJson(what: ShareView["what"]): Json {
  if (what.type === "time") return { ...what, from: timeText(what.from), until: timeText(what.until) };
  if (what.type === "about") return what.subject === null ? { type: "about" } : { ...what };
  return { ...what };
}
