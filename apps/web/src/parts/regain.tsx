import { type FormEvent, type ReactNode, Suspense, useState } from "react";

import { formatMoment } from "../core/format.ts";
import { accessApi } from "../data/access-api.ts";
import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import type { PasskeyAnswer } from "../data/passkeys.ts";
import { sessionSlice } from "../data/session.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, ProblemNote, TextLink } from "./basics.tsx";
import { Field } from "./field.tsx";
import { ProofByPasskey } from "./proof.tsx";
import { useCall } from "./use-call.ts";

/** What stands where a session is opened while an account is held: the way back to what is above Confidential. */
export function Regain({ since, onLeave }: { readonly since: string; readonly onLeave: () => void }): ReactNode {
  const dispatch = useAppDispatch();
  const { data: factors } = accessApi.useFactorsQuery();
  const [password, setPassword] = useState("");
  const { problem, isBusy, run } = useCall();
  const regain = async (body: { readonly password: string } | { readonly passkey: PasskeyAnswer }): Promise<void> => {
    await client.call("auth.regain", { body });
    dispatch(sessionSlice.actions.userChanged((await client.call("me.read")).data));
    dispatch(notify("It opens again, as before."));
  };
  const isWrong = problem?.code === "password-wrong";
  return (
    <form
      className="flex flex-col gap-4 p-5"
      data-testid="regain"
      onSubmit={(event: FormEvent) => (event.preventDefault(), run(() => regain({ password })))}
    >
      <p>
        Your password was set by a link from the server&rsquo;s own terminal, {formatMoment(since)}. So that whoever
        used it reads nothing of it, what is above Confidential stays closed until something from before shows that it
        is you.
      </p>
      <Field
        label="Your password from before"
        hint="Should it come back to you. The new one goes on signing you in."
        error={isWrong ? "This is not the password from before" : undefined}
        input={{
          type: "password",
          autoComplete: "off",
          value: password,
          onChange: (event) => setPassword(event.target.value),
          autoFocus: true,
          "data-testid": "regain-password",
        }}
      />
      {problem !== null && !isWrong && <ProblemNote problem={problem} safe="Nothing was changed" />}
      <Button
        look="primary"
        type="submit"
        isDisabled={isBusy || password === ""}
        className="self-start"
        data-testid="regain-button"
      >
        Show that it is me
      </Button>
      {(factors?.passkeys ?? 0) > 0 && (
        <Suspense>
          <ProofByPasskey onAnswer={(passkey) => regain({ passkey })} />
        </Suspense>
      )}
      <p className="text-13 text-muted">
        Neither is left? Then it stays closed. Everything else you can take along, end this account and begin anew:{" "}
        <span onClickCapture={onLeave}>
          <TextLink href="/settings/forget">Forget &amp; export</TextLink>
        </span>
      </p>
    </form>
  );
}
