/** The day as it is told by itself, what in it is not useful, and searches that were named. */
import { api, ask } from "./api.ts";
import type { InputOf, OutputOf } from "./wire.ts";

/** When the day is told and by which ways. */
export type WireDaySettings = OutputOf<"digestSettings.read">;
/** What somebody wants of it. */
export type WireDayWish = NonNullable<InputOf<"digestSettings.write">["body"]>;
/** A day in sentences. */
export type WireDayProse = OutputOf<"digests.write">;
/** A search that was named. */
export type WireSavedSearch = OutputOf<"savedSearches.list">["data"][number];
/** A way by which a day goes out. */
export type WireWay = NonNullable<InputOf<"digestSettings.test">["body"]>["way"];

const tagged = api.enhanceEndpoints({ addTagTypes: ["DayMade", "DaySettings", "Judgements", "Searches"] });

/** The API slice with days and named searches. */
export const daysApi = tagged.injectEndpoints({
  endpoints: (build) => ({
    dayMade: build.query<OutputOf<"digests.latest">["data"], void>({
      query: () => ask("digests.latest"),
      transformResponse: (answer: OutputOf<"digests.latest">) => answer.data,
      providesTags: ["DayMade", "Me"],
    }),
    /** `told`: what the digest told when it was asked for; where that changes, it is asked for anew. */
    dayProse: build.query<WireDayProse, { readonly zone: string; readonly told: string }>({
      query: ({ zone }) => ask("digests.write", { params: { day: "today" }, query: { zone } }),
      providesTags: ["Me"],
    }),
    daySeen: build.mutation<null, string>({
      query: (day) => ask("digests.seen", { body: { day } }),
      invalidatesTags: ["DayMade"],
    }),
    judge: build.mutation<OutputOf<"digests.judge">, NonNullable<InputOf<"digests.judge">["body"]>>({
      query: (body) => ask("digests.judge", { body }),
      invalidatesTags: ["Judgements"],
    }),
    judgements: build.query<OutputOf<"digests.judgements">["data"], void>({
      query: () => ask("digests.judgements"),
      transformResponse: (answer: OutputOf<"digests.judgements">) => answer.data,
      providesTags: ["Judgements", "Me"],
    }),
    unjudge: build.mutation<null, string>({
      query: (id) => ask("digests.unjudge", { params: { id } }),
      invalidatesTags: ["Judgements", "Memories"],
    }),
    daySettings: build.query<WireDaySettings, void>({
      query: () => ask("digestSettings.read"),
      providesTags: ["DaySettings"],
    }),
    setDay: build.mutation<OutputOf<"digestSettings.write">, WireDayWish>({
      query: (body) => ask("digestSettings.write", { body }),
      invalidatesTags: ["DaySettings"],
    }),
    testWay: build.mutation<OutputOf<"digestSettings.test">, WireWay>({
      query: (way) => ask("digestSettings.test", { body: { way } }),
    }),
    confirmMail: build.mutation<WireDaySettings, string>({
      query: (code) => ask("digestSettings.confirm", { body: { code } }),
      invalidatesTags: ["DaySettings"],
    }),
    addDevice: build.mutation<WireDaySettings, NonNullable<InputOf<"digestSettings.addDevice">["body"]>>({
      query: (body) => ask("digestSettings.addDevice", { body }),
      invalidatesTags: ["DaySettings"],
    }),
    removeDevice: build.mutation<null, string>({
      query: (id) => ask("digestSettings.removeDevice", { params: { id } }),
      invalidatesTags: ["DaySettings"],
    }),
    savedSearches: build.query<readonly WireSavedSearch[], void>({
      query: () => ask("savedSearches.list"),
      transformResponse: (answer: OutputOf<"savedSearches.list">) => answer.data,
      providesTags: ["Searches", "Me"],
    }),
    saveSearch: build.mutation<WireSavedSearch, NonNullable<InputOf<"savedSearches.save">["body"]>>({
      query: (body) => ask("savedSearches.save", { body }),
      invalidatesTags: ["Searches"],
    }),
    renameSearch: build.mutation<WireSavedSearch, { readonly id: string; readonly name: string }>({
      query: ({ id, name }) => ask("savedSearches.rename", { params: { id }, body: { name } }),
      invalidatesTags: ["Searches"],
    }),
    removeSearch: build.mutation<null, string>({
      query: (id) => ask("savedSearches.remove", { params: { id } }),
      invalidatesTags: ["Searches"],
    }),
  }),
});
