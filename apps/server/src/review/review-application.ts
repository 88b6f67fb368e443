/**
 * What waits for a person's word, as the gateway asks for it: levels nobody is sure of, people who may be one, what programs propose.
 *
 * Guarantees: nothing above what is open is listed, counted or answered; what is shown or changed above the indexed levels is written down
 * first; a word about a memory is given to the version that was looked at. It does not: keep a queue of its own. What waits is read from
 * where it stands, so that whatever is decided elsewhere is gone from here.
 */
import { createHash } from "node:crypto";

import { type Changes, type LevelBefore, type Remember, TOGETHER_MAX } from "@kaelix/capture";
import type {
  MemoryApplication,
  PeopleApplication,
  PlacedMemory,
  ReviewApplication,
  ReviewCounts,
  ReviewItem,
  ReviewOutcome,
  ReviewWord,
  SettledMemory,
} from "@kaelix/gateway";
import { type Level, LEVEL_INDEXED_MAX, parseId, parseLevel, type UserPrincipal } from "@kaelix/model";
import type { MergeProposalView, MergeWish } from "@kaelix/recall";
import type { AuditLog } from "@kaelix/security";
import type { AskedLevels, MemoryStore, SealedMemory, SealedVersion } from "@kaelix/views";

import { ownerOf } from "../imports-application.ts";
import type { ProposedWrites } from "./proposed-writes.ts";

/**
 * What is asked about: the word decides whether a memory stands behind the lock. Secret and above when about as many such levels are wrong as
 * right; Confidential when nearly all are, for then a good part of the odds stands at Secret. A doubt between General and Confidential, which
 * are open alike in a session, waits for nobody.
 */
const ASKED: AskedLevels = [
  { level: 2, below: 0.3 },
  { level: 3, below: 0.52 },
  { level: 4, below: 0.52 },
];

/** What it works with. `memories` writes down what is shown and changed above the indexed levels. */
export interface ReviewParts {
  readonly memories: MemoryApplication;
  readonly people: PeopleApplication;
  readonly remember: Pick<Remember, "remember" | "written">;
  readonly changes: Pick<Changes, "settleLevels" | "unsettleLevels">;
  readonly store: Pick<
    MemoryStore,
    "doubtfulOf" | "doubtfulCountOf" | "memory" | "memories" | "sameDoubts" | "versions"
  >;
  readonly audit: Pick<AuditLog, "record">;
  readonly proposed: ProposedWrites;
}

/** The gateway's seam over what waits. */
export function reviewApplication(parts: ReviewParts): ReviewApplication {
  return {
    count: (principal) => countAll(parts, principal),
    list: async (principal, { kind, limit }) => {
      const counts = await countAll(parts, principal);
      const items: ReviewItem[] = [];
      if (kind === undefined || kind === "write") items.push(...(await writesOf(parts, principal)));
      if (kind === undefined || kind === "person") items.push(...(await peopleOf(parts, principal)));
      const room = limit - items.length;
      if ((kind === undefined || kind === "level") && room > 0) items.push(...(await doubtsOf(parts, principal, room)));
      return { items: items.slice(0, limit), counts };
    },
    answer: (principal, id, said) => {
      if (id.startsWith("mem_")) return answerLevel(parts, principal, { id, ...said });
      return id.startsWith("who_")
        ? answerPerson(parts, principal, { id, ...said })
        : answerWrite(parts, principal, { id, ...said });
    },
    undo: (principal, settled) => undoWords(parts, principal, settled),
  };
}

interface Said {
  readonly id: string;
  readonly word: ReviewWord;
  readonly version?: number;
}

async function countAll(parts: ReviewParts, principal: UserPrincipal): Promise<ReviewCounts> {
  await parts.remember.written(principal.userId);
  const level = await parts.store.doubtfulCountOf(principal.userId, askedOf(principal));
  return {
    level,
    person: (await peopleOf(parts, principal)).length,
    write: parts.proposed.count(principal),
  };
}

function askedOf({ ceiling }: UserPrincipal): AskedLevels {
  return ASKED.filter(({ level }) => level <= ceiling);
}

