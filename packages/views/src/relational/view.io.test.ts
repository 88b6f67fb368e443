import { encodeText } from "@kaelix/base";
import { encodeEvent, type KaelixEvent } from "@kaelix/model";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";

import { MemoryLog } from "../runner/testing/memory-log.ts";
import { verify } from "../runner/verify.ts";
import { ViewRunner } from "../runner/view-runner.ts";
import type { View } from "../runner/view.ts";
import { openPglite, type PgliteDatabase } from "./pglite/open.ts";
import { prepareDatabase } from "./pglite/prepared.ts";
import { baseOf, idOf, randomStory, remembered } from "./testing/events.ts";
import { createRelationalView } from "./view.ts";

let database: PgliteDatabase;
let view: View;

beforeAll(async () => {
  await prepareDatabase();
  database = await openPglite();
  view = createRelationalView(database);
});
afterAll(() => database.close());

async function logOf(story: readonly KaelixEvent[]): Promise<MemoryLog> {
  const log = new MemoryLog();
  await log.createTopic({ name: "memories", partitions: 2 });
  await log.createTopic({ name: "identity", partitions: 1 });
  for (const event of story) {
    const topic = event.type === "user.registered" ? "identity" : "memories";
    // A user's events stand in one partition.
    const partition = topic === "memories" && event.user === idOf("usr", 2) ? 1 : 0;
    await log.append(topic, partition, [{ key: null, value: encodeEvent(event) }]);
  }
  await log.append("memories", 0, [{ key: null, value: encodeText("torn") }]);
  return log;
}

function registered(user: number): KaelixEvent {
  return {
    ...baseOf(user),
    type: "user.registered",
    role: "member",
    phone: `phone-${user}`,
    password: "p",
    invite: null,
    sealed: "eA",
  };
}

/** Without those that name somebody else's memory: which of two users tells it first is the order of two partitions. */
function ownOnly(story: readonly KaelixEvent[]): readonly KaelixEvent[] {
  const owners = new Map<string, string>();
  return story.filter((event) => {
    if (!("memory" in event)) return true;
    const owner = owners.get(event.memory) ?? event.user;
    owners.set(event.memory, owner);
    return owner === event.user;
  });
}

async function rows(): Promise<unknown> {
  const found = await sql<{
    row: string;
  }>`select row_to_json(m)::text as row from memories m order by memory_id`.execute(database.queries);
  return found.rows;
}

test("a rebuilt relational view holds the same rows, and verify agrees with both", async () => {
  for (const seed of [11, 12]) {
    const log = await logOf([registered(1), registered(2), registered(2), ...ownOnly(randomStory(seed, 150))]);
    await view.reset();
    const runner = new ViewRunner({ log, views: [view], deadLetters: false, snapshotEveryMs: 0, batchEventsMax: 7 });
    expect(await runner.catchUp()).toEqual([]);
    const followed = await rows();
    const proof = await runner.whilePaused(() => verify(log, [view]));
    expect(proof, `seed ${seed}`).toMatchObject({ agree: true, log: { unreadableRecords: 1, users: 2 } });
    await runner.rebuild(view.name);
    expect(await rows(), `seed ${seed}`).toEqual(followed);
    await runner.stop();
  }
});

test("verify names a memory that was lost from the relational view", async () => {
  const log = await logOf(ownOnly(randomStory(13, 100)));
  await view.reset();
  const runner = new ViewRunner({ log, views: [view], deadLetters: false, snapshotEveryMs: 0 });
  await runner.catchUp();
  const lost = await database.queries
    .selectFrom("memories")
    .select("memory_id")
    .where("state", "=", "live")
    .limit(1)
    .execute();
  const [victim] = lost;
  if (victim === undefined) throw new Error("Seed 13 leaves no memory alive");
  await database.queries.deleteFrom("memories").where("memory_id", "=", victim.memory_id).execute();
  const { agree, views } = await verify(log, [view]);
  expect(agree).toBe(false);
  expect(views[0]?.missing).toEqual({ total: 1, ids: [victim.memory_id] });
  await runner.stop();
});

test("a memory that two users tell under one id at once stays with one of them, as a whole", async () => {
  await view.reset();
  const tell = (user: number): Promise<void> =>
    view.fold({
      topic: "memories",
      partition: user,
      events: [{ offset: 0, event: remembered(user, 7) }],
      nextOffset: 1,
    });
  await Promise.all([tell(1), tell(2)]);
  const rows = await database.queries.selectFrom("memories").select(["user_id", "partition"]).execute();
  expect(rows).toEqual([{ user_id: idOf("usr", 1), partition: 1 }]);
});
