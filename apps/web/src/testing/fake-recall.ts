/** How the fake finds: by the first letters of words. */
import { parsePosition } from "@kaelix/base";

import type { WireConversation } from "../data/wire.ts";
import { type FakeAnswer, type FakeMemory, type FakeState, LEVELS, visible, wire } from "./fake-state.ts";

const signals = (score: number) => [
  { signal: "words", score, text: "“harbour” and “dinner” stand in it" },
  { signal: "recent", score: 0.1, text: "It is from the last two years" },
];

function find(
  state: FakeState,
  query: string,
): { memory: FakeMemory; highlights: [number, number][]; score: number }[] {
  const words = query.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? [];
  const plain = new Set(["what", "when", "did", "the", "who", "last", "about", "know", "have"]);
  return visible(state)
    .filter(({ never_recalled: never }) => never !== true)
    .map((memory) => {
      const text = memory.text.toLowerCase();
      const highlights = words
        .filter((word) => !plain.has(word))
        .flatMap((word): [number, number][] => {
          const at = text.search(new RegExp(`(?<![\\p{L}\\d])${word.slice(0, 6)}`, "u"));
          return at < 0 ? [] : [[at, Math.min(text.length, at + word.length)]];
        });
      return { memory, highlights, score: highlights.length };
    })
    .filter((hit) => hit.score > 0)
    .toSorted((a, b) => b.score - a.score);
}

function count(values: readonly string[]): { value: string; label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, number]) => ({ value, label: value, count: number }));
}

/** A search filter after the schema has read it. */
export interface Filter {
  readonly person?: string;
  readonly source?: string;
  readonly level?: number;
  readonly after?: string;
  readonly before?: string;
}

function passes(memory: FakeMemory, filter: Filter): boolean {
  const at = Date.parse(memory.occurred_at);
  return (
    (filter.person === undefined || memory.speaker === filter.person) &&
    (filter.source === undefined || memory.source === filter.source) &&
    (filter.level === undefined || LEVELS.indexOf(memory.level) === filter.level - 1) &&
    (filter.after === undefined || at >= Date.parse(filter.after)) &&
    (filter.before === undefined || at < Date.parse(filter.before))
  );
}

/** Whether it had happened by a time, or been told by a position. */
function wasThere(memory: FakeMemory, asOf: string | undefined): boolean {
  if (asOf === undefined) return true;
  const [position, own] = [parsePosition(asOf), parsePosition(memory.position)];
  return position === undefined
    ? Date.parse(memory.occurred_at) < Date.parse(asOf)
    : own !== undefined && own.offset <= position.offset;
}

/** Finds by letters, with facets. */
export function search(
  state: FakeState,
  body: { query: string; filter?: Filter; as_of?: string; limit: number; offset: number },
): FakeAnswer {
  const hits = find(state, body.query).filter(
    ({ memory }) => passes(memory, body.filter ?? {}) && wasThere(memory, body.as_of),
  );
  const memories = hits.map((hit) => hit.memory);
  return {
    data: {
      hits: hits
        .slice(body.offset, body.offset + body.limit)
        .map(({ memory, highlights, score }) => ({ memory: wire(memory), score, highlights, why: signals(score) })),
      total: hits.length,
      facets: {
        person: count(memories.flatMap((memory) => (memory.speaker === null ? [] : [memory.speaker]))),
        source: count(memories.map((memory) => memory.source)),
        level: count(memories.map((memory) => memory.level)),
        month: count(memories.map((memory) => memory.occurred_at.slice(0, 7))),
        conversation: [],
      },
      took_ms: 3.2,
    },
  };
}

/** Quotes what was found. */
export function answer(state: FakeState, question: string, asOf?: string): FakeAnswer {
  const hits = find(state, question)
    .filter(({ memory }) => wasThere(memory, asOf))
    .slice(0, 3);
  if (hits.length === 0)
    return {
      data: {
        kind: "nothing",
        text: "I have nothing on that.",
        sentences: [],
        citations: [],
        confidence: 0,
        took_ms: 4,
      },
    };
  const citations = hits.map(({ memory, score }, at) => ({
    number: at + 1,
    memory: wire(memory),
    quote: memory.text,
    range: [0, memory.text.length],
    why: signals(score),
  }));
  const sentences = citations.map(({ quote, number }) => ({ text: quote, citations: [number] }));
  return {
    data: {
      kind: "quoted",
      text: sentences.map(({ text }) => text).join(" "),
      sentences,
      citations,
      confidence: 0.78,
      took_ms: 41,
    },
  };
}

/** Conversations by their newest memory. */
export function conversations(state: FakeState): WireConversation[] {
  const groups = new Map<string, FakeMemory[]>();
  for (const memory of visible(state)) {
    if (memory.conversation === null) continue;
    groups.set(memory.conversation.id, [...(groups.get(memory.conversation.id) ?? []), memory]);
  }
  return [...groups].flatMap(([id, [newest, ...rest]]) =>
    newest === undefined
      ? []
      : [
          {
            id,
            title: newest.conversation?.title ?? null,
            memories: rest.length + 1,
            last_at: newest.occurred_at,
            last_text: newest.text,
            last_speaker: newest.speaker,
            source: newest.source,
            ...(newest.shared === undefined ? {} : { shared: newest.shared }),
          },
        ],
  );
}
