/** What this folder shows to the room's door. */
export type { Database } from "./database.ts";
export { viewErrors } from "./errors.ts";
export { createPeopleStore, type PeopleStore } from "./identity/query.ts";
export { migrate } from "./migrate.ts";
export {
  createMemoryStore,
  type ForgottenCursor,
  type MemoryStore,
  type SealedVersion,
  type StoredImport,
} from "./memories/query.ts";
export type { SealedMemory } from "./memories/rows.ts";
export { openPglite, type PgliteDatabase, type PgliteOptions, type PgliteOrigin } from "./pglite/open.ts";
export { findPrepared, PGLITE_VERSION, prepareDatabase } from "./pglite/prepared.ts";
export { openPostgres, type PostgresOptions } from "./postgres.ts";
export { createRelationalView, RELATIONAL_VIEW } from "./view.ts";
