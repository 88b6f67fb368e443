/** No time at all, for tests that are about something else. */
import type { TimelineApplication } from "../timeline-application.ts";

export function fakeTimeline(): TimelineApplication {
  return { read: async () => ({ type: "timeline", zone: "UTC", total: 0, parts: [], sources: [], tookMs: 0 }) };
}
