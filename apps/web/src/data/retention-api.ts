/** How long memories are kept, and what goes next. */
import { api, ask } from "./api.ts";
import type { InputOf, OutputOf } from "./wire.ts";

/** How long somebody's memories are kept. */
export type WireRetention = OutputOf<"retention.read">;
/** Rules as the interface takes them. */
export type WireRules = WireRetention["rules"];

type Keeping = { readonly id: string; readonly kept: NonNullable<InputOf<"memories.keep">["body"]>["kept"] };

/** The API slice with how long memories are kept. */
export const retentionApi = api.injectEndpoints({
  endpoints: (build) => ({
    retention: build.query<WireRetention, void>({
      query: () => ask("retention.read"),
      providesTags: ["Memories", "Me"],
    }),
    leaving: build.query<OutputOf<"retention.leaving">, void>({
      query: () => ask("retention.leaving", { query: {} }),
      providesTags: ["Memories", "Me"],
    }),
    previewRetention: build.query<OutputOf<"retention.preview">, WireRules>({
      query: (rules) => ask("retention.preview", { body: { rules } }),
      keepUnusedDataFor: 5,
      providesTags: ["Memories", "Me"],
    }),
    kept: build.query<OutputOf<"memories.kept">, string>({
      query: (id) => ask("memories.kept", { params: { id } }),
      providesTags: ["Memories", "Me"],
    }),
    keep: build.mutation<OutputOf<"memories.keep">, Keeping>({
      query: ({ id, kept }) => ask("memories.keep", { params: { id }, body: { kept } }),
      invalidatesTags: ["Memories"],
    }),
  }),
});
