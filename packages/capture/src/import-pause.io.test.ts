import { appendFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { MemoryLog } from "@kaelix/log/testing";
import {
  decodeEvent,
  DEFAULT_TENANT,
  type ImportId,
  makeId,
  parseTenantId,
  type TenantId,
  TOPICS,
} from "@kaelix/model";
import { expect, test } from "vitest";

import type { Imports } from "./imports.ts";
import type { Owner } from "./remember.ts";
import { openImportHouse } from "./testing/import-house.ts";

const LINES = 2_000;

/** Imports that the log knows to have begun, and not to have ended. */
function unfinished(log: MemoryLog): readonly (Owner & { readonly importId: ImportId })[] {
  const open = new Map<ImportId, Owner & { readonly importId: ImportId }>();
  for (let partition = 0; partition < TOPICS.memories.partitions; partition++) {
    for (const { value } of log.records(TOPICS.memories.name, partition)) {
      const decoded = value === null ? undefined : decodeEvent(value);
      if (decoded?.type !== "event") continue;
      const { event } = decoded;
      if (event.type === "import.started") {
        open.set(event.import, { tenant: event.tenant, user: event.user, importId: event.import });
      } else if (event.type === "import.finished") open.delete(event.import);
    }
  }
  return [...open.values()];
}

test("an import of an organisation stops where it is, waits through a start, and goes on to its end; of who leaves no file stays", async () => {
  const house = await openImportHouse(3);
  const { folder, keystore, log, random, register } = house;
  const imported = (importId: ImportId) => register.rows().filter((row) => row.importId === importId).length;
  const acme = parseTenantId("acme");
  if (acme === undefined) throw new Error("It is a name");
  const owner = { tenant: acme, user: makeId("usr", 1_000, random) };
  const other = { tenant: DEFAULT_TENANT, user: makeId("usr", 2_000, random) };
  const shut = new Set<TenantId>();
  const make = () =>
    house.make(
      { isShut: (tenant) => shut.has(tenant) },
      {
        importedCount: async (_user, importId) => imported(importId),
        unfinishedImports: async () => unfinished(log),
      },
    );
  const begin = async (imports: Imports, whose = owner): Promise<ImportId> => {
    const { folder: spool, importId } = await imports.makeSpool();
    const path = join(spool, "told.jsonl");
    for (let at = 0; at < LINES; at++) appendFileSync(path, `{"text":"line ${at} of ${importId}"}\n`);
    await imports.accept(whose, { importId, path, fileName: "told.jsonl" });
    await imports.start(whose, importId, {});
    return importId;
  };

  const first = make();
  const importId = await begin(first);
  shut.add(owner.tenant);
  await first.pause(owner.tenant);
  const stopped = imported(importId);
  expect(stopped).toBeLessThan(LINES);
  // Of others it stops nothing: while one of theirs runs to its end, not a line more comes in here.
  const theirs = await begin(first, other);
  await first.pause(owner.tenant);
  await expect.poll(() => imported(theirs)).toBe(LINES);
  await expect.poll(() => unfinished(log)).toHaveLength(1);
  expect(imported(importId)).toBe(stopped);
  // A start does not begin it again, and does not take its file away.
  const second = make();
  await second.resume();
  await second.stop();
  expect([imported(importId), unfinished(log).length]).toEqual([stopped, 1]);
  shut.clear();
  await second.goOn(owner.tenant);
  await expect.poll(() => unfinished(log)).toEqual([]);
  expect(imported(importId)).toBe(LINES);

  const leaving = await begin(second);
  await second.pause(owner.tenant);
  expect(existsSync(join(folder, "spool", leaving))).toBe(true);
  await second.leave(owner.user);
  expect(readdirSync(join(folder, "spool"))).toEqual([]);
  await keystore.close();
});
