/** Whether what is being typed asks rather than tells. Pure. */

/** Longer texts are notes that happen to hold a question. */
const LENGTH_MAX = 300;
const MARK_PATTERN = /[?؟？]\s*$/;
/** How English and German questions begin that leave out the mark; "what a day" and "how nice" are none. */
const OPENING_PATTERN =
  /^\s*(?:(?:what|when|where|who|whose|which|why|how)(?:['’]s| (?:is|are|was|were|did|do|does|has|have|had|can|can['’]t))\b|how (?:often|many|much|long)\b|(?:was|wann|wo|wer|wie|warum) (?:ist|sind|war|waren|hat|habe|haben|hatte)\b|wie (?:oft|viele|viel|lange)\b)/iu;

/** True of one line that ends with a question mark, or begins as questions do. */
export function readsLikeQuestion(text: string): boolean {
  const line = text.trim();
  if (line.length > LENGTH_MAX || line.includes("\n")) return false;
  return MARK_PATTERN.test(line) || OPENING_PATTERN.test(line);
}
