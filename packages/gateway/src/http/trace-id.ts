import type { RandomSource } from "@kaelix/base";

const TRACE_PARENT_PATTERN = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const POOL_BYTES = 4_096;
const ID_BYTES = 16;

/**
 * Makes trace ids of 32 hexadecimal letters; random bytes are drawn in pools, for a request must not pay a system call each.
 * The id of a valid `traceparent` header is taken over (W3C Trace Context), so that a caller's trace goes on here.
 */
export function traceIds(random: RandomSource): (traceParent: unknown) => string {
  let pool = Buffer.alloc(0);
  let used = 0;
  return (traceParent) => {
    if (typeof traceParent === "string") {
      const given = TRACE_PARENT_PATTERN.exec(traceParent)?.[1];
      if (given !== undefined && !/^0+$/.test(given)) return given;
    }
    if (used + ID_BYTES > pool.length) {
      pool = Buffer.from(random.bytes(POOL_BYTES));
      used = 0;
    }
    used += ID_BYTES;
    return pool.toString("hex", used - ID_BYTES, used);
  };
}
