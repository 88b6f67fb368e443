/**
 * What this page itself adds to the chats: sayings on their way (the outbox) and questions with their answers.
 * Kept in memory alone: unsealed text is never written to the browser's storage.
 */
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";

import type { Problem } from "../core/problem-words.ts";
import { api } from "./api.ts";
import { sessionSlice } from "./session.ts";
import type { WireAnswer, WireFile, WireMemory } from "./wire.ts";

/** What the person chose for a saying. */
export type LevelChoice = "auto" | WireMemory["level"];

/** One saying on its way, or just arrived. */
export interface Saying {
  readonly id: string;
  readonly text: string;
  readonly level: LevelChoice;
  /** Sealed in this browser; then its text is not in here. */
  readonly ready: { readonly sealed: string; readonly externalId: string } | null;
  /** Uploaded before; they are told with it. */
  readonly files: readonly WireFile[];
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
  /** How far back it looks, as the API takes it; null: up to now. */
  readonly asOf: string | null;
  readonly at: string;
  readonly state: "asking" | "answered" | "failed";
  readonly answer: WireAnswer | null;
  /** What a provider has written so far, while it writes; the quoted answer stands until it is done. */
  readonly writing?: WireAnswer["sentences"] | null;
  readonly problem: Problem | null;
}

/** The page's own part of the threads. */
interface ThreadState {
  /** Whose they are: unsent sayings outlive the end of a session, for nobody else. */
  readonly owner: string | null;
  readonly sayings: readonly Saying[];
  readonly questions: readonly Question[];
}

const initialState: ThreadState = { owner: null, sayings: [], questions: [] };
const QUESTIONS_MAX = 50;

function changed<Item extends { readonly id: string }>(
  items: readonly Item[],
  id: string,
  change: Partial<Item>,
): Item[] {
  return items.map((item) => (item.id === id ? { ...item, ...change } : item));
}

/** The state with the sayings that pass; the same object when all do. */
function withSayings(state: ThreadState, passes: (saying: Saying) => boolean): ThreadState {
  const sayings = state.sayings.filter(passes);
  return sayings.length === state.sayings.length ? state : { ...state, sayings };
}

function unsentOf(state: ThreadState): ThreadState {
  return { ...state, questions: [], sayings: state.sayings.filter((saying) => saying.state !== "kept") };
}

/** The thread slice. The casts take off the draft's mutability: every reducer returns a new state. */
export const threadSlice = createSlice({
  name: "thread",
  initialState,
  reducers: {
    said: (state, { payload }: PayloadAction<Saying>): ThreadState => ({
      ...(state as ThreadState),
      sayings: [...(state as ThreadState).sayings, payload],
    }),
    sayingChanged: (state, { payload }: PayloadAction<{ id: string; change: Partial<Saying> }>): ThreadState => ({
      ...(state as ThreadState),
      sayings: changed((state as ThreadState).sayings, payload.id, payload.change),
    }),
    sayingDropped: (state, { payload }: PayloadAction<string>): ThreadState =>
      withSayings(state as ThreadState, (saying) => saying.id !== payload),
    asked: (state, { payload }: PayloadAction<Question>): ThreadState => ({
      ...(state as ThreadState),
      questions: [...(state as ThreadState).questions, payload].slice(-QUESTIONS_MAX),
    }),
    questionChanged: (state, { payload }: PayloadAction<{ id: string; change: Partial<Question> }>): ThreadState => ({
      ...(state as ThreadState),
      questions: changed((state as ThreadState).questions, payload.id, payload.change),
    }),
    /** After locking: whatever may quote a higher level goes; what is still on its way stays. */
    veiled: (state): ThreadState => unsentOf(state as ThreadState),
    /** Answers that quote what is not shared any more go. */
    sharesEnded: (state, { payload }: PayloadAction<readonly string[]>): ThreadState => {
      const isOver = ({ answer }: Question): boolean =>
        answer !== null && answer.citations.some(({ memory }) => payload.includes(memory.shared?.grant ?? ""));
      const { questions, ...rest } = state as ThreadState;
      return { ...rest, questions: questions.filter((question) => !isOver(question)) };
    },
    cleared: (): ThreadState => initialState,
  },
  extraReducers: (builder) => {
    builder.addCase(sessionSlice.actions.signedOut, (state) => unsentOf(state));
    builder.addCase(sessionSlice.actions.signedIn, (state, { payload }) => {
      const isSame = state.owner === null || state.owner === payload.id;
      return { ...(isSame ? state : initialState), owner: payload.id };
    });
    builder.addMatcher(api.endpoints.memories.matchFulfilled, (state, { payload }) => {
      const listed = new Set(payload.pages.flatMap((page) => page.data.map((memory) => memory.id)));
      return withSayings(state, ({ memory }) => memory === null || !listed.has(memory.id));
    });
    builder.addMatcher(api.endpoints.forgetMemory.matchFulfilled, (state, { meta }) =>
      withSayings(state, ({ memory }) => memory?.id !== meta.arg.originalArgs.id),
    );
  },
});

const BEFORE_MAX = 5;

/** What was asked in the same place before, as it was understood: what the next question may lean on. */
export function askedBefore(questions: readonly Question[], scope: string | null): string[] {
  return questions
    .filter((question) => question.scope === scope && question.state === "answered")
    .map(({ answer, text }) => answer?.understood_as ?? text)
    .slice(-BEFORE_MAX);
}

/** True while text of this page is not yet on the log. */
export function hasUnsent(state: ThreadState): boolean {
  return state.sayings.some((saying) => saying.state !== "kept");
}
