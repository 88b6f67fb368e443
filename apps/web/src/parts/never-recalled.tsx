import type { ReactNode } from "react";
import { Link } from "react-router";

import { formatWhen, sayerOf } from "../core/format.ts";
import { excerptOf } from "../core/text-parts.ts";
import type { Problem } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { useAppDispatch } from "../data/store.ts";
import type { WireMemory } from "../data/wire.ts";
import { Button, Loading, Name, problemFrom, ProblemNote } from "./basics.tsx";
import { LevelBadge } from "./level.tsx";
import { MemoryWords } from "./memory-words.tsx";
import { Section } from "./page.tsx";

const EXCERPT_LENGTH = 160;

/** On the page of a memory: have nothing recall it, or have it recalled again. */
export function NeverRecallButton({
  memory: { id, never_recalled: never, version },
  onProblem,
}: {
  readonly memory: WireMemory;
  readonly onProblem: (problem: Problem | null) => void;
}): ReactNode {
  const isNever = never === true;
  const [decideRecall, { isLoading }] = api.useDecideRecallMutation();
  const decide = async (): Promise<void> => {
    const { error } = await decideRecall({ id, version, never: !isNever });
    onProblem(error === undefined ? null : problemFrom(error));
  };
  return (
    <Button look="quiet" icon="eye" isDisabled={isLoading} onPress={() => void decide()} data-testid="never-recall">
      {isNever ? "Recall again" : "Never recall"}
    </Button>
  );
}

/** What it means for a memory that nothing recalls; nothing for others. */
export function NeverRecallNote({ memory }: { readonly memory: WireMemory }): ReactNode {
  if (memory.never_recalled === undefined) return null;
  return (
    <p role="note" className="mt-2 max-w-measure rounded-control bg-mark px-3 py-2 text-13">
      Never recalled: no search, answer, digest or program comes by it. It is kept, and only you open it.
    </p>
  );
}

function Kept({ memory }: { readonly memory: WireMemory }): ReactNode {
  const dispatch = useAppDispatch();
  const [decideRecall, { error, isLoading }] = api.useDecideRecallMutation();
  const recallAgain = async (): Promise<void> => {
    const { error: failure } = await decideRecall({ id: memory.id, version: memory.version, never: false });
    if (failure === undefined) dispatch(notify("It may be recalled again."));
  };
  const when = formatWhen(memory.occurred_at, Date.now());
  return (
    <li className="py-2.5" data-testid="never-recalled">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Link to={`/memories/${memory.id}`} className="min-w-0 flex-1 basis-60 underline-offset-4 hover:underline">
          {memory.sealed === undefined ? (
            <bdi dir="auto">{excerptOf(memory.text, [], EXCERPT_LENGTH).text}</bdi>
          ) : (
            <MemoryWords memory={memory} lengthMax={EXCERPT_LENGTH} isBare />
          )}
        </Link>
        <Button isDisabled={isLoading} onPress={() => void recallAgain()} aria-label={`Recall again: ${when}`}>
          Recall again
        </Button>
      </div>
      <p className="mt-1 flex flex-wrap items-center gap-x-2 text-12 text-muted">
        <Name text={sayerOf(memory)} /> · <time dateTime={memory.occurred_at}>{when}</time>
        <LevelBadge level={memory.level} />
      </p>
      {error !== undefined && <ProblemNote problem={error} safe="It stays as it was" />}
    </li>
  );
}

/** What nothing recalls: a list, and the way back of each. */
export function NeverRecalled(): ReactNode {
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = api.useMemoriesInfiniteQuery({
    never_recalled: "only",
  });
  const kept = (data?.pages ?? []).flatMap((page) => page.data);
  return (
    <Section title="Never recalled">
      <p className="text-muted">
        These are kept, and no search, answer, digest or program comes by them. You choose it on a memory's page, or
        under an answer at “Wrong?”.
      </p>
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {error !== undefined && data === undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data !== undefined && kept.length === 0 && <p className="mt-2">There is none.</p>}
      {kept.length > 0 && (
        <ul className="mt-2 divide-y divide-line border-y border-line">
          {kept.map((memory) => (
            <Kept key={memory.id} memory={memory} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className="mt-3" isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </Section>
  );
}
