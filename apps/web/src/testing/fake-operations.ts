/** What the fake server says of erasures and backups: one of each kind, and more when they are asked for. */
import type { RouteName } from "@kaelix/contract";

import type { OutputOf } from "../data/wire.ts";
import { fakeId } from "./fake-data.ts";
import { type FakeAnswer, FakeProblem, type FakeRequest } from "./fake-state.ts";

type Erasure = OutputOf<"erasures.read">;

const BACKUPS = {
  place: "/mnt/other-disk/kaelix",
  every_hours: 6,
  points: [{ at: "2026-11-21T18:00:00.000Z" }],
  count: 1,
  tested_at: null,
  next_at: "2026-11-22T00:00:00.000Z",
  running: null,
  problem: null,
  last: null,
};
const erasures: Erasure[] = [
  erasureOf({ what: "import", of: "imp_01JD8QYB3M6W5T0ZK1E9V7RXSC", state: "done", named: 412, erased: 412 }),
];

function erasureOf(fields: Partial<Erasure>): Erasure {
  const at = new Date().toISOString();
  const isDone = fields.state === "done";
  return {
    id: fakeId("era"),
    state: "waiting",
    what: "source",
    of: "kafka",
    since: null,
    requested_at: at,
    due_at: new Date(Date.now() + 60_000).toISOString(),
    named: 3,
    erased: 0,
    unreadable_at: isDone ? at : null,
    views: isDone ? [{ name: "search", offset: 7, at }] : [],
    purge_by: isDone ? at : null,
    purged_at: null,
    receipt: isDone ? "kaelix/erasure\n" : null,
    public_key: "key",
    ...fields,
  };
}

/** Answers what belongs to erasing and backups. @throws FakeProblem */
export function operations(isProved: boolean, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  switch (name as string) {
    case "erasures.list":
      return { data: { data: erasures } };
    case "erasures.request": {
      if (!isProved) throw new FakeProblem(403, "proof-needed", "Prove that it is you");
      const made = erasureOf({});
      erasures.unshift(made);
      return { status: 202, data: made };
    }
    case "erasures.undo": {
      const at = erasures.findIndex(({ id }) => id === request.params["id"]);
      const found = erasures[at];
      if (found === undefined) throw new FakeProblem(404, "not-found", "There is no such thing");
      const undone = { ...found, state: "cancelled" as const };
      erasures[at] = undone;
      return { data: undone };
    }
    case "backups.read":
      return { data: BACKUPS };
    case "backups.create":
      return { status: 202, data: { ...BACKUPS, running: { share: 0.4, words: "memories" } } };
    default:
      return undefined;
  }
}
