import { levelName } from "@kaelix/model";

import type { HandlersOf } from "../http/exchange.ts";
import { timeText } from "../http/wire.ts";

/** What a person taught their own judge. */
export const lessonHandlers: HandlersOf<"lessons.read" | "lessons.forget" | "classifications.make"> = {
  "lessons.read": async ({ application, principal }) => {
    const { forgottenAtMs, groups, total } = await application.lessons.read(principal);
    const data = groups.map(({ count, from, to }) => ({ from: levelName(from), to: levelName(to), count }));
    const forgotten = forgottenAtMs === null ? null : timeText(forgottenAtMs);
    return { type: "json", body: { total, forgotten_at: forgotten, data } };
  },
  "lessons.forget": async ({ application, principal }) => {
    await application.lessons.forget(principal);
    return { type: "empty" };
  },
  "classifications.make": async ({ application, principal, body }) => {
    const judged = await application.lessons.judge(principal, body.texts);
    const data = judged.map(({ confidence, isTaught, level, reasons }) => ({
      level: levelName(level),
      confidence,
      taught: isTaught,
      reasons: reasons.map((reason) => ({ ...reason, level: levelName(reason.level) })),
    }));
    return { type: "json", body: { data } };
  },
};
