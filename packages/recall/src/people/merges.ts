/**
 * Who may be the same as whom: what is proposed, and what of a person's wishes becomes a decision.
 *
 * Guarantees: a proposal is only ever shown; one that was refused is not shown again. It does not: write decisions down.
 */
import type { DecisionId, MemoryId, PersonDecision, PersonId } from "@kaelix/model";

import { type Evidence, quoteOf } from "./evidence.ts";
import { peopleOf, type People, type Somebody } from "./people.ts";
import { openWorld, type OpenWorld, type PeopleScope, type PeopleSource } from "./source.ts";

/** `may-be-one`: two that may be the same. `was-taken`: a wording that was taken to mean somebody, by what was said around it. */
export type MergeProposalView =
  | {
      readonly type: "may-be-one";
      readonly left: Somebody;
      readonly right: Somebody;
      readonly reason: string;
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly type: "was-taken";
      readonly somebody: Somebody;
      readonly wording: string;
      readonly reason: string;
      readonly evidence: readonly Evidence[];
    };

/** A decision that holds. */
export interface DecisionView {
  readonly id: DecisionId;
  readonly what: PersonDecision;
  readonly atMs: number;
  /** Whom it is about, as they are now; null when no memory names them any more. */
  readonly person: Somebody | null;
  /** The other, or the name that was given. */
  readonly other: string | null;
}

/** What is proposed and what was decided. */
export interface Merges {
  readonly proposals: readonly MergeProposalView[];
  readonly decisions: readonly DecisionView[];
}

const PROPOSALS_MAX = 50;
/** What the world was surer of than this is not asked about. */
const ASKED_BELOW = 0.9;

/** Proposals that nobody has answered, and decisions that hold, newest first. */
export async function listMerges(source: PeopleSource, scope: PeopleScope): Promise<Merges> {
  const open = await openWorld(source, scope);
  const people = peopleOf(open.reading);
  const proposals = [...mayBeOne(open, people), ...wasTaken(open, people)].slice(0, PROPOSALS_MAX);
  return { proposals, decisions: decisionsOf(open, people) };
}

function decisionsOf({ reading }: OpenWorld, people: People): DecisionView[] {
  const find = (ids: readonly PersonId[]): Somebody | undefined =>
    ids.map((id) => people.byId(id) ?? selfOf(people, id)).find((one) => one !== undefined);
  return reading.decisions
    .map(({ atMs, decision, name, others, people: whom, what }) => ({
      id: decision,
      what,
      atMs,
      person: find(whom) ?? null,
      other: name ?? wordingOf(find(others), others) ?? null,
    }))
    .toReversed();
}

function selfOf({ self }: People, id: PersonId): Somebody | undefined {
  return self.find(({ mentions }) => mentions.some((mention) => mention.id === id));
}

/** How the mention of an id was worded. */
function wordingOf(somebody: Somebody | undefined, ids: readonly PersonId[]): string | undefined {
  return somebody?.mentions.find((mention) => ids.some((id) => id === mention.id))?.text;
}

/** Two that go by one name, or by a name and its beginning, and that nothing tells apart. */
function mayBeOne(open: OpenWorld, people: People): MergeProposalView[] {
  const named = people.all.filter((one) => one.isSure && one.mentions.some((mention) => mention.form === "name"));
  const byWord = new Map<string, Somebody[]>();
  for (const one of named) {
    const [first = ""] = plain(one.name).split(" ");
    byWord.set(first, [...(byWord.get(first) ?? []), one]);
  }
  return [...byWord.values()].flatMap((alike) =>
    alike.flatMap((left, at) =>
      alike.slice(at + 1).flatMap((right): MergeProposalView[] => {
        const reason = reasonFor(left, right);
        if (reason === undefined || isAnswered(open, left, right)) return [];
        const evidence = [left, right].flatMap((one) => firstOf(open, one));
        return [{ type: "may-be-one", left, right, reason, evidence }];
      }),
    ),
  );
}

function reasonFor(left: Somebody, right: Somebody): string | undefined {
  const [one, other] = [plain(left.name), plain(right.name)];
  const isTold = left.relation !== null && right.relation !== null && left.relation !== right.relation;
  if (isTold) return undefined;
  if (one === other) return `Both are called ${left.name}`;
  const isPart = one.split(" ").length === 1 || other.split(" ").length === 1;
  return isPart ? `${left.name} may be ${right.name}` : undefined;
}

