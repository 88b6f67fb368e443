/**
 * Every colour, size and radius of the interface. Nothing else in the app holds a raw value; a test looks.
 * Contrast of each text role against its worst surface is at least 4.5:1, of control borders 3:1, in both modes.
 */

/** A value in light and in dark mode. */
export interface Pair {
  readonly light: string;
  readonly dark: string;
}

/** Colour roles. Levels stay apart under every common colour blindness; colour is their third cue after glyph and pips. */
export const COLORS = {
  bg: { light: "#f5f4f0", dark: "#14161a" },
  surface: { light: "#ffffff", dark: "#1e2126" },
  sunken: { light: "#ebe9e2", dark: "#282c32" },
  ink: { light: "#1b1d21", dark: "#e8eaed" },
  muted: { light: "#5b616b", dark: "#a3a9b3" },
  line: { light: "#dcd9d0", dark: "#32373e" },
  border: { light: "#8a8f98", dark: "#6d737d" },
  accent: { light: "#0b6e6e", dark: "#5cc4bf" },
  "accent-strong": { light: "#085757", dark: "#7bd3ce" },
  "accent-soft": { light: "#e2efec", dark: "#1b3533" },
  "on-accent": { light: "#ffffff", dark: "#0d1f1e" },
  own: { light: "#d8eee6", dark: "#17403c" },
  mark: { light: "#fbe9b0", dark: "#5a4a12" },
  danger: { light: "#a3262a", dark: "#ff9a92" },
  "danger-soft": { light: "#f9e7e4", dark: "#3a2121" },
  general: { light: "#555f69", dark: "#b4bfca" },
  confidential: { light: "#043574", dark: "#5d8dd4" },
  secret: { light: "#906606", dark: "#e4a409" },
  "ultra-secret": { light: "#6a0628", dark: "#f9557c" },
  // A QR code is dark on white in both modes, as scanners expect.
  "code-ink": { light: "#000000", dark: "#000000" },
  "code-paper": { light: "#ffffff", dark: "#ffffff" },
  veil: { light: "#1b1d2166", dark: "#00000099" },
} as const satisfies Readonly<Record<string, Pair>>;

/** The one shadow, for what floats. */
export const SHADOW: Pair = {
  light: "0 8px 28px #1b1d2124, 0 1px 2px #1b1d2114",
  dark: "0 10px 32px #00000080, 0 0 0 1px #32373e",
};

/** Type sizes by their height in CSS pixels at default zoom: [size, line height] in rem. */
export const TYPE = {
  "12": ["0.75rem", "1rem"],
  "13": ["0.8125rem", "1.125rem"],
  "15": ["0.9375rem", "1.375rem"],
  "18": ["1.125rem", "1.5rem"],
  "22": ["1.375rem", "1.75rem"],
  "28": ["1.75rem", "2.125rem"],
} as const;

/** Corner radii. */
export const RADII = { control: "6px", card: "10px", bubble: "14px", full: "999px" } as const;

/** Widths that layouts agree on. */
export const WIDTHS = {
  measure: "68ch",
  rail: "12.5rem",
  list: "20rem",
  panel: "20rem",
  form: "23rem",
  dialog: "27rem",
  page: "62rem",
} as const;

/** Window widths at which the layout changes. */
export const BREAKPOINTS = { sm: "36rem", md: "48rem", lg: "64rem", xl: "80rem" } as const;

/** Families; the files are served by ourselves. */
export const FAMILIES = {
  sans: '"IBM Plex Sans", ui-sans-serif, system-ui, sans-serif',
  mono: '"IBM Plex Mono", ui-monospace, monospace',
} as const;

/** Durations: feedback and panels. Both are nothing under reduced motion. */
export const MOTION = { feedback: "120ms", panel: "200ms" } as const;

/** One step of the spacing scale. */
export const SPACE_STEP = "0.25rem";

/** Thickness of focus rings and level edges, of hairlines, and the smallest touch target. */
export const STROKES = { focus: "2px", hair: "1px", touch: "2.75rem" } as const;
