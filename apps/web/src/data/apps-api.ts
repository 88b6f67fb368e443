/** Apps of others: who asks to come in, and those that were let in. */
import { api, ask } from "./api.ts";
import type { OutputOf } from "./wire.ts";

const tagged = api.enhanceEndpoints({ addTagTypes: ["Apps"] });

/** The API slice with apps. */
export const appsApi = tagged.injectEndpoints({
  endpoints: (build) => ({
    apps: build.query<OutputOf<"apps.list">, void>({ query: () => ask("apps.list"), providesTags: ["Apps"] }),
    appQuestion: build.query<OutputOf<"apps.ask">, string>({
      query: (query) => ask("apps.ask", { body: { query } }),
      keepUnusedDataFor: 0,
    }),
    endApp: build.mutation<null, string>({
      query: (id) => ask("apps.end", { params: { id } }),
      invalidatesTags: ["Apps"],
    }),
  }),
});
