/**
 * Grants: one person lets another see some of their memories, until a time. What they open is decided by the policy alone.
 *
 * Guarantees: a grant has an end; when it was given and when it ended are durable on the log before this answers; one that has been seen
 * to be over is ended on the log too, so no clock set back opens it again.
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import {
  type AccessGrant,
  EVENT_VERSION,
  type GrantId,
  type GrantScope,
  type Level,
  LEVEL_INDEXED_MAX,
  makeId,
  type TenantId,
  type UserId,
} from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import type { UserRow } from "../identity/rows.ts";
import type { AccessRegister } from "./access-register.ts";
import type { GrantRow } from "./rows.ts";

/** What somebody wants to share. */
export interface GrantRequest {
  readonly to: UserId;
  readonly what: GrantScope;
  /** 1 to 3: level 4 cannot be shared. */
  readonly ceiling: Level;
  /** One word of a-z and hyphens for what it is meant, or null for anything. */
  readonly purpose: string | null;
  /** Epoch ms; absent: now. */
  readonly startsAtMs?: number;
  /** Epoch ms, at most ten years from now. */
  readonly expiresAtMs: number;
}

interface GrantTools {
  readonly register: AccessRegister;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly user: (id: UserId) => Promise<UserRow | undefined>;
}

interface Person {
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

const GRANTS_PER_USER_MAX = 1_000;
const MEMORIES_MAX = 100;
const SUBJECT_LENGTH_MAX = 200;
const LASTS_MS_MAX = 10 * 366 * 86_400_000;
const SHARED_LEVEL_MAX = 3;

/** All grants. */
export class Grants {
  readonly #tools: GrantTools;
  readonly #lock = new KeyedLock();

  constructor(tools: GrantTools) {
    this.#tools = tools;
  }

  /**
   * Shares. Throws `grant-invalid`, also when there is no such person in the organisation; `account-held` above the indexed levels while
   * the giver could not open them.
   */
  async give(from: Person, request: GrantRequest): Promise<GrantRow> {
    const { register, random } = this.#tools;
    const nowMs = register.nowMs();
    const startsAtMs = request.startsAtMs ?? nowMs;
    const problem = problemOf(request, startsAtMs, nowMs);
    if (problem !== undefined) throw invalid(problem);
    if (request.to === from.userId) throw invalid("it is for yourself");
    const isHeld = (register.account(from.userId)?.held ?? null) !== null;
    if (isHeld && request.ceiling > LEVEL_INDEXED_MAX) throw securityErrors("account-held");
    const to = await this.#tools.user(request.to);
    if (to === undefined || to.tenant !== from.tenantId) throw invalid("there is no such person");
    if (this.givenBy(from).length >= GRANTS_PER_USER_MAX) throw invalid(`there are ${GRANTS_PER_USER_MAX} already`);
    const { what, ceiling, purpose, expiresAtMs } = request;
    const who = { tenant: from.tenantId, from: from.userId, to: to.user };
    const times = { startsAtMs, expiresAtMs, endedAtMs: null };
    const row: GrantRow = {
      grant: makeId("grt", nowMs, random),
      revision: 0,
      ...who,
      what,
      ceiling,
      purpose,
      ...times,
    };
    await this.#put(row);
    return { ...row, revision: 1 };
  }

  /** Ends a grant, by who gave it or by who has it. Throws `grant-missing` for anybody else. */
  async end(person: Person, grant: GrantId): Promise<void> {
    await this.#lock.run(grant, async () => {
      const row = this.#tools.register.grant(grant);
      const isTheirs = row !== undefined && row.tenant === person.tenantId;
      if (!isTheirs || (row.from !== person.userId && row.to !== person.userId)) throw securityErrors("grant-missing");
      if (row.endedAtMs === null) await this.#put({ ...row, endedAtMs: this.#tools.register.nowMs() });
    });
  }

  /** The time that grants are measured by, epoch ms: it never goes back. */
  nowMs(): number {
    return this.#tools.register.nowMs();
  }

  /** What a person has shared, newest first; ended ones too. */
  givenBy(person: Person): readonly GrantRow[] {
    return this.#tools.register
      .grantsFrom(person.userId)
      .filter((row) => row.tenant === person.tenantId)
      .toReversed();
  }

  /** What a person was given that is not over: for the context of `decide`. */
  openFor(person: Person): readonly GrantRow[] {
    const nowMs = this.#tools.register.nowMs();
    const all = this.#tools.register.grantsTo(person.userId);
    const [open, over] = [[] as GrantRow[], [] as GrantRow[]];
    for (const row of all) if (row.endedAtMs === null) (row.expiresAtMs > nowMs ? open : over).push(row);
    for (const row of over) void this.#settle(row.grant);
    return open.filter((row) => row.tenant === person.tenantId);
  }

  /** Writes down that a grant is over. A log that refuses changes nothing: it is over by the clock. */
  async #settle(grant: GrantId): Promise<void> {
    await this.#lock
      .run(grant, async () => {
        const row = this.#tools.register.grant(grant);
        if (row !== undefined && row.endedAtMs === null) await this.#put({ ...row, endedAtMs: row.expiresAtMs });
      })
      .catch(() => undefined);
  }

  async #put(row: GrantRow): Promise<void> {
    const { register, clock } = this.#tools;
    const { grant, tenant, from: user, to, what, ceiling, purpose, startsAtMs, expiresAtMs, endedAtMs } = row;
    const base = { v: EVENT_VERSION, at: clock.nowMs(), tenant, user, revision: row.revision + 1 };
    const times = { starts_at: startsAtMs, expires_at: expiresAtMs, ended_at: endedAtMs };
    const event: AccessGrant = { type: "access.grant", ...base, grant, to, what, ceiling, purpose, ...times };
    if ((await register.put(event)) === "late") throw securityErrors("access-busy");
  }
}

function problemOf(request: GrantRequest, startsAtMs: number, nowMs: number): string | undefined {
  const { what, ceiling, purpose, expiresAtMs } = request;
  if (ceiling > SHARED_LEVEL_MAX) return "level 4 cannot be shared";
  if (!Number.isSafeInteger(startsAtMs) || !Number.isSafeInteger(expiresAtMs))
    return "its times must be whole milliseconds";
  if (expiresAtMs <= nowMs || expiresAtMs <= startsAtMs) return "its end must be after its start and after now";
  if (expiresAtMs > nowMs + LASTS_MS_MAX) return "it must end within ten years";
  if (purpose !== null && !/^[a-z][a-z-]{0,63}$/.test(purpose)) return "its purpose must be one word of a to z";
  if (what.type === "about" && (what.subject === "" || what.subject.length > SUBJECT_LENGTH_MAX)) {
    return "it must name whom or what it is about";
  }
  if (
    what.type === "time" &&
    !(Number.isSafeInteger(what.from) && Number.isSafeInteger(what.until) && what.from < what.until)
  ) {
    return "its range of time must begin before it ends";
  }
  const { length } = what.type === "memories" ? what.memories : [null];
  if (length < 1 || length > MEMORIES_MAX) return `it must name 1 to ${MEMORIES_MAX} memories`;
  return undefined;
}

function invalid(why: string): Error {
  return securityErrors("grant-invalid", { message: `Cannot share: ${why}` });
}
