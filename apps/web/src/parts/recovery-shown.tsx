/** A recovery key, shown once: it is done with only when two of its groups were typed from what was written down. */
import { type FormEvent, type ReactNode, useState } from "react";

import { groupsOf } from "../core/seal/recovery-key.ts";
import { Button, CopyButton } from "./basics.tsx";
import { Field } from "./field.tsx";
import { saveFile } from "./save-file.ts";

/** Which groups are asked for, from 0. */
const ASKED = [2, 6] as const;

interface RecoveryShownProps {
  readonly recoveryKey: string;
  readonly isBusy: boolean;
  /** What the last button says. */
  readonly done: string;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

function Written({ recoveryKey }: { readonly recoveryKey: string }): ReactNode {
  return (
    <div className="rounded-card border border-line bg-surface px-4 py-3">
      <ol
        className="my-2 grid grid-cols-3 gap-x-6 gap-y-1 font-mono text-16"
        data-testid="recovery-key"
        aria-label="Recovery key"
      >
        {groupsOf(recoveryKey).map((group, at) => (
          <li key={at}>
            <span className="me-2 text-12 text-muted">{at + 1}</span>
            {group}
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-3">
        <CopyButton text={recoveryKey} label="Copy" look="plain" />
        <Button
          icon="import"
          onPress={() =>
            saveFile(
              "kaelix-recovery-key.txt",
              new Blob([`Kaelix recovery key\n\n${recoveryKey}\n`], { type: "text/plain" }),
            )
          }
        >
          Download
        </Button>
        <Button onPress={() => globalThis.print()}>Print</Button>
      </div>
    </div>
  );
}

/** The key, ways to keep it, and the question whether it was kept. */
export function RecoveryShown({ done, isBusy, onCancel, onDone, recoveryKey }: RecoveryShownProps): ReactNode {
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState<readonly string[]>(ASKED.map(() => ""));
  const groups = groupsOf(recoveryKey);
  const isRight = ASKED.every((at, index) => typed[index]?.trim().toUpperCase() === groups[at]);
  const [isWrong, setWrong] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isRight) onDone();
    else setWrong(true);
  };
  if (!isAsking) {
    return (
      <div className="flex max-w-measure flex-col gap-4">
        <p>
          This is your recovery key, shown this once. It opens what you sealed when you no longer know the passphrase,
          and lets you choose a new one. Whoever has it can do the same, once signed in as you. Keep it on paper or in a
          password manager; nobody can give you another without the passphrase.
        </p>
        <Written recoveryKey={recoveryKey} />
        <div className="flex gap-3">
          <Button look="primary" onPress={() => setAsking(true)} data-testid="recovery-kept">
            I have kept it
          </Button>
          <Button look="quiet" onPress={onCancel}>
            Leave it
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form className="flex max-w-measure flex-col gap-4" onSubmit={submit}>
      <p>Type two of its groups from where you kept it. Nothing is changed before.</p>
      {ASKED.map((at, index) => (
        <Field
          key={at}
          label={`Group ${at + 1}`}
          error={
            isWrong && typed[index]?.trim().toUpperCase() !== groups[at]
              ? `This is not group ${at + 1} of the key`
              : undefined
          }
          input={{
            type: "text",
            autoComplete: "off",
            spellCheck: false,
            autoFocus: index === 0,
            value: typed[index] ?? "",
            onChange: (event) => {
              setWrong(false);
              setTyped(typed.map((one, place) => (place === index ? event.target.value : one)));
            },
            "data-testid": `recovery-group-${at + 1}`,
          }}
        />
      ))}
      <div className="flex gap-3">
        <Button look="primary" type="submit" isDisabled={isBusy || typed.includes("")} data-testid="recovery-confirm">
          {done}
        </Button>
        <Button look="quiet" onPress={() => setAsking(false)}>
          Show it again
        </Button>
      </div>
    </form>
  );
}
