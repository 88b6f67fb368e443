import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";

import { isShown } from "../core/levels.ts";
import { countOf, formatDuration, formatWhen, sayerOf, sourceLabel } from "../core/format.ts";
import { FILTER_NAMES, isIdle, searchOf, toggleFilter, withoutFilters } from "../core/search-query.ts";
import { excerptOf } from "../core/text-parts.ts";
import { askQuestion } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import type { OutputOf, WireHit } from "../data/wire.ts";
import { Button, Empty, Loading, Name, ProblemNote, TextLink, Words } from "../parts/basics.tsx";
import { FacetList, filterLabel } from "../parts/facets.tsx";
import { Icon } from "../parts/icon.tsx";
import { SharedMark } from "../parts/shared-mark.tsx";
import { edgeOf, LevelBadge } from "../parts/level.tsx";
import { MeaningMissed } from "../parts/meaning.tsx";
import { Page } from "../parts/page.tsx";
import { KeepSearch, SavedSearches } from "../parts/saved-searches.tsx";
import { Segmented } from "../parts/segmented.tsx";

const SealedSearch = lazy(async () => ({ default: (await import("../parts/sealed-search.tsx")).SealedSearch }));

const TYPING_MS = 250;
const EXCERPT_LENGTH = 320;

function Hit({ hit }: { readonly hit: WireHit }): ReactNode {
  const { memory } = hit;
  const excerpt = excerptOf(memory.text, hit.highlights, EXCERPT_LENGTH);
  return (
    <li className={`py-3 ps-3.5 pe-2 transition-feedback hover:bg-surface ${edgeOf(memory.level)}`}>
      <Link
        to={`/memories/${memory.id}`}
        data-hit
        className="block max-w-measure after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
      >
        <Words text={excerpt.text} highlights={excerpt.highlights} isLinkless />
      </Link>
      <p className="mt-1 flex flex-wrap items-center gap-x-1 text-12 text-muted">
        <span>
          <Name text={sayerOf(memory)} />
        </span>
        <span>· {sourceLabel(memory.source)}</span>
        <time dateTime={memory.occurred_at}>· {formatWhen(memory.occurred_at, Date.now())}</time>
        {memory.level !== "general" && <LevelBadge level={memory.level} />}
        <SharedMark shared={memory.shared} isShort />
      </p>
      <p className="mt-0.5 text-12 text-muted">
        Why: {hit.why.map((signal) => `${signal.text} (${signal.score.toFixed(1)})`).join(" · ")}
      </p>
    </li>
  );
}

