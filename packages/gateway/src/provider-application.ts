/** What the gateway needs of the AI provider. */
import type { Level, UserId, UserPrincipal } from "@kaelix/model";

import type { AnswerOutcome, EmbeddingStatus } from "./application.ts";

/** Of an answer: who wrote it, or why nobody did though somebody writes here. */
export interface Authorship {
  readonly writtenBy?: string;
  readonly notWritten?: "withheld" | "late" | "down" | "spent" | "unsupported" | "conflict" | "kept";
}

/** Who writes answers and judges levels. Counts are since the start; costs are in the currency of the prices. */
export interface WriterView {
  readonly host: string;
  readonly model: string;
  readonly levelMax: Level;
  readonly writes: boolean;
  readonly judgesBelow: number | null;
  readonly state: "ready" | "paused" | "spent";
  readonly problem: string | null;
  readonly requests: number;
  readonly waiting: number;
  readonly judged: number;
  readonly raised: number;
  readonly silent: number;
  readonly tokensToday: number;
  readonly tokensPerDay: number;
  readonly costToday: number | null;
  readonly costPerDay: number | null;
}

/** What a test of the provider came to. */
export interface ProviderTestView {
  readonly ok: boolean;
  readonly model: string;
  readonly host: string;
  readonly tookMs: number;
  readonly problem: string | null;
  readonly text: string;
}

/** How an answer is written. */
export interface WritingOptions {
  /** Who asks: the question is theirs. */
  readonly asker: UserId;
  readonly signal: AbortSignal;
  readonly onSentence: (sentence: AnswerOutcome["sentences"][number]) => void;
}

/** What a person lets go to a provider; `chosenAtMs` null: they never chose. */
export interface ProviderChoiceView {
  /** False: nothing of theirs is sent, whatever the house lets go. */
  readonly allowed: boolean;
  readonly chosenAtMs: number | null;
}

/** Which providers are set up, and what somebody lets go to them. */
export interface ProviderStatus {
  readonly writer: WriterView | null;
  readonly meaning: EmbeddingStatus | null;
  readonly choice: ProviderChoiceView;
}

/** The AI provider. */
export interface ProviderApplication {
  read(principal: UserPrincipal): Promise<ProviderStatus>;
  /** Keeps what somebody lets go; true of everything when it resolves. */
  choose(principal: UserPrincipal, allowed: boolean): Promise<ProviderChoiceView>;
  /** Undefined: none is set up. */
  test(signal: AbortSignal): Promise<ProviderTestView | undefined>;
  /**
   * Has a quoted answer written in words of its own. Never throws for what a provider does: then the quoted answer comes back, with why.
   * Undefined: nobody writes here.
   */
  readonly write:
    | ((question: string, quoted: AnswerOutcome, options: WritingOptions) => Promise<AnswerOutcome>)
    | undefined;
}
