import { seededRandom } from "@kaelix/base";
import type { MemoryEvent, MemoryId } from "@kaelix/model";
import { expect, test } from "vitest";

import { baseOf, idOf, randomStory, remembered, revised } from "../testing/events.ts";
import { foldMemories, type MemoryRow, namedMemories, type PastVersion, segmentsOf } from "./fold.ts";

/** Rows as the tables would hold them, by the plainest code there is. */
class Tables {
  readonly rows = new Map<MemoryId, MemoryRow & { readonly sealed: string | null }>();
  readonly past = new Map<string, PastVersion>();
  readonly leftOut = new Map<string, number>();

  fold(events: readonly { readonly offset: number; readonly event: MemoryEvent }[]): void {
    for (const segment of segmentsOf(events)) {
      const known = new Map<MemoryId, MemoryRow>();
      for (const id of namedMemories(segment)) {
        const stored = this.rows.get(id);
        if (stored === undefined) continue;
        const { sealed: _sealed, ...row } = stored;
        known.set(id, row);
      }
      const changes = foldMemories(known, segment, 0);
      for (const id of changes.archive) this.#archive(id);
      for (const [key, version] of this.past) {
        if (changes.clearPast.includes(version.memoryId)) this.past.set(key, { ...version, sealed: null });
      }
      for (const version of changes.pastVersions) this.past.set(`${version.memoryId} ${version.version}`, version);
      for (const { row, sealed } of changes.rows) {
        const content = sealed.type === "set" ? sealed.sealed : null;
        const kept = this.rows.get(row.memoryId)?.sealed ?? null;
        this.rows.set(row.memoryId, { ...row, sealed: sealed.type === "keep" ? kept : content });
      }
      const undone = segment.sweep;
      for (const [id, row] of this.rows) {
        if (undone?.event.type !== "import.undone" || row.state !== "live") continue;
        if (row.importId !== undone.event.import || row.userId !== undone.event.user) continue;
        this.rows.set(id, { ...row, state: "forgotten", changedAtMs: undone.event.at, lastOffset: undone.offset });
      }
      for (const [reason, count] of changes.leftOut) this.leftOut.set(reason, (this.leftOut.get(reason) ?? 0) + count);
    }
  }

  #archive(id: MemoryId): void {
    const row = this.rows.get(id);
    if (row === undefined) throw new Error("Archives a memory that is not stored");
    this.past.set(`${id} ${row.version}`, {
      memoryId: id,
      version: row.version,
      recordOffset: row.versionOffset,
      change: row.change,
      level: row.level,
      levelBy: row.levelBy,
      atMs: row.versionAtMs,
      sealed: row.sealed,
    });
  }

  everything(): unknown {
    const byKey = (left: readonly [string, unknown], right: readonly [string, unknown]): number =>
      left[0] < right[0] ? -1 : 1;
    return {
      rows: [...this.rows].sort(byKey),
      past: [...this.past].sort(byKey),
      leftOut: [...this.leftOut].sort(byKey),
    };
  }
}

function told(events: readonly MemoryEvent[]): Tables {
  const tables = new Tables();
  tables.fold(events.map((event, offset) => ({ offset, event })));
  return tables;
}

test("foldMemories comes to the same rows however the log is cut into batches", () => {
  for (let seed = 1; seed <= 150; seed++) {
    const events = randomStory(seed, 60).map((event, offset) => ({ offset, event }));
    const single = new Tables();
    for (const event of events) single.fold([event]);
    const whole = new Tables();
    whole.fold(events);
    const cut = new Tables();
    const random = seededRandom(seed);
    for (let at = 0; at < events.length;) {
      const end = at + 1 + random.integer(20);
      cut.fold(events.slice(at, end));
      at = end;
    }
    expect(whole.everything(), `seed ${seed}`).toEqual(single.everything());
    expect(cut.everything(), `seed ${seed}`).toEqual(single.everything());
  }
});

test("foldMemories keeps no content of an erased memory, in any version", () => {
  const memory = idOf("mem", 1);
  const tables = told([
    remembered(1, 1),
    revised(1, 1, { memory_version: 2 }),
    { ...baseOf(1), type: "memory.forgotten", memory },
    { ...baseOf(1), type: "memory.erased", memory },
  ]);
  expect(tables.rows.get(memory)).toMatchObject({ state: "erased", sealed: null, digest: "" });
  expect([...tables.past.values()].map((version) => version.sealed)).toEqual([null]);
});

test("foldMemories brings a forgotten or erased memory back when it is told with a higher version", () => {
  const memory = idOf("mem", 1);
  for (const type of ["memory.forgotten", "memory.erased"] as const) {
    const gone = { ...baseOf(1), type, memory };
    const again = remembered(1, 1, { memory_version: 2, sealed: "bmV3" });
    expect(told([remembered(1, 1), gone, again]).rows.get(memory)).toMatchObject({ state: "live", sealed: "bmV3" });
    const repeated = told([remembered(1, 1), gone, remembered(1, 1)]);
    expect(repeated.rows.get(memory)?.state).not.toBe("live");
    expect(repeated.leftOut.get("memory-version-repeated")).toBe(1);
  }
});

test("foldMemories leaves out what names an unknown memory or somebody else's, and counts it", () => {
  const tables = told([
    revised(1, 9),
    remembered(1, 1),
    { ...baseOf(2), type: "memory.forgotten", memory: idOf("mem", 1) },
    revised(2, 1),
    remembered(2, 1, { memory_version: 7 }),
  ]);
  expect(tables.rows.get(idOf("mem", 1))).toMatchObject({ state: "live", version: 1 });
  expect(Object.fromEntries(tables.leftOut)).toEqual({ "memory-unknown": 1, "memory-of-another-user": 3 });
});

test("foldMemories removes the content of versions before a move: their key is gone", () => {
  const tables = told([
    remembered(1, 1),
    revised(1, 1, { memory_version: 2 }),
    revised(1, 1, { memory_version: 3, change: "move", level: 3 }),
    revised(1, 1, { memory_version: 4, level: 3 }),
  ]);
  expect([...tables.past.values()].map(({ version, sealed }) => [version, sealed !== null])).toEqual([
    [1, false],
    [2, false],
    [3, true],
  ]);
});

test("foldMemories refuses keys that no index could take", () => {
  expect(told([remembered(1, 1, { external: "x".repeat(5_000) })]).leftOut.get("key-too-long")).toBe(1);
});
