import { cardsOf, type ReviewCard } from "@kaelix/contract/review-cards";
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";

import { countOf } from "../core/format.ts";
import type { Problem } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { peopleApi } from "../data/people-api.ts";
import { reviewApi, type WireReviewItem, type WireReviewWord, type WireSettled } from "../data/review-api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, ButtonLink, Empty, problemFrom, ProblemNote } from "../parts/basics.tsx";
import { Page } from "../parts/page.tsx";
import { ReadingPeople } from "../parts/reading-people.tsx";
import { labelOf, ReviewItem } from "../parts/review-item.tsx";

type WireDone = OutputOf<"review.answer">;

const NO_ITEMS: readonly WireReviewItem[] = [];

const KEYS: Readonly<Record<string, WireReviewWord>> = { a: "accept", r: "refuse", u: "up", d: "down" };

/** What one answer decided, and what takes it back. */
interface Decided {
  /** Ids of what was answered: they wait again when it is taken back. */
  readonly items: readonly string[];
  readonly text: string;
  /** A decision about people; null: levels. */
  readonly decision: string | null;
  readonly settled: readonly WireSettled[];
}

/** Memories whose words one request takes back. */
const TAKEN_BACK_MAX = 1_000;

/** What was decided, without a memory's words: it stays on the page when the lock closes. */
function textOf(item: WireReviewItem | undefined, word: WireReviewWord, settled: number): string {
  if (item?.memory === undefined) return item?.people?.reason ?? "";
  const said = labelOf(item, word);
  return settled > 1 ? `${said}, ${countOf(settled, "memory", "memories")}` : said;
}

