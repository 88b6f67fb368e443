import type { ReactNode } from "react";

import { countOf, formatBytes, formatCount, formatDuration } from "../core/format.ts";
import { api } from "../data/api.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Loading, ProblemNote } from "../parts/basics.tsx";
import { Backups } from "../parts/backups.tsx";
import { Icon } from "../parts/icon.tsx";
import { WhatIsSent } from "../parts/meaning.tsx";
import { Page, Section } from "../parts/page.tsx";

type StatusAnswer = OutputOf<"status.read">;
type Verification = OutputOf<"verifications.run">;
const POLL_MS = 5_000;

const VIEW_STATES: Readonly<Record<StatusAnswer["views"][number]["state"], string>> = {
  following: "follows",
  "catching-up": "catching up",
  rebuilding: "rebuilding",
  failed: "failed",
};

const CELL = "py-2 pe-4 text-start align-baseline";
const NUMBER = "py-2 ps-4 text-end align-baseline tabular-nums";

function Verdict({ status }: { readonly status: StatusAnswer }): ReactNode {
  const troubles = [
    ...(status.log.health === "ok" ? [] : [`The log’s disk is ${status.log.health}`]),
    ...(status.log.damaged.length === 0 ? [] : ["The log has lost records: do not rebuild a view, count now"]),
    ...status.views.filter((view) => view.state === "failed").map((view) => `The ${view.name} view has failed`),
  ];
  if (troubles.length === 0) {
    return (
      <p className="flex items-center gap-2 text-18">
        <Icon name="check" className="text-accent" /> All is well. Up {formatDuration(status.uptime_s * 1000)},{" "}
        {formatBytes(status.memory_rss_bytes)} of memory.
      </p>
    );
  }
  return (
    <p role="alert" className="flex items-center gap-2 text-18 text-danger">
      <Icon name="alert" /> {troubles.join(". ")}.
    </p>
  );
}

