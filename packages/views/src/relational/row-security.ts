/**
 * The second wall: row-level security. The first is the WHERE of each query; this one stands in the database and says the same once more.
 *
 * Guarantees, where the role can be taken: a read with a scope sees rows of that person, or of that organisation where people and
 * invitations are meant, whatever its WHERE says or forgets; with neither named it sees nothing. It cannot write.
 * It does not: stop who speaks SQL to this connection (they could put the scope elsewhere), or narrow what belongs to the whole house:
 * folding, counting, erasing when time is over, looking an invitation or a number up. Those go without a scope, as the tables' owner.
 * On PGlite the policies stand in the tables and are tested there; its reads go without: see ADR 24.
 */
import type { TenantId, UserId } from "@kaelix/model";
import { sql } from "kysely";

import type { Queries } from "./schema.ts";

/** Whose rows a read may see. */
export interface ReadScope {
  readonly user?: UserId;
  readonly tenant?: TenantId;
}

/** Nobody signs in with it; who reads takes it for one transaction. Roles are of a whole server, so it may be there already. */
export const READER = "kaelix_reader";
const READ_TABLES = ["memories", "memory_versions", "imports", "users", "sessions", "invites"] as const;
const SEALED_TABLES = [...READ_TABLES, "phone_claims"] as const;

// As a subquery it is asked once for a statement, and an index on the column serves. Without a value it is null or empty: no row has that.
const USER = "(select current_setting('app.user', true))";
const TENANT = "(select current_setting('app.tenant', true))";
// Whoever is named has one organisation; where it is named as well it must be the row's. A case, for the planner takes it to hold for every
// other row; of `tenant = coalesce(…)` it expects one in 200, and reads all of a person's memories to sort them.
const OWN = `user_id = ${USER} and case when ${TENANT} = '' then true else tenant = ${TENANT} end`;

const POLICIES: Readonly<Record<(typeof READ_TABLES)[number], string>> = {
  memories: OWN,
  imports: OWN,
  sessions: OWN,
  // Read as the same person, under the policy above.
  memory_versions: "exists (select from memories where memories.memory_id = memory_versions.memory_id)",
  users: `tenant = ${TENANT}`,
  invites: `tenant = ${TENANT}`,
};

/** The migration: policies for everybody but the tables' owner; a table without one shows nothing. */
export const ROW_SECURITY: readonly string[] = [
  ...SEALED_TABLES.map((table) => `alter table ${table} enable row level security`),
  ...READ_TABLES.map((table) => `create policy ${table}_scope on ${table} for select using (${POLICIES[table]})`),
];

const TAKING = `do $$ begin
  if not exists (select from pg_roles where rolname = '${READER}') then create role ${READER} nologin; end if;
  if not pg_has_role(current_user, '${READER}', 'member') then grant ${READER} to current_user; end if;
  grant select on ${READ_TABLES.join(", ")} to ${READER};
end $$`;

/**
 * Makes the reader's role unless it is there. Two that open at once may hinder each other in this: whether it can be taken is what counts.
 * @returns false when the account may not have it: reads then go without the second wall
 */
export async function prepareReader(queries: Queries): Promise<boolean> {
  if (await canRead(queries)) return true;
  await sql
    .raw(TAKING)
    .execute(queries)
    .catch(() => undefined);
  return canRead(queries);
}

async function canRead(queries: Queries): Promise<boolean> {
  try {
    await readUnder(queries, {}, async (scoped) => {
      for (const table of READ_TABLES) await scoped.selectFrom(table).selectAll().limit(1).execute();
    });
    return true;
  } catch {
    return false;
  }
}

/** Reads in a transaction of its own that sees the scope's rows alone. Throws what `work` throws. */
export function readUnder<Result>(
  queries: Queries,
  { tenant = "" as TenantId, user = "" as UserId }: ReadScope,
  work: (scoped: Queries) => Promise<Result>,
): Promise<Result> {
  return queries
    .transaction()
    .setAccessMode("read only")
    .execute(async (scoped) => {
      // All three end with the transaction.
      await sql`select set_config('app.tenant', ${tenant}, true), set_config('app.user', ${user}, true),
        set_config('role', ${READER}, true)`.execute(scoped);
      return work(scoped);
    });
}
