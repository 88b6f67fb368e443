/**
 * Prepares the embedded database: an archive of an empty, migrated data directory that a first start begins with.
 * `npm install` runs it through tools/prepare.ts; by hand: `node tools/prepare-database.ts`.
 */
import { pathToFileURL } from "node:url";

import { prepareDatabase } from "../packages/views/src/relational/pglite/prepared.ts";

export { prepareDatabase };

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { path, made } = await prepareDatabase();
  console.log(`${made ? "Prepared" : "Already prepared"}: ${path}`);
}
