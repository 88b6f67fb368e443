/** What people do, as thunks: sign in and out, lock, keep, ask. */
import { isShown } from "../core/levels.ts";
import { isPassing } from "../core/problem-words.ts";
import { api } from "./api.ts";
import { client, noteWrite, problemOf, refreshTokens, setPurpose, setToken } from "./connection.ts";
import { interfaceSlice, type Undo } from "./interface.ts";
import { closeSeal } from "./own-seal.ts";
import { type LeftBecause, sessionSlice } from "./session.ts";
import type { Dispatch, State } from "./store.ts";
import { askedBefore, type Question, type LevelChoice, type Saying, threadSlice } from "./thread.ts";
import type { InputOf, OutputOf, WireMemory, WireUser } from "./wire.ts";

type Thunk<Result = void> = (dispatch: Dispatch, getState: () => State) => Result;

/** A random id that also works where `crypto.randomUUID` does not (plain http over a LAN). */
function makeLocalId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Takes over the tokens of a sign-in. */
export function enter(tokens: OutputOf<"auth.logIn">): Thunk {
  return (dispatch) => {
    setToken(tokens.access_token);
    dispatch(api.util.resetApiState());
    dispatch(sessionSlice.actions.signedIn(tokens.user));
  };
}

/** Tries once to come back in by the cookie. */
export function comeBack(): Thunk<Promise<void>> {
  return async (dispatch) => {
    try {
      dispatch(enter(await refreshTokens()));
    } catch (error) {
      dispatch(sessionSlice.actions.signedOut({ isTentative: isPassing(problemOf(error)) }));
    }
  };
}

/** Ends this session here, and on the server when it can be reached. */
export function leave(): Thunk<Promise<void>> {
  return async (dispatch) => {
    try {
      await client.call("auth.logOut");
    } catch {
      // The cookie stays; it ends by itself. This page forgets all the same.
    }
    dispatch(threadSlice.actions.cleared());
    dispatch(dropSession());
  };
}

/** Forgets the session and everything it showed; what was not sent waits for the same person. */
export function dropSession(left?: LeftBecause): Thunk {
  return (dispatch) => {
    setToken(undefined);
    closeSeal();
    setPurpose(undefined);
    dispatch(interfaceSlice.actions.purposeNamed(null));
    dispatch(sessionSlice.actions.signedOut({ isTentative: false, ...(left === undefined ? {} : { left }) }));
    dispatch(api.util.resetApiState());
  };
}

/** Shows a notice. */
export function notify(text: string, undo: Undo | null = null): Thunk {
  return (dispatch) => {
    dispatch(interfaceSlice.actions.toastShown({ id: makeLocalId(), text, undo }));
  };
}

/** Takes over a change of how far the session is open; when it closed, everything cached goes. */
export function openingChanged(user: WireUser): Thunk {
  return (dispatch, getState) => {
    const before = getState().session.user?.open_up_to;
    dispatch(sessionSlice.actions.userChanged(user));
    if (!isShown("ultra-secret", user.open_up_to)) closeSeal();
    if (before === user.open_up_to) return;
    if (before !== undefined && !isShown(before, user.open_up_to)) dispatch(threadSlice.actions.veiled());
    dispatch(api.util.resetApiState());
  };
}

/** What others share has changed: what is over leaves this page, with a word. */
export function sharesChanged(opened: readonly string[], ended: readonly string[]): Thunk {
  return (dispatch) => {
    dispatch(threadSlice.actions.sharesEnded(ended));
    dispatch(api.util.invalidateTags(["Shares", "Memory", "Memories", "Conversations"]));
    if (ended.length > 0) dispatch(notify("A share with you is over. What it showed is gone from this page."));
    else if (opened.length > 0) dispatch(notify("Something new is shared with you."));
  };
}

/** Closes the higher levels. */
export function lock(): Thunk<Promise<void>> {
  return async (dispatch) => {
    closeSeal();
    try {
      dispatch(openingChanged((await client.call("auth.lock")).data));
      dispatch(notify("Locked. What was above is gone from this page."));
    } catch (error) {
      dispatch(threadSlice.actions.veiled());
      dispatch(api.util.resetApiState());
      dispatch(notify(`The server did not confirm the lock: ${problemOf(error).detail || "it cannot be reached"}`));
    }
  };
}

function veilText(memory: WireMemory, ceiling: string | undefined): WireMemory {
  if (ceiling !== undefined && isShown(memory.level, ceiling)) return memory;
  const { sealed: _sealed, ...rest } = memory;
  return { ...rest, text: "", reasons: [] };
}

