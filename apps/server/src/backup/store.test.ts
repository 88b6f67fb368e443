import { seededRandom } from "@kaelix/base";
import { makeBackupKeys } from "@kaelix/security";
import { expect, test } from "vitest";

import { memoryKek } from "../../../../packages/security/src/testing/memory-kek.ts";
import { nameAt, savedState, type SavedTopic, writeState } from "./format.ts";
import { pointsAt, statesOf } from "./store.ts";
import type { BackupTarget } from "./target.ts";

function memoryTarget(): BackupTarget {
  const objects = new Map<string, Buffer>();
  return {
    text: "memory",
    read: async (name) => objects.get(name),
    write: async (name, bytes) => void objects.set(name, Buffer.from(bytes)),
    list: async (prefix) => [...objects.keys()].filter((name) => name.startsWith(prefix)).toSorted(),
    remove: async (name) => void objects.delete(name),
  };
}

test("statesOf takes what both hold from the head: a point of before the topic of days became a living one has it too", async () => {
  const random = seededRandom(3);
  const { keys } = await makeBackupKeys({ type: "kek", kek: memoryKek() }, random);
  const store = { target: memoryTarget(), keys };
  const topic = (name: string, file: string): SavedTopic => ({ name, file, isAppendOnly: true, partitions: [] });
  const put = async (folder: "points" | "heads", atMs: number, topics: readonly SavedTopic[]): Promise<void> => {
    const state = savedState({ installation: "this", version: "0", atMs, topics });
    await writeState(store.target, keys, { name: nameAt(folder, atMs, random.bytes(4)), state });
  };
  const read = async (): Promise<readonly string[]> => {
    const [point = expect.fail()] = await pointsAt(store.target);
    const states = await statesOf(store, point);
    return states.flatMap(({ topics }) => topics.map(({ file, name }) => `${name} of ${file}`)).toSorted();
  };
  await put("points", 1_000, [topic("memories", "point"), topic("days", "point")]);
  await put("heads", 1_000, [topic("keys", "old head")]);
  expect(await read()).toEqual(["days of point", "keys of old head", "memories of point"]);
  await put("heads", 2_000, [topic("keys", "head"), topic("days", "head")]);
  expect(await read()).toEqual(["days of head", "keys of head", "memories of point"]);
});
