/**
 * Kysely over the PGlite worker.
 *
 * PGlite has one session. Statements outside transactions share it and may travel together, and so may transactions that are one message
 * (`commit`). One that asks and answers, as a migration does, has the session alone; when it ends, those that waited go first, then the
 * next of its kind.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PGliteAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";

import type { Statement } from "../database.ts";
import type { PgliteClient } from "./client.ts";

class Connection implements DatabaseConnection {
  readonly #driver: PgliteDriver;
  /** True while this connection's transaction has the session alone. */
  hasSession = false;

  constructor(driver: PgliteDriver) {
    this.#driver = driver;
  }

  async executeQuery<Row>(compiled: CompiledQuery): Promise<QueryResult<Row>> {
    const { sql, parameters } = compiled;
    const answer = this.hasSession
      ? this.#driver.client.query(sql, parameters)
      : this.#driver.statement(sql, parameters);
    const { rows, affectedRows } = await answer;
    return {
      // The row type is the caller's statement about its own SQL, as everywhere in Kysely.
      rows: rows as Row[],
      ...(affectedRows === undefined ? {} : { numAffectedRows: BigInt(affectedRows) }),
    };
  }

  // oxlint-disable-next-line require-yield -- the interface wants a generator, PGlite has no cursor
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error("Streaming is not supported: read in pages");
  }
}

/** Who has the session. One per worker. */
export class PgliteDriver implements Driver {
  readonly client: PgliteClient;
  #isTaken = false;
  /** Both are bounded by the requests and views in flight. */
  #statements: (() => void)[] = [];
  readonly #transactions: (() => void)[] = [];

  constructor(client: PgliteClient) {
    this.client = client;
  }

  /** Runs a statement outside transactions: at once, or as soon as the transaction that has the session has ended. */
  statement(sql: string, parameters: readonly unknown[]): ReturnType<PgliteClient["query"]> {
    return this.#whenFree(() => this.client.query(sql, parameters));
  }

  /** Runs a transaction that is one message: to the others it is one statement. */
  commit(guard: Statement, statements: readonly Statement[]): ReturnType<PgliteClient["commit"]> {
    return this.#whenFree(() => this.client.commit(guard, statements));
  }

  #whenFree<Result>(run: () => Promise<Result>): Promise<Result> {
    if (!this.#isTaken) return run();
    return new Promise((resolve, reject) => {
      this.#statements.push(() => {
        run().then(resolve, reject);
      });
    });
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(new Connection(this));
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const mine = this.#own(connection);
    if (this.#isTaken) await new Promise<void>((resolve) => this.#transactions.push(resolve));
    this.#isTaken = true;
    mine.hasSession = true;
    try {
      await this.client.query("begin", []);
    } catch (error) {
      this.#end(mine);
      throw error;
    }
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const mine = this.#own(connection);
    try {
      await this.client.query("commit", []);
    } finally {
      this.#end(mine);
    }
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const mine = this.#own(connection);
    try {
      await this.client.query("rollback", []);
    } finally {
      this.#end(mine);
    }
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return this.client.close();
  }

  /** Hands the session on. Everything is sent in this very turn, so that nothing slips in between. */
  #end(connection: Connection): void {
    connection.hasSession = false;
    this.#isTaken = false;
    const waiting = this.#statements;
    this.#statements = [];
    for (const run of waiting) run();
    const next = this.#transactions.shift();
    if (next === undefined) return;
    this.#isTaken = true;
    next();
  }

  #own(connection: DatabaseConnection): Connection {
    if (connection instanceof Connection) return connection;
    throw new Error("Connection belongs to another driver");
  }
}

/** The dialect of a PGlite worker. Destroying the Kysely instance closes the worker. */
export function pgliteDialect(driver: PgliteDriver): Dialect {
  return {
    createAdapter: () => new PGliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}