function bodyOfSaying({ at, files, level, ready, text }: Saying): NonNullable<InputOf<"memories.create">["body"]> {
  const told = files.length === 0 ? {} : { files: files.map(({ id }) => id) };
  if (ready === null) return { ...(text === "" ? {} : { text }), ...told, level, occurred_at: at };
  return { sealed: ready.sealed, external_id: ready.externalId, occurred_at: at };
}

/** Sends one saying of the outbox; called again for those that wait. */
export function send(saying: Saying): Thunk<Promise<void>> {
  return async (dispatch, getState) => {
    const change = (fields: Partial<Saying>): void => {
      dispatch(threadSlice.actions.sayingChanged({ id: saying.id, change: fields }));
    };
    change({ state: "sending", problem: null });
    try {
      const { data, position } = await client.call(
        "memories.create",
        { body: bodyOfSaying(saying) },
        { idempotencyKey: saying.id },
      );
      noteWrite(position, Date.now());
      const memory = veilText(data.memory, getState().session.user?.open_up_to);
      change({ state: "kept", memory, text: memory.text, known: data.status === "known" });
      dispatch(api.util.invalidateTags(["Memories", "Conversations"]));
    } catch (error) {
      const problem = problemOf(error);
      change({ state: isPassing(problem) ? "waiting" : "failed", problem });
    }
  };
}

/** Keeps a saying: it stands in the thread at once and is sent. It may be sealed already, or have files that were uploaded. */
export function keep(
  text: string,
  level: LevelChoice,
  { files = [], ready = null }: Partial<Pick<Saying, "files" | "ready">> = {},
): Thunk<Promise<void>> {
  return (dispatch) => {
    const saying: Saying = {
      id: makeLocalId(),
      text,
      level,
      ready,
      files,
      at: new Date().toISOString(),
      state: "sending",
      problem: null,
      memory: null,
      known: false,
    };
    dispatch(threadSlice.actions.said(saying));
    return dispatch(send(saying));
  };
}

/** Sends again whatever waits. */
export function flushOutbox(): Thunk<Promise<void>> {
  return async (dispatch, getState) => {
    for (const saying of getState().thread.sayings) {
      if (saying.state === "waiting") await dispatch(send(saying));
    }
  };
}

/** The server went away, or is back: then what waits is sent, and what could not be read is read. */
export function reachChanged(isReached: boolean): Thunk {
  return (dispatch) => {
    dispatch(interfaceSlice.actions.connectionChanged(isReached));
    if (!isReached) return;
    dispatch(api.util.invalidateTags(["Memory", "Memories", "Conversations", "Imports", "Sessions", "Me", "Status"]));
    void dispatch(flushOutbox());
  };
}

/** Asks a question, everywhere or in one conversation. */
export function askQuestion(text: string, scope: string | null, asOf: string | null = null): Thunk<Promise<void>> {
  return async (dispatch, getState) => {
    const id = makeLocalId();
    const at = new Date().toISOString();
    const after = askedBefore(getState().thread.questions, scope);
    dispatch(threadSlice.actions.asked({ id, text, scope, asOf, at, state: "asking", answer: null, problem: null }));
    await dispatch(answer({ id, text, scope, asOf }, after));
  };
}

/** Asks a question again in its place: what it was answered from has changed. */
export function askAgain({ id, text, scope, asOf }: Question): Thunk<Promise<void>> {
  return async (dispatch, getState) => {
    const { questions } = getState().thread;
    const after = askedBefore(
      questions.slice(
        0,
        questions.findIndex((question) => question.id === id),
      ),
      scope,
    );
    dispatch(
      threadSlice.actions.questionChanged({
        id,
        change: { state: "asking", answer: null, writing: null, problem: null },
      }),
    );
    await dispatch(answer({ id, text, scope, asOf }, after));
  };
}

function answer(
  { id, text, scope, asOf }: Pick<Question, "id" | "text" | "scope" | "asOf">,
  after: readonly string[],
): Thunk<Promise<void>> {
  return async (dispatch) => {
    try {
      const filter = scope === null ? {} : { filter: { conversation: scope } };
      const body = {
        question: text,
        follow_ups: true,
        ...filter,
        ...(asOf === null ? {} : { as_of: asOf }),
        ...(after.length === 0 ? {} : { after: [...after] }),
      };
      const { followAnswer } = await import("./answer-stream.ts");
      const change = (to: Partial<Question>): unknown =>
        dispatch(threadSlice.actions.questionChanged({ id, change: to }));
      await followAnswer(id, body, change);
    } catch (error) {
      dispatch(threadSlice.actions.questionChanged({ id, change: { state: "failed", problem: problemOf(error) } }));
    }
  };
}
