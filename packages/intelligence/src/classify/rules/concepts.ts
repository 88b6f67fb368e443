/** The nouns the rules are written in. A lexicon gives each of them words in one language; shapes are found in any language. */

/** What a lexicon may give words for. */
export const LEXICAL_CONCEPTS = [
  // Contexts
  "stop",
  "person",
  "kin",
  "jest",
  "fiction",
  "song",
  "news",
  "question",
  "hypothetical",
  "negation",
  "public",
  "secrecy",
  "cover",
  // Level 4
  "passwordNoun",
  "passwordShort",
  "pinNoun",
  "codeNoun",
  "lockNoun",
  "wifiNoun",
  "link",
  "notValue",
  "harmlessCode",
  "unlocks",
  "shapeHint",
  "sameAsBefore",
  "recoveryNoun",
  "seedNoun",
  "securityQuestion",
  "patternNoun",
  "patternShape",
  "pickUpWord",
  "sourceNoun",
  "undercover",
  "hiding",
  "hidingSaid",
  "hunter",
  "refuge",
  "direction",
  "keySecretNoun",
  "answerNoun",
  // Level 3
  "idNoun",
  "accountNoun",
  "illness",
  "illnessSaid",
  "mental",
  "mentalSaid",
  "pregnancy",
  "pregnancySaid",
  "medication",
  "addiction",
  "sexuality",
  "sexualitySaid",
  "affair",
  "affairSaid",
  "abuse",
  "abuseSaid",
  "selfHarm",
  "legal",
  "legalSaid",
  "crime",
  "crimeSaid",
  "immigration",
  "firing",
  "firingSaid",
  "merger",
  "debt",
  "debtSaid",
  "salary",
  "salarySaid",
  "keyNoun",
  "keyPlace",
  "alarmNoun",
  "broken",
  "careWeak",
  // Level 2
  "healthOrdinary",
  "quarrel",
  "workTrust",
  "opinion",
  "moneyGeneral",
  "away",
  "awaySaid",
  "homeEmpty",
  "caretake",
  "birthday",
  "surprise",
  "schoolMark",
  "schoolNoun",
  "heart",
  "unreleased",
  "contactNoun",
  "addressNoun",
  "street",
  "streetUnsure",
  "routine",
  "trust",
  "moving",
  "month",
  "harmlessNumber",
  "currency",
  // Told without the name: what people say instead
  "collect",
  "sayWord",
  "stay",
  "shelter",
  "errand",
  "danger",
  "leak",
  "turn",
  "keypress",
  "codeSource",
  "medical",
  "finding",
  "babyHint",
  "loveHint",
  "genderHint",
  "violenceHint",
  "mindHint",
  "drinkHint",
  "lawHint",
  "crimeHint",
  "alibi",
  "papersHint",
  "sackHint",
  "dealHint",
  "oweHint",
  "payHint",
  "entryHint",
  "hideObject",
  "everyday",
  "general",
  "third",
  "selfWord",
  // A number with the word that says what it counts, measures or puts in order
  "countedNumber",
] as const;

/** Concepts found by shape, not by words. */
const SHAPE_CONCEPTS = [
  "money",
  "number",
  "longNumber",
  "date",
  "name",
  "passwordShape",
  "codeNumber",
  "quotedWord",
  "wordRow",
  "numberedRow",
] as const;

/** A noun of the rules that has words. */
export type LexicalConcept = (typeof LEXICAL_CONCEPTS)[number];
/** Any noun of the rules. */
export type Concept = LexicalConcept | (typeof SHAPE_CONCEPTS)[number];

/** Every noun of the rules. */
export const ALL_CONCEPTS: readonly Concept[] = [...LEXICAL_CONCEPTS, ...SHAPE_CONCEPTS];
const NUMBER_BY_CONCEPT: ReadonlyMap<Concept, number> = new Map(ALL_CONCEPTS.map((concept, at) => [concept, at]));

/** How many concepts there are. */
export const CONCEPT_COUNT: number = ALL_CONCEPTS.length;

/** The number a concept has in tables. */
export function conceptNumber(concept: Concept): number {
  return NUMBER_BY_CONCEPT.get(concept) ?? 0;
}

/**
 * Words of one language. Phrases are divided by commas; `word*` is a stem, `(a|b)` chooses, `(a)?` may be absent,
 * `_` is any one word, `#` a number. Diacritics and apostrophes do not matter.
 */
export interface Lexicon {
  /** ISO 639-1. */
  readonly language: string;
  readonly phrases: Readonly<Partial<Record<LexicalConcept, string>>>;
}
