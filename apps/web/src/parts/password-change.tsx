import { type FormEvent, type ReactNode, Suspense, useState } from "react";

import type { Problem } from "../core/problem-words.ts";
import { accessApi } from "../data/access-api.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { client } from "../data/connection.ts";
import type { PasskeyAnswer } from "../data/passkeys.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { Field } from "./field.tsx";
import { Section } from "./page.tsx";
import { OwnPasswordField, ProofByPasskey, useGuardedCall } from "./proof.tsx";

/** What is wrong with which of the two passwords; undefined when it is neither. */
function fieldErrors(problem: Problem | null): { readonly password?: string; readonly fresh?: string } {
  if (problem === null) return {};
  if (problem.code === "password-wrong") return { password: "The password is not right" };
  return problem.code.startsWith("identity-password-") ? { fresh: problem.detail } : {};
}

function Form({ onDone }: { readonly onDone: () => void }): ReactNode {
  const dispatch = useAppDispatch();
  const [password, setPassword] = useState("");
  const [fresh, setFresh] = useState("");
  const { data: factors } = accessApi.useFactorsQuery();
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const change = async (by: { readonly password: string } | { readonly passkey: PasskeyAnswer }): Promise<void> => {
    await client.call("password.change", { body: { ...by, new_password: fresh } });
    dispatch(api.util.invalidateTags(["Sessions"]));
    dispatch(notify("Password changed. Every other device was signed out."));
    onDone();
  };
  const errors = fieldErrors(problem);
  const isOther = problem !== null && errors.password === undefined && errors.fresh === undefined;
  return (
    <>
      <form
        className="flex max-w-form flex-col gap-4"
        onSubmit={(event: FormEvent) => (event.preventDefault(), void run(() => change({ password })))}
      >
        <OwnPasswordField value={password} onChange={setPassword} error={errors.password} testId="old-password-input" />
        <Field
          label="New password"
          hint="A few words that nobody would guess are better than one odd word."
          error={errors.fresh}
          input={{
            type: "password",
            autoComplete: "new-password",
            value: fresh,
            onChange: (event) => setFresh(event.target.value),
            "data-testid": "new-password-input",
          }}
        />
        {isOther && <ProblemNote problem={problem} safe="Your old password still works" />}
        <div className="flex gap-3">
          <Button look="primary" type="submit" isDisabled={isBusy || password === "" || fresh === ""}>
            Change it
          </Button>
          <Button look="quiet" onPress={onDone}>
            Leave it
          </Button>
        </div>
        {(factors?.passkeys ?? 0) > 0 && (
          <Suspense>
            <ProofByPasskey
              label="Use a passkey instead of the old password"
              isDisabled={fresh === ""}
              onAnswer={(passkey) => run(() => change({ passkey }))}
            />
          </Suspense>
        )}
      </form>
      {dialog}
    </>
  );
}

/** Changing the password. */
export function PasswordChange(): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title="Password">
      {isOpen ? (
        <Form onDone={() => setOpen(false)} />
      ) : (
        <>
          <Button onPress={() => setOpen(true)} data-testid="change-password">
            Change password
          </Button>
          <p className="mt-1.5 text-13 text-muted">Every other device is signed out when it changes.</p>
        </>
      )}
    </Section>
  );
}
