import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { printTokens } from "./tokens-css.ts";
import { COLORS } from "./tokens.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

test("no file but the tokens holds a raw colour or a raw pixel size", () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.(tsx?|css)$/.test(path) && !/design\/tokens\.|\.test\.|^testing\//.test(path),
  );
  expect(files.length).toBeGreaterThan(40);
  const raw = files.flatMap((path) => {
    const text = readFileSync(join(ROOT, path), "utf8");
    return [...text.matchAll(/#[0-9a-f]{6}\b|#[0-9a-f]{3}\b(?=["';\s])|\b\d+px\b|\brgba?\(|\bhsla?\(/gi)].map(
      (match) => `${path}: ${match[0]}`,
    );
  });
  expect(raw).toEqual([]);
});

test("text roles reach 4.5:1 and control borders 3:1 on their worst surface, in both modes", () => {
  const texts = ["ink", "muted", "accent", "danger", "general", "confidential", "secret", "ultra-secret"] as const;
  for (const mode of ["light", "dark"] as const) {
    for (const role of texts) {
      const worst = Math.min(
        ...(["bg", "surface"] as const).map((surface) => contrast(COLORS[role][mode], COLORS[surface][mode])),
      );
      expect(worst, `${role} ${mode}`).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(COLORS.border[mode], COLORS.surface[mode]), `border ${mode}`).toBeGreaterThanOrEqual(3);
    expect(contrast(COLORS["on-accent"][mode], COLORS.accent[mode])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(COLORS.muted[mode], COLORS.own[mode]), `muted on own ${mode}`).toBeGreaterThanOrEqual(4.5);
  }
});

test("printTokens writes every colour in both modes and nothing of Tailwind's own palette", () => {
  const css = printTokens();
  for (const name of Object.keys(COLORS)) expect(css.split(`--k-${name}:`).length - 1).toBe(3);
  expect(css).toContain("--color-*:initial");
});
