import { type FormEvent, type ReactNode, useState } from "react";
import { useNavigate } from "react-router";

import type { Problem } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { client } from "../data/connection.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, ProblemNote, TextLink } from "../parts/basics.tsx";
import { Door } from "../parts/door.tsx";
import { Field } from "../parts/field.tsx";
import { CodeField } from "../parts/proof.tsx";
import { useCall } from "../parts/use-call.ts";

/** What stands below which field; `other` is for below all. */
function told(problem: Problem | null): {
  readonly email?: string;
  readonly code?: string;
  readonly factor?: string;
  readonly fresh?: string;
  readonly other?: Problem;
} {
  if (problem === null || problem.code === "second-factor-needed") return {};
  if (problem.code === "email-invalid") return { email: "That is not an e-mail address" };
  if (problem.code === "request-invalid")
    return { email: "That is not an e-mail address", code: "Look at what you typed" };
  if (problem.code === "email-code-wrong") {
    return { code: "The code is not right, was used already, or is older than ten minutes" };
  }
  if (problem.code === "code-wrong") return { factor: "The code is not right, or was used already" };
  return problem.code.startsWith("identity-password-") ? { fresh: problem.detail } : { other: problem };
}

function Ask({ onAsked }: { readonly onAsked: (request: string) => void }): ReactNode {
  const [email, setEmail] = useState("");
  const { problem, isBusy, run } = useCall();
  const { email: wrong, other } = told(problem);
  const submit = (): void =>
    run(async () => onAsked((await client.call("auth.recover", { body: { email: email.trim() } })).data.request));
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event: FormEvent) => (event.preventDefault(), submit())}
    >
      <Field
        label="Your e-mail address"
        hint="The one you confirmed under Me, Security."
        error={wrong}
        input={{
          type: "email",
          autoComplete: "email",
          value: email,
          onChange: (event) => setEmail(event.target.value),
          autoFocus: true,
          "data-testid": "email-input",
        }}
      />
      {other !== undefined && <ProblemNote problem={other} />}
      <Button
        look="primary"
        type="submit"
        isDisabled={isBusy || email.trim().length < 3}
        data-testid="recover-ask"
        className="self-start px-6"
      >
        Send a code
      </Button>
    </form>
  );
}

function Finish({ request }: { readonly request: string }): ReactNode {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const [code, setCode] = useState("");
  const [fresh, setFresh] = useState("");
  const [factor, setFactor] = useState<string | null>(null);
  const { problem, isBusy, run } = useCall();
  const { code: codeWrong, factor: factorWrong, fresh: freshWrong, other } = told(problem);
  const asksFactor = factor !== null || problem?.code === "second-factor-needed";
  const submit = (): void =>
    run(async () => {
      const more = factor === null || factor === "" ? {} : { factor_code: factor };
      await client.call("auth.recoverFinish", { body: { request, code, new_password: fresh, ...more } });
      dispatch(notify("Password changed. Sign in with the new one."));
      await navigate("/login");
    });
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event: FormEvent) => (event.preventDefault(), submit())}
    >
      <CodeField
        value={code}
        onChange={setCode}
        error={codeWrong}
        hint="Six digits, from the mail. No mail? Look among the junk."
      />
      <Field
        label="New password"
        error={freshWrong}
        input={{
          type: "password",
          autoComplete: "new-password",
          value: fresh,
          onChange: (event) => setFresh(event.target.value),
          "data-testid": "new-password-input",
        }}
      />
      {asksFactor && (
        <Field
          label="Code of your authenticator app"
          hint="Or one of your recovery codes. Two-factor sign-in is on for this account."
          error={factorWrong}
          input={{
            autoComplete: "one-time-code",
            value: factor ?? "",
            onChange: (event) => setFactor(event.target.value),
            autoFocus: true,
            "data-testid": "factor-input",
          }}
        />
      )}
      {other !== undefined && <ProblemNote problem={other} safe="Your old password still works" />}
      <Button
        look="primary"
        type="submit"
        isDisabled={isBusy || code === "" || fresh === ""}
        data-testid="recover-finish"
        className="self-start px-6"
      >
        Set the new password
      </Button>
    </form>
  );
}

/** What is left where no mail is sent: nobody is let in by less than a code that went to a confirmed address. */
function WithoutMail(): ReactNode {
  return (
    <ul className="flex list-disc flex-col gap-2 ps-5" data-testid="recover-without-mail">
      <li>A passkey, or an account elsewhere that you linked, signs you in without it.</li>
      <li>A device on which you are still signed in stays so: Me, Forget &amp; export takes along what you keep.</li>
      <li>
        Whoever runs this server makes you a link for a new password, at its own terminal:{" "}
        <code className="font-mono text-13">kaelix users list</code>, then{" "}
        <code className="font-mono text-13">kaelix users reset usr_…</code>. It opens nothing above Confidential; your
        old password or a passkey does, should it come back to you.
      </li>
    </ul>
  );
}

const ASK_LEAD = "A code is sent to your e-mail address.";
const NO_MAIL_LEAD = "This server sends no mail, so no code can be sent. What is left:";
const FINISH_LEAD =
  "If the address belongs to an account here, a code is on its way to it. It is good for ten minutes, on this page. Every device is signed out when the password changes.";

/** The way back in after a lost password. What it says is the same for every address. */
export function Recover(): ReactNode {
  const { data: server } = api.useServerQuery();
  const [request, setRequest] = useState<string | null>(null);
  const hasNoMail = server?.recovery === false;
  return (
    <Door title="New password" lead={hasNoMail ? NO_MAIL_LEAD : request === null ? ASK_LEAD : FINISH_LEAD}>
      {hasNoMail && <WithoutMail />}
      {server?.recovery === true && request === null && <Ask onAsked={setRequest} />}
      {request !== null && (
        <>
          <Finish request={request} />
          <Button look="quiet" className="mt-3 self-start" onPress={() => setRequest(null)} data-testid="recover-again">
            Another code, or another address
          </Button>
        </>
      )}
      <p className="mt-7 text-13 text-muted">
        <TextLink href="/login">Back to signing in</TextLink>
      </p>
    </Door>
  );
}
