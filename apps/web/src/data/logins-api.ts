/** Accounts elsewhere that a person signs in with. */
import { api, ask } from "./api.ts";
import type { OutputOf } from "./wire.ts";

/** The API slice with linked accounts. */
export const loginsApi = api.enhanceEndpoints({ addTagTypes: ["Logins"] }).injectEndpoints({
  endpoints: (build) => ({
    logins: build.query<OutputOf<"logins.list">, void>({
      query: () => ask("logins.list"),
      providesTags: ["Logins"],
    }),
  }),
});
