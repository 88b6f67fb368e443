import type { ReactNode } from "react";
import { Switch } from "react-aria-components";

/** Something that is on or off, with its name before and its state behind. */
export function OnOff({
  isDisabled = false,
  isOn,
  label,
  onChange,
}: {
  readonly isDisabled?: boolean;
  readonly isOn: boolean;
  readonly label: string;
  readonly onChange: (on: boolean) => void;
}): ReactNode {
  return (
    <Switch
      isSelected={isOn}
      isDisabled={isDisabled}
      onChange={onChange}
      className="group flex min-h-9 cursor-pointer items-center gap-4"
    >
      <span className="w-40">{label}</span>
      <span className="flex h-6 w-10 shrink-0 items-center rounded-full border border-border bg-sunken p-0.5 transition-feedback group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-accent group-data-[focus-visible]:outline-offset-2 group-data-[selected]:border-accent group-data-[selected]:bg-accent">
        <span className="filled size-4.5 rounded-full bg-surface transition-feedback group-data-[selected]:translate-x-4" />
      </span>
      <span className="text-13 text-muted">{isOn ? "On" : "Off"}</span>
    </Switch>
  );
}
