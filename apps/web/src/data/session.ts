/** Who is signed in, and how far the session is open. */
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";

import type { WireUser } from "./wire.ts";

/** `unknown` until the first refresh has been answered. */
interface SessionState {
  readonly state: "unknown" | "in" | "out";
  readonly user: WireUser | null;
  /** The terminal's claim code, kept until it is used. */
  readonly claimCode: string | null;
  /** Out only because the server did not answer: to be tried again when it does. */
  readonly isTentative: boolean;
  /** Why whoever was in is out without having left. */
  readonly left: LeftBecause | null;
}

/** The session was ended, here by its time or from elsewhere; or the account is no more. */
export type LeftBecause = "ended" | "erased";

const initialState: SessionState = {
  state: "unknown",
  user: null,
  claimCode: null,
  isTentative: false,
  left: null,
};

/** The session slice. */
export const sessionSlice = createSlice({
  name: "session",
  initialState,
  reducers: {
    signedIn: (_state, { payload }: PayloadAction<WireUser>): SessionState => ({
      ...initialState,
      state: "in",
      user: payload,
    }),
    /** `isTentative`: nobody said that the session has ended. */
    signedOut: (
      state,
      { payload }: PayloadAction<{ readonly isTentative: boolean; readonly left?: LeftBecause }>,
    ): SessionState => ({
      ...initialState,
      state: "out",
      claimCode: state.claimCode,
      isTentative: payload.isTentative,
      // What was still under way is refused once the session is over: that says nothing new.
      left: state.state === "in" ? (payload.left ?? null) : state.left,
    }),
    userChanged: (state, { payload }: PayloadAction<WireUser>): SessionState => ({ ...state, user: payload }),
    claimCodeFound: (state, { payload }: PayloadAction<string>): SessionState => ({ ...state, claimCode: payload }),
  },
});
