import type { GoingThrough, MemoryApplication, PeopleApplication } from "@kaelix/gateway";

import type { HouseContext } from "./house-parts.ts";
import { retentionOfHouse } from "./retention/retention-application.ts";
import type { ProgramReach } from "./program-reach.ts";
import { reviewOfHouse } from "./review/open-review.ts";
import { lessonsOfHouse } from "./teaching/lesson-application.ts";
import { timelineOfHouse } from "./timeline-application.ts";

/** Going through what there is: what waits for a word, what happened when, what one's words taught, and how long it is kept. */
export function goingThroughOf(
  context: HouseContext,
  {
    memories,
    people,
    reach,
  }: { readonly memories: MemoryApplication; readonly people: PeopleApplication; readonly reach: ProgramReach },
): GoingThrough {
  return {
    review: reviewOfHouse(context, memories, people),
    timeline: timelineOfHouse(context, reach),
    lessons: lessonsOfHouse(context),
    retention: retentionOfHouse(context, memories),
  };
}
