import { seededRandom } from "@kaelix/base";
import { KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { ConsumerStory, show } from "./consumer-story.ts";
import { countPartitions, eachPartition, formatPartitionSet } from "./partition-set.ts";

const NAMES = ["ann", "bob", "cid", "dan"];
const TOPICS = ["t", "u", "v"];

function step(story: ConsumerStory, random: ReturnType<typeof seededRandom>, away: Set<string>): void {
  const name = NAMES[random.integer(NAMES.length)] ?? "ann";
  const choice = random.integer(100);
  const client = story.clients.get(name);
  if (choice < 60) {
    if (away.has(name)) return;
    if (client === undefined) story.join(name, TOPICS.slice(0, 1 + random.integer(3)));
    // A client may be slow to give up: it says it still owns what it owned.
    else beatSlowly(story, name, random);
  } else if (choice < 66 && client !== undefined && !away.has(name)) story.leave(name);
  else if (choice < 70) away.add(name);
  else if (choice < 75 && away.delete(name)) story.clients.delete(name);
  else if (choice < 82) {
    story.topics(
      Object.fromEntries(TOPICS.slice(0, 1 + random.integer(3)).map((topic) => [topic, 1 + random.integer(5)])),
    );
  } else story.wait(random.integer(choice < 97 ? 3000 : 30_000));
}

function beatSlowly(story: ConsumerStory, name: string, random: ReturnType<typeof seededRandom>): void {
  const client = story.clients.get(name);
  if (client === undefined) return;
  const before = client.owned;
  const reply = story.beat(name);
  if (reply.errorCode !== KAFKA_ERRORS.NONE) story.clients.delete(name);
  else if (random.integer(3) === 0) client.owned = new Map([...before, ...client.owned]);
}

/** What clients are told at their present epoch never overlaps; the group's own books never do. */
function check(story: ConsumerStory, epochs: { group: number }): void {
  expect(story.group.groupEpoch).toBeGreaterThanOrEqual(epochs.group);
  epochs.group = story.group.groupEpoch;
  const owners = new Map<string, string>();
  for (const { assigned, memberId, pendingRevocation } of story.group.members.values()) {
    for (const set of [assigned, pendingRevocation]) {
      for (const [topicId, partition] of eachPartition(set)) {
        const key = `${topicId}-${partition}`;
        const [other, owner] = [owners.get(key), story.group.ownerOf(topicId, partition)];
        if (other !== undefined || owner !== memberId)
          expect.fail(`${key} is ${memberId}'s, and ${other ?? "nobody"}'s; in the books ${owner ?? "nobody"}'s`);
        owners.set(key, memberId);
      }
    }
  }
}

function settled(story: ConsumerStory, away: ReadonlySet<string>): void {
  for (const name of away) story.clients.delete(name);
  story.wait(60_000);
  story.wait(60_000);
  for (const name of story.clients.keys()) story.clients.delete(name);
  for (const name of NAMES) story.join(name, TOPICS);
  story.settle();
  expect(story.group.state).toBe("Stable");
  const total = [...story.image.byName.values()].reduce((sum, { partitions }) => sum + partitions, 0);
  const counts = [...story.clients.values()].map(({ owned }) => countPartitions(owned));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  for (const { memberId, owned } of story.clients.values()) {
    expect(show(owned)).toBe(show(story.group.members.get(memberId)?.assigned ?? new Map()));
    expect(formatPartitionSet(owned)).toEqual(formatPartitionSet(story.group.targets.get(memberId) ?? new Map()));
  }
}

const only = process.env["SEED"];
const seeds = only === undefined ? Array.from({ length: 20 }, (_, index) => index + 1) : [Number(only)];

test("random joins, leaves, crashes, slow clients and changing topics: one owner per partition, epochs grow, all comes to rest", () => {
  for (const seed of seeds) {
    try {
      const random = seededRandom(seed);
      const story = new ConsumerStory({ t: 3, u: 2 });
      const away = new Set<string>();
      const epochs = { group: 0 };
      for (let steps = 0; steps < 200; steps += 1) {
        step(story, random, away);
        check(story, epochs);
      }
      settled(story, away);
    } catch (error) {
      throw new Error(`Repeat with SEED=${seed} npx vitest run --project pure packages/streamer/src/groups/consumer`, {
        cause: error,
      });
    }
  }
}, 60_000);
