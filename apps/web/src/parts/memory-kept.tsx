import type { ReactNode } from "react";

import { formatDay } from "../core/format.ts";
import { retentionApi } from "../data/retention-api.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { EraseMemory } from "./erase-memory.tsx";
import { Section } from "./page.tsx";

/** How long one memory is kept, keeping it whatever its age, and its end with a receipt. */
export function MemoryKept({ id }: { readonly id: string }): ReactNode {
  const { data } = retentionApi.useKeptQuery(id);
  const [keep, { error, isLoading }] = retentionApi.useKeepMutation();
  if (data === undefined) return null;
  const { kept, until } = data;
  return (
    <Section title="Kept">
      <div className="flex max-w-measure flex-wrap items-center gap-x-4 gap-y-2" data-testid="memory-kept">
        <span aria-live="polite">
          {kept
            ? "For ever, as you said."
            : until === null
              ? "For ever."
              : `Until ${formatDay(until)}, then it is forgotten for good.`}
        </span>
        {(kept || until !== null) && (
          <Button isDisabled={isLoading} onPress={() => void keep({ id, kept: !kept })}>
            {kept ? "Let the rules say" : "Keep it for ever"}
          </Button>
        )}
      </div>
      {error !== undefined && <ProblemNote problem={error} safe="Nothing was changed" />}
      <div className="mt-1 max-w-measure">
        <EraseMemory id={id} />
      </div>
    </Section>
  );
}
