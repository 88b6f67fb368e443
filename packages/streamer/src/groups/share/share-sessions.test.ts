import { expect, test } from "vitest";

import { ShareSessions } from "./share-sessions.ts";

const ANN = { groupId: "g", memberId: "ann" };

test("ShareSessions ends a session when another takes its place, when it is closed, and when its member goes", () => {
  const sessions = new ShareSessions();
  const first = sessions.open({ ...ANN, epoch: 0 }, 1);
  const second = sessions.open({ ...ANN, epoch: 0 }, 1);
  // What waits for the end of a connection on their behalf is let go with them.
  expect([first?.ended.aborted, second?.ended.aborted]).toEqual([true, false]);
  expect(sessions.open({ groupId: "g", memberId: "bob", epoch: 0 }, 1)).toBeUndefined();
  expect(sessions.next({ ...ANN, epoch: -1 })).toBe(second);
  expect([second?.ended.aborted, sessions.count]).toEqual([true, 0]);
  const third = sessions.open({ ...ANN, epoch: 0 }, 1);
  sessions.end("g", "ann");
  expect([third?.ended.aborted, sessions.of("g", "ann")]).toEqual([true, undefined]);
});
