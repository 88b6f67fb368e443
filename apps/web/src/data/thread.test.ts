import { expect, test } from "vitest";

import { fakeOwner } from "../testing/fake-data.ts";
import { claimCodeIn } from "./claim-code.ts";
import { sessionSlice } from "./session.ts";
import { hasUnsent, type Saying, threadSlice } from "./thread.ts";

const { said, sayingChanged, sayingDropped, veiled, asked } = threadSlice.actions;
const reduce = threadSlice.reducer;
const empty = reduce(undefined, { type: "start" });
const saying = (id: string, state: Saying["state"]): Saying => ({
  id,
  text: `text ${id}`,
  level: "auto",
  ready: null,
  files: [],
  at: "2026-11-20T10:00:00Z",
  state,
  problem: null,
  memory: null,
  known: false,
});

const ANN = fakeOwner("Ann", "+1");

test("threadSlice keeps sayings in order and changes only the one named", () => {
  let state = reduce(empty, said(saying("a", "sending")));
  state = reduce(state, said(saying("b", "sending")));
  state = reduce(state, sayingChanged({ id: "a", change: { state: "kept" } }));
  expect(state.sayings.map(({ id, state: at }) => [id, at])).toEqual([
    ["a", "kept"],
    ["b", "sending"],
  ]);
  expect(hasUnsent(state)).toBe(true);
  expect(hasUnsent(reduce(state, sayingDropped("b")))).toBe(false);
});

test("threadSlice after locking drops answers and kept text, not what still waits to be sent", () => {
  let state = reduce(empty, said(saying("kept", "kept")));
  state = reduce(state, said(saying("waits", "waiting")));
  state = reduce(
    state,
    asked({ id: "q", text: "?", scope: null, asOf: null, at: "", state: "answered", answer: null, problem: null }),
  );
  state = reduce(state, veiled());
  expect(state.sayings.map(({ id }) => id)).toEqual(["waits"]);
  expect(state.questions).toEqual([]);
});

test("threadSlice keeps what was not sent for the same person alone", () => {
  const person = (id: string) =>
    sessionSlice.actions.signedIn({
      id,
      name: "Ann",
      phone: "+1",
      role: "owner",
      tenant: "default",
      open_up_to: "general",
      open_until: null,
      password_reset_at: null,
      held_since: null,
    });
  let state = reduce(empty, person("usr_1"));
  state = reduce(state, said(saying("waits", "waiting")));
  state = reduce(state, said(saying("kept", "kept")));
  state = reduce(state, sessionSlice.actions.signedOut({ isTentative: false }));
  expect(state.sayings.map(({ id }) => id)).toEqual(["waits"]);
  expect(reduce(state, person("usr_1")).sayings).toHaveLength(1);
  expect(reduce(state, person("usr_2")).sayings).toHaveLength(0);
});

test("sessionSlice spends the claim code on entering", () => {
  const coded = sessionSlice.reducer(undefined, sessionSlice.actions.claimCodeFound("7F3K"));
  expect(sessionSlice.reducer(coded, sessionSlice.actions.signedOut({ isTentative: false })).claimCode).toBe("7F3K");
  expect(sessionSlice.reducer(coded, sessionSlice.actions.signedIn(ANN)).claimCode).toBeNull();
});

test("why a session ended is what was said first: what was under way is refused behind it", () => {
  const { signedIn, signedOut } = sessionSlice.actions;
  const inside = sessionSlice.reducer(undefined, signedIn(ANN));
  const refused = signedOut({ isTentative: false, left: "ended" });
  const leftAfter = (first: { readonly isTentative: boolean; readonly left?: "ended" | "erased" }): unknown =>
    sessionSlice.reducer(sessionSlice.reducer(inside, signedOut(first)), refused).left;
  expect(leftAfter({ isTentative: false })).toBeNull();
  expect(leftAfter({ isTentative: false, left: "erased" })).toBe("erased");
  expect(sessionSlice.reducer(inside, refused).left).toBe("ended");
});

test("claimCodeIn reads the fragment of the terminal's address", () => {
  expect([claimCodeIn("#c=7F3K-Q2"), claimCodeIn("#"), claimCodeIn("#c="), claimCodeIn("#x=1")]).toEqual([
    "7F3K-Q2",
    undefined,
    undefined,
    undefined,
  ]);
});
