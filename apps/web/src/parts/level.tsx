import type { ReactNode } from "react";

import { LEVEL_WORDS, wordsOf } from "../core/levels.ts";

const INK: Readonly<Record<string, string>> = {
  general: "text-general",
  confidential: "text-confidential",
  secret: "text-secret",
  "ultra-secret": "text-ultra-secret",
};

const EDGE: Readonly<Record<string, string>> = {
  general: "before:bg-transparent",
  confidential: "before:bg-confidential",
  secret: "before:bg-secret",
  "ultra-secret": "before:bg-ultra-secret",
};

/** The classes of the thin inline edge that shows a level; General has none. */
export function edgeOf(level: string): string {
  const ink = EDGE[level] ?? "before:bg-ultra-secret";
  return `relative before:absolute before:inset-y-3.5 before:start-0 before:w-0.5 before:rounded-full ${ink}`;
}

/** The glyph of a level: circle, diamond, padlock, double padlock. */
export function LevelGlyph({
  level,
  className = "size-3.5",
}: {
  readonly level: string;
  readonly className?: string;
}): ReactNode {
  const { name } = wordsOf(level);
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={`inline-block shrink-0 ${INK[name]} ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinejoin="round"
    >
      {name === "general" && <circle cx="8" cy="8" r="4.600" />}
      {name === "confidential" && <path d="M8 2.500 13.500 8 8 13.500 2.500 8z" fill="currentColor" />}
      {name === "secret" && <path d="M3.500 7.500h9v6h-9zM5.500 7.500V5.300a2.500 2.500 0 0 1 5 0v2.200" />}
      {name === "ultra-secret" && (
        <>
          <path d="M1.800 8h7.400v5.500H1.800zM3.500 8V6.300a2 2 0 0 1 4 0V8" fill="currentColor" fillOpacity="0.250" />
          <path d="M11 13.500h3.200V8H11M9.500 5.200a2 2 0 0 1 3.200 1.100V8" />
        </>
      )}
    </svg>
  );
}

/** Four pips of which as many are full as the level is high. */
export function Pips({ level }: { readonly level: string }): ReactNode {
  const { pips, name } = wordsOf(level);
  return (
    <span aria-hidden="true" className={`inline-flex items-center gap-0.5 ${INK[name]}`}>
      {LEVEL_WORDS.map((words) => (
        <span
          key={words.name}
          className={`size-1.5 rounded-full border border-current ${words.pips <= pips ? "filled bg-current" : ""}`}
        />
      ))}
    </span>
  );
}

/** A level as lists show it: glyph and word. */
export function LevelBadge({ level, pips = false }: { readonly level: string; readonly pips?: boolean }): ReactNode {
  const words = wordsOf(level);
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${INK[words.name]}`}>
      <LevelGlyph level={level} />
      {words.label}
      {pips && <Pips level={level} />}
    </span>
  );
}
