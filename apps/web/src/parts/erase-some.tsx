/** A form that erases everything from one of several, since a day when one is given. */
import { type FormEvent, type ReactNode, useId, useState } from "react";

import { countOf } from "../core/format.ts";
import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { operationsApi } from "../data/operations-api.ts";
import { useAppDispatch } from "../data/store.ts";
import type { InputOf } from "../data/wire.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { Field } from "./field.tsx";
import { useGuardedCall } from "./proof.tsx";

type Body = NonNullable<InputOf<"erasures.request">["body"]>;

interface EraseSomeProps<Value extends string> {
  /** What the choice is of. */
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly first: Value;
  readonly bodyOf: (value: Value, since: { readonly since?: string }) => Body;
  readonly testId: string;
}

/** The choice, the day, and the button. */
export function EraseSome<Value extends string>(props: EraseSomeProps<Value>): ReactNode {
  const { bodyOf, first, label, options, testId } = props;
  const id = useId();
  const dispatch = useAppDispatch();
  const [value, setValue] = useState(first);
  const [since, setSince] = useState("");
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const submit = (): Promise<void> =>
    run(async () => {
      const from = since === "" ? {} : { since: new Date(`${since}T00:00:00`).toISOString() };
      const { data } = await client.call("erasures.request", { body: bodyOf(value, from) });
      dispatch(operationsApi.util.invalidateTags(["Erasures", "Memories", "Conversations"]));
      const hidden = countOf(data.named, "memory", "memories");
      dispatch(notify(`${hidden} hidden. Until they are due it can be undone below`));
    });
  return (
    <>
      <form
        className="flex max-w-form flex-col gap-4"
        onSubmit={(event: FormEvent) => (event.preventDefault(), void submit())}
      >
        <div className="flex flex-col gap-1">
          <label htmlFor={id} className="text-13 font-medium">
            {label}
          </label>
          <select
            id={id}
            value={value}
            className="field-base"
            data-testid={testId}
            onChange={({ target }) => setValue(options.find((option) => option.value === target.value)?.value ?? value)}
          >
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
        </div>
        <Field
          label="Since"
          hint="By when Kaelix was told it. Empty: everything ever."
          input={{ type: "date", value: since, onChange: (event) => setSince(event.target.value) }}
        />
        {problem !== null && <ProblemNote problem={problem} safe="Nothing was erased" />}
        <Button look="danger" type="submit" isDisabled={isBusy} className="self-start" data-testid={`${testId}-button`}>
          Erase it
        </Button>
      </form>
      {dialog}
    </>
  );
}
