import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { type AssignableMember, ASSIGNORS } from "./assignors.ts";
import { show } from "./consumer-story.ts";
import { countPartitions, eachPartition, hasPartition, NO_PARTITIONS, type PartitionSet } from "./partition-set.ts";

function member(memberId: string, topics: readonly string[], target: PartitionSet = NO_PARTITIONS): AssignableMember {
  return { memberId, instanceId: null, topics: new Set(topics), target };
}

function assign(
  name: string,
  members: readonly AssignableMember[],
  topics: Readonly<Record<string, number>>,
): Map<string, PartitionSet> {
  return ASSIGNORS.get(name)?.(members, (topic) => topics[topic] ?? 0) ?? new Map();
}

test("range gives runs of neighbours, the same in every topic", () => {
  const targets = assign("range", [member("b", ["t", "u"]), member("a", ["t", "u"]), member("c", ["u"])], {
    t: 5,
    u: 3,
  });
  expect([...targets].map(([name, set]) => `${name}: ${show(set)}`)).toEqual(["b: t3,4 u1", "a: t0,1,2 u0", "c: u2"]);
});

test("uniform keeps what members have and shares out the rest evenly", () => {
  const had = new Map([["t", new Set([0, 1, 2, 3, 4])]]);
  const targets = assign("uniform", [member("a", ["t"], had), member("b", ["t"]), member("c", ["t"])], { t: 7 });
  expect([...targets].map(([name, set]) => `${name}: ${show(set)}`)).toEqual(["a: t0,1,2", "b: t3,4", "c: t5,6"]);
});

test("random subscriptions: every partition has one subscribed owner; uniform is even where it can be, and stays put", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 500; round += 1) {
    const topics: Record<string, number> = {};
    for (let at = 0; at < 1 + random.integer(5); at += 1) topics[`t${at}`] = random.integer(9);
    const names = Object.keys(topics);
    const isAlike = random.integer(2) === 0;
    let members = Array.from({ length: 1 + random.integer(6) }, (_, at) =>
      member(`m${at}`, isAlike ? names : names.filter(() => random.integer(2) === 0)),
    );
    for (const name of ["uniform", "range"]) {
      const targets = assign(name, members, topics);
      checkTargets(members, targets, topics);
      if (name !== "uniform") continue;
      const counts = [...targets.values()].map(countPartitions);
      if (isAlike) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      members = members.map((each) => ({ ...each, target: targets.get(each.memberId) ?? NO_PARTITIONS }));
      expect(assign(name, members, topics)).toEqual(targets);
    }
  }
});

function checkTargets(
  members: readonly AssignableMember[],
  targets: ReadonlyMap<string, PartitionSet>,
  topics: Readonly<Record<string, number>>,
): void {
  for (const [topic, partitions] of Object.entries(topics)) {
    const isWanted = members.some((each) => each.topics.has(topic));
    for (let partition = 0; partition < partitions; partition += 1) {
      const owners = members.filter(({ memberId }) =>
        hasPartition(targets.get(memberId) ?? NO_PARTITIONS, topic, partition),
      );
      if (owners.length !== (isWanted ? 1 : 0)) expect.fail(`${topic}-${partition} has ${owners.length} owners`);
    }
  }
  for (const { memberId, topics: wanted } of members) {
    const given = [...eachPartition(targets.get(memberId) ?? NO_PARTITIONS)];
    expect(given.filter(([topic]) => !wanted.has(topic))).toEqual([]);
  }
}
