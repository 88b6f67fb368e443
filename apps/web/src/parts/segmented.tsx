import type { ReactNode } from "react";
import { Radio, RadioGroup } from "react-aria-components";

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
  readonly testId?: string;
}

/** A few choices side by side, one of them taken. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  testId,
}: SegmentedProps<Value>): ReactNode {
  const choose = (text: string): void => {
    const option = options.find((candidate) => candidate.value === text);
    if (option !== undefined) onChange(option.value);
  };
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onChange={choose}
      orientation="horizontal"
      data-testid={testId}
      className="inline-flex rounded-control border border-border bg-surface p-0.5"
    >
      {options.map((option) => (
        <Radio
          key={option.value}
          value={option.value}
          className="flex min-h-7.5 cursor-pointer items-center rounded-control px-3 text-13 whitespace-nowrap max-[22rem]:px-2 text-muted transition-feedback touch:min-h-9.5 data-[focus-visible]:outline-2 data-[focus-visible]:outline-accent data-[focus-visible]:outline-offset-2 data-[selected]:bg-accent data-[selected]:marked data-[selected]:font-medium data-[selected]:text-on-accent"
        >
          {option.label}
        </Radio>
      ))}
    </RadioGroup>
  );
}
