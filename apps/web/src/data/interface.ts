/** State of the interface itself: preferences, toasts, connection, watermarks. */
import type { LogPosition } from "@kaelix/base";
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";

import { advanceWatermarks, type Watermarks } from "../core/ticks.ts";
import type { InputOf } from "./wire.ts";

/** Light, dark, or what the system says. */
export type Appearance = "system" | "light" | "dark";

/** What a notice can undo: a memory that was forgotten comes back, one that was never to be recalled may be again, a search is kept again. */
export type Undo =
  | {
      readonly type: "forgotten" | "never-recalled";
      readonly memory: string;
      /** As it stood when it was done. */
      readonly version: number;
    }
  | { readonly type: "search"; readonly search: NonNullable<InputOf<"savedSearches.save">["body"]> };

/** A notice at the bottom; `undo`: what it can take back. */
export interface Toast {
  readonly id: string;
  readonly text: string;
  readonly undo: Undo | null;
}

/** The interface's own state. */
interface InterfaceState {
  readonly appearance: Appearance;
  /** Single-key shortcuts; WCAG 2.1.4 asks that they can be turned off. */
  readonly shortcuts: boolean;
  readonly toasts: readonly Toast[];
  readonly online: boolean;
  readonly watermarks: Watermarks;
  /** A file dropped somewhere, waiting for the import screen. Its data stands beside the store. */
  readonly overlay: "none" | "palette" | "help" | "unlock" | "seal";
  /** What one reads for, while one does: opens shares that are for it alone. Of this tab, until it is left. */
  readonly purpose: string | null;
}

const initialState: InterfaceState = {
  appearance: "system",
  shortcuts: true,
  toasts: [],
  online: true,
  watermarks: {},
  overlay: "none",
  purpose: null,
};

/** The interface slice. */
export const interfaceSlice = createSlice({
  name: "interface",
  initialState,
  reducers: {
    preferencesRead: (state, { payload }: PayloadAction<{ appearance: Appearance; shortcuts: boolean }>) => {
      state.appearance = payload.appearance;
      state.shortcuts = payload.shortcuts;
    },
    appearanceChosen: (state, { payload }: PayloadAction<Appearance>) => {
      state.appearance = payload;
    },
    shortcutsSwitched: (state, { payload }: PayloadAction<boolean>) => {
      state.shortcuts = payload;
    },
    toastShown: (state, { payload }: PayloadAction<Toast>) => {
      state.toasts = [...state.toasts.filter((toast) => toast.id !== payload.id), payload].slice(-3);
    },
    toastGone: (state, { payload }: PayloadAction<string>) => {
      state.toasts = state.toasts.filter((toast) => toast.id !== payload);
    },
    connectionChanged: (state, { payload }: PayloadAction<boolean>) => {
      state.online = payload;
    },
    watermarkPassed: (state, { payload }: PayloadAction<{ view: string; position: LogPosition }>) => {
      state.watermarks = advanceWatermarks(state.watermarks, payload.view, payload.position);
    },
    purposeNamed: (state, { payload }: PayloadAction<string | null>) => {
      state.purpose = payload === "" ? null : payload;
    },
    overlayChanged: (state, { payload }: PayloadAction<InterfaceState["overlay"]>) => {
      state.overlay = payload;
    },
  },
});
