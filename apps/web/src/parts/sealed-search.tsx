/** Finding in what one sealed: fetched sealed, opened and searched in this browser. What is typed here is sent nowhere, nor put into the address. */
import { type ReactNode, useEffect, useState } from "react";
import { Link } from "react-router";

import { countOf, formatWhen } from "../core/format.ts";
import { holdsWords, rangesOf, wordsOfQuery } from "../core/seal/find-words.ts";
import { excerptOf } from "../core/text-parts.ts";
import type { Problem } from "../core/problem-words.ts";
import { problemOf } from "../data/connection.ts";
import { type FoundSealed, openAll } from "../data/sealing.ts";
import { Empty, Loading, ProblemNote, Words } from "./basics.tsx";
import { Icon } from "./icon.tsx";
import { edgeOf } from "./level.tsx";
import { UnlockSealButton, useSealOpen } from "./sealed-words.tsx";

const EXCERPT_LENGTH = 320;
const SHOWN_MAX = 100;

type All = Awaited<ReturnType<typeof openAll>>;

function Found({ found, words }: { readonly found: FoundSealed; readonly words: readonly string[] }): ReactNode {
  const { body, memory } = found;
  const excerpt = excerptOf(body.text, rangesOf(body.text, words), EXCERPT_LENGTH);
  return (
    <li
      className={`py-3 ps-3.5 pe-2 transition-feedback hover:bg-surface ${edgeOf(memory.level)}`}
      data-testid="sealed-hit"
    >
      <Link
        to={`/memories/${memory.id}`}
        data-hit
        className="block max-w-measure after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
      >
        <Words text={excerpt.text} highlights={excerpt.highlights} isLinkless />
      </Link>
      <p className="mt-1 text-12 text-muted">
        <time dateTime={memory.occurred_at}>{formatWhen(memory.occurred_at, Date.now())}</time>
      </p>
    </li>
  );
}

function Results({ all, query }: { readonly all: All; readonly query: string }): ReactNode {
  const words = wordsOfQuery(query);
  const found = all.found.filter(({ body }) => holdsWords(body, words));
  return (
    <div className="mt-4">
      {all.refused > 0 && (
        <p role="note" className="mb-3 rounded-control bg-mark px-3 py-2 text-13">
          {countOf(all.refused, "memory", "memories")} could not be opened: sealed with another key of yours, for
          another place, or damaged.
        </p>
      )}
      <p role="status" className="pb-2 text-13 text-muted" data-testid="sealed-count">
        {words.length === 0
          ? `${countOf(all.found.length, "memory", "memories")} sealed by you`
          : `${found.length} of ${all.found.length} sealed by you`}
      </p>
      {found.length === 0 ? (
        <Empty>
          {all.found.length === 0
            ? "You have sealed nothing yet. Choose Ultra-secret when you tell something."
            : "None of what you sealed says all of these words."}
        </Empty>
      ) : (
        <ol aria-label="Sealed by you" className="divide-y divide-line border-y border-line">
          {found.slice(0, SHOWN_MAX).map((one) => (
            <Found key={one.memory.id} found={one} words={words} />
          ))}
        </ol>
      )}
      {found.length > SHOWN_MAX && (
        <p className="mt-2 text-13 text-muted">The newest {SHOWN_MAX} are shown. More words narrow it.</p>
      )}
    </div>
  );
}

/** Everything that was sealed, opened once for as long as this stands. */
function useAll(isOpen: boolean): {
  readonly all: All | undefined;
  readonly problem: Problem | null;
  readonly again: () => void;
} {
  const [all, setAll] = useState<All | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    setAll(undefined);
    setProblem(null);
    if (!isOpen) return;
    const stop = new AbortController();
    openAll(stop.signal).then(setAll, (error: unknown) => {
      if (!stop.signal.aborted) setProblem(problemOf(error));
    });
    return () => stop.abort();
  }, [isOpen, round]);
  return { all, problem, again: () => setRound(round + 1) };
}

/** The field and what it finds. */
export function SealedSearch(): ReactNode {
  const [typed, setTyped] = useState("");
  const isOpen = useSealOpen();
  const { again, all, problem } = useAll(isOpen);
  if (!isOpen) {
    return (
      <Empty action={<UnlockSealButton />}>
        What you sealed is searched in this browser alone: it is fetched sealed, opened here with your passphrase, and
        what you type is sent nowhere.
      </Empty>
    );
  }
  return (
    <>
      <search className="relative block">
        <Icon name="search" className="pointer-events-none absolute start-3.5 top-3 size-5 text-muted" />
        <input
          data-search-field
          data-testid="sealed-search-input"
          type="search"
          aria-label="Search what you sealed"
          dir="auto"
          autoFocus
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder="Stays in this browser"
          className="field-base min-h-11 rounded-card ps-11 text-18"
        />
      </search>
      {problem !== null && <ProblemNote problem={problem} onRetry={again} />}
      {all === undefined && problem === null && <Loading what="Opening what you sealed" />}
      {all !== undefined && <Results all={all} query={typed} />}
    </>
  );
}
