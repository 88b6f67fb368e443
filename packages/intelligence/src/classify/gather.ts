/** Reads a text once and gathers everything that speaks for a level. Pure, linear in the text's length. */
import { applyRules } from "./rules/apply-rules.ts";
import { type CompiledLexicon, compileLexicons } from "./rules/compile.ts";
import { findContacts } from "./rules/contact.ts";
import { contextFactor } from "./rules/context.ts";
import type { Evidence } from "./rules/evidence.ts";
import { findGivenSecrets } from "./rules/given-secrets.ts";
import { findKeyShapes } from "./rules/key-shapes.ts";
import { english } from "./rules/lexicon/english.ts";
import { french } from "./rules/lexicon/french.ts";
import { german } from "./rules/lexicon/german.ts";
import { hinglish } from "./rules/lexicon/hinglish.ts";
import { italian } from "./rules/lexicon/italian.ts";
import { portuguese } from "./rules/lexicon/portuguese.ts";
import { spanish } from "./rules/lexicon/spanish.ts";
import { turkish } from "./rules/lexicon/turkish.ts";
import { activeLanguages, matchPhrases } from "./rules/match.ts";
import { findNumbers } from "./rules/numbers.ts";
import { readNumberSpans } from "./rules/number-spans.ts";
import type { Scene } from "./rules/scene.ts";
import { markShapes } from "./rules/shapes.ts";
import { readTokens } from "./rules/tokens.ts";

/** Texts are read up to this many UTF-16 units; what is behind is not judged, and the answer says so. */
export const TEXT_LENGTH_MAX = 262_144;

let compiled: CompiledLexicon | undefined;

/** The lexicons of all languages, compiled on first use and kept. */
export function lexicons(): CompiledLexicon {
  compiled ??= compileLexicons([english, german, spanish, french, portuguese, italian, turkish, hinglish]);
  return compiled;
}

// Styled letters of mathematics and combining marks have no single folded unit; composing them first costs a copy, so only then.
const NEEDS_COMPOSING = /[\u0300-\u036f\u2100-\u214f\ud835\uff01-\uff5e]/;

function weaken(scene: Scene, evidence: Evidence): Evidence {
  const factor = contextFactor(scene, evidence);
  return factor === 1 ? evidence : { ...evidence, weight: evidence.weight * factor };
}

/** Everything that speaks for a level above general. */
export function gatherEvidence(text: string, language?: string): Evidence[] {
  const cut = text.length > TEXT_LENGTH_MAX ? text.slice(0, TEXT_LENGTH_MAX) : text;
  const read = NEEDS_COMPOSING.test(cut) ? cut.normalize("NFKC") : cut;
  const lexicon = lexicons();
  const tokens = readTokens(read, lexicon.tables);
  const { concepts, votes } = matchPhrases(tokens, lexicon);
  concepts.keepLanguages(activeLanguages(votes, lexicon.languages, language));
  const scene: Scene = { text: read, tokens, concepts, numbers: readNumberSpans(read) };
  markShapes(scene);
  const found = [...findKeyShapes(scene), ...findNumbers(scene), ...findGivenSecrets(scene), ...findContacts(scene)];
  const evidence = [...found.map((one) => weaken(scene, one)), ...applyRules(scene)];
  if (cut.length < text.length) {
    evidence.push({
      rule: "unread-rest",
      level: 2,
      weight: 0.55,
      text: "Is too long to be read to its end",
      at: 0,
      soft: false,
    });
  }
  return evidence;
}
