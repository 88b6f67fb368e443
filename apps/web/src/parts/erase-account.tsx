import { type FormEvent, type ReactNode, useState } from "react";

import { wordsOf } from "../core/levels.ts";
import { dropSession } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ProblemNote } from "./basics.tsx";
import { Sheet } from "./dialog.tsx";
import { saveReceipt } from "./erasures.tsx";
import { Field } from "./field.tsx";
import { Section } from "./page.tsx";
import { useGuardedCall } from "./proof.tsx";

function Confirmation({ onClose }: { readonly onClose: () => void }): ReactNode {
  const dispatch = useAppDispatch();
  const phone = useAppSelector((state) => state.session.user?.phone ?? "");
  const openUpTo = useAppSelector((state) => state.session.user?.open_up_to ?? "general");
  const [typed, setTyped] = useState("");
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const digits = (text: string): string => text.replaceAll(/[^\d+]/g, "");
  const submit = (): Promise<void> =>
    run(async () => {
      const { data } = await client.call("erasures.request", { body: { account: { confirm: typed } } });
      // Nobody can ask for it again: there is no account any more.
      saveReceipt(data);
      dispatch(dropSession("erased"));
    });
  return (
    <>
      <Sheet title="Erase the account?" onClose={onClose}>
        <form
          className="flex flex-col gap-4 p-5"
          onSubmit={(event: FormEvent) => (event.preventDefault(), void submit())}
        >
          <p>
            Every memory at every level, imports, devices, keys of programs and shares go, now and for ever. Nobody can
            bring them back, neither you nor whoever runs this server. The signed receipt is saved as a file.
          </p>
          {openUpTo !== "ultra-secret" && (
            <p data-testid="erase-account-above">
              A file that you took along holds what was open then. Now that is up to {wordsOf(openUpTo).label}: should
              what is above come along as well, leave this, open the lock first, and download once more.
            </p>
          )}
          <Field
            label="Your phone number, to go on"
            hint={phone}
            input={{
              type: "tel",
              autoComplete: "off",
              value: typed,
              onChange: (event) => setTyped(event.target.value),
              autoFocus: true,
              "data-testid": "erase-account-phone",
            }}
          />
          {problem !== null && <ProblemNote problem={problem} safe="Nothing was erased" />}
          <Button
            look="danger"
            type="submit"
            isDisabled={isBusy || digits(typed) !== digits(phone)}
            className="self-start"
            data-testid="erase-account-now"
          >
            Erase everything
          </Button>
        </form>
      </Sheet>
      {dialog}
    </>
  );
}

/** Ends the account with everything in it. */
export function EraseAccount(): ReactNode {
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title="End the account">
      <Button look="danger" onPress={() => setAsking(true)} data-testid="erase-account">
        Erase my account
      </Button>
      <p className="mt-1.5 max-w-measure text-13 text-muted">
        With everything in it, at once. Take it along first if you want to keep it. The only owner of a server that
        others use makes somebody else an owner first.
      </p>
      {isAsking && <Confirmation onClose={() => setAsking(false)} />}
    </Section>
  );
}
