/**
 * The same through the product: events of the log are put on it again with sealed contents of other memories, people, levels and versions,
 * as somebody could who can write to the disk but has no key. Then the product is started on that log.
 *
 * Guarantees when it finds nothing: no memory is shown with words that are not its own; nothing of one person comes to another; what does
 * not open is left out and counted by `verify`, and everything honest is there as before.
 */
import { join } from "node:path";

import { openStreamerLog } from "@kaelix/log";
import {
  decodeEvent,
  encodeEvent,
  idFromBytes,
  type KaelixEvent,
  type MemoryRemembered,
  type MemoryRevised,
  TOPICS,
} from "@kaelix/model";

import { type Door, jsonOf } from "../proofs/door.ts";
import { objectOf } from "../proofs/openapi.ts";
import { fieldOf, openUp, type Person, signInAt, signUpInvited, signUpOwner, startProof } from "../proofs/product.ts";

/** What it came to. */
export interface Planted {
  readonly events: number;
  readonly honest: number;
  readonly unopenable: number;
  readonly faults: readonly string[];
}

const WORDS = ["swapana", "swapbert"] as const;
/** At each level: one that is edited, some that are left alone, and one for each way to falsify it. */
const HONEST = 3;
const SACRIFICES: readonly ((own: MemoryRemembered, others: Others) => Partial<MemoryRevised>)[] = [
  (_own, { samePerson }) => ({ sealed: samePerson.sealed }),
  (_own, { otherPerson }) => ({ sealed: otherPerson.sealed }),
  ({ sealed }) => ({ sealed }),
  ({ sealed }) => ({ sealed: sealed.slice(0, 120) }),
  ({ sealed }) => ({ sealed: withVersion(sealed, 2) }),
  ({ sealed }, { samePerson }) => ({ sealed: spliced(sealed, samePerson.sealed) }),
  // At another level it has no key: it is left out like what was never acknowledged.
  ({ level, sealed }) => ({ sealed, level: level === 1 ? 2 : 1 }),
];
const EACH = HONEST + SACRIFICES.length;

interface Others {
  readonly samePerson: MemoryRemembered;
  readonly otherPerson: MemoryRemembered;
}

interface Placed {
  readonly partition: number;
  readonly event: KaelixEvent;
}

/** Tells, stops, plants, starts, looks. `every`: of the memories of others only every so many is put in each place. */
export async function plantSwaps(every = 1): Promise<Planted> {
  const faults: string[] = [];
  const first = await startProof();
  const ana = await signUpOwner(first.door, "Ana");
  const bert = await signUpInvited(first.door, ana, "Bert", "member");
  const people = [ana, bert] as const;
  for (const [at, person] of people.entries()) await tellAll(first.door, person, WORDS[at] ?? "");
  const before = await Promise.all(people.map((person) => seenBy(first.door, person)));
  await first.stop();
  const planted = await plant(join(first.folder, "log"), every, faults);
  const second = await startProof({}, first.folder);
  try {
    const after = await Promise.all(people.map((person) => seenBy(second.door, person)));
    for (const [at, person] of people.entries())
      compare({ person, before: before[at], after: after[at], spoilt: planted.spoilt }, faults);
    const verified = jsonOf(
      await second.door.askJson(await signInAt(second.door, ana), "POST", "/api/v1/verifications"),
    );
    const unopenable = Number(objectOf(verified?.["log"])["unopenable"]);
    if (verified?.["agree"] !== false) faults.push("Verifying finds nothing wrong with a log that was falsified");
    const least = planted.spoilt.size - 2 * 4;
    if (!(unopenable >= least))
      faults.push(`Verifying counts ${unopenable} memories that cannot be opened, must be ${least}`);
    for (const person of people) await compareVersions(second.door, person, planted.spoilt, faults);
    return { events: planted.events, honest: before.reduce((sum, one) => sum + one.size, 0), unopenable, faults };
  } finally {
    await second.close();
  }
}

