import type { ReactNode } from "react";
import { Radio } from "react-aria-components";

import { Icon } from "./icon.tsx";

interface ChoiceCardProps {
  readonly value: string;
  readonly testId?: string;
  readonly children: ReactNode;
}

/** A choice that says more than a word: a card in a `RadioGroup`, with a tick when it is taken. */
export function ChoiceCard({ value, testId, children }: ChoiceCardProps): ReactNode {
  return (
    <Radio
      value={value}
      data-testid={testId}
      className="group relative min-h-11 cursor-pointer rounded-card border border-border py-2.5 ps-4 pe-11 transition-feedback data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-2 data-[focus-visible]:outline-accent data-[selected]:border-accent"
    >
      {children}
      <Icon name="check" className="absolute end-3.5 top-3 text-accent opacity-0 group-data-[selected]:opacity-100" />
    </Radio>
  );
}
