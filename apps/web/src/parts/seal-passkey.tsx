/** Passkeys as a further way to what one sealed: using one, setting one up, and taking them away. */
import { type ReactNode, useState } from "react";

import { countOf } from "../core/format.ts";
import type { Opener } from "../core/seal/key-ring.ts";
import { failureWords, troubleHere } from "../data/passkeys.ts";
import type { WireSeal } from "../data/seal-api.ts";
import { dropPasskeyWraps, newPasskeyWrap, passkeysHere, unlockSealByPasskey } from "../data/sealing.ts";
import { useAppSelector } from "../data/store.ts";
import { Button } from "./basics.tsx";
import type { GuardedCall } from "./proof.tsx";
import { OpenerField, refusalWords } from "./seal-words.tsx";

const NONE =
  "This passkey or browser makes no secret that could open it: some devices cannot. Passphrase and recovery key go on working. A passkey made anew under Security, or one on another device, may do.";
const OTHER = "This passkey opens another key than the one that is set up now. Use the passphrase.";

function Trouble({ words }: { readonly words: string | null }): ReactNode {
  if (words === null) return null;
  return (
    <p role="alert" className="max-w-measure text-danger" data-testid="seal-passkey-trouble">
      {words}
    </p>
  );
}

/** Opens it by a passkey, where one was set up at this address. */
export function UnlockByPasskey({ seal, onDone }: { readonly seal: WireSeal; readonly onDone: () => void }): ReactNode {
  const user = useAppSelector((state) => state.session.user?.id ?? "");
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (passkeysHere(seal).length === 0 || troubleHere() !== null) return null;
  const unlock = async (): Promise<void> => {
    setBusy(true);
    setTrouble(null);
    try {
      const outcome = await unlockSealByPasskey(seal, user);
      if (outcome === "opened") onDone();
      else setTrouble(outcome === "none" ? NONE : OTHER);
    } catch (error) {
      setTrouble(failureWords(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col items-start gap-3">
      <Button look="primary" isDisabled={isBusy} onPress={() => void unlock()} data-testid="seal-passkey">
        {isBusy ? "Asking your device…" : "Unlock with a passkey"}
      </Button>
      <Trouble words={trouble} />
    </div>
  );
}

interface StepProps {
  readonly seal: WireSeal;
  readonly guarded: GuardedCall;
  readonly onDone: (words: string) => void;
  readonly onCancel: () => void;
}

/** Sets a passkey up: the device is asked first, then what opens the key now. */
export function AddSealPasskey({ guarded, onCancel, onDone, seal }: StepProps): ReactNode {
  const user = useAppSelector((state) => state.session.user?.id ?? "");
  const [opener, setOpener] = useState<Opener>({ by: "passphrase", text: "" });
  const [error, setError] = useState<string | undefined>(undefined);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const add = async (): Promise<void> => {
    setBusy(true);
    setTrouble(null);
    try {
      const keep = await newPasskeyWrap(seal, user, opener);
      if (keep === "none") setTrouble(NONE);
      else if (typeof keep === "string") setError(refusalWords(opener.by, keep));
      else {
        await guarded.run(async () => {
          await keep();
          onDone("Your passkey unlocks it from now on. Passphrase and recovery key are as they were.");
        });
      }
    } catch (failure) {
      setTrouble(failureWords(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="flex max-w-measure flex-col gap-4" onSubmit={(event) => (event.preventDefault(), void add())}>
      <p>
        Your device makes a secret that only this passkey makes, and the key is wrapped under it here. The secret is not
        sent. Whoever unlocks that device as you opens what you sealed.
      </p>
      <OpenerField opener={opener} error={error} onChange={(next) => (setError(undefined), setOpener(next))} />
      <Trouble words={trouble} />
      <div className="flex gap-3">
        <Button
          look="primary"
          type="submit"
          isDisabled={isBusy || guarded.isBusy || opener.text === ""}
          data-testid="seal-passkey-make"
        >
          {isBusy ? "Asking your device…" : "Use a passkey"}
        </Button>
        <Button look="quiet" onPress={onCancel}>
          Leave it
        </Button>
      </div>
    </form>
  );
}

/** Which passkeys open it, and how to have more or none. */
export function SealPasskeys({
  seal,
  guarded,
  onAdd,
  onDone,
}: Pick<StepProps, "seal" | "guarded" | "onDone"> & { readonly onAdd: () => void }): ReactNode {
  const count = seal.wraps?.passkeys?.length ?? 0;
  const trouble = troubleHere();
  const drop = (): void =>
    void guarded.run(async () => {
      await dropPasskeyWraps(seal);
      onDone("No passkey unlocks it any more. Passphrase and recovery key are as they were.");
    });
  return (
    <div className="mt-6 flex flex-col gap-3" data-testid="seal-passkeys">
      <p>
        {count === 0
          ? "No passkey unlocks it. It can be a further way besides passphrase and recovery key."
          : `${countOf(count, "passkey unlocks", "passkeys unlock")} it, besides passphrase and recovery key. One that you remove under Security unlocks it no more.`}
      </p>
      {trouble !== null && <p className="max-w-measure text-13 text-muted">{trouble}</p>}
      <div className="flex flex-wrap gap-3">
        {trouble === null && (
          <Button onPress={onAdd} data-testid="seal-passkey-add">
            Unlock by passkey, too
          </Button>
        )}
        {count > 0 && (
          <Button look="quiet-danger" isDisabled={guarded.isBusy} onPress={drop} data-testid="seal-passkey-drop">
            No passkey any more
          </Button>
        )}
      </div>
    </div>
  );
}
