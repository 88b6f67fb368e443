import type { SearchHit, Signal } from "@kaelix/views";

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

/** One thing that spoke for a hit. */
export interface Reason {
  /** `words`, `neighbours`, or the name of a signal. */
  readonly signal: Signal | "words" | "neighbours";
  /** Its part of the score. */
  readonly score: number;
  /** The same as a short English sentence. */
  readonly text: string;
}

/** Why a hit is one, the strongest first. Empty for a list by time. */
export function wordReasons(hit: SearchHit, text: string): Reason[] {
  if (text.trim() === "" || hit.score === 0) return [];
  const { words, signals, isContext } = hit.why;
  const shareOf = (...names: readonly Signal[]): number =>
    signals.reduce((sum, { signal, share }) => (names.includes(signal) ? sum + share : sum), 0);
  const reasons: Reason[] = [];
  if (words.length > 0) {
    const named = [...words].sort((left, right) => right.weight - left.weight).map(({ word }) => word);
    reasons.push({ signal: "words", score: shareOf("turn", "coverage"), text: `Holds ${named.join(", ")}` });
  }
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