async function tellAll(door: Door, person: Person, word: string): Promise<void> {
  const token = await person.signIn();
  await openUp(door, person, token, 4);
  for (const level of [1, 2, 3, 4]) {
    for (let at = 0; at < EACH; at++) {
      const told = await door.askJson(token, "POST", "/api/v1/memories", {
        text: `${word} level ${level} number ${at}`,
        level,
      });
      if (at > 0) continue;
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "if-match": '"1"' };
      const path = `/api/v1/memories/${fieldOf(told, "memory", "id")}`;
      await door.ask({
        method: "PATCH",
        path,
        headers,
        body: JSON.stringify({ text: `${word} level ${level} edited` }),
      });
    }
  }
}

/** Everything that somebody sees of their memories in a session that is open to everything: id → text. */
async function seenBy(door: Door, person: Person): Promise<Map<string, string>> {
  const token = await signInAt(door, person);
  await openUp(door, person, token, 4);
  const seen = new Map<string, string>();
  const note = (value: unknown): void => {
    const { id, text } = objectOf(value);
    if (typeof id !== "string" || typeof text !== "string") throw new Error("A memory has an id and a text");
    if (seen.has(id) && seen.get(id) !== text) throw new Error(`${id} says two things`);
    seen.set(id, text);
  };
  const lists = await door.askJson(token, "GET", "/api/v1/memories?limit=200");
  const exported = await door.askJson(token, "GET", "/api/v1/exports/memories");
  const found = await door.askJson(token, "POST", "/api/v1/searches", { query: "level", limit: 200 });
  for (const heard of [lists, exported, found])
    if (heard.status !== 200) throw new Error(`${heard.status} ${heard.text}`);
  const dataOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  for (const one of dataOf(jsonOf(lists)?.["data"])) note(one);
  for (const line of exported.text.split("\n").filter((text) => text !== "")) note(JSON.parse(line));
  for (const hit of dataOf(jsonOf(found)?.["hits"])) note(objectOf(hit)["memory"]);
  return seen;
}

/** Puts falsified events on the log. New memories carry sealed contents of others; nothing that is there is overwritten. */
async function plant(
  directory: string,
  every: number,
  faults: string[],
): Promise<{ readonly events: number; readonly spoilt: ReadonlySet<string> }> {
  const log = await openStreamerLog({ directory });
  try {
    const placed = await readAll(log);
    const remembered = placed.flatMap(({ event, partition }) =>
      event.type === "memory.remembered" ? [{ event, partition }] : [],
    );
    let made = 0;
    const records: { readonly partition: number; readonly event: KaelixEvent }[] = [];
    for (const { event, partition } of remembered) {
      for (const [at, { event: other }] of placed.entries()) {
        if (!("sealed" in other) || typeof other.sealed !== "string" || other === event || at % every !== 0) continue;
        records.push({ partition, event: fresh(event, ++made, { sealed: other.sealed }) });
      }
      for (const level of [1, 2, 3, 4] as const) records.push({ partition, event: fresh(event, ++made, { level }) });
      records.push(
        { partition, event: fresh(event, ++made, { sealed: "" }) },
        { partition, event: fresh(event, ++made, { sealed: event.sealed.slice(0, 90) }) },
      );
      records.push({ partition, event: fresh(event, ++made, { tenant: event.tenant }) });
    }
    const spoilt = spoil(remembered);
    records.push(...spoilt);
    if (remembered.length < 2 * 4 * EACH) faults.push(`Only ${remembered.length} memories were found on the log`);
    for (const { event, partition } of records) {
      await log.append(TOPICS.memories.name, partition, [{ key: Buffer.from(event.user), value: encodeEvent(event) }], {
        acknowledge: "durable",
      });
    }
    return { events: records.length, spoilt: new Set(spoilt.map(({ event }) => event.memory)) };
  } finally {
    await log.close();
  }
}

