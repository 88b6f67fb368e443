import type { ReactNode } from "react";

import { client } from "../data/connection.ts";
import type { PasskeyAnswer } from "../data/passkeys.ts";
import { PasskeyButton } from "./passkey-button.tsx";

/** A passkey instead of the password or the code, at a session. */
export function ProofByPasskey({
  label = "Use a passkey instead",
  isDisabled = false,
  onAnswer,
}: {
  readonly label?: string;
  readonly isDisabled?: boolean;
  readonly onAnswer: (answer: PasskeyAnswer) => Promise<void>;
}): ReactNode {
  return (
    <PasskeyButton
      label={label}
      isDisabled={isDisabled}
      options={async () => (await client.call("auth.passkeyProof")).data}
      onAnswer={onAnswer}
    />
  );
}
