import type { ReactNode } from "react";
import { useNavigate } from "react-router";

import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { operationsApi } from "../data/operations-api.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { useGuardedCall } from "./proof.tsx";

/** Forgets one memory as an erasure: with a fresh proof, and a signed receipt among the others. */
export function EraseMemory({ id }: { readonly id: string }): ReactNode {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const erase = (): Promise<void> =>
    run(async () => {
      await client.call("erasures.request", { body: { memories: [id] } });
      dispatch(operationsApi.util.invalidateTags(["Erasures", "Memories", "Conversations"]));
      dispatch(notify("Hidden. Until it is due it can be undone here, then here is the receipt."));
      await navigate("/settings/forget");
    });
  return (
    <>
      <Button
        look="quiet-danger"
        className="-ms-3.5"
        isDisabled={isBusy}
        onPress={() => void erase()}
        data-testid="erase-memory"
      >
        Forget it with a receipt
      </Button>
      {problem !== null && <ProblemNote problem={problem} safe="Nothing was erased" />}
      {dialog}
    </>
  );
}
