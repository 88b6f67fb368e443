/** People with memories in a keystore over a log in memory, for tests of what becomes of keys. */
import { systemRandom } from "@kaelix/base";
import { MemoryLog } from "@kaelix/log/testing";
import { decodeEvent, DEFAULT_TENANT, type Level, LEVELS, makeId, type MemoryId, type UserId } from "@kaelix/model";

import { type Keystore, openKeystore } from "../keys/keystore.ts";
import { openContent, sealContent } from "../sealing/content.ts";
import { memoryKek, type MemoryKek } from "./memory-kek.ts";

const tenant = DEFAULT_TENANT;
const sources = { nowMs: 1_750_000_000_000, random: systemRandom };

/** A keystore over a log in memory, and a person who told something. */
export interface KeyStage {
  readonly log: MemoryLog;
  readonly kek: MemoryKek;
  readonly keystore: Keystore;
  readonly user: UserId;
  readonly told: Map<MemoryId, string>;
}

/** One, with as many memories told, of every level. */
export async function stage(count: number): Promise<KeyStage> {
  const log = new MemoryLog();
  const kek = memoryKek();
  const keystore = await openKeystore({ log, kek });
  const user = makeId("usr", 1, systemRandom);
  await keystore.ensureUserKey(tenant, user);
  const told = new Map<MemoryId, string>();
  await tell({ log, keystore, user, told }, count);
  return { log, kek, keystore, user, told };
}

const levelOf = (at: number): Level => LEVELS[at % LEVELS.length] ?? 1;

/** Tells more. */
export async function tell({ keystore, log, told, user }: Omit<KeyStage, "kek">, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, at) => {
    return { tenant, user, memory: makeId("mem", 1, systemRandom), level: levelOf(at) };
  });
  const { keys, records } = await keystore.prepareMemoryKeys(items);
  for (const key of keys) told.set(key.memory, sealContent(key, 1, { text: `of ${key.memory}`, reasons: [] }, sources));
  await log.append("keys", 0, records);
}

/** How many of what was told do not open as what they are. */
export async function unread(keystore: Keystore, told: ReadonlyMap<MemoryId, string>): Promise<number> {
  let count = 0;
  for (const [memory, sealed] of told) {
    const key = await keystore.memoryKey(memory);
    const opened = key === undefined ? undefined : openContent(key, 1, sealed);
    if (opened?.type !== "opened" || opened.content.text !== `of ${memory}`) count++;
  }
  return count;
}

/** The keystore after a restart. */
export async function reopened({ kek, keystore, log }: KeyStage): Promise<Keystore> {
  await keystore.close();
  return openKeystore({ log, kek });
}

/** The versions that the newest records of memories' keys are under; null for shredded ones. */
export function versions(log: MemoryLog): ReadonlyMap<string, number | null> {
  const found = new Map<string, number | null>();
  for (const { key, value } of log.records("keys", 0)) {
    const name = Buffer.from(key ?? []).toString();
    const decoded = value === null ? undefined : decodeEvent(value);
    if (!name.startsWith("memory/")) continue;
    found.set(
      name.slice(7),
      decoded?.type === "event" && decoded.event.type === "key.memory" ? decoded.event.key_version : null,
    );
  }
  return found;
}
