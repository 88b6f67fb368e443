/** What the fold of identities decided, as statements. */
import type { IdentityEvent, UserId } from "@kaelix/model";
import { sql } from "kysely";

import type { Statement } from "../database.ts";
import {
  columnNames,
  excludedValues,
  recordColumns,
  type RecordColumn,
  type RecordRow,
  recordset,
} from "../recordset.ts";
import type { Queries } from "../schema.ts";
import { storableText } from "../text.ts";
import { foldIdentities, type IdentityLeftOut, type IdentityState, namedIdentities } from "./fold.ts";
import {
  CLAIM_COLUMNS,
  CLAIM_REGISTERED,
  INVITE_COLUMNS,
  inviteOf,
  SESSION_COLUMNS,
  sessionOf,
  storedInvite,
  storedSession,
  storedUser,
  USER_COLUMNS,
  userOf,
} from "./rows.ts";

/**
 * Reads what identity events name, in offset order, and folds them.
 * @returns what to run in one transaction, and how many events were left out, by reason
 */
export async function prepareIdentities(
  queries: Queries,
  events: readonly IdentityEvent[],
): Promise<{ readonly statements: readonly Statement[]; readonly leftOut: ReadonlyMap<IdentityLeftOut, number> }> {
  if (events.length === 0) return { statements: [], leftOut: new Map() };
  const changes = foldIdentities(await readState(queries, events), events);
  const claims = changes.users.map((row) => ({
    phone_hash: storableText(row.phone),
    user_id: row.user,
    claimed_at_ms: CLAIM_REGISTERED,
  }));
  const statements = [
    ...eraseUsers(queries, changes.erased),
    ...upsert(queries, "users", { columns: USER_COLUMNS, rows: changes.users.map(storedUser) }),
    // What the log says of a number stands over any claim.
    ...upsert(queries, "phone_claims", { columns: CLAIM_COLUMNS, rows: claims }),
    ...upsert(queries, "sessions", { columns: SESSION_COLUMNS, rows: changes.sessions.map(storedSession) }),
    ...upsert(queries, "invites", { columns: INVITE_COLUMNS, rows: changes.invites.map(storedInvite) }),
  ];
  return { statements, leftOut: changes.leftOut };
}

/** Everything that tables say of people whose accounts were erased. */
function eraseUsers(queries: Queries, users: readonly UserId[]): readonly Statement[] {
  if (users.length === 0) return [];
  const statements = [
    sql`delete from sessions where user_id = any(${users}::text[])`,
    sql`delete from invites where created_by = any(${users}::text[])`,
    sql`delete from phone_claims where user_id = any(${users}::text[])`,
    sql`delete from users where user_id = any(${users}::text[])`,
  ];
  return statements.map((statement) => statement.compile(queries));
}

interface UpsertRows {
  /** The first is the primary key. */
  readonly columns: readonly RecordColumn[];
  readonly rows: readonly RecordRow[];
}

function upsert(queries: Queries, table: string, { columns, rows }: UpsertRows): readonly Statement[] {
  const [key, ...rest] = columns;
  if (rows.length === 0 || key === undefined) return [];
  const statement = sql`insert into ${sql.table(table)} (${columnNames(columns)})
    select ${recordColumns(columns)} from ${recordset(rows, columns)}
    on conflict (${columnNames([key])}) do update set ${excludedValues(rest)}`;
  return [statement.compile(queries)];
}

async function readState(queries: Queries, events: readonly IdentityEvent[]): Promise<IdentityState> {
  const names = namedIdentities(events);
  const state: IdentityState = { users: new Map(), sessions: new Map(), invites: new Map() };
  if (names.users.length > 0) {
    const users = await queries
      .selectFrom("users")
      .selectAll()
      .where(sql<boolean>`(user_id = any(${names.users}::text[]) or phone_hash = any(${names.phones}::text[]))`)
      .execute();
    for (const row of users.map(userOf)) state.users.set(row.user, row);
  }
  if (names.sessions.length > 0) {
    const sessions = await queries
      .selectFrom("sessions")
      .selectAll()
      .where(sql<boolean>`session_id = any(${names.sessions}::text[])`)
      .execute();
    for (const row of sessions.map(sessionOf)) state.sessions.set(row.session, row);
  }
  if (names.invites.length > 0) {
    const invites = await queries
      .selectFrom("invites")
      .selectAll()
      .where(sql<boolean>`(invite_id = any(${names.invites}::text[]) or code_hash = any(${names.codes}::text[]))`)
      .execute();
    for (const row of invites.map(inviteOf)) state.invites.set(row.invite, row);
  }
  return state;
}