/** `j` and `k` walk the hits unless single keys are off or somebody types. */
function useHitKeys(): void {
  const enabled = useAppSelector((state) => state.interface.shortcuts);
  useEffect(() => {
    if (!enabled) return;
    const pressed = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(event.target.tagName);
      const down =
        event.key === "j" ||
        (event.key === "ArrowDown" &&
          event.target instanceof HTMLElement &&
          event.target.dataset["searchField"] !== undefined);
      if ((isTyping && event.key !== "ArrowDown") || event.ctrlKey || event.metaKey || (!down && event.key !== "k"))
        return;
      const hits = [...document.querySelectorAll<HTMLElement>("[data-hit]")];
      const at = hits.findIndex((hit) => hit === document.activeElement);
      event.preventDefault();
      hits[Math.max(0, Math.min(hits.length - 1, at + (down ? 1 : -1)))]?.focus();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [enabled]);
}

/** The field: what is typed goes to the address after a moment. */
function useTyped(): readonly [string, (text: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  const query = parameters.get("q") ?? "";
  const [typed, setTyped] = useState(query);
  const written = useRef(query);
  useEffect(() => {
    if (query !== written.current) setTyped(query);
    written.current = query;
  }, [query]);
  useEffect(() => {
    if (typed === written.current) return;
    const timer = setTimeout(() => {
      written.current = typed;
      setParameters(
        (before) => {
          const next = new URLSearchParams(before);
          if (typed.trim() === "") next.delete("q");
          else next.set("q", typed);
          return next;
        },
        { replace: true },
      );
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, setParameters]);
  return [typed, setTyped];
}

function Chosen(): ReactNode {
  const [parameters, setParameters] = useSearchParams();
  const chosen = FILTER_NAMES.flatMap((name) => {
    const value = parameters.get(name);
    return value === null ? [] : [{ name, value }];
  });
  if (chosen.length === 0) return null;
  return (
    <p className="mt-3 flex flex-wrap items-center gap-2">
      {chosen.map(({ name, value }) => (
        <Button
          key={name}
          className="min-h-8 px-2.5 text-13"
          onPress={() => setParameters(toggleFilter(parameters, name, value))}
        >
          {filterLabel(name, value)} <Icon name="close" className="size-3.5" />
          <span className="sr-only">Remove this filter</span>
        </Button>
      ))}
      {parameters.has("month") && <TextLink href={`/timeline?${timelineOf(parameters)}`}>In the timeline</TextLink>}
    </p>
  );
}

/** What of a search's filters the timeline has too. */
function timelineOf(parameters: URLSearchParams): string {
  const kept = ["month", "person", "source"].flatMap((name) => {
    const value = parameters.get(name);
    return value === null ? [] : [[name, value]];
  });
  return new URLSearchParams(kept).toString();
}

function NothingFound({ query }: { readonly query: string }): ReactNode {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const isFiltered = FILTER_NAMES.some((name) => parameters.has(name));
  const ask = (): void => {
    void dispatch(askQuestion(query, null));
    void navigate("/chats/ask");
  };
  return (
    <Empty
      action={
        <span className="flex flex-wrap gap-2">
          {isFiltered && (
            <Button onPress={() => setParameters(withoutFilters(parameters))}>Search without filters</Button>
          )}
          {query.trim() !== "" && <Button onPress={ask}>Ask it as a question</Button>}
        </span>
      }
    >
      Nothing {isFiltered ? "within these filters " : ""}says{" "}
      {query.trim() === "" ? (
        "anything"
      ) : (
        <>
          “<bdi dir="auto">{query}</bdi>”
        </>
      )}
      . Fewer or other words may find it; what is locked was not searched.
    </Empty>
  );
}

/** Qualifiers that could not be understood: they narrowed nothing. */
function Misread({ problems }: { readonly problems: readonly string[] }): ReactNode {
  if (problems.length === 0) return null;
  return (
    <p role="note" className="mb-3 rounded-control bg-mark px-3 py-2 text-13" data-testid="search-problems">
      {problems.join(" ")}
    </p>
  );
}

/** How many there are, and whether their meaning was looked at. */
function Count({ of }: { readonly of: OutputOf<"searches.run"> }): ReactNode {
  return (
    <span>
      {countOf(of.total, "hit")} · {formatDuration(of.took_ms)}
      <MeaningMissed meaning={of.meaning} />
    </span>
  );
}

function BeforeSearching(): ReactNode {
  return (
    <>
      <Empty>Words, names, places. Press ↓ or j for the first hit. To get an answer instead of a list, ask.</Empty>
      <SavedSearches />
    </>
  );
}

function Hits(): ReactNode {
  const [parameters, setParameters] = useSearchParams();
  const [areFiltersOpen, setFiltersOpen] = useState(false);
  const ceiling = useAppSelector((state) => state.session.user?.open_up_to ?? "general");
  const search = searchOf(parameters);
  const skip = isIdle(parameters);
  const found = api.useSearchInfiniteQuery({ ...search, limit: 20 }, { skip });
  if (skip) return <BeforeSearching />;
  if (found.error !== undefined)
    return <ProblemNote problem={found.error} safe="Your search stands above" onRetry={() => void found.refetch()} />;
  const first = found.data?.pages[0];
  if (first === undefined) return <Loading what="Searching" />;
  const problems = <Misread problems={first.problems ?? []} />;
  if (first.total === 0)
    return (
      <>
        {problems}
        <NothingFound query={search.query} />
      </>
    );
  return (
    <div className="mt-4 grid gap-x-10 lg:grid-cols-[minmax(0,1fr)_14rem]">
      <div className="min-w-0">
        {problems}
        <p role="status" className="flex items-center justify-between pb-2 text-13 text-muted">
          <Count of={first} />
          {first.facets !== null && (
            <Button
              look="quiet"
              icon="filter"
              className="text-13 lg:hidden"
              aria-expanded={areFiltersOpen}
              onPress={() => setFiltersOpen(!areFiltersOpen)}
            >
              Narrow
            </Button>
          )}
        </p>
        {areFiltersOpen && first.facets !== null && (
          <div className="mb-4 rounded-card border border-line bg-surface p-4 lg:hidden">
            <FacetList facets={first.facets} parameters={parameters} ceiling={ceiling} onChange={setParameters} />
          </div>
        )}
        <ol aria-label="Hits" aria-busy={found.isFetching} className="divide-y divide-line border-y border-line">
          {found.data?.pages
            .flatMap((page) => page.hits)
            .map((hit) => (
              <Hit key={hit.memory.id} hit={hit} />
            ))}
        </ol>
        {found.hasNextPage && (
          <Button className="mt-3" isDisabled={found.isFetchingNextPage} onPress={() => void found.fetchNextPage()}>
            Show more
          </Button>
        )}
      </div>
      <aside aria-label="Narrow by" className="hidden lg:block">
        {first.facets !== null && (
          <FacetList facets={first.facets} parameters={parameters} ceiling={ceiling} onChange={setParameters} />
        )}
      </aside>
    </div>
  );
}

const WHERE = [
  { value: "server", label: "Everything else" },
  { value: "sealed", label: "Sealed by you" },
] as const;

/** Search of what the server can read; in a session that is open all the way, also of what was sealed, which is searched in this browser. */
export function Search(): ReactNode {
  const ceiling = useAppSelector((state) => state.session.user?.open_up_to ?? "general");
  const [chosen, setWhere] = useState<"server" | "sealed">("server");
  const where = isShown("ultra-secret", ceiling) ? chosen : "server";
  useHitKeys();
  return (
    <Page title="Search">
      {isShown("ultra-secret", ceiling) && (
        <div className="mb-3 flex">
          <Segmented label="Where to search" value={where} options={WHERE} onChange={setWhere} testId="search-where" />
        </div>
      )}
      {where === "server" ? (
        <ServerSearch />
      ) : (
        <Suspense fallback={<Loading what="Opening" />}>
          <SealedSearch />
        </Suspense>
      )}
    </Page>
  );
}

/** Search with filters, highlights and the reason for every hit. */
function ServerSearch(): ReactNode {
  const [typed, setTyped] = useTyped();
  return (
    <>
      <search className="relative block">
        <Icon name="search" className="pointer-events-none absolute start-3.5 top-3 size-5 text-muted" />
        <input
          data-search-field
          data-testid="search-input"
          type="search"
          aria-label="Search your memories"
          dir="auto"
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder="harbour dinner"
          className="field-base min-h-11 rounded-card ps-11 text-18"
        />
      </search>
      <Chosen />
      <KeepSearch />
      <Hits />
    </>
  );
}
