/** What stands around a match and weakens it: fiction, news, jest, questions in general, negation. */
import type { Concept } from "./concepts.ts";
import type { Evidence } from "./evidence.ts";
import type { Scene } from "./scene.ts";

interface ContextRow {
  readonly concept: Concept;
  readonly factor: number;
  /** How many words away it still counts. */
  readonly reach: number;
  /** A plea for silence nearby cancels it: who jokes about a secret still tells it. */
  readonly yieldsToSecrecy: boolean;
}

const CONTEXTS: readonly ContextRow[] = [
  { concept: "fiction", factor: 0.4, reach: 30, yieldsToSecrecy: true },
  { concept: "song", factor: 0.5, reach: 20, yieldsToSecrecy: true },
  { concept: "news", factor: 0.45, reach: 30, yieldsToSecrecy: true },
  { concept: "question", factor: 0.6, reach: 20, yieldsToSecrecy: true },
  { concept: "hypothetical", factor: 0.6, reach: 14, yieldsToSecrecy: true },
  { concept: "jest", factor: 0.75, reach: 30, yieldsToSecrecy: true },
];

const NEGATION_FACTOR = 0.6;
/** A given secret is as good in a joke; only fiction and news touch it. */
const ULTRA_CONTEXTS: ReadonlySet<Concept> = new Set(["fiction", "news", "hypothetical"]);

/** How far the words around `at` weaken soft evidence: 1 not at all. */
export function contextFactor(scene: Scene, evidence: Evidence): number {
  if (!evidence.soft) return 1;
  const { concepts } = scene;
  const { at } = evidence;
  const isHushed = concepts.isNear("secrecy", at, at, 30) || concepts.isNear("cover", at, at, 30);
  let factor = 1;
  for (const row of CONTEXTS) {
    if (row.yieldsToSecrecy && isHushed) continue;
    if (evidence.level === 4 && !ULTRA_CONTEXTS.has(row.concept)) continue;
    if (concepts.isNear(row.concept, at, at, row.reach)) factor *= row.factor;
  }
  if (evidence.level === 3 && concepts.nearest("negation", at - 2, at - 1) >= 0) factor *= NEGATION_FACTOR;
  return factor;
}
