import { type FormEvent, type ReactNode, useState } from "react";

import { countOf } from "../core/format.ts";
import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { keeperApi, type WireTenant } from "../data/keeper-api.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { Sheet } from "./dialog.tsx";
import { saveReceipt } from "./erasures.tsx";
import { Field } from "./field.tsx";
import { useGuardedCall } from "./proof.tsx";

/** Asks whether an organisation is to be erased, by its name. */
export function EndOrganisation({
  tenant: { id, people },
  onClose,
}: {
  readonly tenant: WireTenant;
  readonly onClose: () => void;
}): ReactNode {
  const dispatch = useAppDispatch();
  const [typed, setTyped] = useState("");
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const submit = (): Promise<void> =>
    run(async () => {
      const { data } = await client.call("tenants.end", { params: { id }, body: { confirm: typed } });
      saveReceipt(data);
      dispatch(keeperApi.util.invalidateTags(["Tenants"]));
      dispatch(notify(`${id} was ended. The receipt is also under Forget & export`));
      onClose();
    });
  return (
    <>
      <Sheet title={`End ${id}?`} onClose={onClose}>
        <form
          className="flex flex-col gap-4 p-5"
          onSubmit={(event: FormEvent) => (event.preventDefault(), void submit())}
        >
          <p>
            {people === 0
              ? "Nobody is in it. Invitations to it"
              : `${countOf(people, "account")} with everything in them`}{" "}
            {people === 0 ? "are void" : "go"}, now and for ever, and the name is never used again. Nobody can bring it
            back, neither its owners nor you. The signed receipt is saved as a file.
          </p>
          <Field
            label="Its name, to go on"
            hint={id}
            input={{
              type: "text",
              autoComplete: "off",
              autoCapitalize: "none",
              spellCheck: false,
              value: typed,
              onChange: (event) => setTyped(event.target.value),
              autoFocus: true,
              "data-testid": "end-organisation-name",
            }}
          />
          {problem !== null && <ProblemNote problem={problem} safe="Nothing was erased" />}
          <Button
            look="danger"
            type="submit"
            isDisabled={isBusy || typed.trim() !== id}
            className="self-start"
            data-testid="end-organisation-now"
          >
            Erase it with everybody in it
          </Button>
        </form>
      </Sheet>
      {dialog}
    </>
  );
}
