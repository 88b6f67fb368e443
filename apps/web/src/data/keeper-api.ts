/** What those who run an installation look at: users, invitations, the audit log, why somebody may. */
import { accessApi } from "./access-api.ts";
import { ask } from "./api.ts";
import type { InputOf, OutputOf } from "./wire.ts";

const tagged = accessApi.enhanceEndpoints({ addTagTypes: ["Users", "Invites", "Tenants"] });

/** Somebody of the installation. */
export type WireMember = OutputOf<"users.list">["data"][number];
/** An organisation of the server. */
export type WireTenant = OutputOf<"tenants.list">["data"][number];
/** An entry of the audit log. */
export type WireEntry = OutputOf<"audit.list">["data"][number];
/** What the audit log is narrowed to. */
export type AuditQuery = Omit<NonNullable<InputOf<"audit.list">["query"]>, "cursor" | "limit">;

/** The API slice with what keepers look at. */
export const keeperApi = tagged.injectEndpoints({
  endpoints: (build) => ({
    users: build.query<readonly WireMember[], void>({
      query: () => ask("users.list"),
      transformResponse: (answer: OutputOf<"users.list">) => answer.data,
      providesTags: ["Users"],
    }),
    invites: build.query<OutputOf<"invites.list">["data"], void>({
      query: () => ask("invites.list"),
      transformResponse: (answer: OutputOf<"invites.list">) => answer.data,
      providesTags: ["Invites"],
    }),
    createInvite: build.mutation<OutputOf<"invites.create">, { readonly role: "admin" | "member" | "guest" }>({
      query: (body) => ask("invites.create", { body }),
      invalidatesTags: ["Invites"],
    }),
    endInvite: build.mutation<null, string>({
      query: (id) => ask("invites.end", { params: { id } }),
      invalidatesTags: ["Invites"],
    }),
    tenants: build.query<readonly WireTenant[], void>({
      query: () => ask("tenants.list"),
      transformResponse: (answer: OutputOf<"tenants.list">) => answer.data,
      providesTags: ["Tenants"],
    }),
    createTenant: build.mutation<OutputOf<"tenants.create">, { readonly id: string }>({
      query: (body) => ask("tenants.create", { body }),
      invalidatesTags: ["Tenants"],
    }),
    explain: build.mutation<OutputOf<"policy.explain">, NonNullable<InputOf<"policy.explain">["body"]>>({
      query: (body) => ask("policy.explain", { body }),
    }),
    audit: build.infiniteQuery<OutputOf<"audit.list">, AuditQuery, string | null>({
      infiniteQueryOptions: { initialPageParam: null, getNextPageParam: (last) => last.page.next ?? undefined },
      query: ({ queryArg, pageParam }) =>
        ask("audit.list", { query: { limit: 50, ...queryArg, ...(pageParam === null ? {} : { cursor: pageParam }) } }),
      keepUnusedDataFor: 0,
    }),
    verifyAudit: build.mutation<OutputOf<"audit.verify">, void>({ query: () => ask("audit.verify", { body: {} }) }),
  }),
});
