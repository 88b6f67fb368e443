import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";

import { formatDay } from "../core/format.ts";
import { threadItems } from "../core/thread-items.ts";
import type { Question, Saying } from "../data/thread.ts";
import type { WireMemory } from "../data/wire.ts";
import { QuestionAndAnswer } from "./answer.tsx";
import { Button } from "./basics.tsx";
import { MemoryBubble, SayingBubble } from "./bubble.tsx";

/** One thing in a thread. */
export type ThreadEntry =
  | { readonly type: "memory"; readonly id: string; readonly at: string; readonly memory: WireMemory }
  | { readonly type: "saying"; readonly id: string; readonly at: string; readonly saying: Saying }
  | { readonly type: "question"; readonly id: string; readonly at: string; readonly question: Question };

interface ThreadProps {
  readonly label: string;
  readonly entries: readonly ThreadEntry[];
  readonly showSource: boolean;
  readonly onOlder?: (() => void) | undefined;
  readonly empty: ReactNode;
}

/** Words for the live region when something new stands at the end; never for what was there before. */
function useArrival(entries: readonly ThreadEntry[]): string {
  const last = entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
  const seen = useRef<string | undefined>(undefined);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (last === undefined || last.id === seen.current) return;
    const isFirst = seen.current === undefined;
    seen.current = last.id;
    if (!isFirst && last.type === "memory" && last.memory.speaker !== null)
      setWords(`${last.memory.speaker}: ${last.memory.text}`);
  }, [last]);
  return words;
}

function Entry({
  entry,
  before,
  showSource,
}: {
  readonly entry: ThreadEntry;
  readonly before: ThreadEntry | undefined;
  readonly showSource: boolean;
}): ReactNode {
  if (entry.type === "question") return <QuestionAndAnswer question={entry.question} />;
  if (entry.type === "saying") return <SayingBubble saying={entry.saying} />;
  const sameSpeaker = before?.type === "memory" && before.memory.speaker === entry.memory.speaker;
  return <MemoryBubble memory={entry.memory} showName={!sameSpeaker} showSource={showSource} />;
}

/** Moves focus between the articles of a feed by arrow keys, Home and End. */
function moveIn(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }[event.key];
  const focused = document.activeElement?.closest("article");
  if (step === undefined || !(event.target instanceof HTMLElement) || event.target.tagName === "TEXTAREA") return;
  const articles = [...event.currentTarget.querySelectorAll("article")];
  const at = focused === null || focused === undefined ? articles.length : articles.indexOf(focused);
  const next = articles[Math.max(0, Math.min(articles.length - 1, at + step))];
  event.preventDefault();
  next?.focus();
}

/** A thread of bubbles as a feed: starts at the newest, older ones on demand, arrow keys between them. */
export function Thread({ label, entries, showSource, onOlder, empty }: ThreadProps): ReactNode {
  const navigate = useNavigate();
  const items = threadItems(entries);
  const words = useArrival(entries);
  const last = items.findLast((item) => item.type === "entry")?.key;
  const opened = (event: KeyboardEvent, entry: ThreadEntry): void => {
    if (event.key === "Enter" && event.target === event.currentTarget && entry.type === "memory")
      void navigate(`/memories/${entry.id}`);
  };
  return (
    // Reversed, so that the view rests on the newest and older ones do not move it.
    <div className="flex min-h-0 flex-1 flex-col-reverse overflow-y-auto" tabIndex={-1}>
      <div className="mx-auto flex w-full max-w-page flex-col gap-2 px-4 py-4 md:px-8">
        {onOlder !== undefined && (
          <Button look="quiet" className="self-center text-13 text-muted" onPress={onOlder}>
            Show older
          </Button>
        )}
        {entries.length === 0 && empty}
        <div
          {...(entries.length === 0 ? {} : { role: "feed", "aria-label": label })}
          className="flex flex-col gap-2"
          onKeyDown={moveIn}
        >
          {items.map((item, at) => {
            if (item.type === "day") {
              return (
                <p key={item.key} className="my-2 self-center text-12 text-muted">
                  {formatDay(item.at)}
                </p>
              );
            }
            const previous = items[at - 1];
            return (
              <article
                key={item.key}
                tabIndex={item.key === last ? 0 : -1}
                aria-posinset={items.slice(0, at + 1).filter(({ type }) => type === "entry").length}
                aria-setsize={-1}
                aria-label={item.entry.type === "question" ? "Question and answer" : "Memory"}
                onKeyDown={(event) => opened(event, item.entry)}
              >
                <Entry
                  entry={item.entry}
                  before={previous?.type === "entry" ? previous.entry : undefined}
                  showSource={showSource}
                />
              </article>
            );
          })}
        </div>
        <p className="sr-only" aria-live="polite">
          {words}
        </p>
      </div>
    </div>
  );
}
