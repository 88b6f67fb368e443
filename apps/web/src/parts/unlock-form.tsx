import { type FormEvent, lazy, type ReactNode, Suspense, useState } from "react";
import { Label, RadioGroup } from "react-aria-components";

import { formatTime } from "../core/format.ts";
import { LEVEL_WORDS, wordsOf } from "../core/levels.ts";
import type { Problem } from "../core/problem-words.ts";
import { accessApi } from "../data/access-api.ts";
import { lock, openingChanged } from "../data/actions.ts";
import { client, problemOf } from "../data/connection.ts";
import type { PasskeyAnswer } from "../data/passkeys.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { ChoiceCard } from "./choice-card.tsx";
import { LevelBadge } from "./level.tsx";
import { type ProofBody, ProofByPasskey, SecretField } from "./proof.tsx";

/** Loaded only by those whose account is held. */
const Regain = lazy(async () => ({ default: (await import("./regain.tsx")).Regain }));

const RAISED = LEVEL_WORDS.filter((words) => words.pips > 2);

/** How far it is open now, and the way back. */
function OpenNow({ onLock }: { readonly onLock: () => void }): ReactNode {
  const user = useAppSelector((state) => state.session.user);
  if (user === null || user.open_until === null) return null;
  return (
    <div className="flex items-center justify-between gap-3 rounded-card bg-sunken px-4 py-3">
      <span>
        Open up to {wordsOf(user.open_up_to).label} until {formatTime(user.open_until)}
      </span>
      <Button icon="lock" onPress={onLock}>
        Lock again
      </Button>
    </div>
  );
}

function LevelChoices({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (level: string) => void;
}): ReactNode {
  return (
    <RadioGroup value={value} onChange={onChange} className="flex flex-col gap-2">
      <Label className="text-13 font-medium">Open up to</Label>
      {RAISED.map((words) => (
        <ChoiceCard key={words.name} value={words.name}>
          <LevelBadge level={words.name} pips />
          <span className="block text-13 text-muted">{words.text}</span>
        </ChoiceCard>
      ))}
    </RadioGroup>
  );
}

interface UnlockProps {
  readonly onDone: () => void;
  /** The level that is wanted, where there is nothing to choose. */
  readonly only?: "ultra-secret";
}

/** Opens the session up to Secret or Ultra-secret by what proves who it is; or closes it again. */
export function UnlockForm(props: UnlockProps): ReactNode {
  const heldSince = useAppSelector((state) => state.session.user?.held_since ?? null);
  if (heldSince === null) return <Unlock {...props} />;
  return (
    <Suspense>
      <Regain since={heldSince} onLeave={props.onDone} />
    </Suspense>
  );
}

function Unlock({ onDone, only }: UnlockProps): ReactNode {
  const dispatch = useAppDispatch();
  const { data: factors } = accessApi.useFactorsQuery();
  const [level, setLevel] = useState<string>(only ?? "secret");
  const [proof, setProof] = useState<ProofBody | null>(null);
  const [isCodeWanted, setCodeWanted] = useState(false);
  const by = isCodeWanted && factors?.proof_by !== "password-and-code" ? "code" : (factors?.proof_by ?? "password");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const open = async (given: ProofBody | { readonly passkey: PasskeyAnswer }): Promise<void> => {
    const { data } = await client.call("auth.unlock", { body: { ...given, level: wordsOf(level).name } });
    dispatch(openingChanged(data));
    onDone();
  };
  const submit = async (): Promise<void> => {
    if (proof === null) return;
    setBusy(true);
    setProblem(null);
    try {
      await open(proof);
    } catch (error) {
      const found = problemOf(error);
      if (found.code === "second-factor-needed") setCodeWanted(true);
      else setProblem(found);
    } finally {
      setBusy(false);
    }
  };
  const isWrong = problem !== null && (problem.status === 401 || problem.status === 403);
  return (
    <form className="flex flex-col gap-4 p-5" onSubmit={(event: FormEvent) => (event.preventDefault(), void submit())}>
      <OpenNow onLock={() => (void dispatch(lock()), onDone())} />
      <p className="text-muted">
        Above the lock nothing is listed, counted or suggested. It closes by itself after 15 minutes, or 5 without you.
      </p>
      {only === undefined && <LevelChoices value={level} onChange={setLevel} />}
      <SecretField
        key={by}
        by={by}
        ways={factors?.codes_by ?? []}
        onChange={setProof}
        problem={problem}
        testId="unlock-password"
      />
      {problem !== null && !isWrong && <ProblemNote problem={problem} />}
      <Button
        look="primary"
        type="submit"
        isDisabled={isBusy || proof === null}
        className="self-start"
        data-testid="unlock-button"
      >
        Open
      </Button>
      {(factors?.passkeys ?? 0) > 0 && (
        <Suspense>
          <ProofByPasskey onAnswer={(passkey) => open({ passkey })} />
        </Suspense>
      )}
    </form>
  );
}
