import type { ReactNode } from "react";

import { countOf } from "../core/format.ts";
import { reviewApi } from "../data/review-api.ts";
import { TextLink } from "./basics.tsx";

const LOOK_EVERY_MS = 300_000;
const SHOWN_MAX = 99;

function useWaiting(): number {
  const { data } = reviewApi.useReviewCountQuery(undefined, {
    pollingInterval: LOOK_EVERY_MS,
    skipPollingIfUnfocused: true,
  });
  return data?.total ?? 0;
}

/** How many things wait for the person's word, beside the place where they do. Nothing when none does. */
export function ReviewBadge(): ReactNode {
  const waiting = useWaiting();
  if (waiting === 0) return null;
  return (
    <span data-testid="review-badge" className="rounded-full bg-accent-soft px-1.5 text-12 font-medium text-accent">
      {waiting > SHOWN_MAX ? `${SHOWN_MAX}+` : waiting}
      <span className="sr-only"> waiting</span>
    </span>
  );
}

/** A line that leads to what waits. Nothing when nothing does. */
export function ReviewLine(): ReactNode {
  const waiting = useWaiting();
  if (waiting === 0) return null;
  return (
    <p data-testid="review-line" className="mt-6 border-y border-line py-3 text-13">
      {countOf(waiting, "thing waits", "things wait")} for your word: <TextLink href="/review">Review</TextLink>
    </p>
  );
}
