/** The AI provider: what is sent to whom, what it costs, and whether it answers. */
import { api, ask } from "./api.ts";
import type { OutputOf } from "./wire.ts";

/** Which providers are set up. */
export type WireProvider = OutputOf<"provider.read">;
/** Who writes answers and judges levels. */
export type WireWriter = NonNullable<WireProvider["writer"]>;

/** The API slice with the provider. */
export const providerApi = api.injectEndpoints({
  endpoints: (build) => ({
    provider: build.query<WireProvider, void>({ query: () => ask("provider.read"), providesTags: ["Status"] }),
    chooseProvider: build.mutation<OutputOf<"provider.choose">, boolean>({
      query: (allowed) => ask("provider.choose", { body: { allowed } }),
      invalidatesTags: ["Status"],
    }),
    testProvider: build.mutation<OutputOf<"provider.test">, void>({
      query: () => ask("provider.test"),
      invalidatesTags: ["Status"],
    }),
  }),
});
