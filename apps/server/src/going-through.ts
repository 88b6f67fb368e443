import type { GoingThrough, MemoryApplication, PeopleApplication } from "@kaelix/gateway";

import type { HouseContext } from "./house-parts.ts";
import { retentionOfHouse } from "./retention/retention-application.ts";
import { reviewOfHouse } from "./review/open-review.ts";
import { lessonsOfHouse } from "./teaching/lesson-application.ts";
import { timelineOfHouse } from "./timeline-application.ts";

/** Going through what there is: what waits for a word, what happened when, what one's words taught, and how long it is kept. */
export function goingThroughOf(
  context: HouseContext,
  memories: MemoryApplication,
  people: PeopleApplication,
): GoingThrough {
  return {
    review: reviewOfHouse(context, memories, people),
    timeline: timelineOfHouse(context),
    lessons: lessonsOfHouse(context),
    retention: retentionOfHouse(context, memories),
  };
}
