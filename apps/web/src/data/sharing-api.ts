/** What is shared with whom. A change throws away what was read under the shares before it. */
import { accessApi } from "./access-api.ts";
import { ask } from "./api.ts";
import type { InputOf, OutputOf } from "./wire.ts";

/** What sharing takes. */
export type ShareRequest = NonNullable<InputOf<"grants.create">["body"]>;
/** A share as either side sees it. */
export type WireShare = OutputOf<"grants.list">["given"][number];

/** Somebody or something that one's memories name. */
export type WireSubject = OutputOf<"grants.subjects">["data"][number];

/** The API slice with sharing. */
export const sharingApi = accessApi.injectEndpoints({
  endpoints: (build) => ({
    shares: build.query<OutputOf<"grants.list">, void>({
      query: () => ask("grants.list"),
      keepUnusedDataFor: 0,
      providesTags: ["Shares"],
    }),
    neighbours: build.query<OutputOf<"directory.list">["data"], void>({
      query: () => ask("directory.list"),
      transformResponse: (answer: OutputOf<"directory.list">) => answer.data,
    }),
    subjects: build.query<OutputOf<"grants.subjects">["data"], string>({
      query: (typed) => ask("grants.subjects", { query: { query: typed, limit: 12 } }),
      transformResponse: (answer: OutputOf<"grants.subjects">) => answer.data,
      keepUnusedDataFor: 0,
      providesTags: ["Memories"],
    }),
    endShare: build.mutation<null, string>({
      query: (id) => ask("grants.end", { params: { id } }),
      invalidatesTags: ["Shares", "Memories", "Memory", "Conversations"],
    }),
  }),
});
