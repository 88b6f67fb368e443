import type { ReadScope } from "./row-security.ts";
import type { Queries } from "./schema.ts";

/** A statement and its parameters; what Kysely's `compile` gives. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * A database that holds the relational view: PGlite in a worker, or PostgreSQL.
 *
 * Guarantees: transactions of `queries` are atomic and isolated from each other; after `close` resolves nothing runs any more.
 * It does not: promise that a commit survives a power cut. The log does; a view behind the log is folded forward.
 */
export interface Database {
  readonly type: "pglite" | "postgres";
  readonly queries: Queries;
  /**
   * Reads what is one person's or one organisation's. PostgreSQL holds the read to that scope itself (row-security.ts); the embedded
   * database runs it as it is.
   */
  read<Result>(scope: ReadScope, work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /**
   * Runs a guard and then statements as one transaction; none of it when the guard does not touch exactly one row.
   * They are known beforehand, so that the embedded database gets them as one message: a transaction that asks and answers would stand
   * still, and everybody else with it, whenever this thread has other work.
   * @returns `overtaken` when the guard did not hold
   */
  commit(guard: Statement, statements: readonly Statement[]): Promise<"committed" | "overtaken">;
  /** Makes the state survive a power cut cheaply; does nothing where the server sees to it. */
  snapshot(): Promise<void>;
  /**
   * Runs `work` over the folder of the last snapshot, which is not replaced meanwhile and holds nothing that the log has not durably.
   * @returns undefined, and nothing is run, where there is none
   */
  withSnapshot<Result>(work: (folder: string) => Promise<Result>): Promise<Result | undefined>;
  close(): Promise<void>;
}
