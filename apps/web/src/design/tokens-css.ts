import {
  BREAKPOINTS,
  COLORS,
  FAMILIES,
  MOTION,
  type Pair,
  RADII,
  SHADOW,
  SPACE_STEP,
  STROKES,
  TYPE,
  WIDTHS,
} from "./tokens.ts";

const PAIRS: readonly (readonly [string, Pair])[] = [...Object.entries(COLORS), ["shadow", SHADOW]];

function variablesOf(mode: keyof Pair): string {
  return PAIRS.map(([name, pair]) => `--k-${name}:${pair[mode]};`).join("");
}

/**
 * The tokens as CSS: variables for both modes, and a Tailwind theme that knows only them.
 * `data-theme` on the root element overrides the system's mode.
 */
export function printTokens(): string {
  const theme = [
    "--color-*:initial;--text-*:initial;--radius-*:initial;--breakpoint-*:initial;--container-*:initial;--shadow-*:initial;--font-*:initial;",
    `--spacing:${SPACE_STEP};--color-transparent:transparent;--color-current:currentColor;`,
    ...Object.keys(COLORS).map((name) => `--color-${name}:var(--k-${name});`),
    ...Object.entries(TYPE).map(
      ([name, [size, line]]) => `--text-${name}:${size};--text-${name}--line-height:${line};`,
    ),
    ...Object.entries(RADII).map(([name, value]) => `--radius-${name}:${value};`),
    ...Object.entries(WIDTHS).map(([name, value]) => `--container-${name}:${value};`),
    ...Object.entries(BREAKPOINTS).map(([name, value]) => `--breakpoint-${name}:${value};`),
    ...Object.entries(FAMILIES).map(([name, value]) => `--font-${name}:${value};`),
    "--shadow-overlay:var(--k-shadow);--font-weight-normal:400;--font-weight-medium:500;--font-weight-semibold:600;",
  ].join("");
  const plain = [
    ...Object.entries(MOTION).map(([name, value]) => `--motion-${name}:${value};`),
    ...Object.entries(STROKES).map(([name, value]) => `--stroke-${name}:${value};`),
  ].join("");
  return [
    `:root{color-scheme:light dark;${plain}${variablesOf("light")}}`,
    `@media (prefers-color-scheme:dark){:root:not([data-theme="light"]){${variablesOf("dark")}}}`,
    `:root[data-theme="dark"]{color-scheme:dark;${variablesOf("dark")}}`,
    `:root[data-theme="light"]{color-scheme:light;}`,
    "@media (prefers-reduced-motion:reduce){:root{--motion-feedback:0s;--motion-panel:0s;}}",
    `@theme inline{${theme}}`,
  ].join("\n");
}
