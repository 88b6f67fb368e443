import type { ReactNode } from "react";
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";

import { LEVEL_WORDS } from "../core/levels.ts";
import type { LevelChoice } from "../data/thread.ts";
import { Icon } from "./icon.tsx";
import { LevelBadge } from "./level.tsx";

interface LevelPickerProps {
  readonly value: LevelChoice;
  readonly onChange: (level: LevelChoice) => void;
  /** Leaves out "Auto" when a level must be chosen. */
  readonly isFixed?: boolean;
  /** Shown instead of the level itself. */
  readonly label?: string;
}

const ITEM =
  "flex min-h-11 cursor-pointer flex-col justify-center rounded-control px-3 py-1.5 outline-none data-[focused]:bg-accent-soft data-[focused]:marked";

function AutoLabel(): ReactNode {
  return (
    <span className="whitespace-nowrap">
      Auto<span className="hidden sm:inline"> level</span>
    </span>
  );
}

/** Which level something is kept at; Auto lets the rules decide. */
export function LevelPicker({ value, onChange, isFixed = false, label }: LevelPickerProps): ReactNode {
  const choose = (key: unknown): void => {
    const found = LEVEL_WORDS.find((words) => words.name === key);
    onChange(found?.name ?? "auto");
  };
  return (
    <Select aria-label={label === undefined ? "Level" : `${label} to another level`} value={value} onChange={choose}>
      <Button className="inline-flex min-h-9 touch:min-h-11 touch:min-w-11 cursor-pointer items-center gap-1.5 rounded-control px-2.5 text-13 text-muted transition-feedback hover:bg-sunken">
        <SelectValue>{label ?? (value === "auto" ? <AutoLabel /> : <LevelBadge level={value} />)}</SelectValue>
        <Icon name="down" className="size-3.5" />
      </Button>
      <Popover className="w-panel rounded-card border border-line bg-surface p-1.5 shadow-overlay">
        <ListBox className="outline-none">
          {!isFixed && (
            <ListBoxItem id="auto" textValue="Auto" className={ITEM}>
              <span>Auto</span>
              <span className="text-13 text-muted">Rules decide at once; you can change it</span>
            </ListBoxItem>
          )}
          {LEVEL_WORDS.map((words) => (
            <ListBoxItem key={words.name} id={words.name} textValue={words.label} className={ITEM}>
              <LevelBadge level={words.name} pips />
              <span className="text-13 text-muted">{words.text}</span>
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
