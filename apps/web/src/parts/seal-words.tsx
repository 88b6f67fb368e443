/** What is said and asked wherever what one sealed is opened or set up. */
import type { ReactNode } from "react";

import type { KeyRefusal, Opener } from "../core/seal/key-ring.ts";
import { Field } from "./field.tsx";

/** Where it is set up and changed. */
export const SEAL_PATH = "/settings/security/seal";

const REFUSALS: Readonly<Record<Opener["by"], Readonly<Record<KeyRefusal, string>>>> = {
  passphrase: {
    wrong: "This is not your passphrase",
    weak: "The server asks for less protection than is safe. Nothing was tried",
    unread: "This is not your passphrase",
  },
  recovery: {
    wrong: "This is a recovery key, but not the one of your key here",
    weak: "The server asks for less protection than is safe. Nothing was tried",
    unread: "There is a slip in it: look at each letter again, there are nine groups of four",
  },
};

/** A refusal in words. */
export function refusalWords(by: Opener["by"], why: KeyRefusal): string {
  return REFUSALS[by][why];
}

/** What is said where a browser cannot seal. */
export function CannotSeal(): ReactNode {
  return (
    <p className="max-w-measure" role="note">
      This browser seals only over https or on this machine itself: over plain http it hands pages no cryptography. Open
      Kaelix by https; how is told in the guide to https.
    </p>
  );
}

/** The passphrase, or the recovery key, as it is typed. */
export function OpenerField({
  opener,
  error,
  isOnly = false,
  onChange,
}: {
  readonly opener: Opener;
  readonly error: string | undefined;
  /** There is no other way here. */
  readonly isOnly?: boolean;
  readonly onChange: (opener: Opener) => void;
}): ReactNode {
  const isPassphrase = opener.by === "passphrase";
  return (
    <>
      <Field
        key={opener.by}
        label={isPassphrase ? "Passphrase" : "Recovery key"}
        hint={
          isPassphrase
            ? "The one you chose for what you seal, not the one you sign in with"
            : "Nine groups of four letters; capitals and hyphens do not matter"
        }
        error={error}
        input={{
          type: isPassphrase ? "password" : "text",
          autoComplete: "off",
          spellCheck: false,
          autoFocus: true,
          value: opener.text,
          onChange: (event) => onChange({ by: opener.by, text: event.target.value }),
          "data-testid": isPassphrase ? "passphrase-input" : "recovery-input",
        }}
      />
      {!isOnly && (
        <button
          type="button"
          className="cursor-pointer self-start text-13 text-accent underline underline-offset-4"
          data-testid="other-opener"
          onClick={() => onChange({ by: isPassphrase ? "recovery" : "passphrase", text: "" })}
        >
          {isPassphrase ? "Use the recovery key instead" : "Use the passphrase instead"}
        </button>
      )}
    </>
  );
}
