import { type ReactNode, useEffect } from "react";

import { daysApi } from "../data/days-api.ts";

const LOOK_EVERY_MS = 300_000;

function useUnseen(): string | null {
  const { data } = daysApi.useDayMadeQuery(undefined, { pollingInterval: LOOK_EVERY_MS, skipPollingIfUnfocused: true });
  return data?.told === true && !data.seen ? data.day : null;
}

/** A dot beside Today while a day is ready that nobody has looked at. */
export function DayBadge(): ReactNode {
  if (useUnseen() === null) return null;
  return (
    <span data-testid="day-badge" className="filled size-2 rounded-full bg-accent">
      <span className="sr-only">Your day is ready</span>
    </span>
  );
}

/** Says, where the day is shown, that it was looked at. */
export function DaySeen(): ReactNode {
  const day = useUnseen();
  const [see] = daysApi.useDaySeenMutation();
  useEffect(() => {
    if (day !== null) void see(day);
  }, [day, see]);
  return null;
}
