/**
 * What this page itself adds to the chats: sayings on their way (the outbox) and questions with their answers.
 * Kept in memory alone: unsealed text is never written to the browser's storage.
 */
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";

import type { Problem } from "../core/problem-words.ts";
import { api } from "./api.ts";
import { sessionSlice } from "./session.ts";
import type { WireAnswer, WireMemory } from "./wire.ts";

/** What the person chose for a saying. */
export type LevelChoice = "auto" | WireMemory["level"];

/** One saying on its way, or just arrived. */
export interface Saying {
  readonly id: string;
  readonly text: string;
  readonly level: LevelChoice;
  readonly at: string;
  readonly state: "sending" | "waiting" | "failed" | "kept";
  readonly problem: Problem | null;
  /** What the server made of it; its text is dropped when the session does not show its level. */
  readonly memory: WireMemory | null;
  readonly known: boolean;
}

/** One question and what came of it. `scope` is the conversation it was asked in, or null. */
export interface Question {
  readonly id: string;
  readonly text: string;
  readonly scope: string | null;
  readonly at: string;
  readonly state: "asking" | "answered" | "failed";
  readonly answer: WireAnswer | null;
  readonly problem: Problem | null;
}

/** The page's own part of the threads. */
export interface ThreadState {
  readonly sayings: readonly Saying[];
  readonly questions: readonly Question[];
}

const initialState: ThreadState = { sayings: [], questions: [] };
const QUESTIONS_MAX = 50;

function changed<Item extends { readonly id: string }>(
  items: readonly Item[],
  id: string,
  change: Partial<Item>,
): Item[] {
  return items.map((item) => (item.id === id ? { ...item, ...change } : item));
}

/** The thread slice. */
export const threadSlice = createSlice({
  name: "thread",
  initialState,
  reducers: {
    said: (state, { payload }: PayloadAction<Saying>): ThreadState => ({
      questions: state.questions as ThreadState["questions"],
      sayings: [...(state.sayings as ThreadState["sayings"]), payload],
    }),
    sayingChanged: (state, { payload }: PayloadAction<{ id: string; change: Partial<Saying> }>): ThreadState => {
      const { sayings, questions } = state as ThreadState;
      return { questions, sayings: changed(sayings, payload.id, payload.change) };
    },
    sayingDropped: (state, { payload }: PayloadAction<string>): ThreadState => {
      const { sayings, questions } = state as ThreadState;
      return { questions, sayings: sayings.filter((saying) => saying.id !== payload) };
    },
    asked: (state, { payload }: PayloadAction<Question>): ThreadState => {
      const { sayings, questions } = state as ThreadState;
      return { sayings, questions: [...questions, payload].slice(-QUESTIONS_MAX) };
    },
    questionChanged: (state, { payload }: PayloadAction<{ id: string; change: Partial<Question> }>): ThreadState => {
      const { sayings, questions } = state as ThreadState;
      return { sayings, questions: changed(questions, payload.id, payload.change) };
    },
    /** After locking: whatever may quote a higher level goes; what is still on its way stays. */
    veiled: (state): ThreadState => ({
      questions: [],
      sayings: (state as ThreadState).sayings.filter((saying) => saying.state !== "kept"),
    }),
  },
  extraReducers: (builder) => {
    builder.addCase(sessionSlice.actions.signedOut, () => initialState);
    builder.addMatcher(api.endpoints.memories.matchFulfilled, (state, { payload }) => {
      const { sayings, questions } = state as ThreadState;
      const listed = new Set(payload.pages.flatMap((page) => page.data.map((memory) => memory.id)));
      const left = sayings.filter((saying) => saying.memory === null || !listed.has(saying.memory.id));
      return left.length === sayings.length ? { sayings, questions } : { questions, sayings: left };
    });
    builder.addMatcher(api.endpoints.forgetMemory.matchFulfilled, (state, { meta }) => {
      const { sayings, questions } = state as ThreadState;
      return { questions, sayings: sayings.filter(({ memory }) => memory?.id !== meta.arg.originalArgs.id) };
    });
  },
});

/** True while text of this page is not yet on the log. */
export function hasUnsent(state: ThreadState): boolean {
  return state.sayings.some((saying) => saying.state !== "kept");
}
