/** A provider that writes two sentences on whatever was quoted. */
import type { ProviderApplication } from "../provider-application.ts";

export function fakeProvider(): ProviderApplication {
  return {
    read: async () => ({
      writer: {
        host: "127.0.0.1:1",
        model: "m",
        levelMax: 1,
        writes: true,
        judgesBelow: 0.8,
        state: "ready",
        problem: null,
        requests: 1,
        waiting: 0,
        judged: 1,
        raised: 0,
        silent: 0,
        tokensToday: 15,
        tokensPerDay: 100,
        costToday: 0.5,
        costPerDay: 1,
      },
      meaning: null,
      choice: { allowed: true, chosenAtMs: null },
    }),
    choose: async (_principal, allowed) => ({ allowed, chosenAtMs: 1_750_000_000_000 }),
    test: async () => ({ ok: true, model: "m", host: "127.0.0.1:1", tookMs: 1, problem: null, text: "It answers" }),
    write: async (_question, quoted, { onSentence, signal }) => {
      const sentences = ["One.", "Two."].map((text) => ({ text, citations: [] }));
      for (const sentence of sentences) if (!signal.aborted) onSentence(sentence);
      return { ...quoted, kind: "written", text: "One. Two.", sentences, writtenBy: "m at 127.0.0.1:1" };
    },
  };
}
