import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import { Link, useSearchParams } from "react-router";

import { countOf, formatCount, formatDay, formatMonth, formatTime, sourceLabel } from "../core/format.ts";
import { excerptOf } from "../core/text-parts.ts";
import { barOf, daysOf, type Month, yearsOf } from "../core/timeline-groups.ts";
import { useAppSelector } from "../data/store.ts";
import { timelineApi, type TimelineMemory, type TimelineNarrowing, type WireSource } from "../data/timeline-api.ts";
import { Button, ButtonLink, Empty, Loading, Name, ProblemNote } from "../parts/basics.tsx";
import { edgeOf, LevelBadge } from "../parts/level.tsx";
import { Page } from "../parts/page.tsx";

const EXCERPT_LENGTH = 240;
const SOURCES = [
  "chat",
  "whatsapp",
  "chatgpt",
  "claude",
  "markdown",
  "jsonl",
  "csv",
  "rest",
  "cli",
  "mcp",
  "kafka",
] as const;
const NO_MEMORIES: readonly TimelineMemory[] = [];

/** How far down the page was when it was left, by its address: coming back is coming to the same place. */
const places = new Map<string, number>();

function narrowingOf(parameters: URLSearchParams): TimelineNarrowing {
  const person = parameters.get("person") ?? "";
  const source: WireSource = SOURCES.find((name) => name === parameters.get("source"));
  return { ...(person === "" ? {} : { person }), ...(source === undefined ? {} : { source }) };
}

function Histogram({
  months,
  chosen,
  onChoose,
}: {
  readonly months: readonly Month[];
  readonly chosen: string | null;
  readonly onChoose: (month: string) => void;
}): ReactNode {
  const most = Math.max(...months.map(({ count }) => count));
  return (
    <nav aria-label="Months" data-testid="timeline-months" className="flex flex-col gap-4">
      {yearsOf(months).map(({ count, months: of, year }) => (
        <section key={year}>
          <h2 className="mb-1 flex items-baseline justify-between text-13 font-semibold text-muted">
            {year} <span className="font-normal tabular-nums">{formatCount(count)}</span>
          </h2>
          {of.map((month) => (
            <button
              key={month.key}
              type="button"
              data-month={month.key}
              aria-pressed={month.key === chosen}
              onClick={() => onChoose(month.key)}
              className={`-mx-2 flex min-h-8 w-[calc(100%+1rem)] cursor-pointer items-center gap-2 rounded-control px-2 text-start text-13 transition-feedback touch:min-h-11 ${month.key === chosen ? "marked bg-accent-soft font-medium text-accent" : "hover:bg-sunken"}`}
            >
              <span className="w-9">{formatMonth(month.key).slice(0, 3)}</span>
              <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" className="h-1.5 min-w-0 flex-1">
                <rect width={barOf(month.count, most)} height="6" rx="1" className="fill-accent" />
              </svg>
              <span className="text-muted tabular-nums">{formatCount(month.count)}</span>
            </button>
          ))}
        </section>
      ))}
    </nav>
  );
}

function Filters({ held }: { readonly held: readonly WireSource[] }): ReactNode {
  const [parameters, setParameters] = useSearchParams();
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(parameters);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setParameters(next, { replace: true });
  };
  const { person = "", source = "" } = narrowingOf(parameters);
  return (
    <form
      key={person}
      className="mb-5 flex flex-wrap gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        const said = new FormData(event.currentTarget).get("person");
        set("person", typeof said === "string" ? said.trim() : "");
      }}
    >
      <input
        type="search"
        name="person"
        aria-label="Said by"
        placeholder="Said by: a name"
        data-testid="timeline-person"
        defaultValue={person}
        className="field-base w-48"
      />
      <select
        aria-label="Source"
        data-testid="timeline-source"
        value={source}
        onChange={(event) => set("source", event.target.value)}
        className="field-base w-44"
      >
        <option value="">Every source</option>
        {SOURCES.filter((name) => held.includes(name) || name === source).map((name) => (
          <option key={name} value={name}>
            {sourceLabel(name)}
          </option>
        ))}
      </select>
      {person !== "" && (
        <Button look="quiet" icon="close" onPress={() => set("person", "")}>
          Everybody
        </Button>
      )}
    </form>
  );
}

