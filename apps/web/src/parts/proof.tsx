/** Changes that need a fresh proof: they are tried, the person proves themself when the server asks for it, and they are tried again. */
import { type FormEvent, lazy, type ReactNode, Suspense, useState } from "react";

import type { Problem } from "../core/problem-words.ts";
import { accessApi } from "../data/access-api.ts";
import { client, problemOf } from "../data/connection.ts";
import { useAppSelector } from "../data/store.ts";
import { Button, Loading, ProblemNote } from "./basics.tsx";
import { Sheet } from "./dialog.tsx";
import { Field } from "./field.tsx";

/** Loaded only by those who have one. */
export const ProofByPasskey = lazy(async () => ({
  default: (await import("./proof-by-passkey.tsx")).ProofByPasskey,
}));

/** A code as people type it: the app's six digits, or a recovery code. */
export function CodeField({
  value,
  onChange,
  error,
  hint = "From your authenticator app. No phone at hand? Use one of your recovery codes.",
}: {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly error?: string | undefined;
  readonly hint?: string;
}): ReactNode {
  return (
    <Field
      label="Code"
      hint={hint}
      error={error}
      input={{
        type: "text",
        autoComplete: "one-time-code",
        autoCapitalize: "characters",
        spellCheck: false,
        value,
        onChange: (event) => onChange(event.target.value),
        autoFocus: true,
        "data-testid": "code-input",
      }}
    />
  );
}

/** The password of whoever is signed in, for password managers as well. */
export function OwnPasswordField({
  value,
  onChange,
  error,
  testId,
}: {
  readonly value: string;
  readonly onChange: (password: string) => void;
  readonly error?: string | undefined;
  readonly testId: string;
}): ReactNode {
  const phone = useAppSelector((state) => state.session.user?.phone ?? "");
  return (
    <>
      {/* Tells password managers whose password this is. */}
      <input type="text" autoComplete="username" value={phone} readOnly hidden />
      <Field
        label="Your password"
        error={error}
        input={{
          type: "password",
          autoComplete: "current-password",
          value,
          onChange: (event) => onChange(event.target.value),
          autoFocus: true,
          "data-testid": testId,
        }}
      />
    </>
  );
}

/** What proves who is signed in: a code where two-factor sign-in is on, else the password. */
export function SecretField({
  byCode,
  value,
  onChange,
  isWrong,
  testId,
}: {
  readonly byCode: boolean;
  readonly value: string;
  readonly onChange: (secret: string) => void;
  /** True when the server has just refused it. */
  readonly isWrong: boolean;
  /** Of the password's field. */
  readonly testId: string;
}): ReactNode {
  const field = { value, onChange };
  return byCode ? (
    <CodeField {...field} error={isWrong ? "The code is not right, or was used already" : undefined} />
  ) : (
    <OwnPasswordField {...field} testId={testId} error={isWrong ? "The password is not right" : undefined} />
  );
}

function ProofForm({
  byCode,
  hasPasskey,
  onProved,
}: {
  readonly byCode: boolean;
  readonly hasPasskey: boolean;
  readonly onProved: () => void;
}): ReactNode {
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await client.call("auth.prove", { body: byCode ? { code: secret } : { password: secret } });
      onProved();
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  const isWrong = problem?.status === 403;
  return (
    <form className="flex flex-col gap-4 p-5" onSubmit={(event: FormEvent) => (event.preventDefault(), void submit())}>
      <p className="text-muted">
        Somebody may have found this page open. What you are about to change is asked for once more; it then counts for
        five minutes.
      </p>
      <SecretField byCode={byCode} value={secret} onChange={setSecret} isWrong={isWrong} testId="proof-password" />
      {problem !== null && !isWrong && <ProblemNote problem={problem} />}
      <Button
        look="primary"
        type="submit"
        isDisabled={isBusy || secret === ""}
        className="self-start"
        data-testid="proof-button"
      >
        Go on
      </Button>
      {hasPasskey && (
        <Suspense>
          <ProofByPasskey
            onAnswer={async (passkey) => {
              await client.call("auth.prove", { body: { passkey } });
              onProved();
            }}
          />
        </Suspense>
      )}
    </form>
  );
}

function ProofDialog({
  onProved,
  onClose,
}: {
  readonly onProved: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const { data, error } = accessApi.useFactorsQuery();
  return (
    <Sheet title="Is it you?" onClose={onClose}>
      {error !== undefined && (
        <div className="p-5">
          <ProblemNote problem={error} />
        </div>
      )}
      {data === undefined && error === undefined && (
        <div className="p-5">
          <Loading what="Reading" />
        </div>
      )}
      {data !== undefined && (
        <ProofForm byCode={data.proof_by === "code"} hasPasskey={data.passkeys > 0} onProved={onProved} />
      )}
    </Sheet>
  );
}

/** What a screen needs to make a change that may ask for a proof. */
export interface GuardedCall {
  /** Makes the change; once more after the proof when one is asked for. */
  readonly run: (change: () => Promise<void>) => Promise<void>;
  readonly problem: Problem | null;
  readonly isBusy: boolean;
  /** To be shown by the screen: the question, while it is asked. */
  readonly dialog: ReactNode;
}

/** Makes changes, asking who it is where the server wants to know. */
export function useGuardedCall(): GuardedCall {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [waiting, setWaiting] = useState<(() => Promise<void>) | null>(null);
  const run = async (change: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await change();
    } catch (error) {
      const found = problemOf(error);
      if (found.code === "proof-needed") setWaiting(() => change);
      else setProblem(found);
    } finally {
      setBusy(false);
    }
  };
  const goOn = (): void => {
    const change = waiting;
    setWaiting(null);
    if (change !== null) void run(change);
  };
  const dialog = waiting === null ? null : <ProofDialog onProved={goOn} onClose={() => setWaiting(null)} />;
  return { run, problem, isBusy, dialog };
}
