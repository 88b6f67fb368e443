import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { useNavigate } from "react-router";

import type { Problem } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { fragmentValue } from "../data/claim-code.ts";
import { client } from "../data/connection.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, ProblemNote, TextLink } from "../parts/basics.tsx";
import { Door } from "../parts/door.tsx";
import { Field } from "../parts/field.tsx";
import { OnOff } from "../parts/on-off.tsx";
import { useCall } from "../parts/use-call.ts";

const LEAD =
  "This link was made at the server's own terminal. It works once: every device is signed out, and your old password signs nobody in any more.";

/** What stands below which field; `other` is for below all. */
function told(problem: Problem | null): {
  readonly fresh?: string;
  readonly factor?: string;
  readonly other?: Problem;
} {
  if (problem === null || problem.code === "second-factor-needed") return {};
  if (problem.code === "code-wrong") return { factor: "The code is not right, or was used already" };
  return problem.code.startsWith("identity-password-") ? { fresh: problem.detail } : { other: problem };
}

/** Two-factor sign-in is on: its code, or what it costs to have none. */
function Factor({
  value,
  isLost,
  error,
  onChange,
  onLost,
}: {
  readonly value: string;
  readonly isLost: boolean;
  readonly error: string | undefined;
  readonly onChange: (code: string) => void;
  readonly onLost: (isLost: boolean) => void;
}): ReactNode {
  return (
    <>
      {!isLost && (
        <Field
          label="Code of your authenticator app"
          hint="Or one of your recovery codes. Two-factor sign-in is on for this account."
          error={error}
          input={{
            autoComplete: "one-time-code",
            value,
            onChange: (event) => onChange(event.target.value),
            autoFocus: true,
            "data-testid": "factor-input",
          }}
        />
      )}
      <OnOff label="I have neither any more" isOn={isLost} onChange={onLost} />
      {isLost && (
        <p className="text-13 text-muted">
          Two-factor sign-in goes off, and what is above Confidential stays closed until your password or a passkey from
          before opens it again.
        </p>
      )}
    </>
  );
}

function Form({ code }: { readonly code: string }): ReactNode {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const [fresh, setFresh] = useState("");
  const [factor, setFactor] = useState<string | null>(null);
  const [isLost, setLost] = useState(false);
  const { problem, isBusy, run } = useCall();
  const asksFactor = factor !== null || isLost || problem?.code === "second-factor-needed";
  const submit = (): void =>
    run(async () => {
      const more = isLost ? { factor_lost: true } : factor === null || factor === "" ? {} : { factor_code: factor };
      await client.call("auth.reset", { body: { code, new_password: fresh, ...more } });
      dispatch(notify("Password set. Sign in with the new one."));
      await navigate("/login");
    });
  const { fresh: freshWrong, factor: factorWrong, other } = told(problem);
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event: FormEvent) => (event.preventDefault(), submit())}
    >
      <Field
        label="New password"
        hint="A few words that nobody would guess are better than one odd word."
        error={freshWrong}
        input={{
          type: "password",
          autoComplete: "new-password",
          value: fresh,
          onChange: (event) => setFresh(event.target.value),
          autoFocus: true,
          "data-testid": "new-password-input",
        }}
      />
      {asksFactor && (
        <Factor
          value={factor ?? ""}
          isLost={isLost}
          error={factorWrong}
          onChange={setFactor}
          onLost={(is) => (setLost(is), setFactor((typed) => typed ?? ""))}
        />
      )}
      {other !== undefined && <ProblemNote problem={other} safe="Your old password still works" />}
      <Button
        look="primary"
        type="submit"
        isDisabled={isBusy || fresh === "" || (asksFactor && !isLost && (factor ?? "") === "")}
        data-testid="reset-finish"
        className="self-start px-6"
      >
        Set the new password
      </Button>
    </form>
  );
}

/** A new password by a link from the server's terminal. */
export function Reset(): ReactNode {
  const [code] = useState(() => fragmentValue(globalThis.location.hash, "code") ?? "");
  // It is a secret: not left in the address bar, nor among the pages visited.
  useEffect(() => globalThis.history.replaceState(globalThis.history.state, "", globalThis.location.pathname), []);
  return (
    <Door title="New password" lead={code === "" ? "This address lacks the code of a link: ask for a new one." : LEAD}>
      {code !== "" && <Form code={code} />}
      <p className="mt-7 text-13 text-muted">
        <TextLink href="/login">Back to signing in</TextLink>
      </p>
    </Door>
  );
}
