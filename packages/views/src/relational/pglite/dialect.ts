/**
 * Kysely over the PGlite worker.
 *
 * PGlite has one session. Statements outside transactions share it and may travel together; a transaction has it alone: others wait
 * in order of asking until it has ended.
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

import type { PgliteClient } from "./client.ts";

class Connection implements DatabaseConnection {
  readonly #driver: PgliteDriver;
  /** Ends this connection's transaction for those who wait. */
  leave: (() => void) | undefined;

  constructor(driver: PgliteDriver) {
    this.#driver = driver;
  }

  async executeQuery<Row>(compiled: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.leave === undefined) await this.#driver.turn();
    const { rows, affectedRows } = await this.#driver.client.query(compiled.sql, compiled.parameters);
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

class PgliteDriver implements Driver {
  readonly client: PgliteClient;
  #tail: Promise<void> = Promise.resolve();

  constructor(client: PgliteClient) {
    this.client = client;
  }

  /** Resolves when no transaction is open that was asked for earlier. */
  turn(): Promise<void> {
    return this.#tail;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(new Connection(this));
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const mine = this.#own(connection);
    const before = this.#tail;
    let leave = (): void => undefined;
    this.#tail = new Promise<void>((resolve) => (leave = resolve));
    await before;
    mine.leave = leave;
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

  #end(connection: Connection): void {
    connection.leave?.();
    connection.leave = undefined;
  }

  #own(connection: DatabaseConnection): Connection {
    if (connection instanceof Connection) return connection;
    throw new Error("Connection belongs to another driver");
  }
}

/** The dialect of a PGlite worker. Destroying the Kysely instance closes the worker. */
export function pgliteDialect(client: PgliteClient): Dialect {
  return {
    createAdapter: () => new PGliteAdapter(),
    createDriver: () => new PgliteDriver(client),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}
