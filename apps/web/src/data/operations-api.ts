/** Forgetting for good, backups, and the key-encryption key. */
import { api, ask } from "./api.ts";
import type { OutputOf } from "./wire.ts";

const tagged = api.enhanceEndpoints({ addTagTypes: ["Erasures", "Backups"] });

/** The API slice with erasures and backups. */
export const operationsApi = tagged.injectEndpoints({
  endpoints: (build) => ({
    erasures: build.query<OutputOf<"erasures.list">, void>({
      query: () => ask("erasures.list"),
      providesTags: ["Erasures"],
    }),
    undoErasure: build.mutation<OutputOf<"erasures.undo">, string>({
      query: (id) => ask("erasures.undo", { params: { id } }),
      invalidatesTags: ["Erasures", "Memories", "Conversations", "Imports"],
    }),
    backups: build.query<OutputOf<"backups.read">, void>({
      query: () => ask("backups.read"),
      providesTags: ["Backups"],
    }),
    makeBackup: build.mutation<OutputOf<"backups.create">, void>({
      query: () => ask("backups.create"),
      invalidatesTags: ["Backups"],
    }),
  }),
});
