/** Brings a database to today's tables, by Kysely's Migrator. */
import { createHash } from "node:crypto";

import { sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

import { viewErrors } from "./errors.ts";
import { MIGRATIONS, type MigrationStep } from "./migrations.ts";
import type { Queries } from "./schema.ts";

/** Eight hexadecimal letters that change when any statement does. */
export function migrationDigest(steps: readonly MigrationStep[]): string {
  return createHash("sha256").update(JSON.stringify(steps)).digest("hex").slice(0, 8);
}

/**
 * Runs what was not run yet.
 * A step is kept under its name and digest: tables made by other statements of the same name are found out, not lived with.
 * @throws `views-schema-mismatch` when the database was made by migrations that this version does not know
 */
export async function migrate(queries: Queries): Promise<void> {
  const migrations: Record<string, Migration> = {};
  for (const step of MIGRATIONS) {
    migrations[`${step.name}-${migrationDigest([step])}`] = {
      async up(database) {
        for (const statement of step.statements) await sql.raw(statement).execute(database);
      },
    };
  }
  const migrator = new Migrator({ db: queries, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw viewErrors("views-schema-mismatch", { cause: error });
}
