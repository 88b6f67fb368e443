import { KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { ClassicStory } from "./classic-story.ts";

/** Ann leads, Bob follows, both have their share. */
function annAndBob(story = new ClassicStory()): ClassicStory {
  story.join("ann");
  story.sync("ann", { ann: "all" });
  story.join("bob");
  story.join("ann");
  story.sync("ann", { ann: "left", bob: "right" });
  story.sync("bob");
  story.lines.length = 0;
  return story;
}

test("a group fills, each member gets what its leader gave it, after it is written", () => {
  const story = new ClassicStory();
  story.join("ann");
  story.sync("ann", { ann: "all" });
  story.join("bob");
  story.heartbeat("ann");
  story.join("ann");
  story.sync("bob");
  story.sync("ann", { ann: "left", bob: "right" });
  story.heartbeat("bob");
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann joins
      ann is ann-1 in generation 1, range, leader ann-1, of ann-1=ann
    ann syncs
      written: 1 members of generation 1
      ann gets "all"
    bob joins
    ann beats: REBALANCE_IN_PROGRESS
    ann joins
      ann is ann-1 in generation 2, range, leader ann-1, of ann-1=ann bob-3=bob
      bob is bob-3 in generation 2, range, leader ann-1
    bob syncs
    ann syncs
      written: 2 members of generation 2
      ann gets "left"
      bob gets "right"
    bob beats: NONE
    = Stable, generation 2"
  `);
});

test("from version 4 on a member comes back with the id it is given, and a rebalance waits for it", () => {
  const story = annAndBob();
  story.join("cid", { version: 4 });
  story.join("ann");
  story.join("bob");
  story.join("cid", { version: 4 });
  expect(story.tell()).toMatchInlineSnapshot(`
    "cid joins
      cid is told MEMBER_ID_REQUIRED
    ann joins
    bob joins
    cid joins
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann bob-3=bob cid-7=cid
      bob is bob-3 in generation 3, range, leader ann-1
      cid is cid-7 in generation 3, range, leader ann-1
    = CompletingRebalance, generation 3"
  `);
});

test("an id that was handed out and not used ends with its session", () => {
  const story = annAndBob();
  story.join("cid", { version: 4 });
  story.leave("bob");
  story.join("ann");
  story.wait(10_000);
  expect(story.tell()).toMatchInlineSnapshot(`
    "cid joins
      cid is told MEMBER_ID_REQUIRED
    bob leaves: NONE
    ann joins
    10000 ms pass
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann
    = CompletingRebalance, generation 3"
  `);
});

test("the first rebalance waits for more members as long as they come, at most a rebalance timeout", () => {
  const story = new ClassicStory({ initialRebalanceDelayMs: 3000 });
  story.join("ann", { rebalanceMs: 7000 });
  story.wait(2000);
  story.join("bob", { rebalanceMs: 7000 });
  story.wait(1000);
  story.join("cid", { rebalanceMs: 7000 });
  story.wait(4000);
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann joins
    2000 ms pass
    bob joins
    1000 ms pass
    cid joins
    4000 ms pass
      ann is ann-1 in generation 1, range, leader ann-1, of ann-1=ann bob-2=bob cid-3=cid
      bob is bob-2 in generation 1, range, leader ann-1
      cid is cid-3 in generation 1, range, leader ann-1
    = CompletingRebalance, generation 1"
  `);
});

test("who does not join again in the rebalance timeout is out; the rest go on", () => {
  const story = annAndBob();
  story.join("cid", { sessionMs: 100_000, rebalanceMs: 5000 });
  story.heartbeat("ann");
  story.join("ann", { rebalanceMs: 5000 });
  story.wait(9000);
  story.heartbeat("bob");
  story.wait(51_000);
  story.heartbeat("bob");
  expect(story.tell()).toMatchInlineSnapshot(`
    "cid joins
    ann beats: REBALANCE_IN_PROGRESS
    ann joins
    9000 ms pass
    bob beats: REBALANCE_IN_PROGRESS
    51000 ms pass
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann cid-7=cid
      cid is cid-7 in generation 3, range, leader ann-1
      written: 0 members of generation 4
    bob beats: UNKNOWN_MEMBER_ID
    = Empty, generation 4"
  `);
});

test("who is not heard of in its session timeout is out", () => {
  const story = annAndBob();
  story.wait(6000);
  story.heartbeat("ann");
  story.wait(6000);
  story.heartbeat("ann");
  story.join("ann");
  expect(story.tell()).toMatchInlineSnapshot(`
    "6000 ms pass
    ann beats: NONE
    6000 ms pass
    ann beats: REBALANCE_IN_PROGRESS
    ann joins
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann
    = CompletingRebalance, generation 3"
  `);
});

