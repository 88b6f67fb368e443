/** What a search or a question sees when it asks how things stood. */
import type { AsOf } from "@kaelix/gateway";
import { TOPICS } from "@kaelix/model";
import type { RecallScope } from "@kaelix/recall";
import type { SearchFilters } from "@kaelix/views";

import { serverErrors } from "./errors.ts";

/**
 * Narrows what is looked at to what there was. A position orders one partition, in which all of one person stands: what others share stands
 * elsewhere, so behind a position there is only one's own.
 * @throws KaelixError `position-elsewhere` where the position is of another partition than `partition`
 */
export function narrowed(
  filters: SearchFilters,
  asOf: AsOf | undefined,
  partition: number,
): { readonly filters: SearchFilters } & Pick<RecallScope, "shared"> {
  if (asOf === undefined) return { filters };
  if (asOf.type === "time")
    return { filters: { ...filters, beforeMs: Math.min(asOf.ms, filters.beforeMs ?? Infinity) } };
  const { position } = asOf;
  if (position.topic !== TOPICS.memories.name || position.partition !== partition)
    throw serverErrors("position-elsewhere");
  return { filters: { ...filters, toldUpTo: position.offset }, shared: [] };
}
