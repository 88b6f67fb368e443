/**
 * What is known of each stream, as columns of numbers indexed by slot: about fifty bytes a stream, no objects.
 */

const ROWS_MIN = 1 << 10;

/** Columns by slot. Offsets and sequences are exact up to 2^53. */
export class StreamTable {
  /** Sequence its reader goes on with. */
  cursor = new Float64Array(ROWS_MIN);
  /** Epoch ms of the newest record. */
  appendedMs = new Float64Array(ROWS_MIN);
  /** Ms a record is kept; 0: for ever. */
  ttlMs = new Float64Array(ROWS_MIN);
  /** Bytes a second it may append; 0: unlimited. */
  quotaBytes = new Float64Array(ROWS_MIN);
  /** Bytes it may append at once now, as of `quotaAtMs`. */
  quotaLeft = new Float64Array(ROWS_MIN);
  quotaAtMs = new Float64Array(ROWS_MIN);
  /** 0 (first) to 7 (last). */
  priority = new Uint8Array(ROWS_MIN);

  /** Makes room for a slot. */
  ensure(slot: number): void {
    const before = this.priority.length;
    if (slot < before) return;
    const rows = Math.max(before * 2, slot + 1);
    for (const column of NUMBER_COLUMNS) {
      const larger = new Float64Array(rows);
      larger.set(this[column]);
      this[column] = larger;
    }
    const priorities = new Uint8Array(rows);
    priorities.set(this.priority);
    this.priority = priorities;
  }

  /** Makes a slot's row that of a stream just begun. */
  begin(slot: number, priority: number): void {
    this.ensure(slot);
    for (const column of NUMBER_COLUMNS) this[column][slot] = 0;
    this.priority[slot] = priority;
  }

  /** Bytes held. */
  get bytesHeld(): number {
    return this.priority.length * (NUMBER_COLUMNS.length * 8 + 1);
  }
}

/** The columns of 64-bit numbers. */
const NUMBER_COLUMNS = ["cursor", "appendedMs", "ttlMs", "quotaBytes", "quotaLeft", "quotaAtMs"] as const;

/**
 * Spends bytes of a stream's quota: a bucket that holds one second's bytes. A larger record may go when the bucket is full.
 * @param nowMs monotonic
 * @returns 0, or the ms after which it may be tried again; then nothing was spent
 */
export function spendQuota(table: StreamTable, slot: number, bytes: number, nowMs: number): number {
  const quota = table.quotaBytes[slot] ?? 0;
  if (quota === 0) return 0;
  const elapsedMs = nowMs - (table.quotaAtMs[slot] ?? 0);
  const left = Math.min(quota, (table.quotaLeft[slot] ?? 0) + (elapsedMs / 1000) * quota);
  const needed = Math.min(bytes, quota);
  table.quotaAtMs[slot] = nowMs;
  table.quotaLeft[slot] = left < needed ? left : left - bytes;
  return left < needed ? Math.ceil(((needed - left) / quota) * 1000) : 0;
}
