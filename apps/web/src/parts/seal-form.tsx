/** Opening what one sealed: first the session, then the passphrase or the recovery key. */
import { type FormEvent, type ReactNode, useState } from "react";

import { isShown } from "../core/levels.ts";
import type { KeyRefusal, Opener } from "../core/seal/key-ring.ts";
import type { Problem } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { problemOf } from "../data/connection.ts";
import { closeSeal } from "../data/own-seal.ts";
import { sealApi, type WireSeal } from "../data/seal-api.ts";
import { canSeal, unlockSeal } from "../data/sealing.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, Loading, ProblemNote, TextLink } from "./basics.tsx";
import { UnlockByPasskey } from "./seal-passkey.tsx";
import { CannotSeal, OpenerField, refusalWords, SEAL_PATH } from "./seal-words.tsx";
import { useSealOpen } from "./sealed-words.tsx";
import { UnlockForm } from "./unlock-form.tsx";

function PassphraseForm({ seal, onDone }: { readonly seal: WireSeal; readonly onDone: () => void }): ReactNode {
  const dispatch = useAppDispatch();
  const user = useAppSelector((state) => state.session.user?.id ?? "");
  const [opener, setOpener] = useState<Opener>({ by: "passphrase", text: "" });
  const [refusal, setRefusal] = useState<KeyRefusal | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    setRefusal(null);
    try {
      const outcome = await unlockSeal(user, opener);
      if (outcome === "opened") {
        if (opener.by === "recovery") dispatch(notify("Unlocked. Choose a new passphrase under Security."));
        onDone();
      } else if (outcome === "closed") dispatch(sealApi.util.invalidateTags(["Seal"]));
      else setRefusal(outcome);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="flex flex-col gap-4 p-5" onSubmit={(event: FormEvent) => (event.preventDefault(), void submit())}>
      <p className="text-muted">
        It is opened in this browser, until you lock it, close the tab, or 15 minutes have gone. The passphrase is not
        sent.
      </p>
      <UnlockByPasskey seal={seal} onDone={onDone} />
      <OpenerField
        opener={opener}
        error={refusal === null ? undefined : refusalWords(opener.by, refusal)}
        onChange={(next) => (setRefusal(null), setOpener(next))}
      />
      {problem !== null && <ProblemNote problem={problem} />}
      <Button
        look="primary"
        type="submit"
        isDisabled={isBusy || opener.text === ""}
        className="self-start"
        data-testid="passphrase-button"
      >
        {isBusy ? "Opening…" : "Unlock"}
      </Button>
    </form>
  );
}

function OpenNow({ onDone }: { readonly onDone: () => void }): ReactNode {
  return (
    <div className="flex flex-col items-start gap-3 p-5">
      <p>What you sealed is open in this tab, for 15 minutes at most.</p>
      <Button icon="lock" onPress={() => (closeSeal(), onDone())}>
        Lock it again
      </Button>
    </div>
  );
}

/** Everything between the press on Unlock and the words. */
export function SealForm({ onDone }: { readonly onDone: () => void }): ReactNode {
  const ceiling = useAppSelector((state) => state.session.user?.open_up_to ?? "general");
  const { data, error } = sealApi.useSealQuery();
  const isOpen = useSealOpen();
  if (isOpen) return <OpenNow onDone={onDone} />;
  if (!canSeal())
    return (
      <div className="p-5">
        <CannotSeal />
      </div>
    );
  if (error !== undefined)
    return (
      <div className="p-5">
        <ProblemNote problem={error} />
      </div>
    );
  if (data === undefined)
    return (
      <div className="p-5">
        <Loading what="Reading" />
      </div>
    );
  if (data.key_id === null) {
    return (
      <div className="flex flex-col gap-3 p-5">
        <p>
          You have not chosen a passphrase yet. With one, your browser seals what is Ultra-secret before it leaves it.
        </p>
        <p onClickCapture={onDone}>
          <TextLink href={SEAL_PATH}>Set it up</TextLink>
        </p>
      </div>
    );
  }
  if (!isShown("ultra-secret", ceiling) || data.wraps === null)
    return <UnlockForm only="ultra-secret" onDone={() => undefined} />;
  return <PassphraseForm seal={data} onDone={onDone} />;
}
