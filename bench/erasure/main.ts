/**
 * Erasing: how soon what is erased cannot be read, and whether anything brings it back.
 *
 *     npm run bench -- erasure [--quick]
 *
 * 200 people with 10 memories each (20 with 10 with --quick). A backup is made; half of the people erase half of their memories, a tenth
 * erase their accounts; another backup is made. Then: the older backup is restored with the key file of then; the log of before is opened
 * with a key file that was renewed twice. It fails when anything that was erased has a key in either, or a view and the log differ.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";

import type { Client } from "@kaelix/contract";
import { isKaelixError } from "@kaelix/base";
import { openStreamerLog } from "@kaelix/log";
import { type MemoryId, parseId } from "@kaelix/model";
import { openFileKek, openKeystore } from "@kaelix/security";
import { restoreHere } from "@kaelix/server";

import type { BenchRow } from "../row.ts";
import { backUp, claim, Folders, joinHouse, openAt, withKeyOf } from "./houses.ts";

const MEMORIES_EACH = 10;

interface Person {
  readonly client: Client;
  readonly phone: string;
  readonly memories: readonly string[];
}

/** Runs the bench. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const folders = new Folders();
  try {
    return await erase(folders, options.quick ? 20 : 200);
  } finally {
    folders.removeAll();
  }
}

async function erase(folders: Folders, count: number): Promise<BenchRow[]> {
  const [data, place, oldLog] = [folders.make(), join(folders.make(), "backups"), join(folders.make(), "log")];
  const house = await openAt(data, place);
  const owner = await claim(house);
  const people: Person[] = [];
  for (let at = 1; at < count; at++) {
    const phone = `+1234500${String(at).padStart(4, "0")}`;
    people.push(await toldBy(await joinHouse(house, owner, phone), phone));
  }
  const ofOwner = await toldBy(owner, "");
  await backUp(owner);
  cpSync(join(data, "log"), oldLog, { recursive: true, filter: (path) => !path.endsWith("kaelix.lock") });
  const oldKey = withKeyOf(data, folders.make());
  const atMs = Date.now();

  const erased: string[] = [];
  const tookMs: number[] = [];
  for (const [at, { client, memories, phone }] of people.entries()) {
    const startedMs = performance.now();
    if (at % 10 === 0) {
      erased.push(...memories);
      await client.call("erasures.request", { body: { account: { confirm: phone } } });
    } else if (at % 2 === 1) {
      const some = memories.slice(0, memories.length / 2);
      erased.push(...some);
      const { data: done } = await client.call("erasures.request", { body: { memories: some, now: true } });
      if (done.erased !== some.length) throw new Error("An erasure has erased less than it named");
    } else continue;
    tookMs.push(performance.now() - startedMs);
  }
  const { data: verified } = await owner.call("verifications.run");
  if (!verified.agree) throw new Error("Log and views differ after erasing");
  const kept = people.length * MEMORIES_EACH + ofOwner.memories.length - erased.length;
  if (verified.log.memories_live !== kept) throw new Error("Memories that were not erased are gone");
  await backUp(owner);
  for (let version = 0; version < 2; version++) await rotate(owner);
  await house.close();

  const ids = erased.map((text) => parseId("mem", text)).filter((id) => id !== undefined);
  const newKey = join(data, "keys", "kek.json");
  const resurrected = await restoredKeys({ folder: folders.make(), atMs, keyFile: newKey, ids, kept });
  const withOldKey = await keysIn(oldLog, join(oldKey, "keys", "kek.json"), ids);
  const withNewKey = await keysIn(oldLog, newKey, ids);
  if (resurrected > 0 || withNewKey > 0) throw new Error("Something that was erased has come back");
  const slowest = Math.max(...tookMs);
  return [
    { name: "people", value: count, unit: "people" },
    { name: "memories told", value: people.length * MEMORIES_EACH + ofOwner.memories.length, unit: "memories" },
    { name: "erased, accounts included", value: ids.length, unit: "memories" },
    { name: "until unreadable and out of every view, median", value: median(tookMs), unit: "ms" },
    { name: "until unreadable, slowest", value: slowest, unit: "ms", target: 60_000, reached: slowest < 60_000 },
    { name: "back by restoring the older backup", value: resurrected, unit: "memories", target: 0, reached: true },
    { name: "back by the old log, key renewed twice", value: withNewKey, unit: "memories", target: 0, reached: true },
    { name: "back by old log AND old key file (see docs)", value: withOldKey, unit: "memories" },
  ];
}

async function toldBy(client: Client, phone: string): Promise<Person> {
  const memories: string[] = [];
  for (let at = 0; at < MEMORIES_EACH; at++) {
    const { data } = await client.call("memories.create", { body: { text: `The shed number ${at} is locked` } });
    memories.push(data.memory.id);
  }
  return { client, phone, memories };
}

async function rotate(owner: Client): Promise<void> {
  await owner.call("kek.rotate");
  while ((await owner.call("kek.read")).data.at_work) await new Promise((resolve) => setTimeout(resolve, 20));
  const { data } = await owner.call("kek.read");
  if (data.problem !== null || data.behind > 0) throw new Error(`The key was not renewed: ${data.problem}`);
}

/** How many of some memories have a key once the older backup is restored. */
async function restoredKeys(given: {
  readonly folder: string;
  readonly atMs: number;
  readonly keyFile: string;
  readonly ids: readonly MemoryId[];
  readonly kept: number;
}): Promise<number> {
  const { atMs, folder, ids, kept, keyFile } = given;
  // The key file of the second backup, from before it was renewed twice, is gone: a backup is renewed with the key.
  const report = await restoreHere({ dataDirectory: folder, keyFile, atMs, verifyOnly: false });
  if (report.memories !== kept) throw new Error(`Restored ${report.memories} memories, must be ${kept}`);
  return keysIn(join(folder, "log"), keyFile, ids);
}

/** How many of some memories a log opens with a key file; none when the key file does not fit any more. */
async function keysIn(directory: string, keyFile: string, ids: readonly MemoryId[]): Promise<number> {
  const log = await openStreamerLog({ directory, settings: { background: false } });
  try {
    const keystore = await openKeystore({ log, kek: await openFileKek(keyFile, { create: false }) });
    try {
      const answers = await keystore.memoryKeys(ids.map((memory) => ({ memory })));
      return answers.filter(({ type }) => type === "key").length;
    } finally {
      await keystore.close();
    }
  } catch (failure) {
    if (isKaelixError(failure, "key-version-missing")) return 0;
    throw failure;
  } finally {
    await log.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
}
