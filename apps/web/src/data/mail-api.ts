/** A person's e-mail address. */
import { api, ask } from "./api.ts";
import type { OutputOf } from "./wire.ts";

/** The API slice with it. */
export const mailApi = api.enhanceEndpoints({ addTagTypes: ["Email"] }).injectEndpoints({
  endpoints: (build) => ({
    email: build.query<OutputOf<"email.read">, void>({ query: () => ask("email.read"), providesTags: ["Email"] }),
  }),
});
