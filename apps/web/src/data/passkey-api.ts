/** A person's passkeys. */
import { api, ask } from "./api.ts";
import type { OutputOf } from "./wire.ts";

/** The API slice with passkeys. */
export const passkeyApi = api.enhanceEndpoints({ addTagTypes: ["Passkeys"] }).injectEndpoints({
  endpoints: (build) => ({
    passkeys: build.query<OutputOf<"passkeys.list">, void>({
      query: () => ask("passkeys.list"),
      providesTags: ["Passkeys"],
    }),
  }),
});
