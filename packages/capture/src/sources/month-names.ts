/** Dates with the month as a word ("3 Jan 2025", "March 3, 2025") become year-month-day in digits, which every reading understands. */

const LANGUAGES = ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "da", "tr", "id"];

function buildMonths(): ReadonlyMap<string, number> {
  const months = new Map<string, number>();
  for (const language of LANGUAGES) {
    for (const width of ["long", "short"] as const) {
      const format = new Intl.DateTimeFormat(language, { day: "numeric", month: width, timeZone: "UTC" });
      for (let month = 0; month < 12; month++) {
        const part = format.formatToParts(Date.UTC(2024, month, 3)).find(({ type }) => type === "month");
        if (part !== undefined) months.set(part.value.toLowerCase().replaceAll(".", ""), month + 1);
      }
    }
  }
  return months;
}

let known: ReadonlyMap<string, number> | undefined;

const DAY_FIRST = /^(\d{1,2})\.?(?:\s+de)?\s+(\p{L}{3,12})\.?,?(?:\s+de)?\s+(\d{4})\b/u;
const MONTH_FIRST = /^(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b/u;

/** The text with its month in digits; any other text as it is. */
export function spellMonth(text: string): string {
  const trimmed = text.trim();
  const dayFirst = DAY_FIRST.exec(trimmed);
  const match = dayFirst ?? MONTH_FIRST.exec(trimmed);
  if (match === null) return text;
  const [whole, first = "", second = "", year = ""] = match;
  known ??= buildMonths();
  const month = known.get((dayFirst === null ? first : second).toLowerCase());
  const day = dayFirst === null ? second : first;
  return month === undefined ? text : `${year}-${month}-${day}${trimmed.slice(whole.length)}`;
}
