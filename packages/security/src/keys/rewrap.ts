/** Many keys at once, but not all: a key server answers in milliseconds, and there may be a hundred thousand of them. */
import type { RewrapOptions } from "./keystore-types.ts";

const AT_ONCE = 16;

/** Does `rewrap` for every owner; returns how many it was true for. Stops at the first failure after those at hand, and throws it. */
export async function rewrapAll<Owner>(
  owners: Iterable<Owner>,
  rewrap: (owner: Owner) => Promise<boolean>,
  { signal, onProgress }: RewrapOptions,
): Promise<number> {
  const waiting = [...owners];
  let count = 0;
  let isFailed = false;
  const isStopped = (): boolean => isFailed || signal?.aborted === true;
  const some = async (): Promise<void> => {
    for (let owner = waiting.pop(); owner !== undefined && !isStopped(); owner = waiting.pop()) {
      try {
        if (await rewrap(owner)) count++;
      } catch (error) {
        isFailed = true;
        throw error;
      }
      onProgress?.(count);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: AT_ONCE }, some));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return count;
}
