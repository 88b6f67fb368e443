/** The identity service's port over the tables, and what an administrator asks of them. */
import type { Clock, LogPosition } from "@kaelix/base";
import type { SessionId, TenantId, UserId } from "@kaelix/model";
import type { IdentityStore, TenantRow, UserRow } from "@kaelix/security";
import { type Selectable, sql } from "kysely";

import type { Database } from "../database.ts";
import { gatherLookups } from "../gather.ts";
import type { UsersTable } from "../schema.ts";
import { CLAIM_REGISTERED, inviteOf, sessionOf, userOf } from "./rows.ts";

/** A claim older than this whose user never came onto the log is void. */
const CLAIM_MS_MAX = 10 * 60_000;

/** People as a list, beside what the identity service asks. */
export interface PeopleStore extends IdentityStore {
  userIds(): AsyncIterable<UserId>;
  /**
   * Releases numbers whose claimant is not registered; called at start after catching up, when nobody is signing up.
   * @param claimedBeforeMs epoch ms; younger claims stay, for another node may be signing somebody up
   * @returns how many were released
   */
  releaseStaleClaims(claimedBeforeMs: number): Promise<number>;
}

/**
 * The port over a migrated database.
 * @param caughtUp waits until the relational view has folded the event at a position
 */
export function createPeopleStore(
  database: Database,
  clock: Clock,
  caughtUp: (position: LogPosition) => Promise<void>,
): PeopleStore {
  const { queries } = database;
  // Every request of everybody asks again each second whether its session still stands.
  const session = gatherLookups(async (ids: readonly SessionId[]) => {
    const rows = await queries
      .selectFrom("sessions")
      .selectAll()
      .where(sql<boolean>`session_id = any(${ids}::text[])`)
      .execute();
    return new Map(rows.map(sessionOf).map((row) => [row.session, row]));
  });
  return {
    caughtUp,
    session,
    async claimPhone(phoneHash, user) {
      const nowMs = clock.nowMs();
      // The primary key arbitrates. A void claim is taken over in the same statement.
      const { rows } = await sql`insert into phone_claims (phone_hash, user_id, claimed_at_ms)
        values (${phoneHash}, ${user}, ${nowMs})
        on conflict (phone_hash) do update set user_id = excluded.user_id, claimed_at_ms = excluded.claimed_at_ms
        where phone_claims.claimed_at_ms < ${nowMs - CLAIM_MS_MAX}
          and not exists (select from users where users.phone_hash = phone_claims.phone_hash)
        returning user_id`.execute(queries);
      return rows.length === 1 ? "claimed" : "taken";
    },
    async releasePhone(phoneHash, user) {
      await queries
        .deleteFrom("phone_claims")
        .where("phone_hash", "=", phoneHash)
        .where("user_id", "=", user)
        .where(sql<boolean>`not exists (select from users where users.phone_hash = phone_claims.phone_hash)`)
        .execute();
    },
    async userByPhone(phoneHash) {
      const row = await queries.selectFrom("users").selectAll().where("phone_hash", "=", phoneHash).executeTakeFirst();
      return row && userOf(row);
    },
    async user(id) {
      const row = await queries.selectFrom("users").selectAll().where("user_id", "=", id).executeTakeFirst();
      return row && userOf(row);
    },
    async userCount() {
      const row = await queries
        .selectFrom("users")
        .select((build) => build.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      return row.count;
    },
    async invite(codeHash) {
      const row = await queries.selectFrom("invites").selectAll().where("code_hash", "=", codeHash).executeTakeFirst();
      return row && inviteOf(row);
    },
    async activeSessions(user) {
      const rows = await database.read({ user }, (own) =>
        own
          .selectFrom("sessions")
          .selectAll()
          .where("user_id", "=", user)
          .where("revoked_reason", "is", null)
          .orderBy("used_at_ms", "desc")
          .orderBy("session_id", "desc")
          .execute(),
      );
      return rows.map(sessionOf);
    },
    ...listings(database),
  };
}

const INVITES_MAX = 1_000;
const USERS_PAGE = 1_000;

function listings(
  database: Database,
): Pick<PeopleStore, "users" | "tenants" | "invites" | "userIds" | "releaseStaleClaims"> {
  const { queries } = database;
  async function users(limit: number, after?: UserRow, tenant?: TenantId): Promise<readonly UserRow[]> {
    const pageOf = (from: Database["queries"]): Promise<Selectable<UsersTable>[]> => {
      let query = from.selectFrom("users").selectAll().orderBy("registered_at_ms").orderBy("user_id").limit(limit);
      if (tenant !== undefined) query = query.where("tenant", "=", tenant);
      if (after !== undefined) {
        query = query.where(sql<boolean>`(registered_at_ms, user_id) > (${after.registeredAtMs}, ${after.user})`);
      }
      return query.execute();
    };
    const rows = await (tenant === undefined ? pageOf(queries) : database.read({ tenant }, pageOf));
    return rows.map(userOf);
  }
  return {
    users,
    tenants: () => tenantsOf(queries),
    async invites(tenant) {
      const rows = await database.read({ tenant }, (own) =>
        own
          .selectFrom("invites")
          .selectAll()
          .where("tenant", "=", tenant)
          // Ids begin with their time.
          .orderBy("invite_id", "desc")
          .limit(INVITES_MAX)
          .execute(),
      );
      return rows.map(inviteOf);
    },
    async *userIds() {
      let page = await users(USERS_PAGE);
      while (page.length > 0) {
        for (const row of page) yield row.user;
        page = await users(USERS_PAGE, page.at(-1));
      }
    },
    async releaseStaleClaims(claimedBeforeMs) {
      const { rows } = await sql`delete from phone_claims 
        where (claimed_at_ms < ${claimedBeforeMs} or claimed_at_ms = ${CLAIM_REGISTERED})
        and not exists (select from users where users.phone_hash = phone_claims.phone_hash)
        returning phone_hash`.execute(queries);
      return rows.length;
    },
  };
}

async function tenantsOf(queries: Database["queries"]): Promise<readonly TenantRow[]> {
  const { rows } = await sql<{ tenant: TenantId; people: number; invited: number | null }>`
    select tenant, sum(people)::int as people, max(until) as invited
    from (
      select tenant, 1 as people, null::bigint as until from users
      union all
      select tenant, 0, case when used_by is null then expires_at_ms end from invites
    ) as seen
    group by tenant order by tenant collate "C"`.execute(queries);
  return rows.map(({ tenant, people, invited }) => ({ tenant, people, invitedUntilMs: invited }));
}
