/** Tells the language of a text by its small words. Cheap and rough: undecided for texts without small words. */
import { LANGUAGES_READ, wordsOf } from "./compile-lexicon.ts";
import type { Token } from "./tokens.ts";

/** Votes of small words per language, for a text; the caller adds them up over a person's memories. */
export function languageVotes(tokens: readonly Token[]): Record<string, number> {
  const votes: Record<string, number> = {};
  for (const language of LANGUAGES_READ) {
    if (language === "hi") continue;
    const { small } = wordsOf(language);
    let count = 0;
    for (const token of tokens) if (small.has(token.low) && !token.isNumber) count += token.low.length > 1 ? 1 : 0.4;
    if (count > 0) votes[language] = count;
  }
  let hindi = 0;
  for (const token of tokens) if (HINDI.has(token.low)) hindi += 1.2;
  if (hindi > 0) votes["hi"] = hindi + 0.3 * (votes["en"] ?? 0);
  return votes;
}

const HINDI = new Set(
  (
    "hai hain ho tha thi hoga hogi ka ki ke ko mein pe par ne nahi nhi aur lekin bhi toh jo kya kaun kab kahan kyun kaise main maine mujhe mujhse mera mere meri hum " +
    "humne aap woh yeh uska uski unka sab kuch bahut phir fir abhi aaj kal gaya gayi kiya kar karna raha rahi rahe diya liya hua hui hue tak wala wali wapas"
  ).split(" "),
);

/** The language with the most votes, the text's own first; `en` when nothing speaks. */
export function decideLanguage(own: Readonly<Record<string, number>>, world: Readonly<Record<string, number>>): string {
  let best = "en";
  let most = 0;
  const total = Object.values(world).reduce((sum, count) => sum + count, 0);
  for (const language of LANGUAGES_READ) {
    const prior = total === 0 ? 0 : (2.5 * (world[language] ?? 0)) / total;
    const score = (own[language] ?? 0) + prior;
    if (score > most + 1e-9) {
      best = language;
      most = score;
    }
  }
  return best;
}
