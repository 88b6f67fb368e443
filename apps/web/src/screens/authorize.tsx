import { type ReactNode, useState } from "react";
import { useLocation } from "react-router";

import { appWords } from "../core/app-words.ts";
import type { Reach } from "../core/reach-words.ts";
import { appsApi } from "../data/apps-api.ts";
import { client } from "../data/connection.ts";
import { useAppSelector } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, ButtonLink, Loading, Name, ProblemNote } from "../parts/basics.tsx";
import { Door } from "../parts/door.tsx";
import { useGuardedCall } from "../parts/proof.tsx";
import { ReachChoice } from "../parts/reach-choice.tsx";
import { Segmented } from "../parts/segmented.tsx";

type Question = NonNullable<OutputOf<"apps.ask">["question"]>;

const LEVELS = [
  { value: "general", label: "General" },
  { value: "confidential", label: "Confidential" },
] as const;
const DAYS = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
] as const;

function backWords({ local, redirect }: Question): string {
  return local ? `a program on your own machine (${redirect})` : redirect;
}

/** Who it is, as far as anybody knows. */
function Identity({ question }: { readonly question: Question }): ReactNode {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2">
      <dt className="text-muted">Named by</dt>
      <dd className="break-words">{question.host ?? "itself: nobody vouches for this name"}</dd>
      <dt className="text-muted">Goes back to</dt>
      <dd className="break-words" data-testid="app-redirect">
        {backWords(question)}
      </dd>
    </dl>
  );
}

function Rights({ scopes }: { readonly scopes: readonly string[] }): ReactNode {
  return (
    <div>
      <h2 className="text-13 font-semibold text-muted">It could</h2>
      <ul className="mt-1 list-disc ps-5" data-testid="app-scopes">
        {appWords(scopes).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      <p className="mt-2 text-13 text-muted">
        Never: see Secret or Ultra-secret, change your password or keys, take everything along, erase for good. You can
        end it at any time, and take back what it wrote.
      </p>
    </div>
  );
}

function Consent({ question, query }: { readonly question: Question; readonly query: string }): ReactNode {
  const [level, setLevel] = useState<(typeof LEVELS)[number]["value"]>("general");
  const [days, setDays] = useState<(typeof DAYS)[number]["value"]>("7");
  const [reach, setReach] = useState<Reach>("person");
  const [isDone, setDone] = useState(false);
  const { dialog, isBusy, problem, run } = useGuardedCall();
  const leave = (to: string): void => {
    setDone(true);
    location.assign(to);
  };
  const allow = (): Promise<void> =>
    run(async () => {
      const body = { query, level, reach, days: Number(days) };
      leave((await client.call("apps.connect", { body })).data.to);
    });
  if (isDone)
    return <p role="status">Going back to {backWords(question)}. If nothing happens, this page can be closed.</p>;
  return (
    <div className="flex flex-col gap-6">
      <Identity question={question} />
      <Rights scopes={question.scopes} />
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <span className="w-24">Sees up to</span>
          <Segmented label="Sees up to" value={level} options={LEVELS} onChange={setLevel} testId="app-level" />
        </div>
        <ReachChoice value={reach} onChange={setReach} />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <span className="w-24">Ends after</span>
          <Segmented label="Ends after" value={days} options={DAYS} onChange={setDays} testId="app-days" />
        </div>
      </div>
      {problem !== null && <ProblemNote problem={problem} safe="It was not let in" />}
      <div className="flex flex-wrap gap-3">
        <Button
          look="primary"
          className="px-6"
          isDisabled={isBusy}
          onPress={() => void allow()}
          data-testid="app-allow"
        >
          Let it in
        </Button>
        <Button look="quiet" isDisabled={isBusy} onPress={() => leave(question.denied)} data-testid="app-deny">
          Do not
        </Button>
      </div>
      {dialog}
    </div>
  );
}

/** An app of somebody else asks to come in: who it is, what it could do, how far and how long. */
export function Authorize(): ReactNode {
  const query = useLocation().search.slice(1);
  const name = useAppSelector((state) => state.session.user?.name);
  const { data, error, refetch } = appsApi.useAppQuestionQuery(query, { skip: query === "" });
  const question = data?.question ?? null;
  const signedIn = name === undefined ? undefined : <>You are signed in as {<Name text={name} />}.</>;
  if (question !== null) {
    return (
      <Door title={`Let “${question.name}” in?`} lead={signedIn}>
        <Consent question={question} query={query} />
      </Door>
    );
  }
  return (
    <Door title="An app asks to come in" lead={signedIn}>
      {error !== undefined && (
        <>
          <ProblemNote problem={error} safe="Nothing was let in" onRetry={() => void refetch()} />
          <ButtonLink href="/">Today</ButtonLink>
        </>
      )}
      {data === undefined && error === undefined && query !== "" && <Loading what="Asking who it is" />}
      {query === "" && <p>An app sends you here; by itself this page does nothing.</p>}
      {data !== undefined && data.back !== null && (
        <div className="flex flex-col items-start gap-4">
          <p>
            The app asked in a way that is not allowed here, so it was not let in. It is told why when you go back to
            it.
          </p>
          {/* Never by itself: anybody could send people anywhere through this page. */}
          <Button onPress={() => location.assign(data.back ?? "/")} data-testid="app-back">
            Go back to {new URL(data.back).host || "the app"}
          </Button>
        </div>
      )}
    </Door>
  );
}