test("who never asks for its share is out after the rebalance timeout", () => {
  const story = new ClassicStory();
  story.join("ann", { rebalanceMs: 8000, sessionMs: 30_000 });
  story.wait(8000);
  story.heartbeat("ann");
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann joins
      ann is ann-1 in generation 1, range, leader ann-1, of ann-1=ann
    8000 ms pass
      written: 0 members of generation 2
    ann beats: UNKNOWN_MEMBER_ID
    = Empty, generation 2"
  `);
});

test("the last member leaves and the group is empty, written as such", () => {
  const story = annAndBob();
  story.leave("bob");
  story.leave("ann");
  story.heartbeat("ann");
  story.commit("tool", { generation: -1 });
  story.join("ann");
  expect(story.tell()).toMatchInlineSnapshot(`
    "bob leaves: NONE
    ann leaves: NONE
      written: 0 members of generation 3
    ann beats: UNKNOWN_MEMBER_ID
    tool commits: NONE
    ann joins
      ann is ann-7 in generation 4, range, leader ann-7, of ann-7=ann
    = CompletingRebalance, generation 4"
  `);
});

test("what heartbeats and commits are told in every state", () => {
  const story = annAndBob();
  story.commit("ann");
  story.commit("ann", { generation: 1 });
  story.commit("tool", { generation: -1 });
  story.heartbeat("ann", { generation: 7 });
  story.join("cid");
  story.heartbeat("ann");
  story.commit("ann");
  story.join("ann");
  story.join("bob");
  story.heartbeat("bob");
  story.commit("bob");
  story.commit("bob", { transactional: true });
  story.sync("ann", { bob: "share" }, 2);
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann commits: NONE
    ann commits: ILLEGAL_GENERATION
    tool commits: UNKNOWN_MEMBER_ID
    ann beats: ILLEGAL_GENERATION
    cid joins
    ann beats: REBALANCE_IN_PROGRESS
    ann commits: NONE
    ann joins
    bob joins
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann bob-3=bob cid-7=cid
      bob is bob-3 in generation 3, range, leader ann-1
      cid is cid-7 in generation 3, range, leader ann-1
    bob beats: NONE
    bob commits: REBALANCE_IN_PROGRESS
    bob commits: NONE
    ann syncs
      ann is told ILLEGAL_GENERATION
    = CompletingRebalance, generation 3"
  `);
});

test("a follower that joins again unchanged is told its generation; a leader starts a rebalance; a change of mind too", () => {
  const story = annAndBob();
  story.join("bob");
  story.join("bob", { says: "more topics" });
  story.join("ann");
  story.sync("ann");
  story.sync("bob");
  story.join("ann");
  expect(story.tell()).toMatchInlineSnapshot(`
    "bob joins
      bob is bob-3 in generation 2, range, leader ann-1
    bob joins
    ann joins
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann bob-3=more topics
      bob is bob-3 in generation 3, range, leader ann-1
    ann syncs
      written: 2 members of generation 3
      ann gets ""
    bob syncs
      bob gets ""
    ann joins
    = PreparingRebalance, generation 3"
  `);
});

test("a JoinGroup repeated while the leader assigns is told the same again", () => {
  const story = new ClassicStory();
  story.join("ann");
  story.join("ann");
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann joins
      ann is ann-1 in generation 1, range, leader ann-1, of ann-1=ann
    ann joins
      ann is ann-1 in generation 1, range, leader ann-1, of ann-1=ann
    = CompletingRebalance, generation 1"
  `);
});

test("the protocol most members prefer among those all speak is elected", () => {
  const story = new ClassicStory({ initialRebalanceDelayMs: 10 });
  story.join("ann", { protocols: ["range", "sticky"] });
  story.join("bob", { protocols: ["sticky", "range", "own"] });
  story.join("cid", { protocols: ["sticky", "range"] });
  story.join("dan", { protocols: ["own"] });
  story.wait(20);
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann joins
    bob joins
    cid joins
    dan joins
      dan is told INCONSISTENT_GROUP_PROTOCOL
    20 ms pass
      ann is ann-1 in generation 1, sticky, leader ann-1, of ann-1=ann bob-2=bob cid-3=cid
      bob is bob-2 in generation 1, sticky, leader ann-1
      cid is cid-3 in generation 1, sticky, leader ann-1
    = CompletingRebalance, generation 1"
  `);
});

