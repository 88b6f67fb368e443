import type { ReactNode } from "react";

import { peopleApi } from "../data/people-api.ts";
import { Bar } from "./bar.tsx";
import { Loading } from "./basics.tsx";

const LOOK_EVERY_MS = 1_000;

/** Stands where something waits for memories to be read for people, and says how far that is. */
export function ReadingPeople({ what }: { readonly what: string }): ReactNode {
  const { data } = peopleApi.usePeopleReadingQuery(undefined, {
    pollingInterval: LOOK_EVERY_MS,
    refetchOnMountOrArgChange: true,
  });
  if (data === undefined || data === null) return <Loading what={what} />;
  const { done, total } = data;
  return (
    <div>
      <Loading what={`${what}: ${done.toLocaleString("en")} of ${total.toLocaleString("en")} memories`} />
      <Bar label="Memories read" share={total === 0 ? 0 : done / total} className="max-w-form" />
      <p className="mt-3 max-w-measure text-13 text-muted">
        Memories are read in the order in which they happened, and what came later may change what was said before, so
        people stand here when all are read. Everything else works meanwhile.
      </p>
    </div>
  );
}
