/**
 * The policy a second time, as a list of what is allowed: for comparing `decide` with. It shares no code and no table with the rules;
 * who changes a rule writes it here too.
 */
import type { GrantScope } from "@kaelix/model";

import type { DecisionContext, OwnedResource, Resource, Subject } from "../policy/subjects.ts";

// Action, whose things, which roles; then: what it shows, what keys may do it, what a grant opens, what needs proof.
const LIST = `
memory.create own oamg agent
memory.list own oamg shows agent shared
memory.read own oamg shows agent shared
memory.edit own oamg shows agent
memory.move own oamg shows
memory.never-recall own oamg shows
memory.forget own oamg shows agent
memory.erase own oamg shows proof
erasure.read own oamg
erasure.undo own oamg
memory.search own oamg shows agent shared
memory.ask own oamg shows agent shared
digest.read own oamg shows agent
digest.configure own oamg
digest.respond own oamg
search.keep own oamg shows
people.read own oamg shows agent
people.decide own oamg shows
review.read own oamg shows
review.decide own oamg shows
lesson.read own oamg shows
lesson.forget own oamg
retention.read own oamg shows
retention.choose own oamg shows proof
retention.keep own oamg shows
import.create own oam agent
import.list own oam agent
import.undo own oam
export.run own oam shows
events.follow own oamg shows agent
user.read own oamg agent
password.change own oamg
session.list own oamg
session.end own oamg
session.unlock own oamg
session.lock own oamg
session.prove own oamg
factor.read own oamg
factor.change own oamg proof
seal.read own oamg shows
seal.change own oamg proof
user-key.read own oamg
user-key.renew own oamg proof
key.list own oam
key.create own oam proof
key.end own oam
app.list own oamg
app.connect own oam proof
app.end own oamg
directory.read own oam
key.undo own oam shows
grant.list own oamg
grant.give own oam proof
grant.end own oamg
audit.own own oamg
invite.create house oa
invite.list house oa
invite.end house oa
user.list house oa
user.change house oa proof
user.reset house o
server.status whole oa service
server.verify whole oa service
server.metrics whole oa service
server.rebuild whole o
server.backup whole oa service
audit.read house oa
audit.verify whole oa service
policy.explain house oa
provider.read own oamg
provider.choose own oamg
provider.test whole oa
keys.rotate whole o
user-keys.renew whole oa
signing-keys.renew whole oa proof
tenant.list whole o
tenant.create whole o
tenant.change whole o proof
tenant.end whole o proof
streams.use house oam agent service
streams.administer house oa
`;
const ALLOWED = new Map(
  LIST.trim()
    .split("\n")
    .map((line) => {
      const [name = "", whose, roles = "", ...words] = line.split(" ");
      return [name, { whose, roles, words: new Set(words) }] as const;
    }),
);

/** Whether the list allows it. */
export function referenceAllows(who: Subject, verb: string, what: Resource, when: DecisionContext): boolean {
  if (verb === "public") return true;
  const line = ALLOWED.get(verb);
  if (line === undefined || who.type === "anonymous") return false;
  if (what.type === "house" ? String(who.tenantId) !== "default" : who.tenantId !== what.tenant) return false;
  const isPerson = who.type === "user";
  if (!isPerson && !(line.words.has(who.type) && who.scopes.some((scope) => scope === verb))) return false;
  if (who.type !== "service" && !line.roles.includes(who.role.charAt(0))) return false;
  if (
    line.words.has("proof") &&
    !(isPerson && typeof when.provedUntilMs === "number" && when.provedUntilMs > when.nowMs)
  )
    return false;
  if (isForbidden(who, verb, what, when)) return false;
  if (what.type === "installation") return line.whose === "house";
  if (what.type === "house") return line.whose === "whole";
  if (line.whose !== "own" || who.type === "service") return false;
  let top: number = who.ceiling;
  const hasFallenBack = typeof when.ceilingUntilMs === "number" && when.ceilingUntilMs <= when.nowMs;
  if ((who.type === "agent" || hasFallenBack) && top > 2) top = 2;
  const isLow = (limit: number): boolean => !line.words.has("shows") || (what.level ?? 0) <= limit;
  if (what.owner === who.userId) return isLow(top) && isRead(who, what.namespace);
  if (!isPerson || who.program !== undefined || !line.words.has("shared")) return false;
  for (const grant of when.grants ?? []) {
    if (grant.tenant !== who.tenantId || grant.from !== what.owner || grant.to !== who.userId) continue;
    const isOver = grant.endedAtMs !== null || when.nowMs >= grant.expiresAtMs || when.nowMs < grant.startsAtMs;
    const isForThis = grant.purpose === null || grant.purpose === when.purpose;
    const { what: part } = grant;
    const at = what.occurredAtMs ?? Number.NaN;
    if (!isOver && isForThis && isPartOf(part, what, at) && isLow(Math.min(top, grant.ceiling))) return true;
  }
  return false;
}

/** A list says no namespace and is asked all the same. */
function isRead(who: Extract<Subject, { type: "user" | "agent" }>, namespace: string | null | undefined): boolean {
  const [key, reach] = who.type === "agent" ? [who.keyId, who.reach] : [who.program?.key, who.program?.reach];
  switch (reach) {
    case undefined:
    case "all":
      return true;
    case "person":
      return namespace === undefined || [key, null].includes(namespace as typeof key);
    case "own":
      return namespace === undefined || namespace === key;
  }
}

function isPartOf(part: GrantScope, what: OwnedResource, at: number): boolean {
  if (part.type === "time") return at >= part.from && at < part.until;
  const said: Readonly<Record<Exclude<GrantScope["type"], "time">, readonly (string | null | undefined)[]>> = {
    all: ["all"],
    about: what.about ?? [],
    conversation: [what.conversation],
    source: [what.source],
    memories: [what.memory],
  };
  const { type: _type, ...rest } = part;
  const wanted: readonly string[] = part.type === "all" ? ["all"] : Object.values(rest).flat();
  return said[part.type].some((one) => typeof one === "string" && wanted.includes(one));
}

function isForbidden(
  who: Exclude<Subject, { type: "anonymous" }>,
  verb: string,
  what: Resource,
  when: DecisionContext,
): boolean {
  const level = what.type === "owned" ? (what.level ?? 0) : 0;
  const minute = new Date(when.nowMs).getUTCHours() * 60 + new Date(when.nowMs).getUTCMinutes();
  for (const rule of when.denyRules ?? []) {
    if (rule.actions !== "all" && !rule.actions.some((action) => action === verb)) continue;
    if (rule.subjects !== undefined && !rule.subjects.includes(who.type)) continue;
    if (rule.roles !== undefined && (who.type === "service" || !rule.roles.includes(who.role))) continue;
    if (rule.levelMin !== undefined && level < rule.levelMin) continue;
    if (rule.network === "remote" && when.network === "local") continue;
    if (rule.minutes !== undefined) {
      const { from, until } = rule.minutes;
      const isDuring = from <= until ? from <= minute && minute < until : !(until <= minute && minute < from);
      if (!isDuring) continue;
    }
    return true;
  }
  return false;
}
