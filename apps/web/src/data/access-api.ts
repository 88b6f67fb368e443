/** What a person's own security looks like. Whatever is shown once never enters the store: screens keep it themselves. */
import { api, ask } from "./api.ts";
import type { OutputOf } from "./wire.ts";

const tagged = api.enhanceEndpoints({ addTagTypes: ["Factors", "Keys", "OwnKey"] });

/** The API slice with a person's own security. */
export const accessApi = tagged.injectEndpoints({
  endpoints: (build) => ({
    factors: build.query<OutputOf<"factors.read">, void>({
      query: () => ask("factors.read"),
      providesTags: ["Factors"],
    }),
    ownKey: build.query<OutputOf<"userKey.read">, void>({
      query: () => ask("userKey.read"),
      providesTags: ["OwnKey"],
    }),
    keys: build.query<OutputOf<"keys.list">, void>({ query: () => ask("keys.list"), providesTags: ["Keys"] }),
    endKey: build.mutation<null, string>({
      query: (id) => ask("keys.end", { params: { id } }),
      invalidatesTags: ["Keys"],
    }),
    /** Counted anew each time: a program goes on writing. */
    keyWrote: build.query<OutputOf<"keys.undo">, { readonly id: string; readonly since?: string }>({
      query: ({ id, ...since }) => ask("keys.undo", { params: { id }, body: { ...since, dry_run: true } }),
      keepUnusedDataFor: 0,
    }),
    endOtherSessions: build.mutation<OutputOf<"sessions.endOthers">, void>({
      query: () => ask("sessions.endOthers"),
      invalidatesTags: ["Sessions"],
    }),
  }),
});
