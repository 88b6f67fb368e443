import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { DEFAULT_TENANT, makeId } from "@kaelix/model";
import { expect, test } from "vitest";

import { openImportHouse } from "./testing/import-house.ts";

const DAY_MS = 24 * 3_600_000;

test("an upload that nobody begins within a day is discarded with its file, and says so; one that was begun is not", async () => {
  const { clock, make, random } = await openImportHouse(3);
  const owner = { tenant: DEFAULT_TENANT, user: makeId("usr", 1_000, random) };
  const changed: string[] = [];
  const imports = make({ onChange: (_owner, importId) => changed.push(importId) });
  const upload = async (
    name: string,
  ): Promise<{ readonly importId: ReturnType<typeof makeId<"imp">>; path: string }> => {
    const { folder: spool, importId } = await imports.makeSpool();
    const path = join(spool, name);
    writeFileSync(path, `{"text":"something of ${name}"}\n`);
    await imports.accept(owner, { importId, path, fileName: name });
    return { importId, path };
  };

  const [left, begun] = [await upload("left.jsonl"), await upload("begun.jsonl")];
  await imports.start(owner, begun.importId, {});
  await expect.poll(async () => (await imports.read(owner, begun.importId))?.state).toBe("done");
  clock.advance(DAY_MS - 1);
  await imports.discardOld();
  expect(await imports.read(owner, left.importId)).toMatchObject({ state: "waiting", error: null });
  const later = await upload("later.jsonl");
  changed.length = 0;
  clock.advance(1);
  await imports.discardOld();
  expect(await imports.read(owner, left.importId)).toMatchObject({
    state: "failed",
    error: "Nobody began it within a day, so the file was removed and nothing of it kept: import it again",
  });
  expect([existsSync(left.path), existsSync(later.path)]).toEqual([false, true]);
  expect(changed).toEqual([left.importId]);
  await expect(imports.start(owner, left.importId, {})).rejects.toThrow();
  expect((await imports.read(owner, later.importId))?.state).toBe("waiting");
  expect((await imports.read(owner, begun.importId))?.state).toBe("done");
});
