import { type ReactNode, useState } from "react";

import { isShown } from "../core/levels.ts";
import type { Opener } from "../core/seal/key-ring.ts";
import { notify } from "../data/actions.ts";
import { closeSeal } from "../data/own-seal.ts";
import { interfaceSlice } from "../data/interface.ts";
import { sealApi, type WireSeal } from "../data/seal-api.ts";
import { canSeal, newPassphrase, newRecoveryKey, type NewSeal, newSeal } from "../data/sealing.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ButtonLink, Loading, ProblemNote } from "../parts/basics.tsx";
import { Page, Section } from "../parts/page.tsx";
import { NewPassphrase } from "../parts/new-passphrase.tsx";
import { type GuardedCall, useGuardedCall } from "../parts/proof.tsx";
import { RecoveryShown } from "../parts/recovery-shown.tsx";
import { AddSealPasskey, SealPasskeys } from "../parts/seal-passkey.tsx";
import { CannotSeal, OpenerField, refusalWords } from "../parts/seal-words.tsx";
import { useSealOpen } from "../parts/sealed-words.tsx";

/** What is being done. */
type Doing = "nothing" | "set-up" | "anew" | "passphrase" | "recovery" | "passkey";

interface StepProps {
  readonly seal: WireSeal;
  readonly guarded: GuardedCall;
  readonly onDone: (words: string) => void;
  readonly onCancel: () => void;
}

function About(): ReactNode {
  return (
    <div className="flex max-w-measure flex-col gap-3">
      <p>
        With a passphrase your browser seals what is Ultra-secret before it leaves this device. The server keeps it and
        cannot read it: it is in no index, digest or answer, and no program, administrator or thief of its disk reads
        it. You find it again by a search that runs in your browser.
      </p>
      <p>
        Nobody can reset this passphrase. Should you forget it, a recovery key opens everything; you get it next, and
        keep it somewhere safe. Without both, what you sealed stays closed for ever.
      </p>
    </div>
  );
}

interface KeepNewProps extends StepProps {
  readonly made: NewSeal;
  readonly submit: string;
  readonly words: string;
}

/** The new recovery key; what was made is kept once that is. */
function KeepNew({ guarded, made, onCancel, onDone, submit, words }: KeepNewProps): ReactNode {
  const keep = (): void =>
    void guarded.run(async () => {
      await made.keep();
      onDone(words);
    });
  const { isBusy } = guarded;
  return (
    <RecoveryShown recoveryKey={made.recoveryKey} isBusy={isBusy} done={submit} onDone={keep} onCancel={onCancel} />
  );
}

/** A passphrase, then the recovery key, then both are kept. */
function SetUp(props: StepProps): ReactNode {
  const { onCancel, seal } = props;
  const user = useAppSelector((state) => state.session.user?.id ?? "");
  const [made, setMade] = useState<NewSeal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const make = async (passphrase: string): Promise<void> => {
    setBusy(true);
    setMade(await newSeal(seal, user, passphrase));
    setBusy(false);
  };
  if (made !== null) {
    const words = "Set up. What you keep at Ultra-secret is sealed by you from now on.";
    return <KeepNew {...props} made={made} submit="Set it up" words={words} />;
  }
  return <NewPassphrase submit="Go on" isBusy={isBusy} onSubmit={(text) => void make(text)} onCancel={onCancel} />;
}

function ChangePassphrase({ guarded, onCancel, onDone, seal }: StepProps): ReactNode {
  const user = useAppSelector((state) => state.session.user?.id ?? "");
  const [opener, setOpener] = useState<Opener>({ by: "passphrase", text: "" });
  const [error, setError] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const change = async (passphrase: string): Promise<void> => {
    setBusy(true);
    const keep = await newPassphrase(seal, user, { opener, passphrase });
    setBusy(false);
    if (typeof keep === "string") {
      setError(refusalWords(opener.by, keep));
      return;
    }
    await guarded.run(async () => {
      await keep();
      onDone("The passphrase is changed, on every device. The recovery key is as it was.");
    });
  };
  return (
    <NewPassphrase
      submit="Change it"
      isBusy={isBusy || guarded.isBusy}
      isIncomplete={opener.text === ""}
      onSubmit={(text) => void change(text)}
      onCancel={onCancel}
    >
      <OpenerField opener={opener} error={error} onChange={(next) => (setError(undefined), setOpener(next))} />
    </NewPassphrase>
  );
}

function ChangeRecoveryKey(props: StepProps): ReactNode {
  const { onCancel, seal } = props;
  const user = useAppSelector((state) => state.session.user?.id ?? "");
  const [opener, setOpener] = useState<Opener>({ by: "passphrase", text: "" });
  const [error, setError] = useState<string | undefined>(undefined);
  const [made, setMade] = useState<NewSeal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    const next = await newRecoveryKey(seal, user, opener.text);
    setBusy(false);
    if (typeof next === "string") setError(refusalWords("passphrase", next));
    else setMade(next);
  };
  if (made !== null) {
    const words = "The new recovery key holds. The one before opens nothing any more.";
    return <KeepNew {...props} made={made} submit="Take the new one" words={words} />;
  }
  return (
    <form className="flex max-w-measure flex-col gap-4" onSubmit={(event) => (event.preventDefault(), void make())}>
      <OpenerField isOnly opener={opener} error={error} onChange={(next) => (setError(undefined), setOpener(next))} />
      <div className="flex gap-3">
        <Button look="primary" type="submit" isDisabled={isBusy || opener.text === ""} data-testid="recovery-make">
          {isBusy ? "Working…" : "Make a new one"}
        </Button>
        <Button look="quiet" onPress={onCancel}>
          Leave it
        </Button>
      </div>
    </form>
  );
}

