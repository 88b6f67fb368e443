/**
 * What topics `identity` and `people` say of accounts that have ended: `user.erased` closes every event of the person.
 *
 *     sign-up, password, sessions, invitations by them     go
 *     `user.erased`                                        stays: it says that they have gone
 *     `invite.revoked`                                     stays: the invitation may be somebody else's, and must not open again. It holds ids
 *     decisions about people                               go
 *
 * A sign-up with a number that was taken counts for nothing as long as the one who has the number stands before it. Where there is such a one,
 * the first stays, without password and profile.
 */
import { decodeText } from "@kaelix/base";
import type { Log, PurgeRule } from "@kaelix/log";
import { decodeEvent, encodeEvent, type KaelixEvent, TOPICS, type UserId } from "@kaelix/model";
import type { Keystore } from "@kaelix/security";

const { name: IDENTITY } = TOPICS.identity;
const PARTITION = 0;
const ERASED = Buffer.from('"user.erased"');
const REGISTERED = Buffer.from('"user.registered"');

/** Accounts that have ended, from an offset of `identity` on. */
export interface Departures {
  /** Of whom everything before an offset of `identity` is closed. */
  readonly people: ReadonlyMap<UserId, number>;
  /** When the first of them ended, epoch ms; undefined when there are none. */
  readonly oldestAtMs: number | undefined;
  /** Where to go on: everything before is in it. */
  readonly nextOffset: number;
}

type ReadableLog = Pick<Log, "bounds" | "read">;

/**
 * Reads which accounts have ended, as far as it is durable.
 * @param most ends right behind the one that makes it so many; at least one
 */
export async function readDepartures(
  log: ReadableLog,
  { from, most }: { readonly from: number; readonly most: number },
): Promise<Departures> {
  const people = new Map<UserId, number>();
  let oldestAtMs: number | undefined;
  const nextOffset = await eachEvent(log, { from, words: [ERASED] }, (event, offset) => {
    if (event.type !== "user.erased") return "on";
    people.set(event.user, offset);
    oldestAtMs = Math.min(oldestAtMs ?? event.at, event.at);
    return people.size >= most ? "enough" : "on";
  });
  return { people, oldestAtMs, nextOffset };
}

/** Which of them had a number with which somebody else signed up meanwhile, and was refused. */
export async function readContested(log: ReadableLog, people: ReadonlyMap<UserId, number>): Promise<Set<UserId>> {
  const holders = new Map<string, UserId>();
  const phones = new Map<UserId, string>();
  const contested = new Set<UserId>();
  await eachEvent(log, { from: 0, words: [ERASED, REGISTERED] }, (event) => {
    const { type, user } = event;
    if (type === "user.erased") holders.delete(phones.get(user) ?? "");
    if (type !== "user.registered") return "on";
    const holder = holders.get(event.phone);
    if (holder !== undefined && holder !== user) {
      if (people.has(holder)) contested.add(holder);
      return "on";
    }
    holders.set(event.phone, user);
    phones.set(user, event.phone);
    return "on";
  });
  return contested;
}

/** What the rules of a purge of accounts are asked with. */
export interface DepartureRulesParts {
  readonly people: ReadonlyMap<UserId, number>;
  readonly contested: ReadonlySet<UserId>;
  readonly keystore: Pick<Keystore, "hasUserKey">;
}

/** The rule of topic `identity`. */
export function identityRule({ contested, keystore, people }: DepartureRulesParts): PurgeRule {
  return ({ key, offset, value }) => {
    const user = ownerOf(key);
    const before = people.get(user);
    if (value === null || before === undefined || offset >= before || keystore.hasUserKey(user)) return "stays";
    const decoded = decodeEvent(value);
    if (decoded.type !== "event" || decoded.event.type === "invite.revoked") return "stays";
    const { event } = decoded;
    if (event.type !== "user.registered" || !contested.has(user)) return "goes";
    return { value: encodeEvent({ ...event, password: "", sealed: "" }) };
  };
}

/** The rule of topic `people`. */
export function peopleRule({ keystore, people }: DepartureRulesParts): PurgeRule {
  return ({ key }) => (people.has(ownerOf(key)) && !keystore.hasUserKey(ownerOf(key)) ? "goes" : "stays");
}

/** Ids are looked up as the text they are. */
function ownerOf(key: Uint8Array | null): UserId {
  return (key === null ? "" : decodeText(key)) as UserId;
}

/** Calls `take` with events of `identity` that hold one of some words; returns the offset behind the last one that was looked at. */
async function eachEvent(
  log: ReadableLog,
  { from, words }: { readonly from: number; readonly words: readonly Buffer[] },
  take: (event: KaelixEvent, offset: number) => "on" | "enough",
): Promise<number> {
  const { durableOffset, startOffset } = await log.bounds(IDENTITY, PARTITION);
  let offset = Math.max(from, startOffset);
  while (offset < durableOffset) {
    const batch = await log.read(IDENTITY, PARTITION, offset);
    for (const { offset: at, value } of batch.records) {
      if (value === null) continue;
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      if (!words.some((word) => bytes.includes(word))) continue;
      const decoded = decodeEvent(value);
      if (decoded.type === "event" && take(decoded.event, at) === "enough") return at + 1;
    }
    if (batch.nextOffset <= offset) break;
    offset = batch.nextOffset;
  }
  return offset;
}
