/** Grants that are alive, rules that forbid and how far programs read, weighed one by one. Pure. */
import type { ActingProgram, ApiKeyId } from "@kaelix/model";

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

/** The program that asks; undefined when it is a person. */
export function programOf(subject: Subject): ActingProgram | undefined {
  if (subject.type === "agent") return { key: subject.keyId, reach: subject.reach };
  return subject.type === "user" ? subject.program : undefined;
}

/** True when a program may read what stands in a namespace, null being the person's own word. A person may read everything of theirs. */
export function isWithinReach(program: ActingProgram | undefined, namespace: ApiKeyId | null): boolean {
  if (program === undefined || program.reach === "all" || namespace === program.key) return true;
  return program.reach === "person" && namespace === null;
}

/** True when a grant is alive, was given by somebody to this subject and is meant for what it is used for. Never for a program. */
export function isGrantOpen(grant: GrantRow, subject: Subject, context: DecisionContext): boolean {
  return (
    subject.type === "user" &&
    subject.program === undefined &&
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
