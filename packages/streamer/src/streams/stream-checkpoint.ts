/**
 * A partition's streams as of an offset, so that opening need not read its whole log. Derived: one that is missing or wrong is made again.
 *
 *     "KXS1" | CRC-32C u32 of all that follows | JSON length u32 | JSON: counts, and the names by row (null: a free row)
 *     ids u32 each | next sequences f64 each | last runs i32 each | times of the newest record f64 each
 */
import { decodeText, encodeText } from "@kaelix/base";
import { checksum } from "@kaelix/protocol";

import type { HistoryState } from "./history-index.ts";

const MAGIC = 0x4b585331;
const HEAD_BYTES = 12;

/** What a checkpoint holds. */
export interface StreamCheckpoint {
  readonly names: readonly (string | null)[];
  readonly history: HistoryState;
  readonly appendedMs: Float64Array;
}

/** The checkpoint's bytes. */
export function encodeStreamCheckpoint(checkpoint: StreamCheckpoint): Uint8Array {
  const { history, names } = checkpoint;
  const { nextId, nextOffset, nextRun } = history;
  const json = encodeText(JSON.stringify({ nextId, nextRun, nextOffset, names }));
  const columns = [history.ids, history.nextSequences, history.lastRuns, checkpoint.appendedMs];
  const bytes = new Uint8Array(HEAD_BYTES + json.length + columns.reduce((sum, column) => sum + column.byteLength, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(8, json.length);
  bytes.set(json, HEAD_BYTES);
  let at = HEAD_BYTES + json.length;
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  view.setUint32(4, checksum(bytes.subarray(8)));
  return bytes;
}

/** The checkpoint in bytes; undefined when they are not one. */
export function decodeStreamCheckpoint(bytes: Uint8Array): StreamCheckpoint | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== MAGIC || view.getUint32(4) !== checksum(bytes.subarray(8))) return undefined;
  const jsonEnd = HEAD_BYTES + view.getUint32(8);
  if (jsonEnd > bytes.length) return undefined;
  // The checksum says that these are the bytes this file's own encoder wrote.
  const head = JSON.parse(decodeText(bytes.subarray(HEAD_BYTES, jsonEnd))) as Head;
  const rows = head.names.length;
  if (bytes.length !== jsonEnd + rows * (4 + 8 + 4 + 8)) return undefined;
  let at = jsonEnd;
  function take(size: number): ArrayBuffer {
    const part = bytes.slice(at, at + rows * size).buffer;
    at += rows * size;
    return part;
  }
  const ids = new Uint32Array(take(4));
  const nextSequences = new Float64Array(take(8));
  const lastRuns = new Int32Array(take(4));
  const { names, nextId, nextOffset, nextRun } = head;
  return {
    names,
    history: { ids, nextSequences, lastRuns, nextId, nextRun, nextOffset },
    appendedMs: new Float64Array(take(8)),
  };
}

interface Head {
  readonly nextId: number;
  readonly nextRun: number;
  readonly nextOffset: number;
  readonly names: readonly (string | null)[];
}
