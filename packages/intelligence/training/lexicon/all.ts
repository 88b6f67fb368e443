/** Every lexicon. Words come first, then what is told without its name. */
import type { Lexicon } from "../../src/classify/rules/concepts.ts";
import { english } from "./english.ts";
import { englishHints } from "./english-hints.ts";
import { french } from "./french.ts";
import { frenchHints } from "./french-hints.ts";
import { german } from "./german.ts";
import { germanHints } from "./german-hints.ts";
import { hinglish } from "./hinglish.ts";
import { hinglishHints } from "./hinglish-hints.ts";
import { italian } from "./italian.ts";
import { italianHints } from "./italian-hints.ts";
import { portuguese } from "./portuguese.ts";
import { portugueseHints } from "./portuguese-hints.ts";
import { spanish } from "./spanish.ts";
import { spanishHints } from "./spanish-hints.ts";
import { turkish } from "./turkish.ts";
import { turkishHints } from "./turkish-hints.ts";

/** The lexicons in the order that gives languages their bits. */
export const LEXICONS: readonly Lexicon[] = [
  english,
  german,
  spanish,
  french,
  portuguese,
  italian,
  turkish,
  hinglish,
  englishHints,
  germanHints,
  spanishHints,
  frenchHints,
  portugueseHints,
  italianHints,
  turkishHints,
  hinglishHints,
];
