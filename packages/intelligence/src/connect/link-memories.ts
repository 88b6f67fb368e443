/**
 * Connections between a new memory and the ones before it. Each shared thing speaks for a pair with a weight; a shared word that is used
 * of something else (another compound, something read or cooked, a name beside a noun) speaks against it.
 */
import {
  type Connection,
  type ConnectionReason,
  type Digest,
  type DigestWord,
  type Entity,
  ME_ID,
  type World,
  WORLD_BOUNDS,
} from "./world.ts";

/** What speaks for a pair, by kind. */
interface PairSignals {
  readonly event: number;
  readonly onTheDay: number;
  readonly promise: number;
  readonly thing: number;
  readonly person: number;
  readonly weakPerson: number;
  readonly place: number;
  readonly substance: number;
  readonly thread: number;
  readonly word: number;
  readonly moreWords: number;
  readonly falseWord: number;
  readonly field: number;
  readonly amount: number;
  readonly aside: number;
  readonly near: number;
  readonly far: number;
  readonly goesOn: number;
}

/** Weights of the signals: logistic regression on our own development worlds, drawn towards weights set by hand and rounded. */
const WEIGHTS: PairSignals = {
  event: 2.2,
  onTheDay: 3.1,
  promise: 1.6,
  thing: 1.6,
  person: 3.2,
  weakPerson: 2.6,
  place: 1.6,
  substance: 2.4,
  thread: 1.2,
  word: -0.5,
  moreWords: 1.8,
  falseWord: -1,
  field: 0.45,
  amount: 2.4,
  aside: -2.6,
  near: 1.2,
  far: -0.3,
  goesOn: 0.6,
};
const BIAS = -1.2;
const NEAR_DAYS = 10;
const FAR_DAYS = 75;
const CONNECTIONS_PER_MEMORY = 24;

/** Connects a memory with earlier ones; the strongest first. */
export function linkMemory(world: World, digest: Digest): Connection[] {
  const found: Connection[] = [];
  const traits = traitsOf(digest);
  for (const earlier of world.digests) {
    if (!mayBelong(earlier, digest, traits)) continue;
    const { signals, reason, entityIds } = compare(world, earlier, digest);
    if (reason === undefined) continue;
    const score = scorePair(signals);
    if (score < 0.5) continue;
    found.push({ from: earlier.memoryId, to: digest.memoryId, score, reason, entityIds });
  }
  return found.toSorted((left, right) => right.score - left.score).slice(0, CONNECTIONS_PER_MEMORY);
}

interface Traits {
  readonly ids: ReadonlySet<string>;
  readonly stems: ReadonlySet<string>;
}

function traitsOf(digest: Digest): Traits {
  const ids = new Set([...digest.entityIds, ...digest.weakIds, ...digest.threadIds]);
  ids.delete(ME_ID);
  return { ids, stems: new Set(digest.words.map((word) => word.stem)) };
}

/** A cheap look that leaves out only pairs that nothing could connect. */
function mayBelong(earlier: Digest, later: Digest, { ids, stems }: Traits): boolean {
  if (earlier.entityIds.some((id) => ids.has(id)) || earlier.weakIds.some((id) => ids.has(id))) return true;
  if (earlier.threadIds.length > 0 && earlier.threadIds.some((id) => ids.has(id))) return true;
  if (earlier.amounts.length > 0 && later.amounts.some((amount) => earlier.amounts.includes(amount))) return true;
  if (earlier.words.some((word) => stems.has(word.stem))) return true;
  const isNear = later.dayNumber - earlier.dayNumber <= NEAR_DAYS;
  return (isNear || later.goesOn) && sharedField(earlier, later).sum > 0;
}

/** The chance that a pair belongs together. */
function scorePair(signals: PairSignals): number {
  let sum = BIAS;
  // The keys of both are those of PairSignals.
  for (const name of Object.keys(WEIGHTS) as (keyof PairSignals)[]) sum += WEIGHTS[name] * signals[name];
  return 1 / (1 + Math.exp(-sum));
}

/** What two memories have in common. */
function compare(
  world: World,
  earlier: Digest,
  later: Digest,
): { signals: PairSignals; reason: ConnectionReason | undefined; entityIds: string[] } {
  const days = later.dayNumber - earlier.dayNumber;
  const shared = sharedEntities(world, earlier, later);
  const words = sharedWords(world, earlier, later);
  const field = sharedField(earlier, later);
  const amounts = later.amounts.filter((amount) => Number(amount) >= 20 && earlier.amounts.includes(amount));
  const strong =
    shared.sums.event + shared.sums.promise + shared.sums.onTheDay + shared.sums.person + shared.sums.thing;
  const signals: PairSignals = {
    ...shared.sums,
    thread: threads(world, earlier, later).length > 0 && shared.sums.event + shared.sums.onTheDay === 0 ? 1 : 0,
    word: Math.min(1.5, words.same.length * 0.8),
    moreWords: Math.min(2, Math.max(0, words.same.length - 1)),
    falseWord: strong > 0 ? 0.4 * Math.min(1, words.other) : Math.min(1, words.other),
    field: Math.min(2, field.sum),
    amount: amounts.length > 0 ? 1 : 0,
    aside: (earlier.isAside || later.isAside) && shared.sums.onTheDay + shared.sums.promise === 0 ? 1 : 0,
    near: days <= NEAR_DAYS ? 1 : 0,
    far: days > FAR_DAYS ? 1 : 0,
    goesOn: later.goesOn ? 1 : 0,
  };
  const reason =
    shared.reason ??
    (amounts[0] === undefined ? undefined : { type: "same-amount" as const, amount: amounts[0] }) ??
    (words.same.length > 0 ? { type: "same-words" as const, words: words.same } : undefined) ??
    (field.name === undefined ? undefined : { type: "same-field" as const, field: field.name });
  return { signals, reason, entityIds: shared.ids };
}

