/** After the purge the bytes of shredded keys are nowhere in the files of the log. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openStreamerLog } from "@kaelix/log";
import { decodeEvent, DEFAULT_TENANT, makeId, TOPICS } from "@kaelix/model";
import { openFileKek, openKeystore } from "@kaelix/security";
import { encodeText, systemClock, systemRandom } from "@kaelix/base";
import { afterEach, expect, test } from "vitest";

import { Files } from "@kaelix/capture";
import { HousePurge } from "./house-purge.ts";

const folder = mkdtempSync(join(tmpdir(), "kaelix-purge-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** How many of some texts stand anywhere in the files of a directory. */
function countIn(directory: string, texts: readonly string[]): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  return texts.filter((text) => bytes.some((content) => content.includes(text))).length;
}

test("purging takes shredded keys out of the files, leaves the others, and survives a restart", async () => {
  const directory = join(folder, "log");
  const log = await openStreamerLog({ directory, settings: { background: false } });
  const kek = await openFileKek(join(folder, "kek.json"));
  const keystore = await openKeystore({ log, kek });
  const user = makeId("usr", 1, systemRandom);
  const doomed = makeId("usr", 2, systemRandom);
  const owned = [user, doomed].flatMap((owner) =>
    Array.from({ length: 100 }, () => ({ owner, memory: makeId("mem", 3, systemRandom) })),
  );
  for (const { owner, memory } of owned) {
    await keystore.ensureUserKey(DEFAULT_TENANT, owner);
    const { records } = await keystore.prepareMemoryKeys([{ tenant: DEFAULT_TENANT, user: owner, memory, level: 1 }]);
    await log.append(TOPICS.keys.name, 0, records, { acknowledge: "durable" });
  }
  const wrapped = new Map<string, string>();
  for (let offset = 0; ;) {
    const batch = await log.read(TOPICS.keys.name, 0, offset);
    for (const { value } of batch.records) {
      const decoded = value === null ? undefined : decodeEvent(value);
      if (decoded?.type !== "event") continue;
      if (decoded.event.type === "key.memory") wrapped.set(decoded.event.memory, decoded.event.wrapped);
      if (decoded.event.type === "key.user") wrapped.set(decoded.event.user, decoded.event.wrapped);
    }
    if (batch.nextOffset === batch.endOffset) break;
    offset = batch.nextOffset;
  }
  const memories = owned.map(({ memory }) => memory);
  const erased = [...memories.slice(0, 50), ...memories.slice(100)];
  const kept = memories.slice(50, 100);
  const bytesOf = (names: readonly string[]): string[] => names.map((name) => wrapped.get(name) ?? expect.fail());
  await keystore.shredMemories(erased);
  await keystore.shredUser(doomed);
  // What waited under Review and was dropped.
  for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
  const [dropped, waits] = ["c2VhbGVkLWFuZC1kcm9wcGVk", "c2VhbGVkLWFuZC13YWl0aW5n"];
  const put = async (key: string, value: string | null): Promise<unknown> =>
    log.append(TOPICS.days.name, 0, [{ key: encodeText(key), value: value === null ? null : encodeText(value) }], {
      acknowledge: "durable",
    });
  await put("proposed/a/1", dropped);
  await put("proposed/a/2", waits);
  await put("proposed/a/1", null);
  expect(countIn(directory, [dropped, waits])).toBe(2);
  // Without the purge they are there: the test can see them.
  expect(countIn(directory, bytesOf([...erased, doomed]))).toBe(151);
  const files = new Files({
    log,
    clock: systemClock,
    random: systemRandom,
    limits: { fileBytesMax: 1, memoryFilesMax: 1 },
  });
  await new HousePurge({ embedded: log, keystore, files, clock: systemClock, withinMs: 1 }).run();
  expect(countIn(directory, bytesOf([...erased, doomed]))).toBe(0);
  expect(countIn(directory, bytesOf([...kept, user]))).toBe(51);
  expect([countIn(directory, [dropped]), countIn(directory, [waits])]).toEqual([0, 1]);
  await keystore.close();
  await log.close();

  const again = await openStreamerLog({ directory });
  const reopened = await openKeystore({ log: again, kek });
  const answers = await reopened.memoryKeys(memories.map((memory) => ({ memory })));
  expect(answers.filter(({ type }) => type === "key")).toHaveLength(50);
  expect(reopened.hasUserKey(doomed)).toBe(false);
  await reopened.close();
  await again.close();
});