/** New versions of memories that have their key, each falsified in another way. */
function spoil(
  remembered: readonly { readonly partition: number; readonly event: MemoryRemembered }[],
): { readonly partition: number; readonly event: MemoryRevised }[] {
  return [...Map.groupBy(remembered, ({ event }) => `${event.user} ${event.level}`).values()].flatMap((group) => {
    const [first] = group;
    const stranger = remembered.find(
      ({ event }) => event.user !== first?.event.user && event.level === first?.event.level,
    );
    if (first === undefined || stranger === undefined)
      throw new Error("There are two people with memories at each level");
    const others = { samePerson: first.event, otherPerson: stranger.event };
    return SACRIFICES.flatMap((falsify, at) => {
      const own = group[HONEST + at];
      if (own === undefined) return [];
      const { at: atMs, confidence, digest, level, level_by, memory, tenant, user, v, sealed } = own.event;
      const base = { v, at: atMs, tenant, user, memory, level, level_by, confidence, digest, sealed };
      const event: MemoryRevised = {
        ...base,
        type: "memory.revised",
        memory_version: 2,
        change: "edit",
        ...falsify(own.event, others),
      };
      return [{ partition: own.partition, event }];
    });
  });
}

/** The header says another version of the memory. */
function withVersion(sealed: string, version: number): string {
  const bytes = Buffer.from(sealed, "base64url");
  bytes.writeUInt32BE(version, 10);
  return bytes.toString("base64url");
}

/** The header of one and the rest of another. */
function spliced(one: string, other: string): string {
  const [head, rest] = [Buffer.from(one, "base64url"), Buffer.from(other, "base64url")];
  return Buffer.concat([head.subarray(0, 26), rest.subarray(26)]).toString("base64url");
}

/** The event of another memory of the same person: an id that has no key, as whoever has none cannot make one. */
function fresh(event: MemoryRemembered, number: number, change: Partial<MemoryRemembered>): MemoryRemembered {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(number, 12);
  return { ...event, memory: idFromBytes("mem", bytes), external: null, ...change };
}

async function readAll(log: Awaited<ReturnType<typeof openStreamerLog>>): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (let partition = 0; partition < TOPICS.memories.partitions; partition++) {
    for (let offset = 0; ;) {
      const batch = await log.read(TOPICS.memories.name, partition, offset);
      for (const { value } of batch.records) {
        const decoded = value === null ? undefined : decodeEvent(value);
        if (decoded?.type === "event") placed.push({ partition, event: decoded.event });
      }
      if (batch.nextOffset >= batch.endOffset || batch.nextOffset <= offset) break;
      offset = batch.nextOffset;
    }
  }
  return placed;
}

function compare(
  {
    person,
    before,
    after,
    spoilt,
  }: {
    readonly person: Person;
    readonly before: ReadonlyMap<string, string> | undefined;
    readonly after: ReadonlyMap<string, string> | undefined;
    readonly spoilt: ReadonlySet<string>;
  },
  faults: string[],
): void {
  for (const [id, text] of before ?? []) {
    if (!spoilt.has(id) && after?.get(id) !== text)
      faults.push(`${person.name}'s ${id} is ${after?.get(id) ?? "gone"}, must be "${text}"`);
  }
  for (const [id, text] of after ?? []) {
    if (before?.get(id) !== text)
      faults.push(`${person.name} is shown ${id} with words that were never told there: "${text}"`);
    if (spoilt.has(id)) faults.push(`${person.name} is shown ${id} although its newest version is falsified`);
  }
}

/** Read one by one, with every version: nothing but its own words, and 404 or no words where it was falsified. */
async function compareVersions(
  door: Door,
  person: Person,
  spoilt: ReadonlySet<string>,
  faults: string[],
): Promise<void> {
  const token = await signInAt(door, person);
  await openUp(door, person, token, 4);
  const other = person.name === "Ana" ? WORDS[1] : WORDS[0];
  for (const id of spoilt) {
    const read = await door.askJson(token, "GET", `/api/v1/memories/${id}`);
    if (read.status !== 404)
      faults.push(`${person.name} reads the falsified ${id}: ${read.status} ${read.text.slice(0, 200)}`);
    const versions = await door.askJson(token, "GET", `/api/v1/memories/${id}/versions`);
    if (versions.status >= 500 || versions.text.includes(other))
      faults.push(`Versions of ${id}: ${versions.status} ${versions.text.slice(0, 300)}`);
  }
}
