import { levelName, parseId, type UserId, type UserPrincipal } from "@kaelix/model";

import type { Application } from "../application.ts";
import type { AuditFilter, AuditLine } from "../audit-application.ts";
import { gatewayErrors } from "../errors.ts";
import { type Answer, type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { type Json, timeText } from "../http/wire.ts";
import { timeMs } from "./memories.ts";

type AuditRoutes = "audit.list" | "audit.own" | "audit.checkpoint" | "audit.prove" | "audit.verify" | "policy.explain";

/** Who did what, and why somebody may or may not. */
export const auditHandlers: HandlersOf<AuditRoutes> = {
  "audit.list": ({ application, principal, query }) => {
    const user = query.user === undefined ? undefined : parseId("usr", query.user);
    return page(application, principal, withoutUndefined({ ...filterOf(query), user }));
  },
  "audit.own": ({ application, principal, query }) =>
    page(application, principal, { ...filterOf(query), user: principal.userId }),
  "audit.checkpoint": ({ application }) => {
    const { checkpoint, publicKey, vouched, entries, unsigned, waiting, lost, isIntact } = application.audit.status();
    const own = { checkpoint: checkpoint ?? null, public_key: publicKey, keys: [...vouched], intact: isIntact };
    return { type: "json", body: { ...own, entries, unsigned, waiting, lost } };
  },
  "audit.prove": async ({ application, principal, params }) => {
    const proof = await application.audit.prove(principal, params.index);
    if (proof === undefined) throw gatewayErrors("not-found");
    return { type: "json", body: { ...proof } };
  },
  "audit.verify": async ({ application, body }) => {
    const { firstBad, ...report } = await application.audit.verify(body.checkpoints ?? []);
    return { type: "json", body: { ...report, whole: report.problems.length === 0, first_bad: firstBad } };
  },
  "policy.explain": explain,
};

async function explain({ application, principal, body }: Exchange<"policy.explain">): Promise<Answer> {
  const as: "me" | UserId | undefined = body.as === "me" ? "me" : parseId("usr", body.as);
  // The schema has taken these ids.
  if (as === undefined) throw gatewayErrors("not-found");
  const { decision, steps, subject } = await application.policy.explain(principal, {
    as,
    action: body.action,
    proved: body.proved,
    ...withoutUndefined({
      memory: body.memory === undefined ? undefined : parseId("mem", body.memory),
      owner: body.owner === undefined ? undefined : parseId("usr", body.owner),
      level: body.level,
      openUpTo: body.open_up_to,
    }),
  });
  return {
    type: "json",
    body: {
      allow: decision.allow,
      reason: decision.reason,
      text: steps.at(-1)?.text ?? "",
      subject: { user: subject.user, role: subject.role, open_up_to: levelName(subject.openUpTo) },
      action: body.action,
      steps: steps.map((step) => ({ ...step })),
    },
  };
}

function filterOf(query: Exchange<"audit.own">["query"]): AuditFilter {
  return withoutUndefined({
    limit: query.limit,
    beforeIndex: query.cursor,
    action: query.action,
    resource: query.resource,
    decision: query.decision,
    afterMs: timeMs(query.after, "after"),
    beforeMs: timeMs(query.before, "before"),
  });
}

async function page(application: Application, principal: UserPrincipal, filter: AuditFilter): Promise<Answer> {
  const { lines, nextBefore } = await application.audit.list(principal, filter);
  const next = nextBefore === null ? null : String(nextBefore);
  return { type: "json", body: { data: lines.map(lineJson), page: { next } } };
}

function lineJson({ index, entry, origin }: AuditLine): Json {
  const { at, actor, user, session, key, action, resource, level, decision, reason } = entry;
  return {
    index,
    at: timeText(at),
    actor,
    user,
    session,
    key,
    action,
    resource,
    level: level === null ? null : levelName(level),
    decision,
    reason,
    origin: origin === null ? null : { ...origin },
  };
}
