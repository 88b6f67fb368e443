import type { MemoryApplication, PeopleApplication, ReviewApplication } from "@kaelix/gateway";

import { type HouseContext, need } from "../house-parts.ts";
import { reviewApplication } from "./review-application.ts";

/** What waits for a person's word, over memories that write down what is shown above the indexed levels. */
export function reviewOfHouse(
  { parts }: HouseContext,
  memories: MemoryApplication,
  people: PeopleApplication,
): ReviewApplication {
  const { days, ...rest } = need(parts, "remember", "changes", "store", "audit", "days");
  return reviewApplication({ ...rest, memories, people, proposed: days.proposed });
}
