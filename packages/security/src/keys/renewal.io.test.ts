/** Keys renewed under load: many people tell and read while the key-encryption key and their own keys are renewed, over a log on the disk. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seededRandom, systemRandom } from "@kaelix/base";
import { openStreamerLog } from "@kaelix/log";
import { DEFAULT_TENANT, LEVELS, makeId, type MemoryId, type UserId } from "@kaelix/model";
import { expect, test } from "vitest";

import { openContent, sealContent } from "../sealing/content.ts";
import { openFileKek } from "./file-kek.ts";
import { KekRotation } from "./kek-rotation.ts";
import { type Keystore, openKeystore } from "./keystore.ts";
import { UserKeyRenewal } from "./user-key-renewal.ts";

const WRITERS = 200;
const ROUNDS = 12;
const RENEWALS = 4;
const SEED = 27;
const tenant = DEFAULT_TENANT;

/** One person: what they told, and whether it is forgotten. */
interface Writer {
  readonly user: UserId;
  readonly told: Map<MemoryId, string>;
  readonly forgotten: Set<MemoryId>;
}

const sources = { nowMs: 1_750_000_000_000, random: systemRandom };

/** How a memory reads: as it was told, as forgotten, or wrong. */
async function readOf(keystore: Keystore, memory: MemoryId, sealed: string): Promise<"told" | "gone" | "wrong"> {
  const key = await keystore.memoryKey(memory).catch(() => "failed" as const);
  if (key === undefined) return "gone";
  if (key === "failed") return "wrong";
  const opened = openContent(key, 1, sealed);
  return opened.type === "opened" && opened.content.text === memory ? "told" : "wrong";
}

test(`no read and no write fails while keys are renewed under ${WRITERS} writers (seed ${SEED})`, async () => {
  const directory = await mkdtemp(join(tmpdir(), "kaelix-renewal-"));
  const random = seededRandom(SEED);
  const open = async () => {
    const log = await openStreamerLog({ directory: join(directory, "log") });
    const kek = await openFileKek(join(directory, "kek.json"));
    // Few are kept unwrapped, so that keys are opened anew all the time.
    const keystore = await openKeystore({ log, kek, cachedMax: 20 });
    return { log, kek, keystore };
  };
  try {
    const { kek, keystore, log } = await open();
    const writers = Array.from({ length: WRITERS }, (_, at): Writer => {
      return { user: makeId("usr", at, systemRandom), told: new Map(), forgotten: new Set() };
    });
    for (const { user } of writers) await keystore.ensureUserKey(tenant, user);
    const failures: string[] = [];
    const seen = new Set<number | undefined>();
    const tell = async ({ told, user }: Writer): Promise<void> => {
      const memory = makeId("mem", 1, systemRandom);
      const level = LEVELS[random.integer(LEVELS.length)] ?? 1;
      const prepared = await keystore.prepareMemoryKeys([{ tenant, user, memory, level }]);
      const [key] = prepared.keys;
      if (key === undefined) throw new Error("No key was given");
      const sealed = sealContent(key, 1, { text: memory, reasons: [] }, sources);
      await log.append("keys", 0, prepared.records, { acknowledge: "durable" });
      told.set(memory, sealed);
      seen.add(keystore.userKey(user)?.version);
    };
    const look = async ({ forgotten, told }: Writer): Promise<void> => {
      const [memory, sealed] = [...told][random.integer(told.size)] ?? [];
      if (memory === undefined || sealed === undefined) return;
      const expected = forgotten.has(memory) ? "gone" : "told";
      const found = await readOf(keystore, memory, sealed);
      if (found !== expected) failures.push(`${memory} reads ${found} and is ${expected}`);
    };
    const forget = async ({ forgotten, told }: Writer): Promise<void> => {
      const memory = [...told.keys()].find((each) => !forgotten.has(each));
      if (memory === undefined) return;
      await keystore.shredMemories([memory]);
      forgotten.add(memory);
    };
    const renewal = new UserKeyRenewal({ keystore, onProblem: (problem) => failures.push(problem) });
    const rotation = new KekRotation({ kek, keystore, onProblem: (problem) => failures.push(problem) });
    const work = async (writer: Writer): Promise<void> => {
      for (let round = 0; round < ROUNDS; round++) {
        try {
          await tell(writer);
          await look(writer);
          if (random.integer(6) === 0) await forget(writer);
        } catch (failure) {
          failures.push(String(failure));
        }
      }
    };
    const renew = async (): Promise<void> => {
      for (let turn = 0; turn < RENEWALS; turn++) {
        await renewal.renew(keystore.users());
        await rotation.rotate();
      }
    };
    await Promise.all([renew(), ...writers.map(work)]);
    await renewal.renew(keystore.users());
    await expect.poll(() => renewal.status(), { timeout: 60_000 }).toMatchObject({ renewing: 0, isAtWork: false });
    expect(failures).toEqual([]);
    expect(seen.size, "versions that were told under").toBeGreaterThan(1);
    expect(writers.every(({ user }) => (keystore.userKey(user)?.version ?? 0) > 1)).toBe(true);
    await renewal.close();
    await keystore.close();
    await log.close();

    const again = await open();
    for (const { forgotten, told } of writers) {
      for (const [memory, sealed] of told)
        expect(await readOf(again.keystore, memory, sealed)).toBe(forgotten.has(memory) ? "gone" : "told");
    }
    expect(again.keystore.status()).toMatchObject({ quarantined: 0, damagedRanges: 0 });
    expect(again.keystore.usersRenewing()).toBe(0);
    await again.keystore.close();
    await again.log.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
