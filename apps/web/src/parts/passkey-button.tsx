import { type ReactNode, useState } from "react";

import type { OutputOf } from "../data/wire.ts";
import { askPasskey, failureWords, type PasskeyAnswer, troubleHere } from "../data/passkeys.ts";
import { Button } from "./basics.tsx";

/** Asks for a passkey and hands over what it signed; nothing where browsers have none. */
export function PasskeyButton({
  label,
  isDisabled = false,
  options,
  onAnswer,
}: {
  readonly label: string;
  /** True while something else is to be given first. */
  readonly isDisabled?: boolean;
  readonly options: () => Promise<OutputOf<"auth.passkeyOptions">>;
  /** Sends it; what it throws is told here. */
  readonly onAnswer: (answer: PasskeyAnswer) => Promise<void>;
}): ReactNode {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  if (troubleHere() !== null) return null;
  const ask = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await onAnswer(await askPasskey(await options()));
    } catch (error) {
      setFailure(failureWords(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div>
      <Button isDisabled={isBusy || isDisabled} onPress={() => void ask()} data-testid="passkey-button">
        {label}
      </Button>
      {failure !== null && (
        <p role="alert" className="mt-2 text-danger">
          {failure}
        </p>
      )}
    </div>
  );
}
