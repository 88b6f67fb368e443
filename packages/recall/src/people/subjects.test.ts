/** What a share about somebody opens, over worlds made of sentences at two levels. */
import { createHash } from "node:crypto";

import { type DecisionId, idFromBytes, type Level, type PersonId, type UserId } from "@kaelix/model";
import { type ReadDecision, UserWorld, type WorldReading } from "@kaelix/views";
import { expect, test } from "vitest";

import { documentOf, memoryOf, OWNER } from "../testing.ts";
import { type SubjectId, Subjects } from "./subjects.ts";

type Line = readonly [level: 1 | 2, text: string, speaker?: string];

/** A person's two worlds; lines are numbered from 0, and can be told later, forgotten or decided about. */
class Told {
  readonly #lines: (Line | undefined)[];
  readonly decisions: ReadDecision[] = [];
  #kept = new Map<number, WorldReading>();

  constructor(lines: readonly Line[]) {
    this.#lines = [...lines];
  }

  tell(...lines: readonly Line[]): void {
    this.#lines.push(...lines);
    this.#kept.clear();
  }

  forget(at: number): void {
    this.#lines[at] = undefined;
    this.#kept.clear();
  }

  decide(decision: Omit<ReadDecision, "decision" | "name" | "atMs"> & { readonly name?: string }): void {
    const id: DecisionId = idFromBytes("dec", new Uint8Array(16).fill(this.decisions.length + 1, 15));
    this.decisions.push({ name: undefined, ...decision, decision: id, atMs: 0 });
    // The world of level general has no decisions, and stays the same.
    this.#kept.delete(2);
  }

  undo(): void {
    this.decisions.pop();
    this.#kept.delete(2);
  }

  world(_user: UserId, ceiling: Level): Promise<WorldReading> {
    const known = this.#kept.get(ceiling);
    const reading = known ?? this.#make(ceiling);
    this.#kept.set(ceiling, reading);
    return Promise.resolve(reading);
  }

  #make(ceiling: Level): WorldReading {
    const world = new UserWorld((text) => createHash("sha256").update(text).digest().subarray(0, 16));
    for (const [at, line] of this.#lines.entries()) {
      if (line === undefined || line[0] > ceiling) continue;
      const [level, text, speaker] = line;
      const occurredAtMs = Date.UTC(2026, 0, 1) + at * 7 * DAY_MS;
      const said = speaker === undefined ? {} : { speaker };
      world.add(documentOf(at, text, { occurredAtMs, recordedAtMs: 0, level, ...said }));
    }
    const { mentions, taken } = world;
    return { world: world.world, mentions, taken, decisions: ceiling < 2 ? [] : [...this.decisions] };
  }
}

const DAY_MS = 86_400_000;

async function idOf(subjects: Subjects, query: string): Promise<SubjectId> {
  const [first] = await subjects.list(OWNER, { query, limit: 5 });
  return first?.id ?? expect.fail(`Nothing is called ${query}`);
}

/** Numbers of the lines that a share opens. */
async function opened(subjects: Subjects, ids: readonly SubjectId[], level: 1 | 2): Promise<number[]> {
  const { memories } = await subjects.about(OWNER, ids, level);
  return Array.from({ length: 1_000 }, (_, at) => at).filter((at) => memories.has(memoryOf(at)));
}

const LINES: readonly Line[] = [
  [1, "My brother Tom lives in Leeds now"],
  [2, "Tom owes me 50 quid for the train tickets"],
  [1, "He called twice"],
  [1, "Nadia works at Farfetch"],
  [1, "On my way to Leeds", "Tom"],
];

test("a person is shared by name: what names them or they said, later too, up to a level, and nothing by pronoun alone", async () => {
  const told = new Told(LINES);
  const subjects = new Subjects(told);
  const [tom] = await subjects.list(OWNER, { query: "brother", limit: 5 });
  expect(tom).toMatchObject({ kind: "person", name: "Tom", relation: "brother", general: 2, confidential: 3 });
  const id = tom?.id ?? expect.fail("nobody");
  const [low, high] = [await subjects.find(OWNER, [id], 1), await subjects.find(OWNER, [id], 2)];
  expect(await opened(subjects, low?.ids ?? [], 1)).toEqual([0, 4]);
  expect(await opened(subjects, high?.ids ?? [], 2)).toEqual([0, 1, 4]);
  told.tell([1, "Tom moved to Manchester last week"], [2, "Tom was let go"], [1, "Nadia is at home"]);
  expect(await opened(subjects, low?.ids ?? [], 1)).toEqual([0, 4, 5]);
  expect(await opened(subjects, high?.ids ?? [], 2)).toEqual([0, 1, 4, 5, 6]);
});

test("a topic is shared by name, and a topic is no person", async () => {
  const subjects = new Subjects(new Told(LINES));
  expect(await subjects.list(OWNER, { query: "leeds", only: "people", limit: 5 })).toEqual([]);
  const [leeds] = await subjects.list(OWNER, { query: "leeds", only: "topics", limit: 5 });
  expect(leeds).toMatchObject({ kind: "place", name: "Leeds", general: 2 });
  expect(await opened(subjects, leeds === undefined ? [] : [leeds.id], 1)).toEqual([0, 4]);
});

