import type { ReactNode } from "react";

import { appWords } from "../core/app-words.ts";
import { formatMoment } from "../core/format.ts";
import { wordsOf } from "../core/levels.ts";
import { reachWords } from "../core/reach-words.ts";
import { appsApi } from "../data/apps-api.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Empty, Loading, Name, ProblemNote } from "./basics.tsx";
import { UndoKeyButton } from "./key-undo.tsx";
import { Section } from "./page.tsx";

type WireApp = OutputOf<"apps.list">["data"][number];

function stateWords(app: WireApp): string {
  if (app.state === "ended") return "Ended";
  if (app.state === "expired") return `Expired ${formatMoment(app.expires_at)}`;
  const used = app.last_used_at === null ? "Not used yet" : `Last used ${formatMoment(app.last_used_at)}`;
  return `${used} · until ${formatMoment(app.expires_at)}`;
}

function App({ app }: { readonly app: WireApp }): ReactNode {
  const [end, { isLoading, error }] = appsApi.useEndAppMutation();
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 py-2" data-testid="app">
      <span className={`min-w-0 flex-1 ${app.state === "open" ? "" : "text-muted"}`}>
        <span className="block">
          <Name text={app.name} />
          <span className="text-13 text-muted"> · {app.host ?? app.redirect}</span>
        </span>
        <span className="block text-13 text-muted">
          {appWords(app.scopes).join(". ")}. Up to {wordsOf(app.level).label}, {reachWords(app.reach)}
        </span>
        <span className="block text-13 text-muted">{stateWords(app)}</span>
      </span>
      {app.last_used_at !== null && <UndoKeyButton id={app.id} name={app.name} />}
      {app.state === "open" && (
        <Button isDisabled={isLoading} aria-label={`End ${app.name}`} onPress={() => void end(app.id)}>
          End
        </Button>
      )}
      {error !== undefined && <ProblemNote problem={error} />}
    </li>
  );
}

/** Apps of others that were let in by signing in: what they may, when they were last here, an end. */
export function Apps(): ReactNode {
  const { data, error, refetch } = appsApi.useAppsQuery();
  return (
    <Section title="Connected apps">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data?.data.length === 0 && (
        <Empty>
          No apps. One that asks to sign in here, such as an AI client, shows up in this list once you let it in.
        </Empty>
      )}
      {data !== undefined && data.data.length > 0 && (
        <ul className="divide-y divide-line border-y border-line">
          {data.data.map((app) => (
            <App key={app.id} app={app} />
          ))}
        </ul>
      )}
    </Section>
  );
}