/** Says words; what was answered leaves the list at once. Keeps the last decision about people or levels, which can be taken back. */
function useWords(): {
  readonly say: (items: readonly WireReviewItem[], word: WireReviewWord) => Promise<void>;
  readonly answered: ReadonlySet<string>;
  readonly problem: Problem | null;
  readonly decided: Decided | null;
  readonly undo: () => Promise<void>;
} {
  const [give] = reviewApi.useGiveWordMutation();
  const [takeBack] = peopleApi.useUndoDecisionMutation();
  const [takeBackWords] = reviewApi.useTakeBackWordsMutation();
  const dispatch = useAppDispatch();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [decided, setDecided] = useState<Decided | null>(null);
  const [answered, setAnswered] = useState<ReadonlySet<string>>(new Set());
  const comeBack = (ids: readonly string[]): void =>
    setAnswered((now) => new Set([...now].filter((one) => !ids.includes(one))));
  const sayToOne = async (item: WireReviewItem, word: WireReviewWord): Promise<WireDone | undefined> => {
    const { data, error } = await give({ id: item.id, word, version: item.memory?.version });
    if (error !== undefined) {
      setProblem(problemFrom(error));
      return undefined;
    }
    const { kind, memory } = data;
    if (kind === "write") dispatch(notify(word === "accept" ? "Remembered." : "Refused: it is gone."));
    else if (kind === "level" && memory === null) dispatch(notify("Moved above what is open now."));
    return data;
  };
  const say = async (items: readonly WireReviewItem[], word: WireReviewWord): Promise<void> => {
    setProblem(null);
    setAnswered((now) => new Set([...now, ...items.map(({ id }) => id)]));
    let [decision, settled]: [string | null, readonly WireSettled[]] = [null, []];
    let said = 0;
    for (const item of items) {
      const done = await sayToOne(item, word);
      if (done === undefined) break;
      ({ decision } = done);
      settled = [...settled, ...done.settled];
      said += 1;
    }
    comeBack(items.slice(said).map(({ id }) => id));
    const isForGood = decision === null && settled.length === 0;
    const ids = items.slice(0, said).map(({ id }) => id);
    setDecided(isForGood ? null : { items: ids, text: textOf(items[0], word, settled.length), decision, settled });
  };
  const undo = async (): Promise<void> => {
    if (decided === null) return;
    const { decision, items, settled } = decided;
    let left = settled.length;
    if (decision !== null) {
      const { error } = await takeBack(decision);
      if (error !== undefined) return setProblem(problemFrom(error));
    }
    for (let at = 0; at < settled.length; at += TAKEN_BACK_MAX) {
      const { data, error } = await takeBackWords(settled.slice(at, at + TAKEN_BACK_MAX));
      if (error !== undefined) return setProblem(problemFrom(error));
      left -= data.undone;
    }
    setDecided(null);
    comeBack(items);
    if (left > 0)
      dispatch(
        notify(
          `${countOf(left, "memory", "memories")} changed since and stayed as ${left === 1 ? "it is" : "they are"}.`,
        ),
      );
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
function useChosen(items: readonly { readonly id: string }[]): {
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

/** The cards, and the keys that answer them. */
function Cards({
  cards,
  chosen,
  list,
  onSay,
  onApart,
}: {
  readonly cards: readonly ReviewCard<WireReviewItem>[];
  readonly chosen: number;
  readonly list: RefObject<HTMLUListElement | null>;
  readonly onSay: (card: ReviewCard<WireReviewItem>, word: WireReviewWord) => void;
  readonly onApart: (id: string) => void;
}): ReactNode {
  return (
    <>
      <p className="mb-3 hidden text-13 text-muted md:block">
        <kbd>j</kbd> <kbd>k</kbd> choose, <kbd>a</kbd> accept, <kbd>r</kbd> refuse, <kbd>u</kbd> <kbd>d</kbd> one level
        up or down. Your word stands: no rule and no model changes it.
      </p>
      <ul ref={list} className="grid gap-3">
        {cards.map((card, index) => (
          <ReviewItem
            key={card.id}
            items={card.items}
            isChosen={index === chosen}
            onSay={(word) => onSay(card, word)}
            onApart={() => onApart(card.id)}
          />
        ))}
      </ul>
    </>
  );
}

function NothingWaits(): ReactNode {
  return (
    <Empty
      action={
        <span className="flex flex-wrap gap-2">
          <ButtonLink href="/">Tell something</ButtonLink>
          <ButtonLink href="/import">Bring a chat along</ButtonLink>
        </span>
      }
    >
      Nothing waits for your word. Levels nobody is sure of where your word decides what stands behind the lock, people
      who may be one, and what programs want to have remembered come here. What stands above the lock comes when you
      open it.
    </Empty>
  );
}

/** What waits for the person's word: what programs propose, who may be one person, levels nobody is sure of. */
export function Review(): ReactNode {
  const { data, error, refetch } = reviewApi.useReviewQuery(undefined, { refetchOnMountOrArgChange: true });
  const { answered, decided, problem, say, undo } = useWords();
  const items = useMemo(() => (data?.data ?? NO_ITEMS).filter(({ id }) => !answered.has(id)), [answered, data]);
  const [apart, setApart] = useState<ReadonlySet<string>>(new Set());
  const cards = useMemo(() => cardsOf(items, apart), [apart, items]);
  const { chosen, choose } = useChosen(cards);
  const list = useRef<HTMLUListElement>(null);
  const move = useCallback(
    (by: 1 | -1) => {
      const next = cards[chosen + by];
      if (next === undefined) return;
      choose(next.id);
      list.current?.children[chosen + by]?.scrollIntoView({ block: "nearest" });
    },
    [cards, choose, chosen],
  );
  const answer = (card: ReviewCard<WireReviewItem> | undefined, word: WireReviewWord): void => {
    if (card?.items[0]?.answers.includes(word) !== true) return;
    const next = cards[chosen + 1] ?? cards[chosen - 1];
    if (card === cards[chosen] && next !== undefined) choose(next.id);
    void say(card.items, word);
  };
  useReviewKeys(move, (word) => answer(cards[chosen], word));
  const takeBack = async (): Promise<void> => {
    if (decided === null) return;
    const [first] = decided.items;
    if (first !== undefined) choose(first);
    await undo();
  };
  return (
    <Page
      title="Review"
      testId="review"
      actions={
        <span role="status" className="text-13 text-muted">
          {data !== undefined && data.counts.total > 0 && countOf(data.counts.total, "waits", "wait")}
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
      {error === undefined && data === undefined && <ReadingPeople what="Reading what waits" />}
      {data?.data.length === 0 && <NothingWaits />}
      {cards.length > 0 && (
        <Cards
          cards={cards}
          chosen={chosen}
          list={list}
          onSay={answer}
          onApart={(id) => setApart(new Set([...apart, id]))}
        />
      )}
    </Page>
  );
}
