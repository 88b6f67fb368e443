/** Cuts the commonest endings off a folded word, so that forms of one word meet. Rough on purpose: it only joins, it names nothing. */
const ENDINGS: Readonly<Record<string, RegExp>> = {
  en: /(?:ings?|edly|ed|es|s|er|ers)$/,
  de: /(?:ungen|ung|ern|em|en|er|es|e|n|s)$/,
  es: /(?:aciones|acion|mente|ando|iendo|adas|ados|ada|ado|idas|idos|ida|ido|es|as|os|a|o|e|s)$/,
  fr: /(?:ements|ement|ees|ee|es|er|ez|e|s|x)$/,
  it: /(?:azioni|azione|mente|ando|endo|ate|ati|ata|ato|ite|iti|ita|ito|i|e|o|a)$/,
  pt: /(?:acoes|acao|mente|ando|endo|adas|ados|ada|ado|idas|idos|ida|ido|es|as|os|a|o|e|s)$/,
};
const STEM_LENGTH_MIN = 3;

/** The stem of a folded word. */
export function stemWord(low: string, language: string): string {
  if (language === "tr") return low.length > 5 ? low.slice(0, 5) : low;
  const ending = ENDINGS[language === "hi" ? "en" : language] ?? ENDINGS["en"];
  if (ending === undefined || low.length <= STEM_LENGTH_MIN + 1) return language === "en" ? low.replace(/s$/, "") : low;
  const stem = low.replace(ending, "");
  if (stem.length < STEM_LENGTH_MIN) return low;
  // rehearsal, rehearses; running, run
  return stem.length > 3 && stem.at(-1) === stem.at(-2) ? stem.slice(0, -1) : stem.replace(/(?<=..)(?:e|i|y)$/, "");
}