function Views({ views }: { readonly views: StatusAnswer["views"] }): ReactNode {
  return (
    <Section title="Views">
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Views, table">
        <table className="w-full border-y border-line">
          <thead className="text-13 text-muted">
            <tr className="border-b border-line">
              <th scope="col" className={`${CELL} font-normal`}>
                View
              </th>
              <th scope="col" className={`${CELL} font-normal`}>
                State
              </th>
              <th scope="col" className={`${NUMBER} font-normal`}>
                Records behind
              </th>
              <th scope="col" className={`${NUMBER} font-normal`}>
                Time behind
              </th>
            </tr>
          </thead>
          <tbody>
            {views.map((view) => (
              <tr key={view.name} className="border-b border-line last:border-0">
                <td className={CELL}>{view.name}</td>
                <td className={`${CELL} ${view.state === "failed" ? "text-danger" : "text-muted"}`}>
                  {VIEW_STATES[view.state]}
                  {view.error === null ? "" : `: ${view.error}`}
                </td>
                <td className={NUMBER}>{formatCount(view.lag_records)}</td>
                <td className={NUMBER}>{view.lag_records === 0 ? "none" : formatDuration(view.lag_ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** What was erased and has left the files of the log. */
function purged(purge: NonNullable<StatusAnswer["purge"]>): string {
  if (purge.last_at === null) return "Nothing that was erased had to leave the files since the start.";
  const what = `${countOf(purge.contents, "record")} and ${countOf(purge.pieces, "piece")} of files`;
  return `Of what was erased ${what} left the files since the start: ${formatBytes(purge.bytes_freed)} given back.`;
}

function Log({ status }: { readonly status: StatusAnswer }): ReactNode {
  return (
    <Section title="Log" aside={<code className="font-mono text-12">{status.data_directory}</code>}>
      <table className="w-full border-y border-line">
        <thead className="text-13 text-muted">
          <tr className="border-b border-line">
            <th scope="col" className={`${CELL} font-normal`}>
              Topic
            </th>
            <th scope="col" className={`${NUMBER} font-normal`}>
              Partitions
            </th>
            <th scope="col" className={`${NUMBER} font-normal`}>
              Records
            </th>
          </tr>
        </thead>
        <tbody>
          {status.log.topics.map((topic) => (
            <tr key={topic.name} className="border-b border-line last:border-0">
              <td className={`${CELL} font-mono text-13`}>{topic.name}</td>
              <td className={NUMBER}>{formatCount(topic.partitions)}</td>
              <td className={NUMBER}>{formatCount(topic.records)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {status.purge !== null && <p className="mt-2 text-13 text-muted">{purged(status.purge)}</p>}
    </Section>
  );
}

function Counted({ result }: { readonly result: Verification }): ReactNode {
  return (
    <div className="mt-3" role="status" data-testid="verification">
      <p className="flex items-center gap-2 font-medium">
        <Icon name={result.agree ? "check" : "alert"} className={result.agree ? "text-accent" : "text-danger"} />
        {result.log.whole
          ? result.agree
            ? "The log and every view agree"
            : "There are differences"
          : "The log is damaged: do not rebuild a view"}
        <span className="font-normal text-muted">in {formatDuration(result.took_ms)}</span>
      </p>
      <p className="mt-1 text-muted">
        {countOf(result.log.records, "record")}: {countOf(result.log.memories_live, "memory", "memories")} live,{" "}
        {formatCount(result.log.memories_forgotten)} forgotten, {formatCount(result.log.memories_erased)} erased;{" "}
        {countOf(result.log.users, "person", "people")}; {formatCount(result.log.unreadable + result.log.unopenable)}{" "}
        unreadable
      </p>
      {!result.log.whole && (
        <p className="mt-1">
          {result.log.lost === 0
            ? "The views may hold what the log has lost. "
            : `The views still hold ${countOf(result.log.lost, "memory", "memories")} that the log has lost. `}
          Save them first: kaelix export, or put back a backup of the log.
        </p>
      )}
      {result.log.damaged.map((text) => (
        <p key={text} className="text-danger">
          {text}
        </p>
      ))}
      <ul className="mt-2 divide-y divide-line border-y border-line">
        {result.views.map((view) => (
          <li key={view.name} className="py-2">
            <span className={view.agree ? "" : "text-danger"}>
              {view.name}:{" "}
              {view.agree
                ? "agrees"
                : `${countOf(view.missing.length, "memory", "memories")} missing, ${formatCount(view.extra.length)} too many`}
            </span>
            {[...view.notes, ...view.missing, ...view.extra].slice(0, 20).map((note) => (
              <span key={note} className="block text-13 text-muted">
                {note}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Verify(): ReactNode {
  const [verify, { data, error, isLoading }] = api.useVerifyMutation();
  return (
    <Section title="Proof">
      <p className="mb-3 max-w-measure text-muted">
        Counts every record of the log against what each view holds, and names any difference.
      </p>
      <Button isDisabled={isLoading} onPress={() => void verify()} data-testid="verify-button">
        {isLoading ? "Counting…" : "Count now"}
      </Button>
      {error !== undefined && <ProblemNote problem={error} />}
      {data !== undefined && <Counted result={data} />}
    </Section>
  );
}

/** How the server is, for those who keep it. */
export function Status(): ReactNode {
  const { data, error, refetch } = api.useStatusQuery(undefined, { pollingInterval: POLL_MS });
  return (
    <Page title="Status">
      <div className="max-w-measure">
        {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
        {data === undefined && error === undefined && <Loading what="Asking" />}
        {data !== undefined && (
          <>
            <Verdict status={data} />
            <Views views={data.views} />
            <Verify />
            <Backups />
            <Log status={data} />
            <Section title="What is sent where">
              <WhatIsSent embedding={data.embedding} />
            </Section>
            <Section title="Engines">
              <p className="text-muted">
                log {data.engines.log} · relational {data.engines.relational} · search {data.engines.search} · keys{" "}
                {data.engines.keys} · version {data.version}
              </p>
            </Section>
          </>
        )}
      </div>
    </Page>
  );
}
