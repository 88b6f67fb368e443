/**
 * What topic `memories` says of contents that no view holds any more: an event that comes later has closed them.
 *
 *     memory.erased                                    closes every content of the memory before it
 *     memory.revised to another level                  closes every content of the memory before it
 *     memory.remembered again, at another level        closes those of other levels before it
 *     memory.all-erased                                closes every event of the person before it
 *
 * These are the rules by which the relational view clears what it stored (`closesPast` in its fold): so a view that is made anew after a purge
 * comes to the same rows.
 */
import { decodeText } from "@kaelix/base";
import type { Log } from "@kaelix/log";
import { decodeEvent, type KaelixEvent, type Level, type MemoryId, TOPICS, type UserId } from "@kaelix/model";

/** What closes contents of a memory. */
export interface Closing {
  readonly user: UserId;
  /** Contents before this offset are closed; -1: none. */
  readonly before: number;
  /** It was erased: its files went with it. */
  readonly isErased: boolean;
  /** Told again: contents of other levels before this offset are closed. */
  readonly toldAgain: { readonly offset: number; readonly level: Level } | undefined;
}

/** Closings of a partition, from an offset on. */
export interface Closings {
  readonly memories: ReadonlyMap<MemoryId, Closing>;
  /** People of whom everything before an offset is closed. */
  readonly people: ReadonlyMap<UserId, number>;
  /** When the first of them was decided, epoch ms; undefined when there are none. */
  readonly oldestAtMs: number | undefined;
  /** Where to go on: everything before is in it. */
  readonly nextOffset: number;
}

/** Words of which a record that closes something holds one. What is sealed is base64url: it holds no quotation marks. */
const WORDS = ['"memory.erased"', '"memory.all-erased"', '"change":"move"'].map((word) => Buffer.from(word));
const TOLD = Buffer.from('"memory.remembered"');
const FIRST_VERSION = Buffer.from('"memory_version":1,');

/**
 * Reads closings of a partition of `memories` from an offset on, as far as it is durable.
 * @param most ends right behind the closing that makes it so many memories and people; at least one
 */
export async function readClosings(
  log: Pick<Log, "bounds" | "read">,
  partition: number,
  { from, most }: { readonly from: number; readonly most: number },
): Promise<Closings> {
  const topic = TOPICS.memories.name;
  const memories = new Map<MemoryId, Closing>();
  const people = new Map<UserId, number>();
  const { durableOffset, startOffset } = await log.bounds(topic, partition);
  let oldestAtMs: number | undefined;
  let offset = Math.max(from, startOffset);
  while (offset < durableOffset) {
    const batch = await log.read(topic, partition, offset);
    for (const { offset: at, value } of batch.records) {
      const event = value === null || !mayClose(value) ? undefined : eventOf(value);
      if (event === undefined) continue;
      if (!close(event, at, memories, people)) continue;
      oldestAtMs = Math.min(oldestAtMs ?? event.at, event.at);
      if (memories.size + people.size >= most) return { memories, people, oldestAtMs, nextOffset: at + 1 };
    }
    if (batch.nextOffset <= offset) break;
    offset = batch.nextOffset;
  }
  return { memories, people, oldestAtMs, nextOffset: offset };
}

function mayClose(value: Uint8Array): boolean {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (WORDS.some((word) => bytes.includes(word))) return true;
  return bytes.includes(TOLD) && !bytes.includes(FIRST_VERSION);
}

function eventOf(value: Uint8Array): KaelixEvent | undefined {
  const decoded = decodeEvent(value);
  return decoded.type === "event" ? decoded.event : undefined;
}

/** Takes note of what an event closes; true when it closes something. */
function close(
  event: KaelixEvent,
  offset: number,
  memories: Map<MemoryId, Closing>,
  people: Map<UserId, number>,
): boolean {
  const { user } = event;
  if (event.type === "memory.all-erased") {
    people.set(user, offset);
    return true;
  }
  const isErased = event.type === "memory.erased";
  const isMoved = event.type === "memory.revised" && event.change === "move";
  const isTold = event.type === "memory.remembered" && event.memory_version > 1;
  if (!isErased && !isMoved && !isTold) return false;
  const known = memories.get(event.memory);
  // Of another user the first stays what it is: views leave such events out.
  if (known !== undefined && known.user !== user) return false;
  const toldAgain = isTold ? { offset, level: event.level } : known?.toldAgain;
  const before = isTold ? (known?.before ?? -1) : offset;
  memories.set(event.memory, { user, before, isErased: isErased || known?.isErased === true, toldAgain });
  return true;
}

const MEMORY_FIELD = Buffer.from('"memory":"');
const MEMORY_ID_LENGTH = 30;

/** The memory that a record of `memories` is about, as it stands in its bytes; "" when it names none. */
export function memoryNamedIn(value: Uint8Array): string {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const at = bytes.indexOf(MEMORY_FIELD);
  return at < 0
    ? ""
    : decodeText(bytes.subarray(at + MEMORY_FIELD.length, at + MEMORY_FIELD.length + MEMORY_ID_LENGTH));
}
