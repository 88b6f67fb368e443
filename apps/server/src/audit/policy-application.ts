/**
 * Why may she, or not? The same `decide` that every request goes through, asked about somebody else, with its steps.
 * What somebody else has not shared answers as what does not exist: asking must not tell whether there is such a memory. Whoever asks about
 * somebody else learns of a memory only when it is the asker's own: by trying levels they would otherwise learn at which one another's stands.
 */
import { type Clock, isKaelixError } from "@kaelix/base";
import type { PolicyApplication, PolicyQuestion } from "@kaelix/gateway";
import { LEVEL_INDEXED_MAX, type MemoryId, type UserId, type UserPrincipal } from "@kaelix/model";
import {
  type ActionRule,
  ACTIONS,
  decide,
  type DecisionContext,
  explain,
  type Identity,
  parseAction,
  type Resource,
  securityErrors,
  SYSTEM_USER,
} from "@kaelix/security";
import type { Subjects } from "@kaelix/recall";
import type { MemoryStore } from "@kaelix/views";

import { serverErrors } from "../errors.ts";
import { aboutSets, subjectsOf } from "../sharing/about-shares.ts";

/** What it is wired from. */
export interface PolicyParts {
  readonly identity: Pick<Identity, "profile" | "grants">;
  readonly store: Pick<MemoryStore, "memory">;
  readonly subjects: Pick<Subjects, "about">;
  readonly clock: Clock;
  /** Waits until what a person has told can be read. */
  readonly written: (user: UserId) => Promise<void>;
}

/** A memory that nobody who is asked about may see: nobody owns it. */
const UNSEEN = "It belongs to somebody else, who has not shared it, or there is no such memory";

/** Explaining the policy. */
export function policyApplication(parts: PolicyParts): PolicyApplication {
  const { identity, clock } = parts;
  return {
    explain: async (principal, question) => {
      const action = parseAction(question.action);
      if (action === undefined) {
        const message = `Cannot explain an action of this name: must be one of ${Object.keys(ACTIONS).join(", ")}`;
        throw serverErrors("action-unknown", { message });
      }
      const subject = await subjectOf(identity, principal, question);
      const nowMs = clock.nowMs();
      const context: DecisionContext = {
        nowMs,
        provedUntilMs: question.proved ? nowMs + 1 : null,
        grants: identity.grants.openFor(subject),
      };
      const resource = await resourceOf(parts, {
        asker: principal.userId,
        subject,
        question,
        context,
        scope: ACTIONS[action].scope,
      });
      const { decision, steps } = explain(subject, action, resource, context);
      const isUnseen = resource.type === "owned" && resource.owner === SYSTEM_USER;
      const told = steps.map((step) => (isUnseen && step.question === "owner" ? { ...step, text: UNSEEN } : step));
      const { userId: user, role, ceiling: openUpTo } = subject;
      return { decision, steps: told, subject: { user, role, openUpTo } };
    },
  };
}

async function subjectOf(
  identity: PolicyParts["identity"],
  principal: UserPrincipal,
  { as, openUpTo }: PolicyQuestion,
): Promise<UserPrincipal> {
  const raised = openUpTo === undefined ? {} : { ceiling: openUpTo };
  if (as === "me" || as === principal.userId) return { ...principal, ...raised };
  const profile = await identity.profile(as).catch((error: unknown) => {
    throw isKaelixError(error, "identity-user-missing") ? securityErrors("policy-hidden") : error;
  });
  if (profile.tenant !== principal.tenantId) throw securityErrors("policy-hidden");
  return { ...principal, userId: as, role: profile.role, ceiling: LEVEL_INDEXED_MAX, ...raised };
}

interface Asked {
  readonly asker: UserId;
  readonly subject: UserPrincipal;
  readonly question: PolicyQuestion;
  readonly context: DecisionContext;
  readonly scope: ActionRule["scope"];
}

async function resourceOf(parts: PolicyParts, asked: Asked): Promise<Resource> {
  const { subject, question, scope } = asked;
  const { memory, owner, level } = question;
  const tenant = subject.tenantId;
  if (memory !== undefined) return memoryOf(parts, memory, asked);
  if (owner === undefined && scope === "house") return { type: "house" };
  if (owner === undefined && scope !== "own") return { type: "installation", tenant };
  return { type: "owned", tenant, owner: owner ?? subject.userId, ...(level === undefined ? {} : { level }) };
}

/** The memory as the asker's own or, when they ask about themself, also as one of somebody who has shared something with them. */
async function memoryOf(
  { store, subjects, written }: PolicyParts,
  memory: MemoryId,
  { asker, subject, context }: Asked,
): Promise<Resource> {
  const tenant = subject.tenantId;
  const given = asker === subject.userId ? (context.grants ?? []) : [];
  const sets = await aboutSets(subjects, context.grants ?? []);
  const owners = new Set([asker, ...given.map((grant) => grant.from)]);
  for (const owner of owners) {
    await written(owner);
    const row = await store.memory(owner, memory);
    if (row === undefined || row.state !== "live") continue;
    const { conversationId: conversation, level, occurredAtMs, source } = row;
    const about = subjectsOf(sets, row);
    const resource = {
      type: "owned",
      tenant,
      owner,
      memory,
      conversation,
      source,
      level,
      occurredAtMs,
      about,
    } as const;
    // Of what is not shared up to its level not even that may be told.
    const isTold = owner === asker || decide(subject, "memory.read", { ...resource, level: 1 }, context).allow;
    if (isTold) return resource;
  }
  return { type: "owned", tenant, owner: SYSTEM_USER };
}
