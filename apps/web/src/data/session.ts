/** Who is signed in, and how far the session is open. */
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";

import type { WireUser } from "./wire.ts";

/** `unknown` until the first refresh has been answered. */
export interface SessionState {
  readonly state: "unknown" | "in" | "out";
  readonly user: WireUser | null;
  /** The terminal's claim code, kept until it is used. */
  readonly claimCode: string | null;
}

const initialState: SessionState = { state: "unknown", user: null, claimCode: null };

/** The session slice. */
export const sessionSlice = createSlice({
  name: "session",
  initialState,
  reducers: {
    signedIn: (_state, { payload }: PayloadAction<WireUser>): SessionState => ({
      state: "in",
      user: payload,
      claimCode: null,
    }),
    signedOut: (state): SessionState => ({ state: "out", user: null, claimCode: state.claimCode }),
    userChanged: (state, { payload }: PayloadAction<WireUser>): SessionState => ({ ...state, user: payload }),
    claimCodeFound: (state, { payload }: PayloadAction<string>): SessionState => ({ ...state, claimCode: payload }),
  },
});
