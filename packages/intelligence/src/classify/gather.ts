/** Reads a text once and gathers everything that speaks for a level. Pure, linear in the text's length. */
import { applyRules } from "./rules/apply-rules.ts";
import { findContacts } from "./rules/contact.ts";
import { contextFactor } from "./rules/context.ts";
import type { Evidence } from "./rules/evidence.ts";
import { findGivenSecrets } from "./rules/given-secrets.ts";
import { findKeyShapes } from "./rules/key-shapes.ts";
import { LEXICON_LANGUAGES, LEXICON_TABLE } from "./rules/lexicon-table.ts";
import { type CompiledLexicon, unpackLexicons } from "./rules/lexicon-tables.ts";
import { activeLanguages, matchPhrases } from "./rules/match.ts";
import { findNumbers } from "./rules/numbers.ts";
import { readNumberSpans } from "./rules/number-spans.ts";
import type { Scene } from "./rules/scene.ts";
import { markShapes } from "./rules/shapes.ts";
import { readTokens } from "./rules/tokens.ts";

let unpacked: CompiledLexicon | undefined;

/** The lexicons of all languages, unpacked on first use and kept. */
export function lexicons(): CompiledLexicon {
  unpacked ??= unpackLexicons(LEXICON_TABLE, LEXICON_LANGUAGES);
  return unpacked;
}

// Styled letters of mathematics and combining marks have no single folded unit; composing them first costs a copy, so only then.
const NEEDS_COMPOSING = /[\u0300-\u036f\u2100-\u214f\ud835\uff01-\uff5e]/;

function weaken(scene: Scene, evidence: Evidence): Evidence {
  const factor = contextFactor(scene, evidence);
  return factor === 1 ? evidence : { ...evidence, weight: evidence.weight * factor };
}

/** What was read of one text: its rules and the nouns they are written in. */
export interface Reading {
  readonly scene: Scene;
  readonly evidence: readonly Evidence[];
}

/** Reads a text: everything that speaks for a level above general. */
export function readText(text: string, language?: string): Reading {
  const read = NEEDS_COMPOSING.test(text) ? text.normalize("NFKC") : text;
  const lexicon = lexicons();
  const tokens = readTokens(read, lexicon.tables);
  const { concepts, votes } = matchPhrases(tokens, lexicon);
  concepts.keepLanguages(activeLanguages(votes, lexicon.languages, language));
  const scene: Scene = { text: read, tokens, concepts, numbers: readNumberSpans(read) };
  markShapes(scene);
  const found = [...findKeyShapes(scene), ...findNumbers(scene), ...findGivenSecrets(scene), ...findContacts(scene)];
  const evidence = [...found.map((one) => weaken(scene, one)), ...applyRules(scene)];
  return { scene, evidence };
}
