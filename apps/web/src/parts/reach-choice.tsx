import type { ReactNode } from "react";

import { type Reach, REACHES } from "../core/reach-words.ts";
import { Segmented } from "./segmented.tsx";

interface ReachChoiceProps {
  readonly value: Reach;
  readonly onChange: (value: Reach) => void;
}

/** Whose words a program may read, with what the choice means. */
export function ReachChoice({ value, onChange }: ReachChoiceProps): ReactNode {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <span className="w-24">Reads</span>
      <Segmented label="Reads" value={value} options={REACHES} onChange={onChange} testId="reach" />
      <p className="w-full text-13 text-muted" aria-live="polite">
        {REACHES.find((choice) => choice.value === value)?.text}
      </p>
    </div>
  );
}
