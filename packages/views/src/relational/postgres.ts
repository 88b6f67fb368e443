/** PostgreSQL 15 or newer through a pool. The same tables and statements as on PGlite. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";

import type { Database, Statement } from "./database.ts";
import { migrate } from "./migrate.ts";
import { prepareReader, readUnder } from "./row-security.ts";
import type { Tables } from "./schema.ts";

const CONNECTIONS_MAX = 10;
const UNSCOPED =
  "PostgreSQL does not hold reads to one person (row-level security): the account may not create the role kaelix_reader. Give it CREATEROLE, or create the role and grant it to the account, and start again";

/** How to reach it. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Connections at once; default 10. */
  readonly connectionsMax?: number;
  /** Told in a sentence when the database cannot hold reads to their scope. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * Opens a pool and migrates.
 * @throws `views-schema-mismatch`, or what the driver says when the server cannot be reached
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax ?? CONNECTIONS_MAX,
    types: {
      // 64-bit numbers as PGlite gives them. Ours are safe integers: offsets, times and counts.
      getTypeParser: (id, format) =>
        id === pg.types.builtins.INT8 && format !== "binary" ? Number : pg.types.getTypeParser(id, format),
    },
  });
  // An idle connection that the server ends is replaced at the next query; without a listener it would end the process.
  pool.on("error", () => undefined);
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  let isScoped: boolean;
  try {
    await migrate(queries);
    isScoped = await prepareReader(queries);
  } catch (error) {
    await queries.destroy();
    throw error;
  }
  if (!isScoped) options.onNotice?.(UNSCOPED);
  return {
    type: "postgres",
    queries,
    read: (scope, work) => (isScoped ? readUnder(queries, scope, work) : work(queries)),
    commit: (guard, statements) => commit(pool, guard, statements),
    snapshot: () => Promise.resolve(),
    withSnapshot: () => Promise.resolve(undefined),
    close: () => queries.destroy(),
  };
}

async function commit(
  pool: pg.Pool,
  guard: Statement,
  statements: readonly Statement[],
): Promise<"committed" | "overtaken"> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query("begin");
    const { rowCount } = await client.query(guard.sql, [...guard.parameters]);
    if (rowCount === 1) for (const { sql, parameters } of statements) await client.query(sql, [...parameters]);
    await client.query(rowCount === 1 ? "commit" : "rollback");
    return rowCount === 1 ? "committed" : "overtaken";
  } catch (error) {
    // What cannot even roll back is not given to the next who asks.
    await client.query("rollback").catch(() => (isBroken = true));
    throw error;
  } finally {
    client.release(isBroken);
  }
}
