import type { ReactNode } from "react";
import { Link } from "react-router";

import { formatDay } from "../core/format.ts";
import { excerptOf } from "../core/text-parts.ts";
import { peopleApi } from "../data/people-api.ts";
import { Loading, Name, ProblemNote } from "./basics.tsx";
import { edgeOf } from "./level.tsx";
import { Section } from "./page.tsx";

const EXCERPT_LENGTH = 160;

/** Whom a memory names and which memories it belongs with, each with its reason. */
export function MemoryLinks({ id, level }: { readonly id: string; readonly level: string }): ReactNode {
  const isRead = level === "general" || level === "confidential";
  const { data, error, refetch } = peopleApi.useLinksQuery(id, { skip: !isRead });
  return (
    <Section title="Linked">
      {!isRead && <p className="text-13 text-muted">What is Secret or above is not read for links.</p>}
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {isRead && error === undefined && data === undefined && <Loading what="Looking for what belongs together" />}
      {data !== undefined && data.named.length > 0 && (
        <p className="mb-2 flex flex-wrap gap-x-4 gap-y-1" data-testid="linked-named">
          {data.named.map((named) =>
            named.kind === "person" ? (
              <Link
                key={named.id}
                to={`/people/${named.id}`}
                className="text-accent underline decoration-line underline-offset-4 hover:decoration-current"
              >
                <Name text={named.name} />
              </Link>
            ) : (
              <span key={named.id} className="text-muted">
                <Name text={named.name} />
              </span>
            ),
          )}
        </p>
      )}
      {data !== undefined && data.data.length > 0 && (
        <ul className="divide-y divide-line border-y border-line" data-testid="linked-memories">
          {data.data.map(({ memory, reason }) => (
            <li
              key={memory.id}
              className={`py-2.5 ps-3.5 transition-feedback hover:bg-surface ${edgeOf(memory.level)}`}
            >
              <Link to={`/memories/${memory.id}`} className="block max-w-measure after:absolute after:inset-0">
                <bdi dir="auto">{excerptOf(memory.text, [], EXCERPT_LENGTH).text}</bdi>
              </Link>
              <p className="mt-0.5 text-12 text-muted">
                <bdi dir="auto">{reason}</bdi> ·{" "}
                <time dateTime={memory.occurred_at}>{formatDay(memory.occurred_at)}</time>
                {memory.speaker !== null && (
                  <>
                    {" "}
                    · <Name text={memory.speaker} />
                  </>
                )}
              </p>
            </li>
          ))}
        </ul>
      )}
      {data !== undefined && data.data.length === 0 && (
        <p className="text-13 text-muted">No other memory belongs with this one, as far as the words tell.</p>
      )}
    </Section>
  );
}
