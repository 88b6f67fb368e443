import { SOURCE_KINDS, type SourceKind } from "@kaelix/model";
import { type FormEvent, type ReactNode, useId, useState } from "react";

import { SOURCE_LABELS } from "../core/source-words.ts";
import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { operationsApi } from "../data/operations-api.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { Field } from "./field.tsx";
import { Section } from "./page.tsx";
import { useGuardedCall } from "./proof.tsx";

function SourcePicker({
  value,
  onChange,
}: {
  readonly value: SourceKind;
  readonly onChange: (value: SourceKind) => void;
}): ReactNode {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-13 font-medium">
        Everything that came from
      </label>
      <select
        id={id}
        value={value}
        className="field-base"
        data-testid="erase-source"
        onChange={({ target }) => onChange(SOURCE_KINDS.find((kind) => kind === target.value) ?? value)}
      >
        {SOURCE_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {SOURCE_LABELS[kind]}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Erases everything that came from a source, since a day when one is given. */
export function EraseSource(): ReactNode {
  const dispatch = useAppDispatch();
  const [kind, setKind] = useState<SourceKind>("kafka");
  const [since, setSince] = useState("");
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const submit = (): Promise<void> =>
    run(async () => {
      const from = since === "" ? {} : { since: new Date(`${since}T00:00:00`).toISOString() };
      const { data } = await client.call("erasures.request", { body: { source: { kind, ...from } } });
      dispatch(operationsApi.util.invalidateTags(["Erasures", "Memories", "Conversations"]));
      dispatch(notify(`${data.named} hidden. Until they are due it can be undone below`));
    });
  return (
    <Section title="Forget a source">
      <form
        className="flex max-w-form flex-col gap-4"
        onSubmit={(event: FormEvent) => (event.preventDefault(), void submit())}
      >
        <SourcePicker value={kind} onChange={setKind} />
        <Field
          label="Since"
          hint="By when Kaelix was told it. Empty: everything ever."
          input={{ type: "date", value: since, onChange: (event) => setSince(event.target.value) }}
        />
        {problem !== null && <ProblemNote problem={problem} safe="Nothing was erased" />}
        <Button
          look="danger"
          type="submit"
          isDisabled={isBusy}
          className="self-start"
          data-testid="erase-source-button"
        >
          Erase it
        </Button>
      </form>
      <p className="mt-2 max-w-measure text-13 text-muted">
        It is hidden at once and unreadable for ever when the time for undoing is over. Only what stands at or below the
        level that is open is touched. Single memories are forgotten on their own page, imports as a whole on theirs.
      </p>
      {dialog}
    </Section>
  );
}
