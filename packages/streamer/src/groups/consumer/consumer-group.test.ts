import { KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { checkConsumerEpoch } from "./consumer-heartbeat.ts";
import { ConsumerStory } from "./consumer-story.ts";

test("the first member gets everything; the second gets its half only after the first gave it up", () => {
  const story = new ConsumerStory({ t: 4 });
  story.join("ann", ["t"]);
  story.join("bob", ["t"]);
  story.beat("bob");
  story.lines.push("ann is told, and gives up before its next heartbeat");
  const told = story.beat("ann");
  expect(told.memberEpoch).toBe(1);
  story.beat("bob");
  story.beat("ann");
  story.beat("bob");
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann is at 1, told t0,1,2,3
    bob is at 2, told nothing
    bob is at 2
    ann is told, and gives up before its next heartbeat
    ann is at 1, told t0,1
    bob is at 2
    ann is at 2
    bob is at 2, told t2,3
    = Stable, epoch 2
    ann@2 stable t0,1
    bob@2 stable t2,3"
  `);
});

test("who does not give up in its rebalance timeout is out, and must start over", () => {
  const story = new ConsumerStory({ t: 2 });
  story.join("ann", ["t"]);
  story.join("bob", ["t"]);
  const owned = [{ topicId: "t", partitions: [0, 1] }];
  story.beat("ann", { topicPartitions: owned });
  story.wait(5000);
  story.beat("ann", { topicPartitions: owned });
  story.wait(5000);
  story.beat("ann", { topicPartitions: owned });
  story.beat("bob");
  story.join("ann", ["t"]);
  story.settle();
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann is at 1, told t0,1
    bob is at 2, told nothing
    ann is at 1, told t0
    5000 ms pass
    ann is at 1
    5000 ms pass
    ann: UNKNOWN_MEMBER_ID
    bob is at 3, told t0,1
    ann is at 4, told nothing
    ann is at 4
    bob is at 3, told t1
    ann is at 4
    bob is at 4
    ann is at 4, told t0
    bob is at 4
    = Stable, epoch 4
    bob@4 stable t1
    ann@4 stable t0"
  `);
});

test("who is not heard of in the session timeout is out", () => {
  const story = new ConsumerStory({ t: 2 });
  story.join("ann", ["t"]);
  story.join("bob", ["t"]);
  story.settle();
  story.lines.length = 0;
  story.wait(30_000);
  story.beat("bob");
  story.wait(15_000);
  story.beat("bob");
  story.beat("ann");
  expect(story.tell()).toMatchInlineSnapshot(`
    "30000 ms pass
    bob is at 2
    15000 ms pass
    bob is at 3, told t0,1
    ann: UNKNOWN_MEMBER_ID
    = Stable, epoch 3
    bob@3 stable t0,1"
  `);
});

test("epochs: a lost answer is forgiven, anything else is fenced", () => {
  const story = new ConsumerStory({ t: 2 });
  story.join("ann", ["t"]);
  story.join("bob", ["t"]);
  story.beat("ann");
  const lost = story.beat("ann");
  expect(lost.memberEpoch).toBe(2);
  story.beat("ann", { memberEpoch: 1, topicPartitions: [{ topicId: "t", partitions: [0] }] });
  story.beat("ann", { memberEpoch: 1, topicPartitions: [{ topicId: "t", partitions: [0, 1] }] });
  story.beat("ann", { memberEpoch: 3 });
  story.beat("cid", { memberEpoch: 2 });
  expect(checkConsumerEpoch(story.group, "ann", 1)).toBe(KAFKA_ERRORS.STALE_MEMBER_EPOCH);
  expect(checkConsumerEpoch(story.group, "ann", 2)).toBe(KAFKA_ERRORS.NONE);
  expect(checkConsumerEpoch(story.group, "cid", 2)).toBe(KAFKA_ERRORS.UNKNOWN_MEMBER_ID);
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann is at 1, told t0,1
    bob is at 2, told nothing
    ann is at 1, told t0
    ann is at 2
    ann is at 2
    ann: FENCED_MEMBER_EPOCH
    ann: FENCED_MEMBER_EPOCH
    cid: UNKNOWN_MEMBER_ID
    = Reconciling, epoch 2
    ann@2 stable t0
    bob@2 unreleased nothing"
  `);
});

test("topics that come, grow and go are noticed with the next heartbeat", () => {
  const story = new ConsumerStory({ t: 1 });
  story.join("ann", ["t", "u"]);
  story.topics({ t: 1, u: 2 });
  story.beat("ann");
  story.topics({ t: 3, u: 2 });
  story.beat("ann");
  story.topics({ u: 2 });
  story.settle();
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann is at 1, told t0
    ann is at 2, told t0 u0,1
    ann is at 3, told t0,1,2 u0,1
    ann is at 3, told u0,1
    ann is at 4
    = Stable, epoch 4
    ann@4 stable u0,1"
  `);
});

