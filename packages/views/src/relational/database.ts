import type { Queries } from "./schema.ts";

/**
 * A database that holds the relational view: PGlite in a worker, or PostgreSQL.
 *
 * Guarantees: transactions of `queries` are atomic and isolated from each other; after `close` resolves nothing runs any more.
 * It does not: promise that a commit survives a power cut. The log does; a view behind the log is folded forward.
 */
export interface Database {
  readonly type: "pglite" | "postgres";
  readonly queries: Queries;
  /** Makes the state survive a power cut cheaply; does nothing where the server sees to it. */
  snapshot(): Promise<void>;
  close(): Promise<void>;
}
