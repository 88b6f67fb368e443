/**
 * What a person taught, as the gateway asks for it: how much, what it would make of a text, and an end to it.
 *
 * Guarantees: nothing that was taught above what the session is open to is counted, or shines through what is said of a text.
 */
import { type Clock, KeyedLock } from "@kaelix/base";
import type { LessonApplication } from "@kaelix/gateway";
import { classifyByRules, wasTaught } from "@kaelix/intelligence";
import { EVENT_VERSION, type UserPrincipal } from "@kaelix/model";

import type { DayBook } from "../days/day-book.ts";
import { type HouseContext, need } from "../house-parts.ts";
import { ownerOf } from "../imports-application.ts";
import type { HouseLessons } from "./house-lessons.ts";

/** What it works with. */
interface LessonParts {
  readonly lessons: Pick<HouseLessons, "of" | "corrections">;
  readonly dayBook: Pick<DayBook, "put" | "lessonsForgotten">;
  readonly clock: Clock;
}

/** The lessons of the house's people. */
export function lessonsOfHouse({ clock, parts }: HouseContext): LessonApplication {
  return lessonApplication({ ...need(parts, "lessons", "dayBook"), clock });
}

/** The gateway's seam over lessons. */
function lessonApplication({ clock, dayBook, lessons }: LessonParts): LessonApplication {
  const locks = new KeyedLock();
  return {
    async read(principal) {
      const open = (await lessons.corrections(principal.userId)).filter(
        ({ from, memory }) => Math.max(from, memory.level) <= principal.ceiling,
      );
      const groups = Map.groupBy(open, ({ from, memory }) => `${from}${memory.level}`);
      return {
        total: open.length,
        forgottenAtMs: dayBook.lessonsForgotten(principal.userId)?.at ?? null,
        groups: [...groups.values()].flatMap((same) => {
          const [first] = same;
          return first === undefined ? [] : [{ from: first.from, to: first.memory.level, count: same.length }];
        }),
      };
    },
    async judge(principal: UserPrincipal, texts) {
      const taught = await lessons.of(ownerOf(principal));
      return texts.map((text) => {
        const byRules = classifyByRules(text);
        const judged = taught?.adjust(text, byRules, principal.ceiling) ?? byRules;
        return { ...judged, isTaught: wasTaught(judged.reasons) };
      });
    },
    forget: ({ tenantId: tenant, userId: user }) =>
      locks.run(user, async () => {
        for (;;) {
          const before = dayBook.lessonsForgotten(user);
          // Never back in time: what was forgotten stays so whatever the clock does.
          const at = Math.max(clock.nowMs(), before?.at ?? 0);
          const revision = (before?.revision ?? 0) + 1;
          const event = { type: "lessons.forgotten", v: EVENT_VERSION, at, tenant, user, revision } as const;
          if ((await dayBook.put(event)) === "done") return;
        }
      }),
  };
}
