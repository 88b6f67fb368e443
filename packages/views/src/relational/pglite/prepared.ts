/**
 * The prepared data directory: an archive of an empty, migrated database, so that a first start need not run initdb.
 * Made by the repository's `prepare` script. Its name says for which PGlite and by which statements; any other is not looked at.
 */
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { replaceFile } from "@kaelix/coordinator";
import { Kysely } from "kysely";

import { migrate, migrationDigest } from "../migrate.ts";
import { MIGRATIONS } from "../migrations.ts";
import type { Tables } from "../schema.ts";
import { startWorker } from "./client.ts";
import { pgliteDialect, PgliteDriver } from "./dialect.ts";

/** The version of PGlite that this code was made for. */
export const PGLITE_VERSION = "0.5.14";

/** The databases that others are copied from, which nobody does here: two files in three, each made at a first start and synced at a stop. */
const WITHOUT_TEMPLATES = {
  name: "without-templates",
  statements: ["update pg_database set datistemplate = false", "drop database template0", "drop database template1"],
};

/** A making that is older was killed. */
const MAKING_MS_MAX = 10 * 60_000;

/** Where the archive of this version belongs. */
function preparedPath(): string {
  const room = fileURLToPath(new URL("../../../", import.meta.url));
  return join(
    room,
    ".prepared",
    `pglite-${PGLITE_VERSION}-${migrationDigest([...MIGRATIONS, WITHOUT_TEMPLATES])}.tar.gz`,
  );
}

/** The archive of this version; undefined when none was prepared. */
export async function findPrepared(): Promise<string | undefined> {
  const path = preparedPath();
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? path : undefined;
}

/**
 * Makes the archive unless it is there.
 * @returns its path, and whether it was made now
 */
export async function prepareDatabase(): Promise<{ readonly path: string; readonly made: boolean }> {
  const path = preparedPath();
  if ((await findPrepared()) !== undefined) return { path, made: false };
  await mkdir(dirname(path), { recursive: true });
  // A data directory of its own: what is prepared in memory would be archived with other file modes.
  const workshop = await mkdtemp(join(dirname(path), "making-"));
  try {
    const client = await startWorker({ directory: join(workshop, "pglite") });
    const queries = new Kysely<Tables>({ dialect: pgliteDialect(new PgliteDriver(client)) });
    await migrate(queries);
    for (const statement of WITHOUT_TEMPLATES.statements) await client.query(statement, []);
    await client.query("checkpoint", []);
    await client.archive(join(workshop, "archive"));
    await queries.destroy();
    await replaceFile(join(workshop, "archive"), path);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  await removeOld(path);
  return { path, made: true };
}

/** Archives for other versions, and what a making that was killed left behind. */
async function removeOld(kept: string): Promise<void> {
  const directory = dirname(kept);
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    const isOldMaking = name.startsWith("making-") && Date.now() - (found?.mtimeMs ?? Date.now()) > MAKING_MS_MAX;
    const isOtherArchive = name.startsWith("pglite-") && path !== kept;
    if (isOldMaking || isOtherArchive) await rm(path, { recursive: true, force: true });
  }
}
