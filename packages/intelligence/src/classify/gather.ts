/** Reads a text once and gathers everything that speaks for a level. Pure, linear in the text's length. */
import { applyRules } from "./rules/apply-rules.ts";
import { type CompiledLexicon, compileLexicons } from "./rules/compile.ts";
import { findContacts } from "./rules/contact.ts";
import { contextFactor } from "./rules/context.ts";
import type { Evidence } from "./rules/evidence.ts";
import { findGivenSecrets } from "./rules/given-secrets.ts";
import { findKeyShapes } from "./rules/key-shapes.ts";
import { english } from "./rules/lexicon/english.ts";
import { englishHints } from "./rules/lexicon/english-hints.ts";
import { french } from "./rules/lexicon/french.ts";
import { frenchHints } from "./rules/lexicon/french-hints.ts";
import { german } from "./rules/lexicon/german.ts";
import { germanHints } from "./rules/lexicon/german-hints.ts";
import { hinglish } from "./rules/lexicon/hinglish.ts";
import { hinglishHints } from "./rules/lexicon/hinglish-hints.ts";
import { italian } from "./rules/lexicon/italian.ts";
import { italianHints } from "./rules/lexicon/italian-hints.ts";
import { portuguese } from "./rules/lexicon/portuguese.ts";
import { portugueseHints } from "./rules/lexicon/portuguese-hints.ts";
import { spanish } from "./rules/lexicon/spanish.ts";
import { spanishHints } from "./rules/lexicon/spanish-hints.ts";
import { turkish } from "./rules/lexicon/turkish.ts";
import { turkishHints } from "./rules/lexicon/turkish-hints.ts";
import { activeLanguages, matchPhrases } from "./rules/match.ts";
import { findNumbers } from "./rules/numbers.ts";
import { readNumberSpans } from "./rules/number-spans.ts";
import type { Scene } from "./rules/scene.ts";
import { markShapes } from "./rules/shapes.ts";
import { readTokens } from "./rules/tokens.ts";

const LEXICONS = [english, german, spanish, french, portuguese, italian, turkish, hinglish].concat([
  englishHints,
  germanHints,
  spanishHints,
  frenchHints,
  portugueseHints,
  italianHints,
  turkishHints,
  hinglishHints,
]);

let compiled: CompiledLexicon | undefined;

/** The lexicons of all languages, compiled on first use and kept. */
export function lexicons(): CompiledLexicon {
  compiled ??= compileLexicons(LEXICONS);
  return compiled;
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
