import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ManualClock, seededRandom } from "@kaelix/base";
import { makeLogger } from "@kaelix/coordinator";
import { MemoryLog } from "@kaelix/log/testing";
import { DEFAULT_TENANT, makeId, TOPICS } from "@kaelix/model";
import { openKeystore } from "@kaelix/security";
import { afterEach, expect, test } from "vitest";

import { memoryKek } from "../../security/src/testing/memory-kek.ts";
import { Imports } from "./imports.ts";
import { Remember } from "./remember.ts";
import { filesOver } from "./testing/files.ts";
import { FakeRegister } from "./testing/fake-register.ts";

const DAY_MS = 24 * 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "kaelix-waiting-"));

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("an upload that nobody begins within a day is discarded with its file, and says so; one that was begun is not", async () => {
  const log = new MemoryLog();
  for (const one of Object.values(TOPICS)) await log.createTopic(one);
  const [clock, random] = [new ManualClock(), seededRandom(3)];
  const keystore = await openKeystore({ log, kek: memoryKek(), clock, random });
  const register = Object.assign(new FakeRegister(log), {
    imports: async () => [],
    importedCount: async () => 0,
    unfinishedImports: async () => [],
  });
  const owner = { tenant: DEFAULT_TENANT, user: makeId("usr", 1_000, random) };
  const changed: string[] = [];
  const imports = new Imports({
    remember: new Remember({ log, keystore, register, clock, random, files: filesOver({ log, clock, random }) }),
    register,
    keystore,
    clock,
    random,
    logger: makeLogger("silent"),
    spoolFolder: join(folder, "spool"),
    onChange: (_owner, importId) => changed.push(importId),
  });
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
