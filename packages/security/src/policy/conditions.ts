/** Grants that are alive and rules that forbid, weighed one by one. Pure. */
import type { GrantRow } from "../access/rows.ts";
import type { Action } from "./actions.ts";
import type { DecisionContext, DenyRule, OwnedResource, Subject } from "./subjects.ts";

const DAY_MINUTES = 1_440;

/** The rules that forbid this action to this subject in these circumstances, at some level at least. */
export function denyRulesFor(subject: Subject, action: Action, context: DecisionContext): readonly DenyRule[] {
  if (context.denyRules === undefined || subject.type === "anonymous") return [];
  const { type } = subject;
  const role = type === "service" ? undefined : subject.role;
  const minute = Math.floor(context.nowMs / 60_000) % DAY_MINUTES;
  return context.denyRules.filter(
    ({ actions, subjects, roles, network, minutes }) =>
      (actions === "all" || actions.includes(action)) &&
      (subjects === undefined || subjects.includes(type)) &&
      (roles === undefined || (role !== undefined && roles.includes(role))) &&
      (network === undefined || context.network !== "local") &&
      (minutes === undefined || isWithin(minute, minutes)),
  );
}

/** True when a grant is alive, was given by somebody to this subject and is meant for what it is used for. Never for an agent. */
export function isGrantOpen(grant: GrantRow, subject: Subject, context: DecisionContext): boolean {
  return (
    subject.type === "user" &&
    grant.to === subject.userId &&
    grant.tenant === subject.tenantId &&
    grant.endedAtMs === null &&
    grant.startsAtMs <= context.nowMs &&
    context.nowMs < grant.expiresAtMs &&
    (grant.purpose === null || grant.purpose === context.purpose)
  );
}

/** True when what a grant opens holds the resource. */
export function isGranted(grant: GrantRow, resource: OwnedResource): boolean {
  if (grant.from !== resource.owner || grant.tenant !== resource.tenant) return false;
  const { what } = grant;
  switch (what.type) {
    case "all":
      return true;
    case "about":
      return resource.about?.includes(what.subject) === true;
    case "time": {
      const { occurredAtMs } = resource;
      return occurredAtMs !== undefined && what.from <= occurredAtMs && occurredAtMs < what.until;
    }
    case "conversation":
      return resource.conversation === what.conversation;
    case "source":
      return resource.source === what.source;
    case "memories":
      return resource.memory !== undefined && what.memories.includes(resource.memory);
  }
}

function isWithin(minute: number, { from, until }: { readonly from: number; readonly until: number }): boolean {
  return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}