function Entry({ memory }: { readonly memory: TimelineMemory }): ReactNode {
  const { text } = excerptOf(memory.text, [], EXCERPT_LENGTH);
  return (
    <li data-testid="timeline-entry" className={`py-2.5 ps-3.5 pe-2 hover:bg-surface ${edgeOf(memory.level)}`}>
      <Link to={`/memories/${memory.id}`} className="block max-w-measure after:absolute after:inset-0">
        {memory.sealed === undefined ? (
          <bdi dir="auto" className="whitespace-pre-wrap">
            {text === "" ? (memory.caption ?? "An attachment") : text}
          </bdi>
        ) : (
          <span className="text-muted italic">Sealed by you</span>
        )}
      </Link>
      <p className="mt-0.5 flex flex-wrap items-center gap-x-1 text-12 text-muted">
        <time dateTime={memory.occurred_at}>{formatTime(memory.occurred_at)}</time>
        {memory.speaker !== null && (
          <span>
            · <Name text={memory.speaker} />
          </span>
        )}
        <span>· {sourceLabel(memory.source)}</span>
        {memory.level !== "general" && <LevelBadge level={memory.level} />}
      </p>
    </li>
  );
}

/** Asks for more when the end comes near, and remembers the place. */
function useScrolling(onEnd: () => void, isReady: boolean): React.RefObject<HTMLParagraphElement | null> {
  const end = useRef<HTMLParagraphElement>(null);
  const [parameters] = useSearchParams();
  const place = parameters.toString();
  useEffect(() => {
    const mark = end.current;
    if (mark === null) return;
    const watcher = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && onEnd(), {
      rootMargin: "75%",
    });
    watcher.observe(mark);
    return () => watcher.disconnect();
  }, [onEnd]);
  useLayoutEffect(() => {
    const main = document.querySelector("#main");
    if (main === null || !isReady) return;
    main.scrollTop = places.get(place) ?? 0;
    const scrolled = (): unknown => places.set(place, main.scrollTop);
    main.addEventListener("scroll", scrolled, { passive: true });
    return () => main.removeEventListener("scroll", scrolled);
  }, [place, isReady]);
  return end;
}

/** Days with what happened on them, from a month's end backwards, as far as one scrolls. */
function Days({
  before,
  narrowing,
}: {
  readonly before: string | undefined;
  readonly narrowing: TimelineNarrowing;
}): ReactNode {
  const found = timelineApi.useTimelinePagesInfiniteQuery({ ...narrowing, ...(before && { before }) });
  const { fetchNextPage, hasNextPage, isFetching } = found;
  const memories = found.data?.pages.flatMap((page) => page.memories) ?? NO_MEMORIES;
  const more = useRef(() => {});
  more.current = () => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  };
  const end = useScrolling(useRef(() => more.current()).current, found.data !== undefined);
  return (
    <div className="min-w-0">
      {found.error !== undefined && <ProblemNote problem={found.error} onRetry={() => void found.refetch()} />}
      {daysOf(memories).map(({ day, items }) => (
        <section key={day} className="mb-5">
          <h2 className="sticky top-0 z-10 bg-bg py-1.5 text-13 font-semibold text-muted">
            {formatDay(items[0]?.occurred_at ?? "")}
          </h2>
          <ol className="divide-y divide-line border-y border-line">
            {items.map((memory) => (
              <Entry key={memory.id} memory={memory} />
            ))}
          </ol>
        </section>
      ))}
      {isFetching && <Loading what="Reading" />}
      <p ref={end} className="text-13 text-muted">
        {!isFetching && !hasNextPage && memories.length > 0 && "That is where it begins."}
      </p>
    </div>
  );
}

