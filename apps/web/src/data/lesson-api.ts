/** What the person taught the judge of their levels. Any memory that is moved may change it. */
import { api, ask } from "./api.ts";
import type { OutputOf } from "./wire.ts";

/** The API slice with lessons. */
export const lessonApi = api.injectEndpoints({
  endpoints: (build) => ({
    lessons: build.query<OutputOf<"lessons.read">, void>({
      query: () => ask("lessons.read"),
      keepUnusedDataFor: 5,
      providesTags: ["Memories", "Me"],
    }),
    forgetLessons: build.mutation<undefined, void>({
      query: () => ask("lessons.forget"),
      invalidatesTags: ["Memories"],
    }),
  }),
});
