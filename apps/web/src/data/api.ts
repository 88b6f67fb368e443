/** Server state: every read and write of the app as RTK Query endpoints over the contract's client. */
import type { CallOptions, RouteName } from "@kaelix/contract";
import { type BaseQueryFn, createApi } from "@reduxjs/toolkit/query/react";

import type { Problem } from "../core/problem-words.ts";
import { callOptionsFor, client, noteWrite, problemOf } from "./connection.ts";
import type { InputOf, OutputOf, WireConversation, WireDigest, WireImport, WireMemory, WireUser } from "./wire.ts";

interface CallArguments {
  readonly name: RouteName;
  readonly input?: { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown };
  readonly options?: CallOptions;
}

const baseQuery: BaseQueryFn<CallArguments, unknown, Problem, object> = async (
  { name, input, options },
  { signal },
) => {
  try {
    const merged = callOptionsFor(name, { ...options, signal }, Date.now());
    // The endpoints below pair every name with the input type of its own route.
    const result = await client.call(name, input as InputOf<RouteName>, merged);
    noteWrite(name.startsWith("memories.") && !name.endsWith("list") ? result.position : undefined, Date.now());
    return { data: result.data ?? null };
  } catch (error) {
    return { error: problemOf(error) };
  }
};

/** One call of a route, as an endpoint asks for it. */
export function ask<Name extends RouteName>(name: Name, input?: InputOf<Name>, options?: CallOptions): CallArguments {
  return { name, ...(input === undefined ? {} : { input }), ...(options === undefined ? {} : { options }) };
}

/** Which memories a list shows. */
interface ListArguments {
  readonly conversation?: string;
  readonly import?: string;
  readonly limit?: number;
  readonly never_recalled?: "only";
}

interface VersionedArguments {
  readonly id: string;
  readonly version: number;
}

const etagOf = (version: number): string => `"${version}"`;

const memoryApi = createApi({
  reducerPath: "api",
  baseQuery,
  tagTypes: ["Memory", "Memories", "Conversations", "Imports", "Sessions", "Me", "Status", "Server", "Shares"],
  keepUnusedDataFor: 120,
  endpoints: (build) => ({
    server: build.query<OutputOf<"server.describe">, void>({
      query: () => ask("server.describe"),
      providesTags: ["Server"],
    }),
    me: build.query<WireUser, void>({ query: () => ask("me.read"), providesTags: ["Me"] }),
    memory: build.query<WireMemory, string>({
      query: (id) => ask("memories.read", { params: { id } }),
      providesTags: (_result, _error, id) => [{ type: "Memory", id }],
    }),
    versions: build.query<OutputOf<"memories.versions">, string>({
      query: (id) => ask("memories.versions", { params: { id } }),
      providesTags: (_result, _error, id) => [{ type: "Memory", id }],
    }),
    memories: build.infiniteQuery<OutputOf<"memories.list">, ListArguments, string | null>({
      infiniteQueryOptions: { initialPageParam: null, getNextPageParam: (last) => last.page.next ?? undefined },
      query: ({ queryArg: { limit = 40, ...filter }, pageParam }) =>
        ask("memories.list", { query: { limit, ...filter, ...(pageParam === null ? {} : { cursor: pageParam }) } }),
      providesTags: ["Memories"],
    }),
    conversations: build.query<readonly WireConversation[], void>({
      query: () => ask("conversations.list", { query: { limit: 100 } }),
      transformResponse: (answer: OutputOf<"conversations.list">) => answer.data,
      providesTags: ["Conversations"],
    }),
    search: build.infiniteQuery<OutputOf<"searches.run">, NonNullable<InputOf<"searches.run">["body"]>, number>({
      infiniteQueryOptions: {
        initialPageParam: 0,
        getNextPageParam: (last, _pages, offset) =>
          offset + last.hits.length < last.total && last.hits.length > 0 ? offset + last.hits.length : undefined,
      },
      query: ({ queryArg, pageParam }) =>
        ask("searches.run", { body: { ...queryArg, offset: pageParam, facets: pageParam === 0 } }),
      keepUnusedDataFor: 20,
      providesTags: ["Memories"],
    }),
    editMemory: build.mutation<WireMemory, VersionedArguments & { readonly text: string }>({
      query: ({ id, version, text }) =>
        ask("memories.edit", { params: { id }, body: { text } }, { ifMatch: etagOf(version) }),
      invalidatesTags: (_result, _error, { id }) => [{ type: "Memory", id }, "Memories"],
    }),
    moveMemory: build.mutation<WireMemory, VersionedArguments & { readonly level: WireMemory["level"] }>({
      query: ({ id, version, level }) =>
        ask("memories.move", { params: { id }, body: { level } }, { ifMatch: etagOf(version) }),
      invalidatesTags: (_result, _error, { id }) => [{ type: "Memory", id }, "Memories", "Conversations"],
    }),
    forgetMemory: build.mutation<null, VersionedArguments>({
      query: ({ id, version }) => ask("memories.forget", { params: { id } }, { ifMatch: etagOf(version) }),
      invalidatesTags: ["Memories", "Conversations"],
    }),
    decideRecall: build.mutation<WireMemory, VersionedArguments & { readonly never: boolean }>({
      query: ({ id, version, never }) =>
        ask("memories.decideRecall", { params: { id }, body: { never } }, { ifMatch: etagOf(version) }),
      invalidatesTags: (_result, _error, { id }) => [{ type: "Memory", id }, "Memories", "Conversations"],
    }),
    restoreMemory: build.mutation<WireMemory, string>({
      query: (id) => ask("memories.restore", { params: { id } }),
      invalidatesTags: (_result, _error, id) => [{ type: "Memory", id }, "Memories", "Conversations"],
    }),
  }),
});