async function doubtsOf(parts: ReviewParts, principal: UserPrincipal, limit: number): Promise<ReviewItem[]> {
  const rows = await parts.store.doubtfulOf(principal.userId, askedOf(principal), limit);
  const items = rows.map(async ({ memory: { memoryId: id }, sinceMs, times }): Promise<ReviewItem[]> => {
    const placed = await parts.memories.read(principal, id);
    return placed === undefined ? [] : [{ kind: "level", id, placed, sinceMs, times }];
  });
  return (await Promise.all(items)).flat();
}

/** Decisions about people stand at level 2: below it none can be made, so none is asked for. */
async function peopleOf({ people }: ReviewParts, principal: UserPrincipal) {
  if (principal.ceiling < LEVEL_INDEXED_MAX) return [];
  const { proposals } = await people.merges(principal);
  return proposals.map((proposal) => ({ kind: "person" as const, id: idOf(proposal), proposal }));
}

/** The same proposal has the same id as long as the people in it do. */
function idOf(proposal: MergeProposalView): string {
  const parts =
    proposal.type === "may-be-one"
      ? [proposal.left.id, proposal.right.id].toSorted()
      : [proposal.somebody.id, proposal.wording];
  const hash = createHash("sha256").update(JSON.stringify([proposal.type, ...parts]));
  return `who_${hash.digest("base64url").slice(0, ID_LENGTH)}`;
}

const ID_LENGTH = 22;

async function writesOf(parts: ReviewParts, principal: UserPrincipal): Promise<ReviewItem[]> {
  const waiting = await parts.proposed.list(principal);
  const touched = waiting.map(({ id, level }) => ({ resource: id, level }));
  await note(parts, principal, "review.read", touched);
  return waiting.map(({ draft: _draft, ...write }) => ({ kind: "write", id: write.id, write }));
}

/** Something that is shown or decided about. */
interface Touched {
  readonly resource: string;
  readonly level: Level;
}

/** What stands above the indexed levels is shown and changed only when that is written down. */
async function note(
  { audit }: ReviewParts,
  subject: UserPrincipal,
  action: "review.read" | "review.decide",
  touched: readonly Touched[],
): Promise<void> {
  const above = touched.filter(({ level }) => level > LEVEL_INDEXED_MAX);
  const entry = { subject, action, decision: "allow", reason: "own" } as const;
  await Promise.all(above.map(({ resource, level }) => audit.record({ ...entry, resource, level })));
}

function memoryTouched({ memoryId, level }: SealedMemory): Touched {
  return { resource: memoryId, level };
}

async function answerLevel(
  parts: ReviewParts,
  principal: UserPrincipal,
  { id, version, word }: Said,
): Promise<ReviewOutcome> {
  const { memories, store } = parts;
  const memoryId = parseId("mem", id);
  const placed = memoryId === undefined ? undefined : await memories.read(principal, memoryId);
  if (memoryId === undefined || placed === undefined || placed.shared !== undefined) return { type: "missing" };
  const { level, version: current } = placed.memory;
  if (version === undefined) return { type: "refused", why: "it must say which version was looked at" };
  const to = levelAfter(level, word);
  if (to === undefined) return { type: "refused", why: `${word} is no answer at level ${level}` };
  if (version !== current) return { type: "stale", version: current };
  const stood = await store.memory(principal.userId, memoryId);
  const moved = await memories.move(principal, memoryId, { level: to }, version);
  if (moved.type !== "changed") return moved;
  const others = stood === undefined ? [] : await settleSame(parts, principal, stood, to);
  // What stands above what is open now can be named by nobody here any more.
  const settled = to > principal.ceiling ? [] : [{ memoryId, version: moved.placed.memory.version }, ...others];
  return { type: "done", kind: "level", ...shownIn(principal, moved.placed), settled };
}

/** The same word for whatever else says the same at the same level and waits. Of very many the rest waits on, and is asked about again. */
async function settleSame(
  parts: ReviewParts,
  principal: UserPrincipal,
  stood: SealedMemory,
  to: Level,
): Promise<readonly SettledMemory[]> {
  const same = await parts.store.sameDoubts(stood, askedOf(principal), TOGETHER_MAX - 1);
  await note(parts, principal, "review.decide", same.map(memoryTouched));
  return parts.changes.settleLevels({ owner: ownerOf(principal), ceiling: principal.ceiling }, same, to);
}

