/** Concepts found by their shape in any language: sums of money, numbers, dates, names, made-up words. */
import { conceptNumber } from "./concepts.ts";
import { type Scene, tokenAt } from "./scene.ts";
import { FLAG_CAPITAL, FLAG_DIGIT, FLAG_INNER_CAPITAL, FLAG_LETTER, FLAG_OPENS } from "./tokens.ts";
import { valueShape } from "./value-shape.ts";

const EVERY_LANGUAGE = -1;
const MONEY = conceptNumber("money");
const NUMBER = conceptNumber("number");
const LONG_NUMBER = conceptNumber("longNumber");
const DATE = conceptNumber("date");
const NAME = conceptNumber("name");
const PASSWORD_SHAPE = conceptNumber("passwordShape");

const MONEY_BEFORE = /(?:[£$€₹₺]|\brs\.?|\beur|\bchf|\bgbp|\busd|r\$)\s?$/i;
const MONEY_AFTER =
  /^\s?(?:[€£$₹₺]|k\b|grand\b|quid\b|lakhs?\b|lacs?\b|crore|lpa\b|euros?\b|eur\b|pounds\b|dollars\b|bucks\b|mil\b|mila\b|bin\b|tl\b|lira|reais\b|conto|rs\b|rupees|rupaye|hazaa?r|naira|francs?\b|chf\b|tausend|tsd|brutto|netto|netti|net\b|lordi|al mes|por m[eê]s|par mois|al mese|a month|a year|pa\b|p\/m\b|per month|per annum|an hour)/i;

function markNumbers(scene: Scene): void {
  for (const span of scene.numbers) {
    const at = tokenAt(scene.tokens, span.start);
    scene.concepts.add(NUMBER, at, at, EVERY_LANGUAGE);
    if (span.digits.length >= 4) scene.concepts.add(LONG_NUMBER, at, at, EVERY_LANGUAGE);
    const before = scene.text.slice(Math.max(0, span.start - 5), span.start);
    const after = scene.text.slice(span.end, span.end + 12);
    const isThousands = /^\d{1,3}(?:[.,]\d{3}){1,3}$/.test(
      scene.text.slice(span.start, span.end + (after.startsWith(",") ? 4 : 0)),
    );
    if (MONEY_BEFORE.test(before) || MONEY_AFTER.test(after) || isThousands)
      scene.concepts.add(MONEY, at, at, EVERY_LANGUAGE);
    if (/^(?:st|nd|rd|th)\b|^\.\s?(?:\p{L}|\d)|^\/\d/u.test(after)) scene.concepts.add(DATE, at, at, EVERY_LANGUAGE);
  }
}

function markWords(scene: Scene): void {
  const { tokens, text } = scene;
  for (let at = 0; at < tokens.count; at += 1) {
    const flags = tokens.flags[at] ?? 0;
    if ((flags & FLAG_CAPITAL) !== 0 && (flags & FLAG_OPENS) === 0 && (flags & FLAG_INNER_CAPITAL) === 0) {
      if ((tokens.end[at] ?? 0) - (tokens.start[at] ?? 0) > 1) scene.concepts.add(NAME, at, at, EVERY_LANGUAGE);
    }
    const isMixed = (flags & FLAG_DIGIT) !== 0 && (flags & FLAG_LETTER) !== 0;
    if (!isMixed && (flags & FLAG_INNER_CAPITAL) === 0) continue;
    const start = tokens.start[at] ?? 0;
    const end = tokens.end[at] ?? 0;
    if (end - start < 6 || end - start > 40) continue;
    const shape = valueShape(text.slice(start, end));
    const isMadeUp = (shape === "strong" && /[a-z]{3}/i.test(text.slice(start, end))) || shape === "camel";
    if (isMadeUp) scene.concepts.add(PASSWORD_SHAPE, at, at, EVERY_LANGUAGE);
  }
}

/** Adds the shape concepts to a scene; called once, before the rules. */
export function markShapes(scene: Scene): void {
  markNumbers(scene);
  markWords(scene);
}