function plain(name: string): string {
  return name.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

function isAnswered({ reading }: OpenWorld, left: Somebody, right: Somebody): boolean {
  const has = (somebody: Somebody, ids: readonly PersonId[]): boolean =>
    somebody.mentions.some((mention) => ids.some((id) => id === mention.id));
  return reading.decisions.some(
    ({ others, people, what }) =>
      what !== "rename" && ((has(left, people) && has(right, others)) || (has(right, people) && has(left, others))),
  );
}

function firstOf(open: OpenWorld, { mentions }: Somebody): Evidence[] {
  const [first] = mentions;
  return first === undefined ? [] : [quoteOf(open, first.memoryId, [first])].filter((one) => one !== undefined);
}

/** "the brother" taken for Declan, for both spoke of a clutch. */
function wasTaken(open: OpenWorld, people: People): MergeProposalView[] {
  const { reading } = open;
  const found: MergeProposalView[] = [];
  for (const { confidence, isApplied, keep, memoryId, reason } of reading.world.proposals) {
    if (!isApplied || confidence >= ASKED_BELOW || reason === "said") continue;
    const somebody = people.ofEntity(keep, memoryId as MemoryId);
    const tie = somebody?.mentions.find((mention) => mention.form === "tie");
    const named = somebody?.mentions.find((mention) => mention.form === "name");
    if (
      somebody === undefined ||
      people.self.includes(somebody) ||
      tie === undefined ||
      named === undefined ||
      isConfirmed(open, somebody, tie.id as PersonId)
    )
      continue;
    if (found.some((one) => one.type === "was-taken" && one.somebody === somebody && one.wording === tie.text))
      continue;
    const evidence = [tie, named].flatMap((mention) => quoteOf(open, mention.memoryId, [mention]) ?? []);
    const why = `“${tie.text}” was taken to mean ${somebody.name}, as both speak of the same matter`;
    found.push({ type: "was-taken", somebody, wording: tie.text, reason: why, evidence });
  }
  return found;
}

/** A merging of somebody with their own wording says that it was rightly taken. */
function isConfirmed({ reading }: OpenWorld, somebody: Somebody, id: PersonId): boolean {
  return reading.decisions.some(
    ({ others, people, what }) =>
      what === "merge" &&
      others.includes(id) &&
      people.some((one) => somebody.mentions.some((mention) => mention.id === one)),
  );
}

/** What somebody wants to be so. */
export type MergeWish =
  | { readonly what: "merge" | "apart"; readonly person: PersonId; readonly other: PersonId }
  /** `wording` is somebody else than `person`. */
  | { readonly what: "split"; readonly person: PersonId; readonly wording: string }
  /** `wording` was rightly taken to mean `person`. */
  | { readonly what: "confirm"; readonly person: PersonId; readonly wording: string }
  | { readonly what: "rename"; readonly person: PersonId; readonly name: string }
  /** It is the one who decides. */
  | { readonly what: "self"; readonly person: PersonId };

/** What becomes of a wish: a decision to be written down, one to be undone, or why it cannot be. */
export type Judged =
  | {
      readonly type: "decide";
      readonly what: PersonDecision;
      readonly people: readonly PersonId[];
      readonly others: readonly PersonId[];
      readonly name?: string;
    }
  | { readonly type: "undo"; readonly decision: DecisionId }
  | { readonly type: "missing" }
  | { readonly type: "refused"; readonly why: string };

/** Ids by which a decision knows a person: enough that some of the memories stay. */
const IDS_MAX = 32;

/** Judges a wish by who there is now. */
export async function judgeWish(source: PeopleSource, scope: PeopleScope, wish: MergeWish): Promise<Judged> {
  const { reading } = await openWorld(source, scope);
  const people = peopleOf(reading);
  const person = people.byId(wish.person);
  if (person === undefined) return { type: "missing" };
  const ids = idsOf(person);
  if (wish.what === "self") return { type: "decide", what: "self", people: ids, others: [] };
  if (wish.what === "rename") return { type: "decide", what: "rename", people: ids, others: [], name: wish.name };
  if (wish.what === "split" || wish.what === "confirm") return judgeWording(reading.decisions, person, wish);
  const other = people.byId(wish.other);
  if (other === undefined) return { type: "missing" };
  if (other === person) return { type: "refused", why: `${person.name} is already one person` };
  return { type: "decide", what: wish.what, people: ids, others: idsOf(other) };
}

function judgeWording(
  decisions: readonly {
    readonly decision: DecisionId;
    readonly what: PersonDecision;
    readonly others: readonly PersonId[];
  }[],
  person: Somebody,
  { what, wording }: Extract<MergeWish, { readonly wording: string }>,
): Judged {
  const wanted = wording.trim().toLowerCase();
  const theirs = person.mentions.filter(({ text }) => bare(text) === bare(wanted) || text.toLowerCase() === wanted);
  if (theirs.length === 0) return { type: "refused", why: `No memory calls ${person.name} “${wording.trim()}”` };
  const others = theirs.slice(0, IDS_MAX).map(({ id }) => id as PersonId);
  const rest = person.mentions.filter((mention) => !theirs.includes(mention));
  const people = idsOf({ ...person, mentions: what === "confirm" ? person.mentions : rest });
  if (what === "confirm") return { type: "decide", what: "merge", people, others };
  // What was made one by a decision is made two by taking it back.
  const merged = decisions.findLast((one) => one.what === "merge" && others.some((id) => one.others.includes(id)));
  if (merged !== undefined) return { type: "undo", decision: merged.decision };
  if (rest.length === 0)
    return { type: "refused", why: `Every memory calls ${person.name} so: there is nobody to part` };
  return { type: "decide", what: "split", people, others };
}

function bare(text: string): string {
  return text.toLowerCase().replace(/^(?:my|our|the)\s+/, "");
}

function idsOf({ mentions }: Pick<Somebody, "mentions">): PersonId[] {
  const shown =
    mentions.length <= IDS_MAX ? mentions : [...mentions.slice(0, IDS_MAX / 2), ...mentions.slice(-IDS_MAX / 2)];
  return [...new Set(shown.map(({ id }) => id as PersonId))];
}
