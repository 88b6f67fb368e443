import { seededRandom } from "@kaelix/base";
import { providerErrors } from "@kaelix/intelligence";
import { makeId } from "@kaelix/model";
import type { Digest } from "@kaelix/recall";
import { expect, test } from "vitest";

import { type DayToWrite, dayWriter } from "./day-writer.ts";

const random = seededRandom(5);
const ANN = makeId("usr", 1, random);
const MEMORY = makeId("mem", 1, random);

function digestOf(text: string): Digest {
  const document = { memoryId: MEMORY, text, level: 1, version: 1, occurredAtMs: Date.UTC(2026, 4, 8) };
  const line = { key: "promise:1", text, evidence: [{ document, range: [0, text.length] }] };
  // Of a document no more than this is looked at.
  const sections = [{ kind: "promises", lines: [line], more: 0 }] as unknown as Digest["sections"];
  const asOf = { topic: "memories", partition: 0, offset: 0 };
  return { day: "2026-05-09", zone: "UTC", memories: 1, sections, tookMs: 0, asOf };
}

const PROMISE = digestOf("I'll send the plumber the cellar key");
const NONE: Digest = { ...PROMISE, sections: [] };

interface Asked {
  readonly messages: readonly { readonly content: string }[];
  readonly signal?: AbortSignal | undefined;
}

interface Other {
  readonly allows?: () => boolean;
  readonly writes?: boolean;
  readonly msMax?: number;
}

function writerOf(
  answer: (signal: AbortSignal | undefined) => Promise<string>,
  { allows = () => true, msMax, writes = true }: Other = {},
) {
  const asked: string[] = [];
  const chat = {
    value: () => Promise.reject(new Error("No value is asked for")),
    text: ({ messages, signal }: Asked) => {
      asked.push(messages.map(({ content }) => content).join("\n"));
      return answer(signal);
    },
  };
  const provider = { chatFor: () => (allows() ? chat : undefined), levelMax: 1 as const, who: "m at home", writes };
  return { writer: dayWriter(provider, msMax), asked };
}

const today = (more: Partial<DayToWrite> = {}): DayToWrite => ({
  user: ANN,
  digest: PROMISE,
  ceiling: 1,
  upTo: async () => undefined,
  isUrgent: true,
  ...more,
});

test("a day is written in sentences that cite lines, with what these stand on; what cites nothing else is dropped", async () => {
  const { writer } = writerOf(
    async () => "The plumber waits for the cellar key. [1]\nCarla waits too. [1]\nAll is well.\n",
  );
  expect(await writer?.write(today())).toEqual({
    sentences: [{ text: "The plumber waits for the cellar key.", lines: ["promise:1"], memories: [MEMORY] }],
    writtenBy: "m at home",
  });
});

test.each([
  ["late", "provider-late"],
  ["down", "provider-failed"],
  ["down", "provider-paused"],
  ["spent", "provider-budget-spent"],
  ["unsupported", "provider-declined"],
] as const)("lines stand alone, and it is said that they do (%s), after %s", async (notWritten, code) => {
  const { asked, writer } = writerOf(() => Promise.reject(providerErrors(code)));
  expect(await writer?.write(today({ isUrgent: false }))).toEqual({ sentences: [], notWritten });
  expect(asked).toHaveLength(1);
});

test("a provider that goes on and on holds a day up for so long and no longer", async () => {
  const hang = (signal: AbortSignal | undefined): Promise<string> =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("cut short"))));
  expect(await writerOf(hang, { msMax: 1 }).writer?.write(today())).toEqual({ sentences: [], notWritten: "late" });
});

test("nonsense leaves the lines", async () => {
  for (const text of ["NOTHING", "I cannot help with that.", "Paris is the capital of France. [1]", "[1]"])
    expect(await writerOf(async () => text).writer?.write(today())).toEqual({
      sentences: [],
      notWritten: "unsupported",
    });
});

test("lines that stand on more than may be sent are not sent; of who keeps theirs in nothing is", async () => {
  const words = async (): Promise<string> => "The plumber waits. [1]";
  const above = writerOf(words);
  expect(await above.writer?.write(today({ ceiling: 2, upTo: async () => NONE }))).toEqual({
    sentences: [],
    notWritten: "withheld",
  });
  expect(await above.writer?.write(today({ ceiling: 2, upTo: async () => PROMISE }))).toMatchObject({
    writtenBy: "m at home",
  });
  expect(above.asked).toHaveLength(1);
  const kept = writerOf(words, { allows: () => false });
  expect([kept.writer?.writesFor(ANN), await kept.writer?.write(today())]).toEqual([false, { sentences: [] }]);
  expect(kept.asked).toEqual([]);
  expect(writerOf(words, { writes: false }).writer).toBeUndefined();
});

test("who says no while it is written gets the lines, without a word on providers; many at once are no queue", async () => {
  let allowed = true;
  const left = writerOf(
    () => {
      allowed = false;
      return Promise.reject(new Error("cut short"));
    },
    { allows: () => allowed },
  );
  expect(await left.writer?.write(today())).toEqual({ sentences: [] });
  let answer: (text: string) => void = () => undefined;
  const hanging = writerOf(() => new Promise((resolve) => (answer = resolve)));
  const first = Array.from({ length: 4 }, () => hanging.writer?.write(today()));
  expect(await hanging.writer?.write(today())).toEqual({ sentences: [], notWritten: "down" });
  answer("The plumber waits. [1]");
  expect(await first.at(-1)).toMatchObject({ writtenBy: "m at home" });
});
