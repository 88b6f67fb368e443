/** Whether a sentence plans or tells: what is planned lies ahead. Pure; English words. */

const PLANS =
  /\b(will|gonna|going to|plan(ning)?|next|tomorrow|can['’]?t wait|looking forward|see you|let['’]?s|shall|should|want to|would like|excited for|hope to|due|deadline)\b|['’]ll\b/iu;

/** True of a sentence that speaks of what is to come. */
export function isPlanned(sentence: string): boolean {
  return PLANS.test(sentence);
}

/** The sentence that holds a place of a text, UTF-16 units. */
export function sentenceAround(text: string, at: number): string {
  const before = Math.max(...[".", "!", "?", "\n"].map((end) => text.lastIndexOf(end, at))) + 1;
  const rest = text.slice(at).search(/[.!?\n]/);
  return text.slice(before, rest < 0 ? text.length : at + rest);
}
