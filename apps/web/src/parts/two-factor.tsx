import { type FormEvent, type ReactNode, useState } from "react";

import { countOf, formatTime } from "../core/format.ts";
import { accessApi } from "../data/access-api.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { client } from "../data/connection.ts";
import { useAppDispatch } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, CopyButton, Loading, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";
import { CodeField, type GuardedCall, useGuardedCall } from "./proof.tsx";
import { QrCode } from "./qr-code.tsx";
import { ShownOnce } from "./shown-once.tsx";

type Enrolment = OutputOf<"factors.beginTotp">;

const FEW_CODES = 2;

/** The secret as people type it: four letters at a time. */
function Secret({ enrolment }: { readonly enrolment: Enrolment }): ReactNode {
  const groups = enrolment.secret.match(/.{1,4}/g) ?? [];
  return (
    <div className="rounded-card border border-line bg-surface px-4 py-3">
      <div className="mb-3">
        <QrCode text={enrolment.uri} label="QR code of the key, for an authenticator app" />
      </div>
      <code className="font-mono text-16 break-words" data-testid="totp-secret">
        {groups.join(" ")}
      </code>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        <CopyButton text={enrolment.secret} label="Copy" look="plain" />
        <a href={enrolment.uri} className="text-accent underline underline-offset-4">
          Open in an app on this device
        </a>
      </div>
    </div>
  );
}

function SetUp({
  enrolment,
  guarded,
  onConfirm,
  onCancel,
}: {
  readonly enrolment: Enrolment;
  readonly guarded: GuardedCall;
  readonly onConfirm: (code: string) => void;
  readonly onCancel: () => void;
}): ReactNode {
  const [code, setCode] = useState("");
  const { problem, isBusy } = guarded;
  const isWrong = problem?.code === "code-wrong";
  return (
    <form
      className="flex max-w-measure flex-col gap-4"
      onSubmit={(event: FormEvent) => (event.preventDefault(), onConfirm(code))}
    >
      <p>
        In your authenticator app (any that makes six-digit codes) add an account: scan this, or type the key below it,
        time based.
      </p>
      <Secret enrolment={enrolment} />
      <p>
        Then type the code that the app shows. You get ten recovery codes after that, for the day the phone is lost.
        Nothing changes before; this key is good until {formatTime(enrolment.expires_at)}.
      </p>
      <CodeField
        value={code}
        onChange={setCode}
        hint="Six digits, new every half minute"
        error={isWrong ? "The code is not right: wait for the next one, and check the clock of your phone" : undefined}
      />
      {problem !== null && !isWrong && <ProblemNote problem={problem} safe="Nothing was changed" />}
      <div className="flex gap-3">
        <Button look="primary" type="submit" isDisabled={isBusy || code === ""} data-testid="factor-confirm">
          Turn on
        </Button>
        <Button look="quiet" onPress={onCancel}>
          Leave it
        </Button>
      </div>
    </form>
  );
}

function WhenOn({
  left,
  isElse,
  guarded,
  onRenew,
  onRemove,
}: {
  readonly left: number;
  /** Another second factor is on. */
  readonly isElse: boolean;
  readonly guarded: GuardedCall;
  readonly onRenew: () => void;
  readonly onRemove: () => void;
}): ReactNode {
  const [isLeaving, setLeaving] = useState(false);
  return (
    <>
      <p data-testid="factor-on">On. Signing in and opening up ask for a code besides.</p>
      <p className={`text-13 ${left <= FEW_CODES ? "text-danger" : "text-muted"}`}>
        {countOf(left, "recovery code")} left{left <= FEW_CODES ? ": make new ones before you need them" : ""}
      </p>
      {isLeaving ? (
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <p>{isElse ? "Codes that are sent go on being asked for." : "Your password alone will sign anybody in."}</p>
          <Button look="danger" isDisabled={guarded.isBusy} onPress={onRemove} data-testid="factor-remove">
            Turn off
          </Button>
          <Button onPress={() => setLeaving(false)}>Keep it on</Button>
        </div>
      ) : (
        <div className="mt-3 flex flex-wrap gap-3">
          <Button isDisabled={guarded.isBusy} onPress={onRenew}>
            New recovery codes
          </Button>
          <Button look="quiet-danger" onPress={() => setLeaving(true)}>
            Turn off…
          </Button>
        </div>
      )}
      {guarded.problem !== null && <ProblemNote problem={guarded.problem} safe="Nothing was changed" />}
    </>
  );
}

