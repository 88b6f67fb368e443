/** Changes that need a fresh proof: they are tried, the person proves themself when the server asks for it, and they are tried again. */
import { type FormEvent, lazy, type ReactNode, Suspense, useState } from "react";

import type { Problem } from "../core/problem-words.ts";
import { accessApi } from "../data/access-api.ts";
import { client, problemOf } from "../data/connection.ts";
import { useAppSelector } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Loading, ProblemNote } from "./basics.tsx";
import { Sheet } from "./dialog.tsx";
import { Field } from "./field.tsx";
import type { CodeWay } from "./send-code.tsx";

/** Loaded only by those who have one. */
export const ProofByPasskey = lazy(async () => ({
  default: (await import("./proof-by-passkey.tsx")).ProofByPasskey,
}));

/** Loaded only by those who have codes sent. */
export const PasswordAndCode = lazy(async () => ({
  default: (await import("./password-and-code.tsx")).PasswordAndCode,
}));

/** A code as people type it: the app's six digits, or a recovery code. */
export function CodeField({
  value,
  onChange,
  error,
  hint = "From your authenticator app. No phone at hand? Use one of your recovery codes.",
  isFirst = true,
}: {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly error?: string | undefined;
  readonly hint?: string;
  /** Where typing begins. */
  readonly isFirst?: boolean;
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
        autoFocus: isFirst,
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

/** What is sent as a proof. */
export interface ProofBody {
  readonly password?: string;
  readonly code?: string;
  readonly code_request?: string;
}

/** What proves who is signed in: a code where an app is set up, else the password, and a code where codes are sent. */
export function SecretField({
  by,
  ways,
  onChange,
  problem,
  testId,
}: {
  readonly by: OutputOf<"factors.read">["proof_by"];
  /** How codes are sent. */
  readonly ways: readonly CodeWay[];
  /** Null while something is missing. */
  readonly onChange: (body: ProofBody | null) => void;
  /** What the server has just said. */
  readonly problem: Problem | null;
  /** Of the password's field. */
  readonly testId: string;
}): ReactNode {
  const [value, setValue] = useState("");
  const isWrong = problem !== null && (problem.status === 401 || problem.status === 403);
  const change = (secret: string): void => {
    setValue(secret);
    if (secret === "") onChange(null);
    else onChange(by === "code" ? { code: secret } : { password: secret });
  };
  if (by === "password-and-code") {
    return (
      <Suspense fallback={<Loading what="Reading" />}>
        <PasswordAndCode ways={ways} wrong={problem?.code} onChange={onChange} testId={testId} />
      </Suspense>
    );
  }
  const field = { value, onChange: change };
  return by === "code" ? (
    <CodeField {...field} error={isWrong ? "The code is not right, or was used already" : undefined} />
  ) : (
    <OwnPasswordField {...field} testId={testId} error={isWrong ? "The password is not right" : undefined} />
  );
}

function ProofForm({
  factors,
  onProved,
}: {
  readonly factors: OutputOf<"factors.read">;
  readonly onProved: () => void;
}): ReactNode {
  const [proof, setProof] = useState<ProofBody | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    if (proof === null) return;
    setBusy(true);
    setProblem(null);
    try {
      await client.call("auth.prove", { body: proof });
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
      <SecretField
        by={factors.proof_by}
        ways={factors.codes_by}
        onChange={setProof}
        problem={problem}
        testId="proof-password"
      />
      {problem !== null && !isWrong && <ProblemNote problem={problem} />}
      <Button
        look="primary"
        type="submit"
        isDisabled={isBusy || proof === null}
        className="self-start"
        data-testid="proof-button"
      >
        Go on
      </Button>
      {factors.passkeys > 0 && (
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
      {data !== undefined && <ProofForm factors={data} onProved={onProved} />}
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
