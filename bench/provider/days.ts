import { seededRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";
import { type Digest, makeDigest, type RecallSource } from "@kaelix/recall";
import { UserIndex } from "@kaelix/views";

import { newsOf } from "../../apps/server/src/days/news.ts";
import { dayWriter } from "../../apps/server/src/provider/day-writer.ts";
import type { BenchRow } from "../row.ts";

const SEED = 7;
const NOW_MS = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;

/** Tells the day of so many people who have one promise each, as rounds do. */
export async function tellDays(
  provider: Parameters<typeof dayWriter>[0],
  { count, sleep }: { readonly count: number; readonly sleep: (ms: number) => Promise<void> },
): Promise<readonly BenchRow[]> {
  const writer = dayWriter(provider);
  const random = seededRandom(SEED);
  let told = 0;
  let written = 0;
  for (let at = 0; at < count; at++) {
    // Rounds go on: a provider that is left alone is due again.
    await sleep(60_000);
    const user = makeId("usr", at, random);
    const digest = await dayOf(at);
    const prose = await writer?.write({ user, digest, ceiling: 1, upTo: async () => digest, isUrgent: false });
    const { prose: sentences, sections } = newsOf("day", digest, { prose, leaving: undefined });
    if (sections.some(({ lines }) => lines.length > 0)) told += 1;
    if (sentences.length > 0 && sentences.every(({ memories }) => memories.length > 0)) written += 1;
  }
  const share = (100 * told) / count;
  return [
    {
      name: "days told while a provider fails half the time",
      value: share,
      unit: "%",
      target: 99,
      reached: share > 99,
    },
    { name: "of them in sentences, the others in lines", value: (100 * written) / count, unit: "%" },
  ];
}

async function dayOf(number: number): Promise<Digest> {
  const index = new UserIndex({ detectLanguage: () => "en" });
  const occurredAtMs = NOW_MS - DAY_MS;
  index.put({
    memoryId: makeId("mem", number, seededRandom(number)),
    conversationId: null,
    text: `I'll send Carla parcel ${number} to Lisbon`,
    occurredAtMs,
    recordedAtMs: occurredAtMs,
    level: 1,
    source: "chat",
    importId: null,
    version: 1,
    offset: 0,
    firstOffset: 0,
    lastOffset: 0,
  });
  const source: RecallSource = {
    index: () => Promise.resolve(index),
    partitionOf: () => 0,
    nextOffset: () => Promise.resolve(1),
    detectLanguage: () => "en",
    monotonicMs: () => 0,
    nowMs: () => NOW_MS,
  };
  const userId = makeId("usr", number, seededRandom(SEED));
  const made = await makeDigest(source, { userId, ceiling: 1, zone: "UTC" });
  if (made.type !== "digest") throw new Error("UTC is a zone");
  return made.digest;
}
