import { type ReactNode, useState } from "react";

import { countOf, formatMoment } from "../core/format.ts";
import { notify } from "../data/actions.ts";
import { lessonApi } from "../data/lesson-api.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, Loading, problemFrom, ProblemNote } from "./basics.tsx";
import { LevelBadge } from "./level.tsx";
import { Section } from "./page.tsx";

function ForgetButton(): ReactNode {
  const dispatch = useAppDispatch();
  const [forget, { error, isLoading }] = lessonApi.useForgetLessonsMutation();
  const [isAsking, setAsking] = useState(false);
  const confirm = async (): Promise<void> => {
    const { error: failure } = await forget();
    if (failure !== undefined) return;
    setAsking(false);
    dispatch(notify("Forgotten. New memories are judged by the rules alone."));
  };
  return (
    <div className="mt-3">
      {error !== undefined && <ProblemNote problem={problemFrom(error)} />}
      {isAsking ? (
        <span className="flex flex-wrap gap-3">
          <Button look="danger" isDisabled={isLoading} onPress={() => void confirm()} data-testid="lessons-forget">
            Forget it
          </Button>
          <Button onPress={() => setAsking(false)}>Keep it</Button>
        </span>
      ) : (
        <Button onPress={() => setAsking(true)}>Forget what I taught…</Button>
      )}
    </div>
  );
}

/** What the person's own corrections taught, and an end to it. */
export function Lessons(): ReactNode {
  const { data, error, refetch } = lessonApi.useLessonsQuery();
  return (
    <Section title="What you taught">
      {error !== undefined && data === undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && (
        <div data-testid="lessons">
          <p className="text-muted">
            {data.total === 0
              ? "When you move memories to another level, later ones like them are put there too. You have moved none that counts."
              : `Memories like ${data.total === 1 ? "the one" : "those"} you moved are put there too, and say so. Two that are alike raise, three lower.`}
          </p>
          {data.total > 0 && (
            <>
              <ul className="mt-2">
                {data.data.map(({ count, from, to }) => (
                  <li key={`${from} ${to}`} className="flex flex-wrap items-center gap-2 py-1">
                    <span className="w-32">{countOf(count, "memory", "memories")}</span>
                    <LevelBadge level={from} />
                    <span className="text-muted">{from === to ? "left where they were" : "to"}</span>
                    {from !== to && <LevelBadge level={to} />}
                  </li>
                ))}
              </ul>
              <ForgetButton />
            </>
          )}
          {data.forgotten_at !== null && (
            <p className="mt-2 text-13 text-muted">Forgotten on {formatMoment(data.forgotten_at)}; counted since.</p>
          )}
        </div>
      )}
    </Section>
  );
}
