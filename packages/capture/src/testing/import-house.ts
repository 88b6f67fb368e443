/** Imports over a log in memory and a folder of their own, for tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ManualClock, type RandomSource, seededRandom } from "@kaelix/base";
import { makeLogger } from "@kaelix/coordinator";
import { MemoryLog } from "@kaelix/log/testing";
import { type ImportId, TOPICS } from "@kaelix/model";
import { type Keystore, openKeystore } from "@kaelix/security";
import { onTestFinished } from "vitest";

import { memoryKek } from "../../../security/src/testing/memory-kek.ts";
import type { Files } from "../files/files.ts";
import { Imports } from "../imports.ts";
import { type Owner, Remember } from "../remember.ts";
import { FakeRegister } from "./fake-register.ts";
import { filesOver } from "./files.ts";

/** What the register says of imports where a test wants it to. */
interface KnownImports {
  readonly importedCount?: (user: Owner["user"], importId: ImportId) => Promise<number>;
  readonly unfinishedImports?: () => Promise<readonly (Owner & { readonly importId: ImportId })[]>;
}

/** All of it. `make` gives another `Imports` over the same log and folder, as a start does. */
export interface ImportHouse {
  readonly folder: string;
  readonly log: MemoryLog;
  readonly clock: ManualClock;
  readonly random: RandomSource;
  readonly keystore: Keystore;
  readonly register: FakeRegister;
  readonly files: Files;
  readonly make: (more?: Partial<ConstructorParameters<typeof Imports>[0]>, known?: KnownImports) => Imports;
}

/** A house whose folder is removed after the test that opened it. */
export async function openImportHouse(seed: number): Promise<ImportHouse> {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-import-house-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = new MemoryLog();
  for (const one of Object.values(TOPICS)) await log.createTopic(one);
  const [clock, random] = [new ManualClock(), seededRandom(seed)];
  const keystore = await openKeystore({ log, kek: memoryKek(), clock, random });
  const register = new FakeRegister(log);
  const files = filesOver({ log, clock, random });
  const make: ImportHouse["make"] = (more = {}, known = {}) => {
    const none = { imports: async () => [], importedCount: async () => 0, unfinishedImports: async () => [] };
    const remember = new Remember({ log, keystore, register, clock, random, files });
    return new Imports({
      remember,
      register: Object.assign(register, none, known),
      keystore,
      clock,
      random,
      logger: makeLogger("silent"),
      spoolFolder: join(folder, "spool"),
      onChange: () => undefined,
      ...more,
    });
  };
  return { folder, log, clock, random, keystore, register, files, make };
}
