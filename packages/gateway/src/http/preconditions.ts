/** Headers that put a condition or a wish on a request, parsed. Pure. */
import { type LogPosition, parsePosition } from "@kaelix/base";

import { gatewayErrors } from "../errors.ts";

/** Longest `Prefer: wait`, seconds. */
const WAIT_SECONDS_MAX = 10;
const ETAG_PATTERN = /^"([1-9]\d{0,14})"$/;
const IDEMPOTENCY_KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;
const STATES = ["stored", "indexed", "classified"] as const;

/** How far a caller wants a memory to have come before the answer. */
export interface WaitWish {
  readonly seconds: number;
  readonly until: (typeof STATES)[number];
}

/** The strong ETag of a version. */
export function formatETag(version: number): string {
  return `"${version}"`;
}

/**
 * The version that `If-Match` names. Only one strong ETag is taken: `*` would let a writer skip the check it is there for.
 * @throws KaelixError `if-match-required` when absent, `header-invalid`
 */
export function parseIfMatch(header: string | undefined): number {
  if (header === undefined || header.trim() === "") throw gatewayErrors("if-match-required");
  const version = ETAG_PATTERN.exec(header.trim())?.[1];
  if (version === undefined) throw wrong("If-Match", 'one ETag such as "3"');
  return Number(version);
}

/** The position of `Kaelix-After`. @throws KaelixError `header-invalid` */
export function parseAfter(header: string): LogPosition {
  const position = parsePosition(header.trim());
  if (position === undefined) throw wrong("Kaelix-After", "a position such as memories/4/88412");
  return position;
}

/** The key of `Idempotency-Key`. @throws KaelixError `header-invalid` */
export function parseIdempotencyKey(header: string): string {
  if (!IDEMPOTENCY_KEY_PATTERN.test(header)) {
    throw wrong("Idempotency-Key", "1 to 255 visible ASCII letters without spaces");
  }
  return header;
}

/**
 * The wish in `Prefer` (RFC 7240): `wait=2, kaelix-until=indexed`. Preferences that are not ours are left alone, as the RFC asks.
 * @throws KaelixError `header-invalid` when ours have values that cannot be used
 */
export function parsePrefer(header: string): WaitWish | undefined {
  let seconds: number | undefined;
  let until: WaitWish["until"] | undefined;
  for (const part of header.split(",")) {
    const [name = "", ...rest] = (part.split(";")[0] ?? "").split("=");
    const value = rest
      .join("=")
      .trim()
      .replace(/^"(.*)"$/, "$1");
    const key = name.trim().toLowerCase();
    if (key === "wait") {
      if (!/^\d{1,2}$/.test(value) || Number(value) > WAIT_SECONDS_MAX) {
        throw wrong("Prefer", `wait= with whole seconds from 0 to ${WAIT_SECONDS_MAX}`);
      }
      seconds = Number(value);
    } else if (key === "kaelix-until") {
      until = STATES.find((state) => state === value);
      if (until === undefined) throw wrong("Prefer", `kaelix-until= with one of ${STATES.join(", ")}`);
    }
  }
  if (seconds === undefined) {
    if (until !== undefined) throw wrong("Prefer", "wait= together with kaelix-until=");
    return undefined;
  }
  return { seconds, until: until ?? "indexed" };
}

function wrong(header: string, must: string): Error {
  return gatewayErrors("header-invalid", {
    message: `Cannot use the header ${header}: must be ${must}`,
    details: { header },
  });
}
