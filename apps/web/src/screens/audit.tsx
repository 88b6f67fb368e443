import { type ReactNode, useState } from "react";

import { countOf, formatMoment } from "../core/format.ts";
import { wordsOf } from "../core/levels.ts";
import { type AuditQuery, keeperApi, type WireEntry, type WireMember } from "../data/keeper-api.ts";
import { useRunsServer } from "../data/store.ts";
import { Button, ButtonLink, Empty, Loading, Name, ProblemNote } from "../parts/basics.tsx";
import { Choice } from "../parts/choice.tsx";
import { Icon } from "../parts/icon.tsx";
import { Page, Section } from "../parts/page.tsx";

const ANYBODY = "anybody";
const DECISIONS = [
  { value: "both", label: "Done and refused" },
  { value: "allow", label: "Done" },
  { value: "deny", label: "Refused" },
] as const;
const ACTIONS = [
  { value: "any", label: "Anything" },
  { value: "identity.login", label: "Signing in" },
  { value: "session.unlock", label: "Opening the lock" },
  { value: "memory.read", label: "Reading above Confidential" },
  { value: "memory.forget", label: "Forgetting" },
  { value: "memory.never-recall", label: "Never recalling" },
  { value: "export.run", label: "Exporting" },
  { value: "grant.give", label: "Sharing" },
  { value: "grant.end", label: "Ending a share" },
  { value: "key.create", label: "Making keys" },
  { value: "factor.change", label: "Second factors" },
  { value: "user.role", label: "Changing roles" },
  { value: "user.suspend", label: "Suspending" },
  { value: "invite.create", label: "Inviting" },
] as const;

type Action = (typeof ACTIONS)[number]["value"];
type Decided = (typeof DECISIONS)[number]["value"];

function actorWords({ actor, user }: WireEntry, names: ReadonlyMap<string, string>): string {
  if (actor === "system") return "The server";
  if (actor === "anonymous") return "Nobody signed in";
  const name = names.get(user) ?? user;
  return actor === "user" ? name : `${actor === "agent" ? "A program of" : "A service of"} ${name}`;
}

function Entry({
  entry,
  names,
}: {
  readonly entry: WireEntry;
  readonly names: ReadonlyMap<string, string>;
}): ReactNode {
  const isRefused = entry.decision === "deny";
  return (
    <li className="py-2.5" data-testid="audit-entry">
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="font-medium">
          <Name text={actorWords(entry, names)} />
        </span>
        <code className="font-mono text-13">{entry.action}</code>
        {isRefused && (
          <span className="inline-flex items-center gap-1 text-13 text-danger">
            <Icon name="close" className="size-3.5" /> refused
          </span>
        )}
        {entry.level !== null && <span className="text-13 text-muted">at {wordsOf(entry.level).label}</span>}
        <time dateTime={entry.at} className="ms-auto text-12 text-muted">
          {formatMoment(entry.at)}
        </time>
      </p>
      <p className="text-13 break-all text-muted">
        {entry.resource !== null && <>on {names.get(entry.resource) ?? entry.resource} · </>}
        {entry.reason} · entry {entry.index}
      </p>
    </li>
  );
}

function Verification(): ReactNode {
  const [verify, { data, error, isLoading }] = keeperApi.useVerifyAuditMutation();
  return (
    <Section title="Proof">
      <p className="mb-3 max-w-measure text-muted">
        Reads the log from its first entry and checks every signed checkpoint. An entry that was changed, taken out or
        put in is named.
      </p>
      <Button isDisabled={isLoading} onPress={() => void verify()} data-testid="audit-verify">
        {isLoading ? "Reading…" : "Verify now"}
      </Button>
      {error !== undefined && <ProblemNote problem={error} />}
      {data !== undefined && (
        <div
          role="status"
          className="mt-3 rounded-card border border-line bg-surface px-4 py-3"
          data-testid="audit-verification"
        >
          <p className={`flex items-center gap-2 font-medium ${data.whole ? "" : "text-danger"}`}>
            <Icon name={data.whole ? "check" : "alert"} className="size-4.5" />
            {data.whole ? "Nothing was changed" : "The log is not as it was signed"}
          </p>
          <p className="text-13 text-muted">
            {countOf(data.entries, "entry", "entries")} · {countOf(data.checkpoints, "checkpoint")} · {data.unsigned}{" "}
            not signed yet
            {data.first_bad !== null && ` · look at entries ${data.first_bad.from} to ${data.first_bad.to}`}
          </p>
          {data.problems.map((problem) => (
            <p key={problem} className="mt-1 text-13">
              {problem}
            </p>
          ))}
        </div>
      )}
    </Section>
  );
}

function Filters({
  users,
  onChange,
}: {
  readonly users: readonly WireMember[];
  readonly onChange: (query: AuditQuery) => void;
}): ReactNode {
  const [user, setUser] = useState(ANYBODY);
  const [action, setAction] = useState<Action>("any");
  const [decision, setDecision] = useState<Decided>("both");
  const told = (who: string, what: Action, decided: Decided): void => {
    setUser(who);
    setAction(what);
    setDecision(decided);
    onChange({
      ...(who === ANYBODY ? {} : { user: who }),
      ...(what === "any" ? {} : { action: what }),
      ...(decided === "both" ? {} : { decision: decided }),
    });
  };
  const people = [{ value: ANYBODY, label: "Anybody" }, ...users.map(({ id, name }) => ({ value: id, label: name }))];
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Choice label="Who" value={user} options={people} onChange={(who) => told(who, action, decision)} />
      <Choice
        label="What"
        value={action}
        options={ACTIONS}
        onChange={(what) => told(user, what, decision)}
        testId="audit-action"
      />
      <Choice
        label="How it went"
        value={decision}
        options={DECISIONS}
        onChange={(decided) => told(user, action, decided)}
      />
    </div>
  );
}

function Entries({ query, names }: { readonly query: AuditQuery; readonly names: ReadonlyMap<string, string> }) {
  const { data, error, refetch, hasNextPage, isFetching, fetchNextPage } = keeperApi.useAuditInfiniteQuery(query);
  if (error !== undefined) return <ProblemNote problem={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading" />;
  const entries = data.pages.flatMap((page) => page.data);
  return (
    <>
      {entries.length === 0 ? (
        <Empty>{hasNextPage ? "Nothing among the newest; there are older ones." : "There is no such entry."}</Empty>
      ) : (
        <ol aria-label="Entries" className="mt-4 divide-y divide-line border-y border-line">
          {entries.map((entry) => (
            <Entry key={entry.index} entry={entry} names={names} />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button className="mt-3" isDisabled={isFetching} onPress={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
    </>
  );
}

/** Who did what, for those who run the installation. */
export function Audit(): ReactNode {
  const { data: users = [] } = keeperApi.useUsersQuery();
  const runsServer = useRunsServer();
  const [query, setQuery] = useState<AuditQuery>({});
  const names = new Map(users.map(({ id, name }) => [id, name]));
  return (
    <Page title="Audit log" testId="audit" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
      <p className="max-w-measure text-muted">
        Who did, tried or saw what, newest first. It holds ids, never what somebody keeps; reading it is an entry, too.
      </p>
      {runsServer && <Verification />}
      <Section title="Entries">
        <Filters users={users} onChange={setQuery} />
        <Entries query={query} names={names} />
      </Section>
    </Page>
  );
}