function WhenOff({
  isElse,
  guarded,
  onBegin,
}: {
  /** Another second factor is on. */
  readonly isElse: boolean;
  readonly guarded: GuardedCall;
  readonly onBegin: () => void;
}): ReactNode {
  return (
    <>
      <Button isDisabled={guarded.isBusy} onPress={onBegin} data-testid="factor-begin">
        Set up
      </Button>
      <p className="mt-1.5 max-w-measure text-13 text-muted">
        Off{isElse ? "." : ": your password alone signs you in."} With it on, a code of an app on your phone is asked
        for besides, and a stolen password opens nothing.
      </p>
      {guarded.problem !== null && <ProblemNote problem={guarded.problem} safe="Nothing was changed" />}
    </>
  );
}

interface Changes {
  readonly enrolment: Enrolment | null;
  readonly codes: readonly string[] | null;
  readonly guarded: GuardedCall;
  readonly begin: () => void;
  readonly confirm: (code: string) => void;
  readonly renew: () => void;
  readonly remove: () => void;
  readonly done: () => void;
}

/** Everything that can be changed; what is shown once stays in here and goes with the page. */
function useChanges(): Changes {
  const dispatch = useAppDispatch();
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const guarded = useGuardedCall();
  const changed = (): void => {
    dispatch(accessApi.util.invalidateTags(["Factors"]));
    dispatch(api.util.invalidateTags(["Sessions"]));
  };
  const make = (call: () => Promise<void>) => (): void => void guarded.run(call);
  return {
    enrolment,
    codes,
    guarded,
    begin: make(async () => setEnrolment((await client.call("factors.beginTotp")).data)),
    confirm: (code) =>
      void guarded.run(async () => {
        const { data } = await client.call("factors.confirmTotp", { body: { code } });
        setEnrolment(null);
        setCodes(data.recovery_codes);
        changed();
      }),
    renew: make(async () => {
      setCodes((await client.call("factors.renewRecoveryCodes")).data.recovery_codes);
      changed();
    }),
    remove: make(async () => {
      await client.call("factors.removeTotp");
      dispatch(notify("Two-factor sign-in is off."));
      changed();
    }),
    done: () => {
      setEnrolment(null);
      setCodes(null);
    },
  };
}

function Body({ data, changes }: { readonly data: OutputOf<"factors.read">; readonly changes: Changes }): ReactNode {
  const { codes, enrolment, guarded } = changes;
  if (codes !== null) {
    return (
      <ShownOnce
        lines={codes}
        fileName="kaelix-recovery-codes.txt"
        words="Recovery codes, shown this once. Each signs you in one time when your phone is not there. Keep them on paper or in a password manager, not on the phone itself. Older ones open nothing any more."
        onDone={changes.done}
        testId="recovery-codes"
      />
    );
  }
  if (enrolment !== null) {
    return <SetUp enrolment={enrolment} guarded={guarded} onConfirm={changes.confirm} onCancel={changes.done} />;
  }
  const isElse = data.codes_by.length > 0;
  if (!data.totp) return <WhenOff isElse={isElse} guarded={guarded} onBegin={changes.begin} />;
  const { renew, remove } = changes;
  return <WhenOn left={data.recovery_codes_left} isElse={isElse} guarded={guarded} onRenew={renew} onRemove={remove} />;
}

/** Signing in with an app besides the password. */
export function TwoFactor(): ReactNode {
  const { data, error, refetch } = accessApi.useFactorsQuery();
  const changes = useChanges();
  return (
    <Section title="Two-factor sign-in">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && <Body data={data} changes={changes} />}
      {changes.guarded.dialog}
    </Section>
  );
}