test("a static member comes back under a new id without a rebalance; its old self is fenced", () => {
  const story = new ClassicStory();
  story.join("ann", { instance: "one" });
  story.sync("ann", { ann: "all" });
  const old = story.ids.get("ann") ?? "";
  story.ids.delete("ann");
  story.join("ann", { instance: "one" });
  story.join("ann", { instance: "one", id: old });
  story.ids.delete("ann");
  story.join("ann", { instance: "one", version: 9 });
  story.sync("ann");
  story.ids.set("ghost", old);
  story.heartbeat("ghost", { instance: "one" });
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann joins
      ann is ann-1 in generation 1, range, leader ann-1, of ann-1=ann
    ann syncs
      written: 1 members of generation 1
      ann gets "all"
    ann joins
      written: 1 members of generation 1
      ann is ann-3 in generation 1, range, leader ann-1
    ann joins
      ann is told FENCED_INSTANCE_ID
    ann joins
      written: 1 members of generation 1
      ann is ann-5 in generation 1, range, leader ann-5, of ann-5=ann, keeps the assignment
    ann syncs
      ann gets "all"
    ghost beats: FENCED_INSTANCE_ID
    = Stable, generation 1"
  `);
});

test("a static member keeps its place while it is away, until its session ends; an operator may end it by its name", () => {
  const story = annAndBob();
  story.join("cid", { instance: "three", sessionMs: 100_000 });
  story.join("ann");
  story.join("bob");
  story.sync("ann", { cid: "c" });
  story.sync("bob");
  story.sync("cid");
  story.ids.delete("cid");
  story.join("bob", { says: "more" });
  story.join("ann", { rebalanceMs: 60_000 });
  story.leave("cid", "three");
  expect(story.tell()).toMatchInlineSnapshot(`
    "cid joins
    ann joins
    bob joins
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann bob-3=bob cid-7=cid
      bob is bob-3 in generation 3, range, leader ann-1
      cid is cid-7 in generation 3, range, leader ann-1
    ann syncs
      written: 3 members of generation 3
      ann gets ""
    bob syncs
      bob gets ""
    cid syncs
      cid gets "c"
    bob joins
    ann joins
    cid leaves: NONE
      ann is ann-1 in generation 4, range, leader ann-1, of ann-1=ann bob-3=more
      bob is bob-3 in generation 4, range, leader ann-1
    = CompletingRebalance, generation 4"
  `);
});

test("a full group takes nobody more, but everybody who is in it", () => {
  const story = annAndBob(new ClassicStory({ membersMax: 2 }));
  story.join("cid");
  story.join("bob", { says: "more" });
  story.join("ann");
  expect(story.tell()).toMatchInlineSnapshot(`
    "cid joins
      cid is told GROUP_MAX_SIZE_REACHED
    bob joins
    ann joins
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann bob-3=more
      bob is bob-3 in generation 3, range, leader ann-1
    = CompletingRebalance, generation 3"
  `);
});

test("a member that says more than the group may hold is not taken", () => {
  const story = annAndBob(new ClassicStory({ groupBytesMax: 100 }));
  story.join("cid", { says: "x".repeat(100) });
  expect(story.tell()).toMatchInlineSnapshot(`
    "cid joins
      cid is told GROUP_MAX_SIZE_REACHED
    = Stable, generation 2"
  `);
});

test("an assignment the disk refused is told to nobody, and a new rebalance begins", () => {
  const story = annAndBob();
  story.holdsWrites = true;
  story.join("bob", { says: "more" });
  story.join("ann");
  story.sync("bob");
  story.sync("ann", { bob: "right" });
  story.disk(KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE);
  expect(story.tell()).toMatchInlineSnapshot(`
    "bob joins
    ann joins
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann bob-3=more
      bob is bob-3 in generation 3, range, leader ann-1
    bob syncs
    ann syncs
      written: 2 members of generation 3
    the disk says COORDINATOR_NOT_AVAILABLE
      ann is told COORDINATOR_NOT_AVAILABLE
      bob is told COORDINATOR_NOT_AVAILABLE
    = PreparingRebalance, generation 3"
  `);
});

test("an assignment that is written after the next rebalance began is told to nobody", () => {
  const story = annAndBob();
  story.holdsWrites = true;
  story.join("ann");
  story.join("bob");
  story.sync("ann", { ann: "all" });
  story.join("cid");
  story.disk();
  story.join("ann");
  story.join("bob");
  expect(story.tell()).toMatchInlineSnapshot(`
    "ann joins
    bob joins
      ann is ann-1 in generation 3, range, leader ann-1, of ann-1=ann bob-3=bob
      bob is bob-3 in generation 3, range, leader ann-1
    ann syncs
      written: 2 members of generation 3
    cid joins
      ann is told REBALANCE_IN_PROGRESS
    the disk says NONE
    ann joins
    bob joins
      ann is ann-1 in generation 4, range, leader ann-1, of ann-1=ann bob-3=bob cid-10=cid
      bob is bob-3 in generation 4, range, leader ann-1
      cid is cid-10 in generation 4, range, leader ann-1
    = CompletingRebalance, generation 4"
  `);
});

test("who waits in a rebalance and is taken out is told so", () => {
  const story = annAndBob();
  story.join("cid");
  story.ids.set("cid", "cid-7");
  story.leave("cid");
  expect(story.tell()).toMatchInlineSnapshot(`
    "cid joins
    cid leaves: NONE
      cid is told UNKNOWN_MEMBER_ID
    = PreparingRebalance, generation 2"
  `);
});

test("members that are asked to join again at the same time keep their ids", () => {
  const story = annAndBob();
  story.join("cid");
  story.join("ann");
  story.join("dan");
  story.join("bob");
  story.join("eva");
  for (const name of ["ann", "bob", "cid", "dan"]) story.join(name);
  for (const name of ["ann", "bob", "cid", "dan", "eva"]) story.heartbeat(name);
  expect(story.lines.filter((line) => line.includes("UNKNOWN_MEMBER_ID"))).toEqual([]);
  expect(story.group.state).toBe("CompletingRebalance");
});
