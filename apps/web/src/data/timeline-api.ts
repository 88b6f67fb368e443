/** When memories happened, in the zone of this browser. */
import { api, ask } from "./api.ts";
import type { InputOf, OutputOf } from "./wire.ts";

/** Months, or days of a month, with how much each holds. */
export type WireTimeline = OutputOf<"timeline.read">;
/** Where a timeline comes from. */
export type WireSource = NonNullable<InputOf<"timeline.read">["query"]>["source"];

/** What the timeline is narrowed to. */
export interface TimelineNarrowing {
  readonly person?: string;
  readonly source?: Exclude<WireSource, undefined>;
}

/** The zone of this browser. */
export const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const PAGE = 60;

/** One memory of the timeline, whichever route it came by. */
export type TimelineMemory = Pick<
  OutputOf<"memories.read">,
  "id" | "text" | "level" | "speaker" | "source" | "occurred_at" | "sealed" | "caption"
>;

/** A page: memories, newest first, and where it goes on. */
interface TimelinePage {
  readonly memories: readonly TimelineMemory[];
  readonly next: string | null;
}

type PageArguments = TimelineNarrowing & { readonly before?: string };

/** The API slice with the timeline. */
export const timelineApi = api.injectEndpoints({
  endpoints: (build) => ({
    timeline: build.query<WireTimeline, TimelineNarrowing>({
      query: (narrowing) => ask("timeline.read", { query: { zone: ZONE, ...narrowing } }),
      providesTags: ["Memories", "Me"],
    }),
    timelinePages: build.infiniteQuery<TimelinePage, PageArguments, string | null>({
      infiniteQueryOptions: { initialPageParam: null, getNextPageParam: ({ next }) => next ?? undefined },
      query: ({ queryArg: { before, person, source }, pageParam }) => {
        const narrowed = { ...(before && { before }), ...(source && { source }) };
        if (person === undefined) {
          const cursor = pageParam === null ? {} : { cursor: pageParam };
          return ask("memories.list", { query: { limit: PAGE, owner: "me", ...narrowed, ...cursor } });
        }
        const filter = { ...narrowed, person, owner: "me" as const };
        const offset = Number(pageParam ?? 0);
        return ask("searches.run", { body: { query: "", filter, limit: PAGE, offset, facets: false } });
      },
      transformResponse: (
        answer: OutputOf<"memories.list"> | OutputOf<"searches.run">,
        _meta,
        { pageParam },
      ): TimelinePage => {
        if ("data" in answer) return { memories: answer.data, next: answer.page.next };
        const end = Number(pageParam ?? 0) + answer.hits.length;
        const next = answer.hits.length > 0 && end < answer.total ? String(end) : null;
        return { memories: answer.hits.map(({ memory }) => memory), next };
      },
      providesTags: ["Memories", "Me"],
    }),
  }),
});
