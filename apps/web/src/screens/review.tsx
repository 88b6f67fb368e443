import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";

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
  readonly item: string;
  readonly text: string;
}

/** Says words; what was answered leaves the list at once. Keeps the last decision about people, which can be taken back. */
function useWords(): {
  readonly say: (item: WireReviewItem, word: WireReviewWord) => Promise<void>;
  readonly answered: ReadonlySet<string>;
  readonly problem: Problem | null;
  readonly decided: Decided | null;
  readonly undo: () => Promise<void>;
} {
  const dispatch = useAppDispatch();
  const [give] = reviewApi.useGiveWordMutation();
  const [takeBack] = peopleApi.useUndoDecisionMutation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [decided, setDecided] = useState<Decided | null>(null);
  const [answered, setAnswered] = useState<ReadonlySet<string>>(new Set());
  const comesBack = (id: string): void => setAnswered((now) => new Set([...now].filter((one) => one !== id)));
  const say = async (item: WireReviewItem, word: WireReviewWord): Promise<void> => {
    setProblem(null);
    setAnswered((now) => new Set([...now, item.id]));
    const { data, error } = await give({ id: item.id, word, version: item.memory?.version });
    if (error !== undefined) {
      comesBack(item.id);
      setProblem(problemFrom(error));
      return;
    }
    const { decision, kind, memory } = data;
    setDecided(decision === null ? null : { id: decision, item: item.id, text: item.people?.reason ?? "" });
    if (kind === "write") dispatch(notify(word === "accept" ? "Remembered." : "Refused: it is gone."));
    else if (kind === "level" && memory === null) dispatch(notify("Moved above what is open now."));
  };
  const undo = async (): Promise<void> => {
    if (decided === null) return;
    const { error } = await takeBack(decided.id);
    if (error !== undefined) {
      setProblem(problemFrom(error));
      return;
    }
    setDecided(null);
    comesBack(decided.item);
  };
  return { say, answered, problem, decided, undo };
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

/** The item that keys answer: the same one wherever a new list puts it, and what stands in its place when it is gone. */
function useChosen(items: readonly WireReviewItem[]): {
  readonly chosen: number;
  readonly choose: (id: string) => void;
} {
  const [last, setLast] = useState<{ readonly id: string; readonly index: number } | null>(null);
  const found = items.findIndex(({ id }) => id === last?.id);
  const chosen = found === -1 ? Math.min(last?.index ?? 0, Math.max(0, items.length - 1)) : found;
  const item = items[chosen];
  if (item !== undefined && (last === null || (found !== -1 && found !== last.index))) {
    setLast({ id: item.id, index: chosen });
  }
  const choose = useCallback((id: string) => setLast({ id, index: chosen }), [chosen]);
  return { chosen, choose };
}

/** What waits for the person's word: what programs propose, who may be one person, levels nobody is sure of. */
export function Review(): ReactNode {
  const { data, error, refetch } = reviewApi.useReviewQuery(undefined, { refetchOnMountOrArgChange: true });
  const { answered, decided, problem, say, undo } = useWords();
  const items = useMemo(() => (data?.data ?? NO_ITEMS).filter(({ id }) => !answered.has(id)), [answered, data]);
  const { chosen, choose } = useChosen(items);
  const list = useRef<HTMLUListElement>(null);
  const move = useCallback(
    (by: 1 | -1) => {
      const next = items[chosen + by];
      if (next === undefined) return;
      choose(next.id);
      list.current?.children[chosen + by]?.scrollIntoView({ block: "nearest" });
    },
    [choose, chosen, items],
  );
  const answer = (item: WireReviewItem | undefined, word: WireReviewWord): void => {
    if (item?.answers.includes(word) !== true) return;
    const next = items[chosen + 1] ?? items[chosen - 1];
    if (item === items[chosen] && next !== undefined) choose(next.id);
    void say(item, word);
  };
  useReviewKeys(move, (word) => answer(items[chosen], word));
  const takeBack = async (): Promise<void> => {
    if (decided === null) return;
    choose(decided.item);
    await undo();
  };
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
          <Button look="quiet" onPress={() => void takeBack()}>
            Undo
          </Button>
        </p>
      )}
      {error === undefined && data === undefined && <Loading what="Reading what waits" />}
      {data?.data.length === 0 && (
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
              <ReviewItem key={item.id} item={item} isChosen={index === chosen} onSay={(word) => answer(item, word)} />
            ))}
          </ul>
        </>
      )}
    </Page>
  );
}