test("a pattern subscribes to what it matches, now and later; a wrong one is refused", () => {
  const story = new ConsumerStory({ "log-a": 1, other: 1 });
  story.join("ann", [], { subscribedTopicNames: null, subscribedTopicRegex: "log-.*" });
  story.topics({ "log-a": 1, "log-b": 1, other: 1 });
  story.beat("ann");
  story.beat("ann", { subscribedTopicRegex: "(" });
  story.beat("ann", { subscribedTopicRegex: "", subscribedTopicNames: ["other"] });
  story.settle();
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann is at 1, told log-a0
    ann is at 2, told log-a0 log-b0
    ann: INVALID_REGULAR_EXPRESSION
    ann is at 2, told nothing
    ann is at 3, told other0
    ann is at 3
    = Stable, epoch 3
    ann@3 stable other0"
  `);
});

test("a static member that left for now keeps its share for its next self, and for nobody else", () => {
  const story = new ConsumerStory({ t: 2 });
  story.join("ann", ["t"], { instanceId: "one" });
  story.join("bob", ["t"]);
  story.settle();
  story.lines.length = 0;
  story.join("eve", ["t"], { instanceId: "one" });
  story.leave("ann", { memberEpoch: -2, instanceId: "one" });
  story.beat("bob");
  story.join("ann2", ["t"], { instanceId: "one" });
  story.beat("ann", { memberId: "ann", memberEpoch: 2, instanceId: "one" });
  story.settle();
  expect(story.tell()).toMatchInlineSnapshot(`
    "eve: UNRELEASED_INSTANCE_ID
    ann is gone (-2)
    bob is at 2
    ann2 is at 2, told t0
    ann: FENCED_INSTANCE_ID
    bob is at 2
    ann2 is at 2
    bob is at 2
    ann2 is at 2
    = Stable, epoch 2
    bob@2 stable t1
    ann2@2 stable t0"
  `);
});

test("a static member that does not come back in its session is out", () => {
  const story = new ConsumerStory({ t: 2 });
  story.join("ann", ["t"], { instanceId: "one" });
  story.join("bob", ["t"]);
  story.settle();
  story.lines.length = 0;
  story.leave("ann", { memberEpoch: -2, instanceId: "one" });
  story.wait(40_000);
  story.beat("bob");
  story.wait(5000);
  story.beat("bob");
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann is gone (-2)
    40000 ms pass
    bob is at 2
    5000 ms pass
    bob is at 3, told t0,1
    = Stable, epoch 3
    bob@3 stable t0,1"
  `);
});

test("requests that cannot be are refused", () => {
  const story = new ConsumerStory({ t: 2 }, { consumerMembersMax: 1 });
  story.join("ann", ["t"], { serverAssignor: "own" });
  story.join("ann", ["t"], { rebalanceTimeoutMs: -1 });
  story.join("ann", ["t"], { subscribedTopicNames: null });
  story.join("ann", ["t"], { topicPartitions: [{ topicId: "t", partitions: [0] }] });
  story.join("ann", ["t"], { memberId: "" });
  story.beat("ann", { memberEpoch: -3 });
  story.beat("ann", { memberEpoch: -2 });
  story.join("ann", ["t"]);
  story.join("bob", ["t"]);
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann: UNSUPPORTED_ASSIGNOR
    ann: INVALID_REQUEST
    ann: INVALID_REQUEST
    ann: INVALID_REQUEST
    ann: INVALID_REQUEST
    ann: INVALID_REQUEST
    ann: INVALID_REQUEST
    ann is at 1, told t0,1
    bob: GROUP_MAX_SIZE_REACHED
    = Stable, epoch 1
    ann@1 stable t0,1"
  `);
});

test("a member that joins again owns nothing until it is told, whatever it had", () => {
  const story = new ConsumerStory({ t: 2 });
  story.join("ann", ["t"]);
  story.join("ann", ["t"]);
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann is at 1, told t0,1
    ann is at 1, told t0,1
    = Stable, epoch 1
    ann@1 stable t0,1"
  `);
});

test("members leave one by one and the last one's group is empty", () => {
  const story = new ConsumerStory({ t: 2 });
  story.join("ann", ["t"]);
  story.join("bob", ["t"]);
  story.settle();
  story.lines.length = 0;
  story.leave("ann");
  story.beat("bob");
  story.leave("bob");
  story.leave("bob");
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann is gone (-1)
    bob is at 3, told t0,1
    bob is gone (-1)
    bob: UNKNOWN_MEMBER_ID
    = Empty, epoch 4"
  `);
});

test("a group that was read with a record missing has one owner for each partition, and a new target", () => {
  const story = new ConsumerStory({ t: 2 });
  story.join("ann", ["t"]);
  story.join("bob", ["t"]);
  story.settle();
  const ann = story.group.members.get("ann") ?? expect.fail();
  const target = story.group.targets.get("ann") ?? expect.fail();
  story.leave("ann");
  story.beat("bob");
  story.lines.length = 0;
  // As if the record of her leaving were lost, and what bob got behind it were not.
  story.group.put(ann);
  story.group.setTarget("ann", target);
  story.group.restored(0);
  expect(story.group.takeChanges()).toContainEqual({ type: "current", memberId: "ann" });
  story.join("ann", ["t"]);
  story.beat("bob");
  story.settle();
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann is at 4, told nothing
    bob is at 3, told t1
    bob is at 4
    ann is at 4, told t0
    bob is at 4
    ann is at 4
    = Stable, epoch 4
    bob@4 stable t1
    ann@4 stable t0"
  `);
  const owners = [0, 1].map((partition) => story.group.ownerOf("t", partition));
  expect(new Set(owners)).toEqual(new Set(["ann", "bob"]));
});
