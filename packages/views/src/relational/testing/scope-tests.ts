/** What the second wall must hold on every database; run by one test file per database. */
import { expect, test } from "vitest";

import type { Database } from "../database.ts";
import { prepareReader, readUnder } from "../row-security.ts";
import { idOf, tenantOf } from "./events.ts";
import { allUnder, compareScopes } from "./scope-oracle.ts";

/** Registers the tests for an empty database that `open` gives. */
export function scopeConformance(open: () => Promise<Database>): void {
  test("rows under the policies are those that every query of the stores asks for, with its own condition and without", async () => {
    const database = await open();
    try {
      expect(await prepareReader(database.queries)).toBe(true);
      for (const seed of [1, 2, 3]) {
        const { bitten, compared } = await compareScopes(database, seed);
        expect(compared).toBe(168);
        // Without either wall most see what is another's; a memory asked for by id may happen to be one's own or nobody's.
        expect(bitten).toBeGreaterThan(119);
      }
      // Everybody's rows, told apart by nothing but the scope.
      const [me, mine, other] = [idOf("usr", 1), tenantOf("default"), tenantOf("acme")];
      const [memories, versions, imports, users, sessions, invites] = await allUnder(database, { user: me });
      expect([memories, imports, users, sessions, invites]).toEqual([20, 1, 0, 2, 0]);
      expect(versions).toBeGreaterThan(0);
      expect(await allUnder(database, { user: me, tenant: mine })).toEqual([20, versions, 1, 3, 2, 3]);
      expect(await allUnder(database, { user: me, tenant: other })).toEqual([0, 0, 0, 3, 0, 3]);
      expect(await allUnder(database, { user: idOf("usr", 99), tenant: tenantOf("nowhere") })).toEqual([
        0, 0, 0, 0, 0, 0,
      ]);
      for (const table of ["phone_claims", "view_offsets", "kysely_migration"]) {
        const look = readUnder(database.queries, { user: me }, (own) =>
          own
            .selectFrom(table as "users")
            .selectAll()
            .execute(),
        );
        await expect(look, table).rejects.toThrow();
      }
      const write = readUnder(database.queries, { user: me }, (own) => own.deleteFrom("memories").execute());
      await expect(write).rejects.toThrow();
      // The scope ends with its transaction.
      expect(await database.queries.selectFrom("users").selectAll().execute()).toHaveLength(9);
    } finally {
      await database.close();
    }
  });
}
