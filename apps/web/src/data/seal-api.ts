/** The person's key as the server keeps it: wrapped. */
import { api, ask } from "./api.ts";
import type { OutputOf } from "./wire.ts";

const tagged = api.enhanceEndpoints({ addTagTypes: ["Seal"] });

/** The key, wrapped, and in which state. */
export type WireSeal = OutputOf<"seal.read">;

/** The API slice with the person's own key. */
export const sealApi = tagged.injectEndpoints({
  endpoints: (build) => ({
    seal: build.query<WireSeal, void>({
      query: () => ask("seal.read"),
      keepUnusedDataFor: 0,
      providesTags: ["Seal", "Me"],
    }),
  }),
});
