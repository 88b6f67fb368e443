import { type FormEvent, type ReactNode, useState } from "react";

import { accessApi } from "../data/access-api.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { client } from "../data/connection.ts";
import { mailApi } from "../data/mail-api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Loading, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";
import { CodeField, type GuardedCall, useGuardedCall } from "./proof.tsx";
import type { CodeWay } from "./send-code.tsx";
import { ShownOnce } from "./shown-once.tsx";

const TITLES = { email: "By e-mail", sms: "By SMS" } as const;

interface Begun {
  readonly by: CodeWay;
  readonly request: string;
}

interface Changes {
  readonly begun: Begun | null;
  readonly codes: readonly string[] | null;
  readonly guarded: GuardedCall;
  readonly begin: (by: CodeWay) => void;
  readonly confirm: (code: string) => void;
  readonly remove: (by: CodeWay) => void;
  readonly renew: () => void;
  readonly done: () => void;
}

/** Everything that can be changed; what is shown once stays in here and goes with the page. */
function useChanges(): Changes {
  const dispatch = useAppDispatch();
  const [begun, setBegun] = useState<Begun | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const guarded = useGuardedCall();
  const changed = (words: string | null): void => {
    dispatch(accessApi.util.invalidateTags(["Factors"]));
    dispatch(api.util.invalidateTags(["Sessions"]));
    if (words !== null) dispatch(notify(words));
  };
  const showOnce = (shown: readonly string[]): void => setCodes(shown.length === 0 ? null : shown);
  return {
    begun,
    codes,
    guarded,
    begin: (by) =>
      void guarded.run(async () => {
        setBegun({ by, request: (await client.call("factors.beginCodes", { body: { by } })).data.request });
      }),
    confirm: (code) =>
      void guarded.run(async () => {
        if (begun === null) return;
        const { data } = await client.call("factors.confirmCodes", { body: { ...begun, code } });
        setBegun(null);
        showOnce(data.recovery_codes);
        changed("Codes are sent when you sign in. Your other devices were signed out.");
      }),
    remove: (by) =>
      void guarded.run(async () => {
        await client.call("factors.removeCodes", { params: { by } });
        changed("Codes are no longer sent this way.");
      }),
    renew: () =>
      void guarded.run(async () => {
        showOnce((await client.call("factors.renewRecoveryCodes")).data.recovery_codes);
        changed(null);
      }),
    done: () => {
      setBegun(null);
      setCodes(null);
    },
  };
}

function Confirm({ begun, changes }: { readonly begun: Begun; readonly changes: Changes }): ReactNode {
  const [code, setCode] = useState("");
  const { problem, isBusy } = changes.guarded;
  const isWrong = problem?.code === "code-wrong";
  return (
    <form
      className="flex max-w-form flex-col gap-4"
      onSubmit={(event: FormEvent) => (event.preventDefault(), changes.confirm(code))}
    >
      <CodeField
        value={code}
        onChange={setCode}
        hint={`Six digits, sent ${begun.by === "email" ? "to your e-mail address" : "to your phone"}. Nothing changes before you type them.`}
        error={isWrong ? "The code is not right, was used already, or is too old" : undefined}
      />
      {problem !== null && !isWrong && <ProblemNote problem={problem} safe="Nothing was changed" />}
      <div className="flex gap-3">
        <Button look="primary" type="submit" isDisabled={isBusy || code === ""} data-testid="codes-confirm">
          Turn on
        </Button>
        <Button look="quiet" onPress={changes.done}>
          Leave it
        </Button>
      </div>
    </form>
  );
}

/** One way: where codes go, and whether they do. */
function Way({
  by,
  isOn,
  changes,
}: {
  readonly by: CodeWay;
  readonly isOn: boolean;
  readonly changes: Changes;
}): ReactNode {
  const phone = useAppSelector((state) => state.session.user?.phone ?? "");
  const { data: email } = mailApi.useEmailQuery();
  const to = by === "sms" ? phone : (email?.address ?? null);
  const { guarded } = changes;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line py-3 last:border-b-0">
      <span className="min-w-0 break-words">
        {TITLES[by]}
        <span className="block text-13 text-muted">{to ?? "Add an e-mail address below first"}</span>
      </span>
      {isOn ? (
        <Button
          look="quiet-danger"
          isDisabled={guarded.isBusy}
          onPress={() => changes.remove(by)}
          data-testid={`codes-off-${by}`}
        >
          Turn off
        </Button>
      ) : (
        to !== null && (
          <Button isDisabled={guarded.isBusy} onPress={() => changes.begin(by)} data-testid={`codes-on-${by}`}>
            Turn on
          </Button>
        )
      )}
    </li>
  );
}

function Body({ data, changes }: { readonly data: OutputOf<"factors.read">; readonly changes: Changes }): ReactNode {
  const { begun, codes, guarded, renew } = changes;
  const { codes_by: on, codes_possible: possible, recovery_codes_left: left, totp } = data;
  const ways = (["email", "sms"] as const).filter((by) => possible.includes(by) || on.includes(by));
  if (codes !== null) {
    return (
      <ShownOnce
        lines={codes}
        fileName="kaelix-recovery-codes.txt"
        words="Recovery codes, shown this once. Each signs you in one time when no code reaches you. Keep them on paper or in a password manager. Older ones open nothing any more."
        onDone={changes.done}
        testId="recovery-codes"
      />
    );
  }
  if (begun !== null) return <Confirm begun={begun} changes={changes} />;
  if (ways.length === 0) {
    return (
      <p className="max-w-measure text-13 text-muted">
        Neither mail nor SMS is set up here, so no code can be sent. Whoever runs this server can set one up.
      </p>
    );
  }
  return (
    <>
      <ul className="max-w-measure">
        {ways.map((by) => (
          <Way key={by} by={by} isOn={on.includes(by)} changes={changes} />
        ))}
      </ul>
      <p className="mt-1.5 max-w-measure text-13 text-muted">
        A code is asked for besides the password. Weaker than an app or a passkey: whoever reads your messages or takes
        over your number has the code as well. {on.includes("email") && "The e-mail address stays while this is on."}
      </p>
      {on.length > 0 && !totp && (
        <p className="mt-3 flex flex-wrap items-center gap-3">
          <span className="text-13 text-muted">{left} recovery codes left</span>
          <Button isDisabled={guarded.isBusy} onPress={renew}>
            New recovery codes
          </Button>
        </p>
      )}
      {guarded.problem !== null && <ProblemNote problem={guarded.problem} safe="Nothing was changed" />}
    </>
  );
}

/** Codes by e-mail and SMS besides the password. */
export function SentCodes(): ReactNode {
  const { data, error, refetch } = accessApi.useFactorsQuery();
  const changes = useChanges();
  return (
    <Section title="Codes by e-mail or SMS">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && <Body data={data} changes={changes} />}
      {changes.guarded.dialog}
    </Section>
  );
}
