import { type FormEvent, type ReactNode, useState } from "react";

import type { Problem } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { mailApi } from "../data/mail-api.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, Loading, Name, ProblemNote } from "./basics.tsx";
import { Field } from "./field.tsx";
import { Section } from "./page.tsx";
import { CodeField, type GuardedCall, useGuardedCall } from "./proof.tsx";

/** What is wrong with what was typed; undefined when it is something else. */
function typedWrong(problem: Problem | null): string | undefined {
  if (problem === null) return undefined;
  if (problem.code === "email-invalid" || problem.status === 400) return "That is not an e-mail address";
  if (problem.code === "email-code-wrong")
    return "The code is not right, was used already, or is older than ten minutes";
  return problem.code === "email-taken" || problem.code === "email-too-many" ? problem.detail : undefined;
}

interface Changes {
  readonly guarded: GuardedCall;
  /** Null: nothing is being changed; empty: an address is being typed; else the code to it is awaited. */
  readonly sentTo: string | null;
  readonly setSentTo: (address: string | null) => void;
  readonly send: (address: string) => void;
  readonly confirm: (code: string) => void;
  readonly remove: () => void;
}

function useChanges(): Changes {
  const dispatch = useAppDispatch();
  const guarded = useGuardedCall();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const changed = (words: string): void => {
    dispatch(mailApi.util.invalidateTags(["Email"]));
    dispatch(notify(words));
  };
  return {
    guarded,
    sentTo,
    setSentTo,
    send: (address) =>
      void guarded.run(async () => {
        await client.call("email.begin", { body: { address } });
        setSentTo(address);
      }),
    confirm: (code) =>
      void guarded.run(async () => {
        await client.call("email.confirm", { body: { code } });
        setSentTo(null);
        changed("E-mail address kept.");
      }),
    remove: () =>
      void guarded.run(async () => {
        await client.call("email.remove");
        changed("E-mail address removed.");
      }),
  };
}

function Form({ changes }: { readonly changes: Changes }): ReactNode {
  const { guarded, sentTo, setSentTo, send, confirm } = changes;
  const [typed, setTyped] = useState("");
  const [code, setCode] = useState("");
  const isSent = sentTo !== null && sentTo !== "";
  const wrong = typedWrong(guarded.problem);
  return (
    <form
      className="flex max-w-form flex-col gap-4"
      onSubmit={(event: FormEvent) => (event.preventDefault(), isSent ? confirm(code) : send(typed.trim()))}
    >
      {isSent ? (
        <CodeField value={code} onChange={setCode} hint={`Six digits, sent to ${sentTo}`} error={wrong} />
      ) : (
        <Field
          label="E-mail address"
          hint="A code is sent there. Nothing is kept until you type it here."
          error={wrong}
          input={{
            type: "email",
            autoComplete: "email",
            value: typed,
            onChange: (event) => setTyped(event.target.value),
            autoFocus: true,
            "data-testid": "email-input",
          }}
        />
      )}
      {guarded.problem !== null && wrong === undefined && (
        <ProblemNote problem={guarded.problem} safe="Nothing was changed" />
      )}
      <div className="flex gap-3">
        <Button
          look="primary"
          type="submit"
          isDisabled={guarded.isBusy || (isSent ? code === "" : typed.trim() === "")}
          data-testid="email-next"
        >
          {isSent ? "Keep this address" : "Send the code"}
        </Button>
        <Button look="quiet" onPress={() => setSentTo(null)}>
          Leave it
        </Button>
      </div>
    </form>
  );
}

function Body({
  address,
  available,
  changes,
}: {
  readonly address: string | null;
  readonly available: boolean;
  readonly changes: Changes;
}): ReactNode {
  const { guarded, sentTo, setSentTo, remove } = changes;
  if (sentTo !== null) return <Form changes={changes} />;
  return (
    <>
      {address !== null && (
        <p className="mb-3 break-words" data-testid="email-address">
          <Name text={address} />
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        {available && (
          <Button onPress={() => setSentTo("")} data-testid="email-add">
            {address === null ? "Add an address" : "Change it"}
          </Button>
        )}
        {available && address !== null && (
          <Button look="quiet-danger" isDisabled={guarded.isBusy} onPress={remove}>
            Remove it
          </Button>
        )}
      </div>
      <p className="mt-1.5 max-w-measure text-13 text-muted">
        {available
          ? "For the day you forget your password: a code sent there lets you set a new one. Whoever reads your mail could do the same; two-factor sign-in keeps them out."
          : "No mail server is set up here, so nothing can be sent. Whoever runs this server can set one up."}
      </p>
      {guarded.problem !== null && <ProblemNote problem={guarded.problem} safe="Nothing was changed" />}
    </>
  );
}

/** The person's e-mail address: adding, changing, removing. */
export function EmailAddress(): ReactNode {
  const { data, error, refetch } = mailApi.useEmailQuery();
  const changes = useChanges();
  return (
    <Section title="E-mail">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && <Body {...data} changes={changes} />}
      {changes.guarded.dialog}
    </Section>
  );
}
