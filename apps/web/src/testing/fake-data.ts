/** Invented people and messages for looking at screens. */
import { systemRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";

import type { WireImport, WireMemory, WireUser } from "../data/wire.ts";

/** A new id of the fake. */
export function fakeId(prefix: "mem" | "con" | "imp" | "ses" | "usr" | "key" | "grt" | "inv" | "era"): string {
  return makeId(prefix, Date.now(), systemRandom);
}

/** Who owns an instance, as their session opens it. */
export function fakeOwner(name: string, phone: string): WireUser {
  return {
    id: fakeId("usr"),
    name,
    phone,
    role: "owner",
    tenant: "default",
    open_up_to: "confidential",
    open_until: null,
    password_reset_at: null,
    held_since: null,
  };
}

interface Line {
  readonly at: string;
  readonly from: string | null;
  readonly text: string;
}

/** An invented chat with Carla; `from: null` is the owner. */
export const CARLA: readonly Line[] = [
  { at: "2024-05-03T18:20:00+02:00", from: null, text: "Table for six at the harbour kitchen, 19:30, under my name." },
  { at: "2024-05-03T18:22:00+02:00", from: "Carla", text: "Perfect. Did you tell them about the walnuts?" },
  { at: "2024-05-03T18:23:00+02:00", from: null, text: "Yes. They said the dessert is safe too." },
  { at: "2024-12-10T17:58:00+01:00", from: "Carla", text: "Dinner at the harbour Thursday?" },
  { at: "2024-12-10T18:04:00+01:00", from: null, text: "Yes. I'll book. Anything new you cannot eat?" },
  { at: "2024-12-10T18:05:00+01:00", from: "Carla", text: "Still only walnuts. The allergy test came back the same." },
  { at: "2024-12-12T22:41:00+01:00", from: "Carla", text: "That was lovely. Photos: https://example.org/harbour" },
  { at: "2025-03-02T09:12:00+01:00", from: "Carla", text: "I start at Lindqvist & Sons on Monday!" },
  { at: "2025-03-02T09:15:00+01:00", from: null, text: "Congratulations! Lunch near your new office next week?" },
  { at: "2025-03-02T09:16:00+01:00", from: "ليلى", text: "مبروك يا كارلا! نلتقي يوم الخميس" },
];

/** The level that the fake's only rules give a text. */
export function fakeLevel(text: string): {
  readonly level: WireMemory["level"];
  readonly confidence: number;
  readonly rule: string;
  readonly why: string;
} {
  if (/password|pin code|passport/i.test(text))
    return { level: "secret", confidence: 0.94, rule: "credential", why: "It reads like a credential" };
  if (/allerg|doctor|salary|diagnos/i.test(text))
    return { level: "confidential", confidence: 0.91, rule: "health", why: "It is about somebody's health" };
  return { level: "general", confidence: 0.82, rule: "default", why: "Nothing in it points higher" };
}

/** What the fake says an uploaded file holds. */
export function fakePreview(format: NonNullable<WireImport["format"]>): NonNullable<WireImport["preview"]> {
  return {
    format,
    confidence: 0.98,
    total: 12_480,
    people: [
      { name: "Ann", messages: 5_102 },
      { name: "Bob", messages: 3_911 },
      { name: "Carla", messages: 3_467 },
    ],
    first: "2019-02-03T08:12:00",
    last: "2026-10-30T21:04:00",
    sample: [
      { at: "2019-02-03T08:12:00", from: "Ann", text: "Who brings the rope on Saturday?" },
      { at: "2019-02-03T08:14:00", from: "Bob", text: "Me. Sixty metres." },
      { at: "2019-02-03T08:15:00", from: "Carla", text: "Then I bring lunch" },
      { at: "2019-02-03T08:15:00", from: "Ann", text: "No walnuts please" },
      { at: "2019-02-03T08:16:00", from: "Carla", text: "Never" },
    ],
    problems: [
      { line: 418, text: "[31.13.19, 10:02] Bob: see you", why: "There is no such date" },
      { line: 9_120, text: "~~~~", why: "A line without a time before any message" },
    ],
    questions: [
      {
        id: "me",
        text: "Which one is you?",
        options: [
          { value: "Ann", label: "Ann" },
          { value: "Bob", label: "Bob" },
          { value: "Carla", label: "Carla" },
        ],
        suggested: "Ann",
      },
      {
        id: "date-order",
        text: "The first date reads 03.02.2019",
        options: [
          { value: "day-first", label: "3 February 2019" },
          { value: "month-first", label: "2 March 2019" },
        ],
        suggested: "day-first",
      },
      { id: "zone", text: "The file does not say its time zone", options: [], suggested: "Europe/Berlin" },
    ],
    files: { kept: 312, missing: 41 },
    cut_suspected: false,
  };
}
