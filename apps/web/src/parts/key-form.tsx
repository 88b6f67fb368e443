import { type FormEvent, type ReactNode, useState } from "react";
import { Label, RadioGroup } from "react-aria-components";

import type { Reach } from "../core/reach-words.ts";
import { KEY_PRESETS, type KeyPreset, scopesOf } from "../core/key-presets.ts";
import { accessApi } from "../data/access-api.ts";
import { client } from "../data/connection.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { ChoiceCard } from "./choice-card.tsx";
import { Field } from "./field.tsx";
import { useGuardedCall } from "./proof.tsx";
import { ReachChoice } from "./reach-choice.tsx";
import { Segmented } from "./segmented.tsx";

const LEVELS = [
  { value: "general", label: "General" },
  { value: "confidential", label: "Confidential" },
] as const;
const ENDS = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
  { value: "never", label: "Never" },
] as const;
const DAY_MS = 86_400_000;

type Level = (typeof LEVELS)[number]["value"];
type End = (typeof ENDS)[number]["value"];

function PresetChoices({
  presets,
  value,
  onChange,
}: {
  readonly presets: readonly KeyPreset[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <RadioGroup value={value} onChange={onChange} className="flex flex-col gap-2">
      <Label className="text-13 font-medium">What it may do</Label>
      {presets.map((preset) => (
        <ChoiceCard key={preset.value} value={preset.value}>
          <span className="block">{preset.label}</span>
          <span className="block text-13 text-muted">{preset.text}</span>
        </ChoiceCard>
      ))}
    </RadioGroup>
  );
}

function Limits({
  level,
  reach,
  end,
  isAgent,
  onLevel,
  onReach,
  onEnd,
}: {
  readonly level: Level;
  readonly reach: Reach;
  readonly end: End;
  readonly isAgent: boolean;
  readonly onReach: (reach: Reach) => void;
  readonly onLevel: (level: Level) => void;
  readonly onEnd: (end: End) => void;
}): ReactNode {
  return (
    <>
      {isAgent && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <span className="w-24">Sees up to</span>
          <Segmented label="Sees up to" value={level} options={LEVELS} onChange={onLevel} />
        </div>
      )}
      {isAgent && <ReachChoice value={reach} onChange={onReach} />}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span className="w-24">Ends after</span>
        <Segmented label="Ends after" value={end} options={ENDS} onChange={onEnd} />
      </div>
    </>
  );
}

interface KeyFormProps {
  readonly scopes: OutputOf<"keys.list">["scopes"];
  /** Told the key itself, which nobody can ask for again. */
  readonly onMade: (secret: string) => void;
  readonly onCancel: () => void;
}

/** A new key: whose, what it may do, how far it sees, how long. */
export function KeyForm({ scopes, onMade, onCancel }: KeyFormProps): ReactNode {
  const dispatch = useAppDispatch();
  const role = useAppSelector((state) => state.session.user?.role);
  const [name, setName] = useState("");
  const [choice, setChoice] = useState("read");
  const [level, setLevel] = useState<Level>("general");
  const [reach, setReach] = useState<Reach>("person");
  const [end, setEnd] = useState<End>("90");
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const isKeeper = role === "owner" || role === "admin";
  const presets = KEY_PRESETS.filter((one) => isKeeper || one.kind === "agent");
  const preset = presets.find((one) => one.value === choice);
  const submit = (): Promise<void> =>
    run(async () => {
      if (preset === undefined) return;
      const endsAt = end === "never" ? null : new Date(Date.now() + Number(end) * DAY_MS).toISOString();
      const body = { name, kind: preset.kind, scopes: scopesOf(preset, scopes), level, reach, expires_at: endsAt };
      const { data } = await client.call("keys.create", { body });
      dispatch(accessApi.util.invalidateTags(["Keys"]));
      onMade(data.secret);
    });
  return (
    <>
      <form
        className="mt-3 flex max-w-measure flex-col gap-4"
        onSubmit={(event: FormEvent) => (event.preventDefault(), void submit())}
      >
        <Field
          label="Name"
          hint="What you will know the program by"
          input={{
            value: name,
            onChange: (event) => setName(event.target.value),
            maxLength: 200,
            autoFocus: true,
            "data-testid": "key-name",
          }}
        />
        <PresetChoices presets={presets} value={choice} onChange={setChoice} />
        <Limits
          level={level}
          reach={reach}
          end={end}
          isAgent={preset?.kind === "agent"}
          onLevel={setLevel}
          onReach={setReach}
          onEnd={setEnd}
        />
        {problem !== null && <ProblemNote problem={problem} safe="No key was made" />}
        <div className="flex gap-3">
          <Button look="primary" type="submit" isDisabled={isBusy || name.trim() === ""} data-testid="key-create">
            Make the key
          </Button>
          <Button look="quiet" onPress={onCancel}>
            Leave it
          </Button>
        </div>
      </form>
      {dialog}
    </>
  );
}
