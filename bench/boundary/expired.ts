/** A session whose time is over opens nothing. The clock of this process is put ahead while it asks. */
import type { Door } from "../proofs/door.ts";
import { type Interface, sampleOf } from "../proofs/openapi.ts";
import { type Cast, guessedIds } from "./cast.ts";

const AHEAD_MS = 11 * 60_000;

/** Asks every route that is not public with a token that was good eleven minutes ago. */
export async function sweepExpired(
  door: Door,
  api: Interface,
  cast: Cast,
): Promise<{ readonly calls: number; readonly faults: readonly string[] }> {
  const faults: string[] = [];
  let calls = 0;
  const now = Date.now;
  Date.now = () => now() + AHEAD_MS;
  try {
    for (const operation of api.operations) {
      if (operation.isPublic || operation.isUpload) continue;
      const ids = guessedIds(cast.foreign.keys());
      const path = operation.path.replaceAll(/\{[a-z_]+\}/g, () => ids.get("mem")?.[0] ?? "");
      const idOf = (kind: string): string | undefined => ids.get(kind)?.[0];
      const sampling = { components: api.components, idOf, text: () => "x", pick: () => 0, isFull: false };
      const body = operation.body === undefined ? undefined : sampleOf(operation.body, sampling);
      const heard = await door.askJson(cast.victimToken, operation.method, path, body);
      calls++;
      if (heard.status !== 401)
        faults.push(`An expired session: ${operation.method} ${path} → ${heard.status}, must be 401`);
    }
  } finally {
    Date.now = now;
  }
  return { calls, faults };
}
