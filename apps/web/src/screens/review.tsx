import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";

import { countOf } from "../core/format.ts";
import type { Problem } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { peopleApi } from "../data/people-api.ts";
import { reviewApi, type WireReviewItem, type WireReviewWord } from "../data/review-api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ButtonLink, Empty, Loading, problemFrom, ProblemNote } from "../parts/basics.tsx";
import { Page } from "../parts/page.tsx";
import { ReviewItem } from "../parts/review-item.tsx";

const NO_ITEMS: readonly WireReviewItem[] = [];

const KEYS: Readonly<Record<string, WireReviewWord>> = { a: "accept", r: "refuse", u: "up", d: "down" };

interface Decided {
  readonly id: string;
  readonly text: string;
}

/** Says words, and keeps the last decision about people, which can be taken back. */
function useWords(): {
  readonly say: (item: WireReviewItem, word: WireReviewWord) => Promise<void>;
  readonly isBusy: boolean;
  readonly problem: Problem | null;
  readonly decided: Decided | null;
  readonly undo: () => Promise<void>;
} {
  const dispatch = useAppDispatch();
  const [give, { isLoading }] = reviewApi.useGiveWordMutation();
  const [takeBack] = peopleApi.useUndoDecisionMutation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [decided, setDecided] = useState<Decided | null>(null);
  const say = async (item: WireReviewItem, word: WireReviewWord): Promise<void> => {
    setProblem(null);
    const { data, error } = await give({ id: item.id, word, version: item.memory?.version });
    if (error !== undefined) {
      setProblem(problemFrom(error));
      return;
    }
    const { decision, kind, memory } = data;
    setDecided(decision === null ? null : { id: decision, text: item.people?.reason ?? "" });
    if (kind === "write") dispatch(notify(word === "accept" ? "Remembered." : "Refused: it is gone."));
    else if (kind === "level" && memory === null) dispatch(notify("Moved above what is open now."));
  };
  const undo = async (): Promise<void> => {
    if (decided === null) return;
    const { error } = await takeBack(decided.id);
    if (error === undefined) setDecided(null);
    else setProblem(problemFrom(error));
  };
  return { say, isBusy: isLoading, problem, decided, undo };
}

/** `j` and `k` choose, `a`, `r`, `u` and `d` answer, unless somebody types or single keys are switched off. */
function useReviewKeys(onMove: (by: 1 | -1) => void, onWord: (word: WireReviewWord) => void): void {
  const enabled = useAppSelector((state) => state.interface.shortcuts);
  useEffect(() => {
    if (!enabled) return;
    const pressed = (event: KeyboardEvent): void => {
      const isBusy = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat;
      const isTyping = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (isBusy || isTyping || document.querySelector("[role=dialog]") !== null) return;
      const word = KEYS[event.key];
      if (event.key === "j") onMove(1);
      else if (event.key === "k") onMove(-1);
      else if (word !== undefined) onWord(word);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [enabled, onMove, onWord]);
}

/** What waits for the person's word: what programs propose, who may be one person, levels nobody is sure of. */
export function Review(): ReactNode {
  const { data, error, isFetching, refetch } = reviewApi.useReviewQuery(undefined, { refetchOnMountOrArgChange: true });
  const items = data?.data ?? NO_ITEMS;
  const { decided, isBusy, problem, say, undo } = useWords();
  const [at, setAt] = useState(0);
  const chosen = Math.min(at, Math.max(0, items.length - 1));
  const list = useRef<HTMLUListElement>(null);
  const move = useCallback(
    (by: 1 | -1) => {
      const next = Math.min(Math.max(0, chosen + by), Math.max(0, items.length - 1));
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: "nearest" });
    },
    [chosen, items.length],
  );
  const answer = (word: WireReviewWord): void => {
    const item = items[chosen];
    if (item !== undefined && !isBusy && !isFetching && item.answers.includes(word)) void say(item, word);
  };
  useReviewKeys(move, answer);
  return (
    <Page
      title="Review"
      testId="review"
      actions={
        <span role="status" className="text-13 text-muted">
          {data !== undefined && countOf(data.counts.total, "waits", "wait")}
        </span>
      }
    >
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {problem !== null && <ProblemNote problem={problem} safe="Nothing was decided" />}
      {decided !== null && (
        <p data-testid="review-decided" className="mb-3 flex flex-wrap items-center gap-2 text-13 text-muted">
          Decided: <bdi dir="auto">{decided.text}</bdi>
          <Button look="quiet" onPress={() => void undo()}>
            Undo
          </Button>
        </p>
      )}
      {error === undefined && data === undefined && <Loading what="Reading what waits" />}
      {data !== undefined && items.length === 0 && (
        <Empty action={<ButtonLink href="/">Today</ButtonLink>}>
          Nothing waits for your word. Levels nobody is sure of, people who may be one, and what programs want to have
          remembered come here. What stands above the lock comes when you open it.
        </Empty>
      )}
      {items.length > 0 && (
        <>
          <p className="mb-3 hidden text-13 text-muted md:block">
            <kbd>j</kbd> <kbd>k</kbd> choose, <kbd>a</kbd> accept, <kbd>r</kbd> refuse, <kbd>u</kbd> <kbd>d</kbd> one
            level up or down. Your word stands: no rule and no model changes it.
          </p>
          <ul ref={list} className="grid gap-3">
            {items.map((item, index) => (
              <ReviewItem
                key={item.id}
                item={item}
                isChosen={index === chosen}
                isBusy={isBusy}
                onSay={(word) => void say(item, word)}
              />
            ))}
          </ul>
        </>
      )}
    </Page>
  );
}