/** Both are lost: what that means, before another key takes the place of the first. */
function Anew(props: StepProps): ReactNode {
  const [isSure, setSure] = useState(false);
  if (isSure) return <SetUp {...props} />;
  return (
    <div className="flex max-w-measure flex-col gap-3">
      <p>
        Without passphrase and recovery key nobody can open what you sealed so far. You can begin anew with another key:
        what was sealed stays in your lists, closed, until you forget it.
      </p>
      <div className="flex gap-3">
        <Button look="danger" onPress={() => setSure(true)} data-testid="seal-anew-sure">
          Begin anew
        </Button>
        <Button onPress={props.onCancel}>Leave it</Button>
      </div>
    </div>
  );
}

function Standing({ onDo, seal }: { readonly seal: WireSeal; readonly onDo: (doing: Doing) => void }): ReactNode {
  const dispatch = useAppDispatch();
  const isOpen = useSealOpen();
  const ceiling = useAppSelector((state) => state.session.user?.open_up_to ?? "general");
  const isReady = isShown("ultra-secret", ceiling) && seal.wraps !== null;
  const unlock = (): void => void dispatch(interfaceSlice.actions.overlayChanged("seal"));
  return (
    <>
      <p data-testid="seal-on">
        Set up. {isOpen ? "What you sealed is open in this tab." : "What you sealed is locked in this tab."}
      </p>
      <div className="mt-3 flex flex-wrap gap-3">
        {isOpen ? (
          <Button icon="lock" onPress={closeSeal} data-testid="seal-lock">
            Lock now
          </Button>
        ) : (
          <Button icon="unlock" onPress={unlock} data-testid="seal-unlock">
            Unlock
          </Button>
        )}
        {isReady && (
          <>
            <Button onPress={() => onDo("passphrase")} data-testid="seal-change">
              Change the passphrase
            </Button>
            <Button onPress={() => onDo("recovery")} data-testid="seal-recovery">
              New recovery key
            </Button>
          </>
        )}
      </div>
      {isReady ? (
        <p className="mt-4 max-w-measure text-13 text-muted">
          Forgot the passphrase? Press “Change the passphrase” and give the recovery key instead.{" "}
          <button
            type="button"
            className="cursor-pointer text-accent underline underline-offset-4"
            onClick={() => onDo("anew")}
            data-testid="seal-anew"
          >
            Lost both
          </button>
        </p>
      ) : (
        <p className="mt-3 max-w-measure text-13 text-muted">
          To change the passphrase, to make a new recovery key, or if you have lost one of them: open the session up to
          Ultra-secret first, at the lock above.
        </p>
      )}
    </>
  );
}

function Body({ seal }: { readonly seal: WireSeal }): ReactNode {
  const dispatch = useAppDispatch();
  const guarded = useGuardedCall();
  const [doing, setDoing] = useState<Doing>("nothing");
  const steps: StepProps = {
    seal,
    guarded,
    onDone: (words) => {
      setDoing("nothing");
      dispatch(notify(words));
      dispatch(sealApi.util.invalidateTags(["Seal"]));
    },
    onCancel: () => setDoing("nothing"),
  };
  const isSet = seal.key_id !== null;
  return (
    <Section title={isSet ? "Passphrase and recovery key" : "Passphrase"}>
      {doing === "nothing" && isSet && <Standing seal={seal} onDo={setDoing} />}
      {doing === "nothing" && isSet && seal.wraps !== null && (
        <SealPasskeys {...steps} onAdd={() => setDoing("passkey")} />
      )}
      {doing === "nothing" && !isSet && (
        <Button look="primary" onPress={() => setDoing("set-up")} data-testid="seal-set-up">
          Choose a passphrase
        </Button>
      )}
      {doing === "set-up" && <SetUp {...steps} />}
      {doing === "anew" && <Anew {...steps} />}
      {doing === "passphrase" && <ChangePassphrase {...steps} />}
      {doing === "recovery" && <ChangeRecoveryKey {...steps} />}
      {doing === "passkey" && <AddSealPasskey {...steps} />}
      {guarded.problem !== null && <ProblemNote problem={guarded.problem} safe="Nothing was changed" />}
      {guarded.dialog}
    </Section>
  );
}

/** The passphrase and the recovery key of what only its owner can read. */
export function Seal(): ReactNode {
  const { data, error, refetch } = sealApi.useSealQuery();
  return (
    <Page
      title="What only you can read"
      testId="seal"
      actions={<ButtonLink href="/settings/security">Back to Security</ButtonLink>}
    >
      <About />
      {!canSeal() && (
        <div className="mt-4">
          <CannotSeal />
        </div>
      )}
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && canSeal() && <Body seal={data} />}
    </Page>
  );
}
