/**
 * An AI provider that fails half the time: what becomes of memories that are to be judged, and of answers and days
 * that are to be written.
 *
 *     npm run bench -- provider [--quick]
 *
 * The provider is a server on loopback that fails every second request on average (seed 7): status 500, 429, garbage, a connection that
 * breaks, an answer that never comes, or words that are no verdict. Time that would be waited between tries passes at once.
 */
import { ManualClock, seededRandom } from "@kaelix/base";
import { Chat } from "@kaelix/intelligence";
import { type Behaviour, type HeardRequest, startBadProvider, verdictsFor } from "@kaelix/intelligence/testing";
import { DEFAULT_TENANT, makeId, type MemoryContent, type MemoryId } from "@kaelix/model";
import type { SealedMemory } from "@kaelix/views";

import { Judging, type JudgingParts } from "../../apps/server/src/provider/judging.ts";
import { writer } from "../../apps/server/src/provider/provider-application.ts";
import type { BenchRow } from "../row.ts";
import { tellDays } from "./days.ts";

const SEED = 7;
const TIMEOUT_MS = 60;
const ASKER = makeId("usr", 0, seededRandom(SEED));
const FAILURES: readonly Behaviour[] = [
  { type: "status", status: 500 },
  { type: "status", status: 429, headers: { "retry-after": "1" } },
  { type: "garbage" },
  { type: "cut" },
  { type: "hang" },
  { type: "content", content: "I am a language model" },
];

/** Runs the bench. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const random = seededRandom(SEED);
  const chance = (): number => (random.bytes(1)[0] ?? 0) / 256;
  const behave = (request: HeardRequest): Behaviour => {
    if (chance() < 0.5) return FAILURES[Math.floor(chance() * FAILURES.length)] ?? { type: "hang" };
    if (request.isStream) return { type: "content", content: "Carla moved to Lisbon. [1]\n" };
    return verdictsFor(request, () => 1);
  };
  const provider = await startBadProvider(behave);
  const clock = new ManualClock();
  const sleep = (ms: number): Promise<void> => {
    clock.advance(ms);
    return new Promise((resolve) => setImmediate(resolve));
  };
  const chat = new Chat({
    url: provider.url,
    model: "m",
    price: { read: 0, written: 0 },
    clock,
    random,
    concurrency: 2,
    requestsPerMinute: 1_000_000,
    timeoutMs: TIMEOUT_MS,
    tokensPerDay: 1_000_000_000,
    sleep,
  });
  const house = { chatFor: () => chat, who: "m at loopback", levelMax: 1, judgesBelow: 0.8, writes: true } as const;
  try {
    return [
      ...(await judgeAll(house, { count: options.quick ? 200 : 1_000, sleep, clock })),
      ...(await answerAll(house, { count: options.quick ? 20 : 200, sleep })),
      ...(await tellDays(house, { count: options.quick ? 20 : 200, sleep })),
      { name: "requests", value: provider.heard.length, unit: "requests" },
    ];
  } finally {
    await provider.close();
  }
}

type House = JudgingParts["provider"];

async function judgeAll(
  provider: House,
  {
    clock,
    count,
    sleep,
  }: { readonly clock: ManualClock; readonly count: number; readonly sleep: (ms: number) => Promise<void> },
): Promise<readonly BenchRow[]> {
  const rows = rowsOf(count);
  const decided = new Map<MemoryId, string>();
  const open = (): SealedMemory[] => rows.filter(({ memoryId }) => !decided.has(memoryId));
  const judging = new Judging({
    provider,
    store: {
      doubtful: async (_doubt, after, limit) =>
        open()
          .filter((row) => row.memoryId > (after ?? ""))
          .slice(0, limit),
      doubtfulCount: async () => open().length,
      memories: async (_user, ids) => open().filter(({ memoryId }) => ids.includes(memoryId)),
    },
    changes: {
      rejudge: async (_owner, judged) => {
        for (const one of judged) decided.set(one.memoryId, one.judged.decidedBy);
        return judged.length;
      },
    },
    openRows: async (sealed) => sealed.map((row): MemoryContent => ({ text: `Text ${row.memoryId}`, reasons: [] })),
    written: async () => undefined,
    logger: { warn: () => undefined } as unknown as JudgingParts["logger"],
    sleep,
  });
  const began = performance.now();
  judging.start();
  while (decided.size < count) await new Promise((resolve) => setTimeout(resolve, 5));
  const tookMs = performance.now() - began;
  await judging.stop();
  const byModel = [...decided.values()].filter((by) => by === "model").length;
  const share = (100 * byModel) / count;
  return [
    {
      name: "memories judged by a provider that fails half the time",
      value: share,
      unit: "%",
      target: 99,
      reached: share > 99,
    },
    { name: "memories left at the rules' level, saying so", value: count - byModel, unit: "memories" },
    { name: "judged, waits between tries left out", value: (1_000 * count) / tookMs, unit: "memories/s" },
    { name: "waits between tries", value: clock.monotonicMs() / 1_000, unit: "s" },
  ];
}

/** Memories that the rules are unsure of. */
function rowsOf(count: number): SealedMemory[] {
  const random = seededRandom(SEED);
  const userId = makeId("usr", 0, random);
  const header = { userId, tenant: DEFAULT_TENANT, state: "live", version: 1, level: 1, confidence: 0.5 } as const;
  return Array.from({ length: count }, (_, at) => ({
    ...header,
    memoryId: makeId("mem", at, random),
    levelDecidedBy: "rule" as const,
    source: "rest" as const,
    conversationId: null,
    importId: null,
    occurredAtMs: 0,
    recordedAtMs: 0,
    digest: "",
    sealed: new Uint8Array(),
    changedAtMs: 0,
    partition: 0,
    offset: 0,
    firstOffset: 0,
    isClientSealed: false,
    versionOffset: 0,
  })).toSorted((left, right) => (left.memoryId < right.memoryId ? -1 : 1));
}

async function answerAll(
  provider: House,
  { count, sleep }: { readonly count: number; readonly sleep: (ms: number) => Promise<void> },
): Promise<readonly BenchRow[]> {
  const write = writer(provider);
  let written = 0;
  let answered = 0;
  for (let at = 0; at < count; at++) {
    // A person asks now and then: a provider that is left alone is due again.
    await sleep(60_000);
    const text = `Carla moved to Lisbon, telling ${at}`;
    const answer = await write("Where did Carla move?", quotedFrom(text), {
      asker: ASKER,
      signal: new AbortController().signal,
      onSentence: () => undefined,
    });
    if (answer.kind === "written") written += 1;
    if (answer.sentences.length > 0) answered += 1;
  }
  return [
    {
      name: "questions answered",
      value: (100 * answered) / count,
      unit: "%",
      target: 100,
      reached: answered === count,
    },
    { name: "of them written, the others quoted", value: (100 * written) / count, unit: "%" },
  ];
}

type Quoted = Parameters<ReturnType<typeof writer>>[1];

function quotedFrom(text: string): Quoted {
  const memory = { text, level: 1, occurredAtMs: 0 } as unknown as Quoted["citations"][number]["placed"]["memory"];
  const placed = { memory, position: { topic: "memories", partition: 0, offset: 0 }, searchable: true };
  return {
    kind: "quoted",
    text,
    sentences: [{ text, citations: [1] }],
    citations: [{ number: 1, placed, quote: text, range: [0, text.length], why: [] }],
    confidence: 1,
    tookMs: 1,
  };
}
