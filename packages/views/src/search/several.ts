/**
 * Questions that want several things ("What books has Ann read?"): how they are told from others, and the order of their hits. Pure.
 *
 * What such a question wants was told on several occasions, while the turns of one conversation speak for each other and come together.
 * So each further hit from a session counts a little less than the one before it (maximal marginal relevance, Carbonell and Goldstein 1998,
 * with the session as what is alike).
 */

const AUXILIARIES = "has|have|had|did|does|do|are|were|is|was|can|could|would|will|should|might|may";
const SEVERAL_PATTERN = new RegExp(
  [
    String.raw`^\s*(?:list|name|show(?: me)?|give me)\b`,
    String.raw`\ball (?:of )?(?:the|my|his|her|their|our)\b`,
    String.raw`\b(?:what|which) (?:are|were)\b`,
    // "what European countries has": a plural noun and up to three words before it
    String.raw`\b(?:what|which) (?:(?!(?:${AUXILIARIES})\b)\S+ ){0,3}?(?:people|children|\p{L}{2,}(?<![sui])s) (?:${AUXILIARIES}|of)\b`,
    String.raw`\b(?:what|which) (?:\S+ )?(?:kinds?|types?|sorts?) of\b`,
    String.raw`\b(?:how many|both|in common)\b`,
    String.raw`\b(?:wie ?viele|cu[aá]les|cu[aá]nt[oa]s|quels|quelles|quali|quais|quant[oa]s)\b`,
  ].join("|"),
  "iu",
);

/** True when a question asks for more than one thing. English forms, and question words of other languages that are plurals. */
export function asksForSeveral(text: string): boolean {
  return SEVERAL_PATTERN.test(text);
}

/**
 * Chosen on three of five public conversations, flat from 0.6 to 1. What a second hit from a session loses; the next ones lose with the
 * logarithm of how many stand before them.
 */
const SAME_SESSION_WEIGHT = 0.8;

/**
 * What each hit loses because better ones are from its session.
 * @param sessions the session of each hit, the best hit first
 * @returns 0 or below, by hit
 */
export function sameSessionShares(sessions: readonly number[]): readonly number[] {
  const before = new Map<number, number>();
  return sessions.map((session) => {
    const count = before.get(session) ?? 0;
    before.set(session, count + 1);
    return count === 0 ? 0 : -SAME_SESSION_WEIGHT * Math.log2(1 + count);
  });
}