/** `[` and `]` go a month back and forth, unless somebody types or single keys are switched off. */
function useMonthKeys(months: readonly Month[], chosen: string | null, onChoose: (month: string) => void): void {
  const enabled = useAppSelector((state) => state.interface.shortcuts);
  useEffect(() => {
    if (!enabled) return;
    const pressed = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      const by =
        event.key === "[" || event.key === "ArrowLeft" ? 1 : event.key === "]" || event.key === "ArrowRight" ? -1 : 0;
      if (by === 0 || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const at = months.findIndex(({ key }) => key === chosen);
      const next = months[Math.max(0, Math.max(0, at) + by)];
      if (next === undefined || document.querySelector("[role=dialog]") !== null) return;
      event.preventDefault();
      onChoose(next.key);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [enabled, months, chosen, onChoose]);
}

/** Where there is room beside the days the months stand there, open. */
function isWide(): boolean {
  return globalThis.matchMedia("(min-width: 64rem)").matches;
}

const NO_MONTHS: readonly Month[] = [];
const NO_SOURCES: readonly WireSource[] = [];

/** What happened when: years and months to jump to, and the days of them, as far as one scrolls. */
export function Timeline(): ReactNode {
  const [parameters, setParameters] = useSearchParams();
  const narrowing = narrowingOf(parameters);
  const { data, error, refetch } = timelineApi.useTimelineQuery(narrowing);
  const months = data?.data ?? NO_MONTHS;
  const chosen = parameters.get("month");
  const choose = (month: string): void => {
    const next = new URLSearchParams(parameters);
    next.set("month", month);
    places.delete(next.toString());
    setParameters(next);
  };
  useMonthKeys(months, chosen, choose);
  // A month that holds nothing shows what came before it.
  const before = chosen === null ? undefined : (months.find(({ key }) => key <= chosen)?.to ?? months.at(-1)?.to);
  const isNarrowed = Object.keys(narrowing).length > 0;
  return (
    <Page
      title="Timeline"
      testId="timeline"
      actions={
        <span className="text-13 text-muted">{data !== undefined && countOf(data.total, "memory", "memories")}</span>
      }
    >
      <Filters held={data?.sources ?? NO_SOURCES} />
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {error === undefined && data === undefined && <Loading what="Reading" />}
      {data !== undefined && months.length === 0 && (
        <Empty
          action={
            isNarrowed ? (
              <ButtonLink href="/timeline">Show everything</ButtonLink>
            ) : (
              <span className="flex flex-wrap gap-2">
                <ButtonLink href="/">Tell something</ButtonLink>
                <ButtonLink href="/import">Bring a chat along</ButtonLink>
              </span>
            )
          }
        >
          {isNarrowed
            ? "Nothing within these filters."
            : "Nothing has happened yet. Tell something, or bring a chat along."}
        </Empty>
      )}
      {months.length > 0 && (
        <div className="grid gap-x-10 gap-y-4 lg:grid-cols-[minmax(0,1fr)_15rem]">
          <aside
            aria-label="Jump to"
            className="lg:sticky lg:top-4 lg:order-last lg:max-h-[calc(100dvh-6rem)] lg:self-start lg:overflow-y-auto lg:px-2"
          >
            <details open={isWide()}>
              <summary className="min-h-9 cursor-pointer text-13 text-muted touch:min-h-11">Jump to a month</summary>
              <div className="max-h-60 overflow-y-auto px-2 lg:max-h-none lg:overflow-visible">
                <Histogram months={months} chosen={chosen} onChoose={choose} />
              </div>
            </details>
          </aside>
          <Days
            key={`${before} ${parameters.get("person")} ${parameters.get("source")}`}
            before={before}
            narrowing={narrowing}
          />
        </div>
      )}
    </Page>
  );
}
