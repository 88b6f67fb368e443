import { decodeBase64Url, decodeText, encodeBase64Url, encodeText } from "@kaelix/base";
import { parseId } from "@kaelix/model";
import type { TimePageRequest, TimePlace } from "@kaelix/views";

import { serverErrors } from "./errors.ts";

type From = NonNullable<TimePageRequest["from"]>;

/** A cursor of a list by time: opaque to callers, bound to the filter it was made for. */
export function encodeTimeCursor(place: TimePlace, towards: From["towards"], filter: string): string {
  const parts = [towards === "older" ? "o" : "n", place.occurredAtMs, place.firstOffset, place.memoryId, filter];
  return encodeBase64Url(encodeText(JSON.stringify(parts)));
}

/** Reads a cursor back. @throws `cursor-invalid` when it is none, or of another list */
export function decodeTimeCursor(text: string, filter: string): From {
  const parts = parseParts(text);
  const [towards, occurredAtMs, firstOffset, id, madeFor] = parts;
  const memoryId = typeof id === "string" ? parseId("mem", id) : undefined;
  const isWhole =
    (towards === "o" || towards === "n") &&
    Number.isSafeInteger(occurredAtMs) &&
    Number.isSafeInteger(firstOffset) &&
    memoryId !== undefined &&
    madeFor === filter;
  if (!isWhole) throw serverErrors("cursor-invalid");
  const place = { occurredAtMs: Number(occurredAtMs), firstOffset: Number(firstOffset), memoryId };
  return { place, towards: towards === "o" ? "older" : "newer" };
}

/** A cursor of a list that is counted through: conversations. */
export function encodeCountCursor(count: number): string {
  return encodeBase64Url(encodeText(JSON.stringify(["c", count])));
}

/** Reads a counting cursor back. @throws `cursor-invalid` */
export function decodeCountCursor(text: string): number {
  const [kind, count] = parseParts(text);
  if (kind !== "c" || !Number.isSafeInteger(count) || Number(count) < 0) throw serverErrors("cursor-invalid");
  return Number(count);
}

function parseParts(text: string): readonly unknown[] {
  const bytes = decodeBase64Url(text);
  try {
    const parsed: unknown = bytes === undefined ? undefined : JSON.parse(decodeText(bytes));
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // Falls through: whatever it was, it is no cursor of ours.
  }
  throw serverErrors("cursor-invalid");
}
