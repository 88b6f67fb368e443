/** What waits for the person's word. Any memory that changes and any decision about people may change it. */
import type { InputOf, OutputOf } from "./wire.ts";
import { ask } from "./api.ts";
import { peopleApi } from "./people-api.ts";

/** One thing that waits. */
export type WireReviewItem = OutputOf<"review.list">["data"][number];
/** How many things wait. */
export type WireReviewCounts = OutputOf<"review.count">;
/** A word that can be given. */
export type WireReviewWord = NonNullable<InputOf<"review.answer">["body"]>["answer"];

/** A memory whose level a word decided, as it stands since. */
export type WireSettled = OutputOf<"review.answer">["settled"][number];

/** The API slice with what waits. */
export const reviewApi = peopleApi.injectEndpoints({
  endpoints: (build) => ({
    review: build.query<OutputOf<"review.list">, void>({
      query: () => ask("review.list", { query: { limit: 100 } }),
      keepUnusedDataFor: 5,
      providesTags: ["Memories", "People", "Me"],
    }),
    reviewCount: build.query<WireReviewCounts, void>({
      query: () => ask("review.count"),
      providesTags: ["Memories", "People", "Me"],
    }),
    giveWord: build.mutation<
      OutputOf<"review.answer">,
      { readonly id: string; readonly word: WireReviewWord; readonly version: number | undefined }
    >({
      query: ({ id, version, word }) =>
        ask("review.answer", { params: { id }, body: { answer: word, ...(version === undefined ? {} : { version }) } }),
      invalidatesTags: ["Memories", "People"],
    }),
    takeBackWords: build.mutation<OutputOf<"review.undo">, readonly WireSettled[]>({
      query: (settled) => ask("review.undo", { body: { settled: [...settled] } }),
      invalidatesTags: ["Memories", "People"],
    }),
  }),
});
