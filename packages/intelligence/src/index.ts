export { classifyByRules, type RuleOptions } from "./classify/classify-by-rules.ts";
export { type BadLine, classifyLines, type ClassifiedLine, type LineResult } from "./classify/classify-lines.ts";
export { type FixtureHalf, fixtureHalf } from "./classify/fixture-halves.ts";
export { detectLanguage, type DetectedLanguage, loadLanguageDetector } from "./language/detect-language.ts";
export { languageOfText } from "./language/language-of-text.ts";
