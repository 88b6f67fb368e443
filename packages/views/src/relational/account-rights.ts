/** What an account of PostgreSQL may do beyond what is needed: connect, and own the tables of one database. */
import pg from "pg";

import { READER } from "./row-security.ts";

/** An account and its attributes of `CREATE ROLE` that nothing here needs. */
export interface AccountRights {
  readonly account: string;
  readonly spare: readonly string[];
}

/** A doctor does not wait for ever. */
const CONNECT_MS_MAX = 5_000;
// Making the reader's role needs CREATEROLE once.
const ASKED = `select current_user as account, array_remove(array[
    case when rolsuper then 'superuser' end, case when rolcreatedb then 'createdb' end,
    case when rolcreaterole and exists (select from pg_roles where rolname = '${READER}') then 'createrole' end,
    case when rolreplication then 'replication' end, case when rolbypassrls then 'bypassrls' end
  ], null) as spare from pg_roles where rolname = current_user`;

/**
 * Asks a database which rights of its account are more than needed.
 * @param url as of `openPostgres`
 * @throws what the driver says when it cannot be reached
 */
export async function accountRights(url: string): Promise<AccountRights> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS_MAX });
  // Told of a connection that breaks later; without a listener it would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<AccountRights>(ASKED);
    return rows[0] ?? { account: "", spare: [] };
  } finally {
    await client.end();
  }
}
