import { type ReactNode, type Ref, useId, useState } from "react";

import { Button } from "./basics.tsx";

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly input: React.InputHTMLAttributes<HTMLInputElement> & {
    readonly ref?: Ref<HTMLInputElement>;
    readonly "data-testid"?: string;
  };
}

/** A labelled field with a hint or an error, both announced with it. */
export function Field({ label, hint, error, input }: FieldProps): ReactNode {
  const id = useId();
  const [isVisible, setVisible] = useState(false);
  const secret = input.type === "password";
  const note = error ?? hint;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-13 font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          {...input}
          id={id}
          type={secret && isVisible ? "text" : input.type}
          aria-invalid={error !== undefined}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
          className={`field-base ${secret ? "pe-18" : ""} ${error === undefined ? "" : "border-danger"}`}
        />
        {secret && (
          <Button
            look="quiet"
            className="absolute inset-y-0 end-0.5 my-0.5 min-h-0 px-2.5 text-13 text-muted"
            aria-pressed={isVisible}
            aria-label={isVisible ? "Hide password" : "Show password"}
            onPress={() => setVisible(!isVisible)}
          >
            {isVisible ? "Hide" : "Show"}
          </Button>
        )}
      </div>
      {note !== undefined && (
        <p id={`${id}-note`} className={`text-13 ${error === undefined ? "text-muted" : "text-danger"}`}>
          {note}
        </p>
      )}
    </div>
  );
}
