/**
 * People as the gateway asks for them: read from the world view, decided by events of topic `people`.
 *
 * Guarantees: a decision is answered when it is durable and the view shows it; two decisions of one person are judged one after the other.
 */
import { encodeBase64Url, type Clock, KeyedLock, type LogPosition, type RandomSource } from "@kaelix/base";
import type { PeopleApplication } from "@kaelix/gateway";
import type { Log } from "@kaelix/log";
import {
  type DecisionId,
  encodeEvent,
  EVENT_VERSION,
  LEVEL_INDEXED_MAX,
  makeId,
  type PeopleEvent,
  TOPICS,
  type UserId,
  type UserPrincipal,
} from "@kaelix/model";
import { graphAround, judgeWish, linksOf, listMerges, listPeople, type PeopleScope, personPage } from "@kaelix/recall";
import { type Keystore, securityErrors, type UserSealPlace } from "@kaelix/security";
import type { MemoryStore } from "@kaelix/views";

import { isVisible, reachesRow } from "./open-memories.ts";
import { narrowProgram, type ProgramReach } from "./program-reach.ts";

/** What it is wired from. */
export interface PeopleParts {
  readonly reach: ProgramReach;
  readonly store: Pick<MemoryStore, "memory">;
  readonly keystore: Keystore;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Waits until what a person has told, and taken back, can be read among people too. */
  readonly written: (user: UserId) => Promise<void>;
  /** Waits until the world view has folded a position. */
  readonly folded: (position: LogPosition) => Promise<void>;
}

/** The gateway's seam over people. */
export function peopleApplication(parts: PeopleParts): PeopleApplication {
  const { reach, store } = parts;
  const locks = new KeyedLock();
  const sourceOf = async (principal: UserPrincipal): Promise<ReturnType<ProgramReach["source"]>> => {
    await parts.written(principal.userId);
    return reach.source(principal);
  };
  return {
    list: async (principal, request) => listPeople(await sourceOf(principal), { ...scopeOf(principal), ...request }),
    page: async (principal, id) => personPage(await sourceOf(principal), { ...scopeOf(principal), id }),
    graph: async (principal, request) => graphAround(await sourceOf(principal), { ...scopeOf(principal), ...request }),
    reading: (principal) => reach.reading(principal),
    merges: async (principal) => {
      const merges = await listMerges(await sourceOf(principal), scopeOf(principal));
      if (narrowProgram(principal) === undefined) return merges;
      // What was decided of somebody whom it reads nothing of would tell of them.
      return { ...merges, decisions: merges.decisions.filter(({ person }) => person !== null) };
    },
    decide: (principal, wish) =>
      locks.run(principal.userId, async () => {
        mustSeeDecisions(principal);
        const judged = await judgeWish(await sourceOf(principal), scopeOf(principal), wish);
        if (judged.type === "missing" || judged.type === "refused") return judged;
        if (judged.type === "undo") {
          await append(parts, { ...baseOf(parts, principal), type: "person.undone", decision: judged.decision });
          return { type: "undone", id: judged.decision };
        }
        const { name, others, people, what } = judged;
        const decision = makeId("dec", parts.clock.nowMs(), parts.random);
        const sealed = name === undefined ? null : await sealName(parts, principal, { decision, name });
        const base = baseOf(parts, principal);
        await append(parts, { ...base, type: "person.decided", decision, what, people, others, sealed });
        return { type: "decided", id: decision };
      }),
    undo: (principal, id) =>
      locks.run(principal.userId, async () => {
        mustSeeDecisions(principal);
        const { decisions } = await (await sourceOf(principal)).world(principal.userId, principal.ceiling);
        if (!decisions.some((one) => one.decision === id)) return false;
        await append(parts, { ...baseOf(parts, principal), type: "person.undone", decision: id });
        return true;
      }),
    links: async (principal, memoryId) => {
      const source = await sourceOf(principal);
      const row = await store.memory(principal.userId, memoryId);
      if (!isVisible(row, principal) || !(await reachesRow(parts.keystore, principal, row))) return undefined;
      return linksOf(source, { ...scopeOf(principal), memoryId });
    },
  };
}

/** The place that a chosen name is sealed for. */
export function namePlace(user: UserId, decision: DecisionId): UserSealPlace {
  return { user, purpose: "people", subject: decision };
}

function scopeOf({ ceiling, userId }: UserPrincipal): PeopleScope {
  return { ceiling, userId };
}

/** Decisions stand at level 2: a session that is open to level 1 sees none, and so makes none. */
function mustSeeDecisions({ ceiling }: UserPrincipal): void {
  if (ceiling >= LEVEL_INDEXED_MAX) return;
  const message = "Cannot decide about people: the session is open to level general, must be open to confidential";
  throw securityErrors("policy-denied", { message });
}

function baseOf({ clock }: PeopleParts, { tenantId: tenant, userId: user }: UserPrincipal) {
  return { v: EVENT_VERSION, at: clock.nowMs(), tenant, user } as const;
}

async function sealName(
  { keystore }: PeopleParts,
  { userId }: UserPrincipal,
  { decision, name }: { readonly decision: DecisionId; readonly name: string },
): Promise<string> {
  return encodeBase64Url(await keystore.sealForUser(namePlace(userId, decision), new TextEncoder().encode(name)));
}

async function append({ clock, folded, log }: PeopleParts, event: PeopleEvent): Promise<void> {
  const topic = TOPICS.people.name;
  const record = {
    key: new TextEncoder().encode(event.user),
    value: encodeEvent(event),
    timestampMs: clock.nowMs(),
    headers: [],
  };
  const { baseOffset } = await log.append(topic, 0, [record], { acknowledge: "durable" });
  await folded({ topic, partition: 0, offset: baseOffset });
}
