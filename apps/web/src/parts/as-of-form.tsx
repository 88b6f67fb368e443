import { type FormEvent, type ReactNode, useState } from "react";

import { endOfDay } from "../core/as-of.ts";
import { Button } from "./basics.tsx";
import { Field } from "./field.tsx";

interface AsOfFormProps {
  readonly action: string;
  /** Is told the end of the day, as the API takes it. */
  readonly onChoose: (asOf: string) => void;
}

/** A day to look back from. */
export function AsOfForm({ action, onChoose }: AsOfFormProps): ReactNode {
  const [day, setDay] = useState("");
  const end = endOfDay(day);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (end !== undefined) onChoose(end);
  };
  return (
    <form onSubmit={submit} className="flex flex-col items-start gap-2" data-testid="as-of-form">
      <Field
        label="As it stood on"
        hint="Only what had happened by the end of that day counts"
        input={{
          type: "date",
          value: day,
          onChange: (event) => setDay(event.target.value),
          "data-testid": "as-of-day",
        }}
      />
      <Button type="submit" isDisabled={end === undefined} className="text-13">
        {action}
      </Button>
    </form>
  );
}
