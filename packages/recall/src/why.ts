import { formatSpan, type SearchHit, type SearchResult, type SignalShare } from "@kaelix/views";

type Signal = SignalShare["signal"];

/** Signals that a person can be told of, and how. What is only arithmetic (lengths, shapes of scores) is left to `why.signals`. */
const SIGNAL_SENTENCES: Partial<Readonly<Record<Signal, string>>> = {
  speaker: "Said by somebody you named",
  date: "From the time you named",
  pairs: "Holds words of yours side by side",
  answer: "Answers a question that holds your words",
  cue: "Holds the kind of word that you asked for",
  session: "From a conversation about this",
};

/** Shares below this are noise to a person. */
const SHARE_MIN = 0.25;

/** Cosines below this are noise to a person. */
const MEANING_MIN = 0.3;

/** One thing that spoke for a hit. */
export interface Reason {
  /** `words`, `neighbours`, `filter` for what narrowed the search, or the name of a signal. */
  readonly signal: Signal | "words" | "neighbours" | "filter";
  /** Its part of the score. */
  readonly score: number;
  /** The same as a short English sentence. */
  readonly text: string;
}

/** Why a hit is one, the strongest first; then what narrowed the search. Empty for a list of everything. */
export function wordReasons(
  hit: SearchHit,
  { query, qualifiers }: Pick<SearchResult, "query" | "qualifiers">,
): Reason[] {
  return [...(hit.score === 0 ? [] : scoreReasons(hit)), ...narrowReasons(hit, query, qualifiers.read)];
}

function scoreReasons(hit: SearchHit): Reason[] {
  const { words, signals, isContext } = hit.why;
  const shareOf = (...names: readonly Signal[]): number =>
    signals.reduce((sum, { signal, share }) => (names.includes(signal) ? sum + share : sum), 0);
  const reasons: Reason[] = [];
  const meaning = meaningReason(hit, shareOf);
  if (words.length > 0) {
    const score = shareOf("turn", "coverage");
    reasons.push({ signal: "words", score, text: `Holds ${wordsHeld(hit)}` });
  }
  if (meaning !== undefined) reasons.push(meaning);
  if (isContext) {
    const score = shareOf("window", "windowCoverage", "before", "after");
    reasons.push({ signal: "neighbours", score, text: "Stands beside what holds your words" });
  }
  for (const { signal, share } of signals) {
    const sentence = SIGNAL_SENTENCES[signal];
    // What was told alone is weighed as a conversation of its own, which is none to a person.
    const isAlone = signal === "session" && hit.document.conversationId === null;
    if (sentence !== undefined && share >= SHARE_MIN && !isAlone)
      reasons.push({ signal, score: share, text: sentence });
  }
  return reasons;
}

/** How near in meaning a hit is, where that is known and speaks for it. */
function meaningReason({ why }: SearchHit, shareOf: (...names: readonly Signal[]) => number): Reason | undefined {
  if (why.meaning === undefined || why.meaning < MEANING_MIN) return undefined;
  return { signal: "meaning", score: shareOf("meaning"), text: `Meaning ${why.meaning.toFixed(2)}` };
}

/** The words of the query that a hit holds, the heaviest first; of one that was mistyped also what it was taken for. */
function wordsHeld({ why, highlights, document }: SearchHit): string {
  const typed = [...why.words].sort((left, right) => right.weight - left.weight);
  const exact = new Set(typed.filter(({ isNear }) => isNear !== true).map(({ word }) => word));
  const marked = highlights.map(([start, end]) => document.text.slice(start, end));
  return typed
    .map(({ word, isNear }) => {
      if (isNear !== true) return word;
      const taken = marked.find((one) => !exact.has(one.toLowerCase()) && one.toLowerCase() !== word);
      return taken === undefined ? `what is nearly “${word}”` : `${taken} (nearly “${word}”)`;
    })
    .join(", ");
}

function narrowReasons(hit: SearchHit, query: SearchResult["query"], read: readonly string[]): Reason[] {
  const reasons = read.map((text): Reason => ({ signal: "filter", score: 0, text: `Fits ${text}` }));
  const { occurredAtMs } = hit.document;
  const time = query.times.find(({ fromMs, toMs }) => fromMs <= occurredAtMs && occurredAtMs < toMs);
  if (time !== undefined)
    reasons.push({ signal: "filter", score: 0, text: `From “${time.text}”: ${formatSpan(time)}` });
  if (!query.isQuestion && query.phrases.length > 0)
    reasons.push({ signal: "filter", score: 0, text: "Holds the quoted words as they stand" });
  return reasons;
}
