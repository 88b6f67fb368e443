import type { LevelName } from "@kaelix/model";

/** What the interface says of a level. */
interface LevelWords {
  readonly name: LevelName;
  readonly label: string;
  readonly pips: number;
  readonly text: string;
}

/** The levels, least secret first. */
export const LEVEL_WORDS: readonly LevelWords[] = [
  { name: "general", label: "General", pips: 1, text: "Nothing happens if others read it" },
  { name: "confidential", label: "Confidential", pips: 2, text: "Found by your own searches, hidden from others" },
  {
    name: "secret",
    label: "Secret",
    pips: 3,
    text: "Shown only after your password. Agents, digests and AI providers never see it",
  },
  {
    name: "ultra-secret",
    label: "Ultra-secret",
    pips: 4,
    text: "Shown only after your password. Left out of every index, digest, agent and AI provider",
  },
];

/** The words of a level; an unknown one counts as the most secret. */
export function wordsOf(level: string): LevelWords {
  const found = LEVEL_WORDS.find((words) => words.name === level) ?? LEVEL_WORDS.at(-1);
  return found ?? { name: "ultra-secret", label: "Ultra-secret", pips: 4, text: "" };
}

/** What stops when a person chooses a level themself; undefined when nothing does. */
export function stopsAt(level: string): string | undefined {
  if (level === "secret")
    return "Secret: search finds it only while unlocked. Agents, digests and AI providers never see it.";
  if (level === "ultra-secret")
    return "Ultra-secret: left out of every index. Agents, digests and AI providers never see it; read it here, unlocked.";
  return undefined;
}

/** True when a session that is open up to `ceiling` shows `level`. */
export function isShown(level: string, ceiling: string): boolean {
  return wordsOf(level).pips <= wordsOf(ceiling).pips;
}
