/** What the composer says and does of what is ultra-secret. */
import type { ReactNode } from "react";

import { problemWords } from "../core/problem-words.ts";
import { keep, notify } from "../data/actions.ts";
import { problemOf } from "../data/connection.ts";
import { interfaceSlice } from "../data/interface.ts";
import { sealApi } from "../data/seal-api.ts";
import { canSeal, readSeal, sealNew } from "../data/sealing.ts";
import type { Dispatch } from "../data/store.ts";
import { TextLink } from "./basics.tsx";
import { SEAL_PATH } from "./seal-words.tsx";
import { useSealOpen } from "./sealed-words.tsx";

/** Who will be able to read what is about to be kept. */
export function SealRemark(): ReactNode {
  const { data } = sealApi.useSealQuery();
  const isOpen = useSealOpen();
  if (data === undefined) return null;
  return (
    <p className="px-4 pb-1 text-13 text-muted" data-testid="seal-remark">
      {data.key_id === null || !canSeal() ? (
        <>
          Ultra-secret: left out of every index, shown only unlocked. The server reads it to keep it.{" "}
          {canSeal() && <TextLink href={SEAL_PATH}>Have your browser seal it instead</TextLink>}
        </>
      ) : isOpen ? (
        "Sealed by you: it leaves this browser sealed, and only your passphrase opens it."
      ) : (
        "Sealed by you: sending asks for your passphrase first."
      )}
    </p>
  );
}

/**
 * Keeps something ultra-secret: sealed here when a passphrase was chosen, as any other text when none was. False when it stays in the field:
 * the passphrase is asked for first, or it could not be found out whether there is one. What may be sealed is never sent in clear.
 */
export async function keepUltraSecret(text: string, dispatch: Dispatch): Promise<boolean> {
  try {
    const seal = await readSeal();
    if (seal.key_id === null || !canSeal()) {
      if (seal.key_id !== null) {
        dispatch(notify("Not sent: this browser seals only over https. Your text is still there."));
        return false;
      }
      void dispatch(keep(text, "ultra-secret"));
      return true;
    }
    const ready = await sealNew({ text });
    if (ready === undefined) {
      dispatch(interfaceSlice.actions.overlayChanged("seal"));
      return false;
    }
    if (ready === "long") {
      dispatch(notify("Not sent: it is too long to be sealed as one. Your text is still there."));
      return false;
    }
    void dispatch(keep("", "ultra-secret", { ready }));
    return true;
  } catch (error) {
    dispatch(notify(`Not sent: ${problemWords(problemOf(error)).happened}. Your text is still there.`));
    return false;
  }
}
