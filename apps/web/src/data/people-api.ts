/** People and what memories hang together with. Any memory that changes may change them. */
import { api, ask } from "./api.ts";
import type { InputOf, OutputOf } from "./wire.ts";

/** Somebody of the person's memories. */
export type WirePerson = OutputOf<"people.list">["data"][number];
/** A person's page. */
export type WirePersonPage = OutputOf<"people.read">;
/** A piece of a memory, word for word. */
export type WireEvidence = WirePersonPage["mentions"][number];
/** What hangs together around somebody. */
export type WireGraph = OutputOf<"people.graph">;
/** Two who may be one, or a wording that was taken to mean somebody. */
export type WireProposal = OutputOf<"people.merges">["proposals"][number];
/** What is decided about who is who. */
export type WireWish = NonNullable<InputOf<"people.decide">["body"]>;

const tagged = api.enhanceEndpoints({ addTagTypes: ["People"] });

/** The API slice with people. */
export const peopleApi = tagged.injectEndpoints({
  endpoints: (build) => ({
    people: build.query<OutputOf<"people.list">, { readonly unsure: boolean }>({
      query: ({ unsure }) => ask("people.list", { query: { unsure: unsure ? "true" : "false", limit: 500 } }),
      providesTags: ["People", "Memories"],
    }),
    peopleReading: build.query<OutputOf<"people.reading">["reading"], void>({
      query: () => ask("people.reading"),
      transformResponse: ({ reading }: OutputOf<"people.reading">) => reading,
      keepUnusedDataFor: 0,
    }),
    person: build.query<WirePersonPage, string>({
      query: (id) => ask("people.read", { params: { id } }),
      providesTags: ["People", "Memories"],
    }),
    graph: build.query<WireGraph, { readonly id: string; readonly hops: 1 | 2 }>({
      query: ({ hops, id }) => ask("people.graph", { params: { id }, query: { hops, nodes: 40 } }),
      providesTags: ["People", "Memories"],
    }),
    merges: build.query<OutputOf<"people.merges">, void>({
      query: () => ask("people.merges"),
      providesTags: ["People", "Memories"],
    }),
    decide: build.mutation<OutputOf<"people.decide">, WireWish>({
      query: (body) => ask("people.decide", { body }),
      invalidatesTags: ["People"],
    }),
    undoDecision: build.mutation<null, string>({
      query: (id) => ask("people.undo", { params: { id } }),
      invalidatesTags: ["People"],
    }),
    links: build.query<OutputOf<"memories.connections">, string>({
      query: (id) => ask("memories.connections", { params: { id } }),
      providesTags: ["People", "Memories"],
    }),
  }),
});
