import { type FormEvent, type ReactNode, useState } from "react";

import { PASSPHRASE_LENGTH_MIN } from "../core/seal/key-ring.ts";
import { Button } from "./basics.tsx";
import { Field } from "./field.tsx";

interface NewPassphraseProps {
  /** Stands above the fields: what else is asked for. */
  readonly children?: ReactNode;
  readonly submit: string;
  readonly isBusy: boolean;
  /** True when what is asked for above is missing. */
  readonly isIncomplete?: boolean;
  readonly onSubmit: (passphrase: string) => void;
  readonly onCancel: () => void;
}

/** A passphrase, typed twice. */
export function NewPassphrase(props: NewPassphraseProps): ReactNode {
  const { children, isBusy, isIncomplete = false, onCancel, onSubmit, submit } = props;
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [isTried, setTried] = useState(false);
  const isShort = first.trim().length < PASSPHRASE_LENGTH_MIN;
  const isOther = first !== second;
  const go = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (!isShort && !isOther && !isIncomplete) onSubmit(first);
  };
  return (
    <form className="flex max-w-measure flex-col gap-4" onSubmit={go}>
      {children}
      <Field
        label="New passphrase"
        hint={`Four or five words that belong to nothing else, ${PASSPHRASE_LENGTH_MIN} letters at least. Not your password`}
        error={
          isTried && isShort
            ? `It has ${first.trim().length} letters, must be ${PASSPHRASE_LENGTH_MIN} at least`
            : undefined
        }
        input={{
          type: "password",
          autoComplete: "off",
          spellCheck: false,
          value: first,
          onChange: (event) => setFirst(event.target.value),
          "data-testid": "new-passphrase",
        }}
      />
      <Field
        label="Once more"
        error={isTried && !isShort && isOther ? "The two are not the same" : undefined}
        input={{
          type: "password",
          autoComplete: "off",
          spellCheck: false,
          value: second,
          onChange: (event) => setSecond(event.target.value),
          "data-testid": "new-passphrase-again",
        }}
      />
      <div className="flex gap-3">
        <Button
          look="primary"
          type="submit"
          isDisabled={isBusy || isIncomplete || first === "" || second === ""}
          data-testid="passphrase-submit"
        >
          {isBusy ? "Working…" : submit}
        </Button>
        <Button look="quiet" onPress={onCancel}>
          Leave it
        </Button>
      </div>
    </form>
  );
}
