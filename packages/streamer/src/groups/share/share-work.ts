/** Members of a share group at work without a connection, as simulations and tests have them. */
import { decodeText } from "@kaelix/base";
import { decodeRecords, type KafkaErrorCode } from "@kaelix/protocol";

import type { SharePlace } from "./share-state.ts";
import type { OpenShare, Shares } from "./shares.ts";

const READ_BYTES = 1 << 16;

/** A record that a member holds. */
export interface HeldRecord {
  readonly offset: number;
  readonly text: string;
  /** How often it was delivered, this time included. */
  readonly deliveryCount: number;
}

/** Who wants how much, and until when a lock that begins now holds. */
export interface WantedRecords {
  readonly memberId: string;
  readonly recordsMax: number;
  readonly lockEndsMs: number;
}

/**
 * Acquires records of a partition from where its group says, as a ShareFetch does. `given` hears of each at the moment in which it is given:
 * what happens to it afterwards may happen before this resolves. Throws storage's errors.
 */
export async function acquireRecords(
  shares: Shares,
  place: SharePlace,
  wanted: WantedRecords,
  given: (held: HeldRecord) => void = () => undefined,
): Promise<readonly HeldRecord[]> {
  const opened = await shares.open(place);
  return opened === undefined ? [] : opened.entry.alone(() => acquire(shares, opened, wanted, given));
}

async function acquire(
  shares: Shares,
  { entry, source }: OpenShare,
  wanted: WantedRecords,
  given: (held: HeldRecord) => void,
): Promise<readonly HeldRecord[]> {
  const { deliveryCountMax, recordLocksMax } = shares.settingsOf(entry.place.groupId);
  entry.follow(source);
  const from = entry.partition.fetchOffset(recordLocksMax);
  if (from === undefined || from >= source.leader.bounds().endOffset) return [];
  const read = await source.leader.read(from, READ_BYTES, "read_uncommitted");
  const texts = new Map<number, string>();
  for (const { at, bytes, header } of read.batches) {
    const records = decodeRecords(bytes, at, header);
    if (typeof records === "string") throw new Error(records);
    for (const { offset, value } of records) texts.set(offset, value === null ? "" : decodeText(value));
  }
  const batches = read.batches.map(({ header: { baseOffset, lastOffsetDelta } }) => ({
    first: baseOffset,
    last: baseOffset + lastOffsetDelta,
    isShown: true,
  }));
  const ranges = entry.partition.acquire(
    { from, to: read.nextOffset, batches },
    { ...wanted, batchSize: 10, isStrict: true, recordLocksMax, deliveryCountMax },
  );
  shares.watchLocks(entry);
  const held = ranges.flatMap(({ deliveryCount, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => {
      const offset = first + index;
      return { offset, text: texts.get(offset) ?? "", deliveryCount };
    }),
  );
  for (const one of held) given(one);
  return held;
}

/** Says one thing of one record; resolves when that is on the disk. */
export function acknowledgeRecord(
  shares: Shares,
  { groupId, partition, topicId }: SharePlace,
  memberId: string,
  { offset, type }: { readonly offset: number; readonly type: number },
): Promise<KafkaErrorCode> {
  const batches = [{ firstOffset: offset, lastOffset: offset, acknowledgeTypes: [type] }];
  return shares.acknowledge(groupId, memberId, { topicId, partition, batches });
}