/** The API slice. */
export const api = memoryApi.injectEndpoints({
  endpoints: (build) => ({
    imports: build.query<readonly WireImport[], void>({
      query: () => ask("imports.list"),
      transformResponse: (answer: OutputOf<"imports.list">) => answer.data,
      providesTags: ["Imports"],
    }),
    import: build.query<WireImport, string>({
      query: (id) => ask("imports.read", { params: { id } }),
      providesTags: ["Imports"],
    }),
    openImport: build.mutation<WireImport, { readonly id: string; readonly passphrase: string }>({
      query: ({ id, passphrase }) => ask("imports.open", { params: { id }, body: { passphrase } }),
      // A wrong one leaves the import as it was.
      invalidatesTags: (_result, error) => (error?.code === "age-passphrase-wrong" ? [] : ["Imports"]),
    }),
    startImport: build.mutation<
      WireImport,
      { readonly id: string; readonly answers: NonNullable<InputOf<"imports.start">["body"]> }
    >({
      query: ({ id, answers }) => ask("imports.start", { params: { id }, body: answers }),
      invalidatesTags: ["Imports"],
    }),
    cancelImport: build.mutation<WireImport, string>({
      query: (id) => ask("imports.cancel", { params: { id } }),
      invalidatesTags: ["Imports"],
    }),
    undoImport: build.mutation<WireImport, string>({
      query: (id) => ask("imports.undo", { params: { id } }),
      invalidatesTags: ["Imports", "Memories", "Conversations"],
    }),
    sessions: build.query<OutputOf<"sessions.list">["data"], void>({
      query: () => ask("sessions.list"),
      transformResponse: (answer: OutputOf<"sessions.list">) => answer.data,
      providesTags: ["Sessions"],
    }),
    endSession: build.mutation<null, string>({
      query: (id) => ask("sessions.end", { params: { id } }),
      invalidatesTags: ["Sessions"],
    }),
    digest: build.query<WireDigest, { readonly zone: string; readonly import?: string }>({
      query: (query) => ask("digests.read", { params: { day: "today" }, query }),
      keepUnusedDataFor: 20,
      providesTags: ["Memories"],
    }),
    status: build.query<OutputOf<"status.read">, void>({ query: () => ask("status.read"), providesTags: ["Status"] }),
    verify: build.mutation<OutputOf<"verifications.run">, void>({ query: () => ask("verifications.run") }),
  }),
});
