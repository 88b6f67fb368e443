import type { ReactNode } from "react";

import { SOURCE_LABELS } from "../core/source-words.ts";
import { timelineApi } from "../data/timeline-api.ts";
import { EraseSome } from "./erase-some.tsx";
import { Section } from "./page.tsx";

/** Erases everything that came from a source, since a day when one is given. */
export function EraseSource(): ReactNode {
  const { data } = timelineApi.useTimelineQuery({});
  const [first] = data?.sources ?? [];
  if (data === undefined || first === undefined) return null;
  return (
    <Section title="Forget a source">
      <EraseSome
        key={data.sources.join()}
        label="Everything that came from"
        options={data.sources.map((value) => ({ value, label: SOURCE_LABELS[value] }))}
        first={first}
        bodyOf={(kind, since) => ({ source: { kind, ...since } })}
        testId="erase-source"
      />
      <p className="mt-2 max-w-measure text-13 text-muted">
        It is hidden at once and unreadable for ever when the time for undoing is over. Only what stands at or below the
        level that is open is touched. Single memories are forgotten on their own page, with a receipt or without,
        imports as a whole on theirs.
      </p>
    </Section>
  );
}
