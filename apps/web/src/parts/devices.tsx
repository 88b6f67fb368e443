import { clientName } from "@kaelix/contract/client-name";
import type { ReactNode } from "react";

import { countOf, formatMoment } from "../core/format.ts";
import { accessApi } from "../data/access-api.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { useAppDispatch } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Loading, Name, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";

type WireSession = OutputOf<"sessions.list">["data"][number];

function Device({ session }: { readonly session: WireSession }): ReactNode {
  const [end, { isLoading, error }] = api.useEndSessionMutation();
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 py-2">
      <span className="min-w-0 flex-1">
        <span className="block">
          <Name text={clientName(session.client)} />
        </span>
        <span className="text-13 text-muted">
          {session.current ? "This one" : `Last used ${formatMoment(session.last_used_at)}`} · since{" "}
          {formatMoment(session.started_at)}
        </span>
      </span>
      {!session.current && (
        <Button isDisabled={isLoading} onPress={() => void end(session.id)}>
          Sign out
        </Button>
      )}
      {error !== undefined && <ProblemNote problem={error} />}
    </li>
  );
}

/** Where the person is signed in, and signing out there. */
export function Devices(): ReactNode {
  const dispatch = useAppDispatch();
  const { data, error, refetch } = api.useSessionsQuery();
  const [endOthers, ending] = accessApi.useEndOtherSessionsMutation();
  const others = data?.filter((session) => !session.current).length ?? 0;
  const end = async (): Promise<void> => {
    const { data: answer } = await endOthers();
    if (answer !== undefined) dispatch(notify(`${countOf(answer.ended, "device")} signed out`));
  };
  return (
    <Section title="Devices signed in">
      <p className="mb-3 max-w-prose text-13 text-muted">
        Lost one? Sign it out here: it gets nothing more, and what it shows closes once it is online. Until then whoever
        can use it reads what stands up to Confidential, and above that only what was opened there within the last 15
        minutes. If its browser keeps your password, change that as well: every other device is signed out, too.
      </p>
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      <ul className="divide-y divide-line border-y border-line">
        {data?.map((session) => (
          <Device key={session.id} session={session} />
        ))}
      </ul>
      {others > 0 && (
        <Button className="mt-3" isDisabled={ending.isLoading} onPress={() => void end()}>
          Sign out everywhere else
        </Button>
      )}
      {ending.error !== undefined && <ProblemNote problem={ending.error} />}
    </Section>
  );
}
