/**
 * What of a list may be seen: the rules of `decide`, turned into a condition that a query can carry, so that nothing above it is
 * listed, counted or suggested.
 *
 * Guarantees: an item passes the filter exactly when `decide` allows the action on it; a filter without clauses lets nothing through.
 */
import {
  type ActingProgram,
  type ApiKeyId,
  type ConversationId,
  type Level,
  LEVELS,
  type MemoryId,
  type SourceKind,
  type TenantId,
  type UserId,
} from "@kaelix/model";

import type { GrantRow } from "../access/rows.ts";
import { ACTIONS, type Action, parseAction } from "./actions.ts";
import { denyRulesFor, isGrantOpen, isWithinReach, programOf } from "./conditions.ts";
import { ceilingOf, keyAllows } from "./decide.ts";
import type { DecisionContext, OwnedResource, Subject } from "./subjects.ts";

/** One way in. All that is not null must hold. */
export interface FilterClause {
  readonly owner: UserId;
  readonly levelMax: Level;
  /** Must be among what the item is about. */
  readonly about: string | null;
  /** Must have happened at or after this, epoch ms… */
  readonly fromMs: number | null;
  /** … and before this. */
  readonly untilMs: number | null;
  /** Must have been said there. */
  readonly conversation: ConversationId | null;
  /** Must have come from there. */
  readonly source: SourceKind | null;
  /** Must be one of these. */
  readonly memories: readonly MemoryId[] | null;
  /** Must stand in a namespace that this program reaches. */
  readonly program: ActingProgram | null;
}

/** What of an item a filter looks at. */
export type FilteredItem = OwnedResource & { readonly level: Level; readonly namespace: ApiKeyId | null };

/** What may be seen: an item of the tenant that any clause lets in. */
export interface ListFilter {
  readonly tenant: TenantId;
  readonly clauses: readonly FilterClause[];
}

/** Compiles what `subject` may see of all things of its tenant by `action`. */
export function filterFor(subject: Subject, action: Action, context: DecisionContext): ListFilter {
  const none = { tenant: subject.tenantId, clauses: [] };
  const known = parseAction(action);
  const rule = known === undefined ? undefined : ACTIONS[known];
  if (known === undefined || rule?.scope !== "own") return none;
  if (subject.type === "anonymous" || subject.type === "service") return none;
  if (!keyAllows(subject, known, rule) || !rule.roles.includes(subject.role)) return none;
  const isProved = subject.type === "user" && (context.provedUntilMs ?? 0) > context.nowMs;
  if (rule.proof && !isProved) return none;
  // A rule for high levels cuts below them; one without a level forbids all.
  const cuts = denyRulesFor(subject, known, context).map(({ levelMin }) => (levelMin ?? 1) - 1);
  const top = Math.min(rule.reveals ? ceilingOf(subject, context) : 4, ...cuts);
  const own = clause(subject.userId, top, { program: programOf(subject) ?? null });
  const open = rule.shared ? (context.grants ?? []).filter((grant) => isGrantOpen(grant, subject, context)) : [];
  const shared = open
    .filter((grant) => grant.from !== subject.userId)
    .map((grant) => clause(grant.from, Math.min(top, grant.ceiling), { grant }));
  return { tenant: subject.tenantId, clauses: [own, ...shared].filter((one) => one !== undefined) };
}

/** True when an item passes. The same condition as a query carries, for what is filtered in memory. */
export function passesFilter(filter: ListFilter, item: FilteredItem): boolean {
  if (item.tenant !== filter.tenant) return false;
  return filter.clauses.some(
    ({ owner, levelMax, about, fromMs, untilMs, conversation, source, memories, program }) =>
      item.owner === owner &&
      item.level <= levelMax &&
      (about === null || item.about?.includes(about) === true) &&
      (fromMs === null || (item.occurredAtMs !== undefined && fromMs <= item.occurredAtMs)) &&
      (untilMs === null || (item.occurredAtMs !== undefined && item.occurredAtMs < untilMs)) &&
      (conversation === null || item.conversation === conversation) &&
      (source === null || item.source === source) &&
      (memories === null || (item.memory !== undefined && memories.includes(item.memory))) &&
      (program === null || isWithinReach(program, item.namespace)),
  );
}

function clause(
  owner: UserId,
  levelMax: number,
  { grant, program = null }: { readonly grant?: GrantRow; readonly program?: ActingProgram | null },
): FilterClause | undefined {
  const top = LEVELS.findLast((level) => level <= levelMax);
  if (top === undefined) return undefined;
  const what = grant?.what;
  return {
    owner,
    levelMax: top,
    about: what?.type === "about" ? what.subject : null,
    fromMs: what?.type === "time" ? what.from : null,
    untilMs: what?.type === "time" ? what.until : null,
    conversation: what?.type === "conversation" ? what.conversation : null,
    source: what?.type === "source" ? what.source : null,
    memories: what?.type === "memories" ? what.memories : null,
    program,
  };
}
