/** What keys and apps have in common as rows: where what is said of them is sealed, and how often their use is written down. */
import type { ApiKeyId, UserId } from "@kaelix/model";

import type { ApiKeyRow } from "./rows.ts";

const USE_WRITTEN_MS = 10 * 60_000;

/** True when a use of a program now is to be written down. */
export function isUseDue({ endedAtMs, usedAtMs }: Pick<ApiKeyRow, "endedAtMs" | "usedAtMs">, nowMs: number): boolean {
  return endedAtMs === null && (usedAtMs === null || nowMs - usedAtMs >= USE_WRITTEN_MS);
}

/** Where a program's name is sealed. */
export function programPlace(
  user: UserId,
  key: ApiKeyId,
): { readonly user: UserId; readonly purpose: "factor"; readonly subject: string } {
  return { user, purpose: "factor", subject: key };
}