async function undoWords(
  parts: ReviewParts,
  principal: UserPrincipal,
  settled: readonly SettledMemory[],
): Promise<number> {
  await parts.remember.written(principal.userId);
  const versions = new Map(settled.map(({ memoryId, version }) => [memoryId, version]));
  const rows = await parts.store.memories(principal.userId, [...versions.keys()]);
  const meant = rows.filter((row) => row.level <= principal.ceiling && row.version === versions.get(row.memoryId));
  const seen = await Promise.all(
    meant.map(async (row) => {
      const { memoryId, version } = row;
      const before = levelBefore(await parts.store.versions(principal.userId, memoryId), version);
      return before === undefined ? [] : [{ row, memoryId, version, before }];
    }),
  );
  const touched = seen.flat().map(({ row }) => memoryTouched(row));
  await note(parts, principal, "review.decide", touched);
  const owner = ownerOf(principal);
  return (await parts.changes.unsettleLevels({ owner, ceiling: principal.ceiling }, seen.flat())).length;
}

/** Where a memory stood before its person's word; undefined when that word is not the newest thing said of it, or stood in its telling. */
function levelBefore(versions: readonly SealedVersion[], version: number): LevelBefore | undefined {
  const said = versions.find((one) => one.version === version);
  const before = versions.find((one) => one.version === version - 1);
  if (said === undefined || said.change === "told" || before === undefined) return undefined;
  return before.levelDecidedBy === "person" ? undefined : { level: before.level, decidedBy: before.levelDecidedBy };
}

function levelAfter(level: Level, word: ReviewWord): Level | undefined {
  if (word === "accept") return level;
  return word === "refuse" ? undefined : parseLevel(word === "up" ? level + 1 : level - 1);
}

function shownIn({ ceiling }: UserPrincipal, placed: PlacedMemory): { placed?: PlacedMemory } {
  return placed.memory.level <= ceiling ? { placed } : {};
}

async function answerPerson(parts: ReviewParts, principal: UserPrincipal, { id, word }: Said): Promise<ReviewOutcome> {
  const found = (await peopleOf(parts, principal)).find((one) => one.id === id);
  if (found === undefined) return { type: "missing" };
  if (word === "up" || word === "down") return { type: "refused", why: "people have no level" };
  const outcome = await parts.people.decide(principal, wishOf(found.proposal, word === "accept"));
  if (outcome.type === "missing" || outcome.type === "refused") return outcome;
  return { type: "done", kind: "person", decision: outcome.id, settled: [] };
}

function wishOf(proposal: MergeProposalView, isAccepted: boolean): MergeWish {
  if (proposal.type === "may-be-one") {
    const { left, right } = proposal;
    return { what: isAccepted ? "merge" : "apart", person: left.id, other: right.id };
  }
  const { somebody, wording } = proposal;
  return { what: isAccepted ? "confirm" : "split", person: somebody.id, wording };
}

async function answerWrite(parts: ReviewParts, principal: UserPrincipal, { id, word }: Said): Promise<ReviewOutcome> {
  const write = (await parts.proposed.list(principal)).find((one) => one.id === id);
  if (write === undefined) return { type: "missing" };
  if (word === "up" || word === "down") return { type: "refused", why: "it has no memory yet that could be moved" };
  await note(parts, principal, "review.decide", [{ resource: write.id, level: write.level }]);
  if (word === "refuse") {
    await parts.proposed.drop(principal.userId, id);
    return { type: "done", kind: "write", settled: [] };
  }
  // Its own id as the external one: said yes to twice, for a stop came between, it is one memory.
  const { externalId = id, judged } = write.draft;
  const level = judged === undefined ? {} : { judged: { ...judged, confidence: 1, decidedBy: "person" as const } };
  const draft = { ...write.draft, externalId, ...level, accepted: true as const };
  const [stored] = await parts.remember.remember(ownerOf(principal), [draft]);
  if (stored === undefined) throw new Error("One draft has one result");
  if (stored.type === "conflict") return { type: "refused", why: "its external id is known with another content" };
  await parts.proposed.drop(principal.userId, id);
  const memoryId = stored.type === "stored" ? stored.memory.memoryId : stored.memoryId;
  const placed = await parts.memories.read(principal, memoryId);
  return { type: "done", kind: "write", ...(placed === undefined ? {} : { placed }), settled: [] };
}