/** Events that one memory speaks of and the other moves in the field of. */
function threads(world: World, earlier: Digest, later: Digest): string[] {
  const touches = (digest: Digest, id: string): boolean => digest.entityIds.includes(id) || digest.weakIds.includes(id);
  const ids = new Set([
    ...earlier.threadIds.filter((id) => touches(later, id)),
    ...later.threadIds.filter((id) => touches(earlier, id)),
  ]);
  return [...ids].filter((id) => world.entities.has(id));
}

type EntitySums = Pick<
  PairSignals,
  "event" | "onTheDay" | "promise" | "thing" | "person" | "weakPerson" | "place" | "substance"
>;
const ORDER = ["onTheDay", "promise", "event", "thing", "substance", "person", "place", "weakPerson"] as const;

function sharedEntities(
  world: World,
  earlier: Digest,
  later: Digest,
): { sums: EntitySums; reason: ConnectionReason | undefined; ids: string[] } {
  const sums = { event: 0, onTheDay: 0, promise: 0, thing: 0, person: 0, weakPerson: 0, place: 0, substance: 0 };
  const reasons: Partial<Record<keyof EntitySums, ConnectionReason>> = {};
  const ids: string[] = [];
  const before = new Set([...earlier.entityIds, ...earlier.weakIds]);
  for (const id of [...later.entityIds, ...later.weakIds]) {
    const entity = world.entities.get(id);
    if (id === ME_ID || entity === undefined || !before.has(id) || ids.includes(id)) continue;
    ids.push(id);
    const isWeak = later.weakIds.includes(id) || earlier.weakIds.includes(id);
    const kind = kindOf(entity, isWeak);
    if (kind === undefined) continue;
    sums[kind] = Math.min(
      1.4,
      sums[kind] + rarity(world, entity) * (kind === "event" ? Math.min(1, entity.confidence + 0.2) : 1),
    );
    reasons[kind] ??= reasonOf(kind, entity);
  }
  const best = ORDER.find((kind) => reasons[kind] !== undefined);
  return { sums, reason: best === undefined ? undefined : reasons[best], ids };
}

function kindOf(entity: Entity, isWeak: boolean): keyof EntitySums | undefined {
  if (entity.type === "person") return isWeak ? "weakPerson" : "person";
  if (entity.type === "event") return isWeak ? "onTheDay" : "event";
  if (entity.type === "organisation") return "place";
  return entity.type === "date" ? undefined : entity.type;
}

function reasonOf(kind: keyof EntitySums, entity: Entity): ConnectionReason {
  if (kind === "onTheDay") return { type: "on-the-day", entityId: entity.id, day: entity.day ?? "" };
  if (kind === "weakPerson") return { type: "same-person", entityId: entity.id };
  if (kind === "place" && entity.type === "organisation") return { type: "same-organisation", entityId: entity.id };
  return { type: `same-${kind}`, entityId: entity.id };
}

/** Somebody who is in every memory says little about a pair. */
function rarity(world: World, entity: Entity): number {
  const share = entity.memoryIds.length / Math.max(20, world.seq);
  return share < 0.2 ? 1 : Math.max(0.3, 1.2 - share);
}

function sharedWords(world: World, earlier: Digest, later: Digest): { same: string[]; other: number } {
  const same: string[] = [];
  let other = 0;
  for (const word of later.words) {
    const twin = earlier.words.find((one) => one.stem === word.stem);
    if (twin === undefined || (world.stemCounts.get(word.stem) ?? 0) > Math.max(4, world.seq / 8)) continue;
    if (word.isName && twin.isName) continue;
    if (isOtherSense(earlier, later, twin, word)) other += 1;
    else same.push(word.stem);
  }
  return { same: [...new Set(same)], other };
}

/** The same letters of something else: one a name, one not; another compound; something read; brought in anew with "a". */
function isOtherSense(earlier: Digest, later: Digest, left: DigestWord, right: DigestWord): boolean {
  if (left.isName !== right.isName) return true;
  if (earlier.isAside !== later.isAside) return true;
  if (right.isIndefinite && !later.goesOn) return true;
  if (left.before !== right.before && !(left.before === "" && left.after === "") && right.before !== "") return true;
  const hasParts = (left.before !== "" || left.after !== "") && (right.before !== "" || right.after !== "");
  const isSameCompound =
    (left.before !== "" && left.before === right.before) || (left.after !== "" && left.after === right.after);
  const isFar = later.dayNumber - earlier.dayNumber > 30;
  return hasParts && !isSameCompound && isFar;
}

function sharedField(earlier: Digest, later: Digest): { name: string | undefined; sum: number } {
  let name: string | undefined;
  let sum = 0;
  for (const [field, count] of Object.entries(later.fields)) {
    const other = earlier.fields[field] ?? 0;
    if (other === 0) continue;
    sum += Math.min(1.5, 0.5 * Math.min(count, 3) * Math.min(other, 3));
    name ??= field;
  }
  return { name, sum };
}

/** Keeps a memory to compare later ones with. */
export function keepDigest(world: World, digest: Digest): void {
  world.digests.push(digest);
  if (world.digests.length > WORLD_BOUNDS.digestsMax) world.digests.shift();
}
