import { type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { FieldsError } from "../http/problem.ts";
import { timeText } from "../http/wire.ts";

/** How much lies where in time. */
export const timelineHandlers: HandlersOf<"timeline.read"> = {
  "timeline.read": async ({ application, principal, query }) => {
    const { month, person, source, zone } = query;
    const outcome = await application.timeline.read(principal, withoutUndefined({ month, person, source, zone }));
    if (outcome.type === "unknown-zone") throw new FieldsError([{ pointer: "/zone", detail: "There is no such zone" }]);
    const data = outcome.parts.map(({ count, fromMs, key, toMs }) => ({
      key,
      count,
      from: timeText(fromMs),
      to: timeText(toMs),
    }));
    const { sources, tookMs, total, zone: zoneUsed } = outcome;
    return { type: "json", body: { zone: zoneUsed, total, data, sources: [...sources], took_ms: tookMs } };
  },
};