test("each edition is greater than the one before, and stays while nothing changes", async () => {
  const told = new Told(LINES);
  const subjects = new Subjects(told);
  const id = await idOf(subjects, "tom");
  const first = await subjects.about(OWNER, [id], 1);
  expect(await subjects.about(OWNER, [id], 1)).toBe(first);
  told.tell([2, "Nadia is back"]);
  // Only the upper world changed: it is asked too.
  expect((await subjects.about(OWNER, [id], 1)).edition).toBeGreaterThan(first.edition);
});

test("merging widens, parting narrows, renaming changes nothing, and what is forgotten takes its words along", async () => {
  const told = new Told([
    [1, "Carla called about the teapot"],
    [1, "Carla came by on Sunday"],
    [1, "Nadia came by on Monday"],
  ]);
  const subjects = new Subjects(told);
  const [carla, nadia] = [await idOf(subjects, "carla"), await idOf(subjects, "nadia")];
  const { ids } = (await subjects.find(OWNER, [carla], 1)) ?? expect.fail("nobody");
  const people = ids.map((id) => id as PersonId);
  expect(await opened(subjects, ids, 1)).toEqual([0, 1]);
  told.decide({ what: "rename", people, others: [], name: "Mama" });
  expect(await opened(subjects, ids, 1)).toEqual([0, 1]);
  expect((await subjects.about(OWNER, ids, 1)).calledThere).toBe("Carla");
  told.decide({ what: "merge", people, others: [nadia as PersonId] });
  expect(await opened(subjects, ids, 1)).toEqual([0, 1, 2]);
  told.undo();
  expect(await opened(subjects, ids, 1)).toEqual([0, 1]);
  told.forget(0);
  expect(await opened(subjects, ids, 1)).toEqual([1]);
  told.tell([1, "Carla is back"]);
  expect(await opened(subjects, ids, 1)).toEqual([1, 3]);
  told.forget(1);
  // Nobody knows any more whom it was given for.
  expect(await opened(subjects, ids, 1)).toEqual([]);
  expect(await subjects.find(OWNER, ids, 1)).toBeUndefined();
});

test("up to general nothing is about somebody that only a confidential memory makes known", async () => {
  const told = new Told([
    [1, "My brother broke the clutch again"],
    [1, "Declan is in Cork this week"],
    [2, "My brother Declan starts his job on Monday"],
  ]);
  const subjects = new Subjects(told);
  const declan = await idOf(subjects, "declan");
  // With what is confidential they are one person, without it they are two.
  expect(await opened(subjects, [declan], 2)).toEqual([0, 1, 2]);
  const { ids, memories } = (await subjects.find(OWNER, [declan], 1)) ?? expect.fail("nobody");
  expect(memories).toBe(1);
  expect(await opened(subjects, ids, 1)).toHaveLength(1);
  const people = ids.map((id) => id as PersonId);
  // Whoever says themself that they are one may share them as one.
  const tie = (await told.world(OWNER, 1)).mentions;
  const all = [...tie.values()].flatMap(({ list }) => list.map(({ id }) => id as PersonId));
  told.decide({ what: "merge", people, others: all.filter((id) => !people.includes(id)) });
  expect(await opened(subjects, ids, 1)).toEqual([0, 1]);
});

test("up to general a wording stays parted that was parted by the words of a confidential memory alone", async () => {
  const told = new Told([
    [1, "Declan (my brother) is in Cork this week"],
    [1, "My brother broke the clutch again"],
    [2, "My brother owes me 50 quid"],
  ]);
  const subjects = new Subjects(told);
  const [declan] = await subjects.list(OWNER, { query: "declan", limit: 5 });
  expect(declan).toMatchObject({ general: 2, confidential: 3 });
  const { mentions } = await told.world(OWNER, 2);
  const all = [...mentions.values()].flatMap(({ list }) => list);
  const idsAt = (form: string, at: number): PersonId[] =>
    all.flatMap(({ id, form: own, memoryId }) => (own === form && memoryId === memoryOf(at) ? [id as PersonId] : []));
  told.decide({ what: "split", people: idsAt("name", 0), others: idsAt("tie", 2) });
  expect(await opened(subjects, idsAt("name", 0), 2)).toEqual([0]);
  expect(await opened(subjects, idsAt("name", 0), 1)).toEqual([0]);
});

test("a person of more memories than there are mentions kept is shared whole", async () => {
  const told = new Told([...LINES.slice(0, 2), [1, "Tom is back"]]);
  const cut = async (user: UserId, ceiling: Level): Promise<WorldReading> => {
    const reading = await told.world(user, ceiling);
    const mentions = [...reading.mentions].map(([id, kept]) => [id, { ...kept, list: kept.list.slice(0, 1) }] as const);
    return { ...reading, mentions: new Map(mentions) };
  };
  const [tom] = await new Subjects({ world: cut }).list(OWNER, { query: "tom", only: "people", limit: 5 });
  expect(tom).toMatchObject({ general: 2, confidential: 3 });
});
