/** How long things are kept, in words. */

const YEAR = 12;
/** Periods to choose from, in months; null: for ever. */
const PERIODS: readonly (number | null)[] = [1, 3, 6, 12, 24, 36, 60, 84, 120, null];

/** `84` → `7 years`; null → `For ever`. */
export function periodWords(months: number | null): string {
  if (months === null) return "For ever";
  const [count, unit] = months % YEAR === 0 ? [months / YEAR, "year"] : [months, "month"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** What there is to choose from, with the period that stands; values are the months as text, or `ever`. */
export function periodOptions(standing: number | null): readonly { readonly value: string; readonly label: string }[] {
  const all = new Set([...PERIODS, standing]);
  return [...all]
    .toSorted((left, right) => (left ?? Infinity) - (right ?? Infinity))
    .map((months) => ({ value: periodValue(months), label: periodWords(months) }));
}

/** A period as the value of an option. */
export function periodValue(months: number | null): string {
  return months === null ? "ever" : String(months);
}

/** The period of an option's value. */
export function periodOf(value: string): number | null {
  return value === "ever" ? null : Number(value);
}
