/** Which packages are due to be renewed, by the times that docs/dependencies.md promises. Pure; what npm prints is parsed here. */

/** A package of which there is a newer version. */
export interface Outdated {
  readonly name: string;
  readonly current: string;
  readonly latest: string;
}

/** One that can be renewed. */
export interface Renewal extends Outdated {
  /** When the first version newer than ours came out, epoch ms. */
  readonly sinceMs: number;
  readonly isDue: boolean;
}

/** A package with a known hole. */
export interface Hole {
  readonly name: string;
  readonly severity: string;
  /** True when a version without it is there. */
  readonly isMended: boolean;
}

const DAY_MS = 86_400_000;
/** As docs/dependencies.md has it: everything is renewed within so many days. */
export const RENEWED_WITHIN_DAYS = 90;
const NUMBERS = /^(\d+)\.(\d+)\.(\d+)$/;

/** What `npm outdated --json` says. A package under another name of ours stays at its version on purpose and is left out. */
export function parseOutdated(said: unknown): readonly Outdated[] {
  return entriesOf(said).flatMap(([name, facts]) => {
    const { current, latest, wanted } = Object.fromEntries(entriesOf(facts));
    const ours = typeof current === "string" ? current : wanted;
    if (name.includes(":") || typeof ours !== "string" || typeof latest !== "string" || ours === latest) return [];
    return [{ name, current: ours, latest }];
  });
}

/**
 * @param published what `npm view NAME time --json` says: version → RFC 3339
 * @returns undefined when there is nothing newer that is no preview
 */
export function renewalOf(outdated: Outdated, published: unknown, nowMs: number): Renewal | undefined {
  const newer = entriesOf(published).flatMap(([version, at]) =>
    typeof at === "string" && isBetween(version, outdated) ? [Date.parse(at)] : [],
  );
  if (newer.length === 0) return undefined;
  const sinceMs = Math.min(...newer);
  return { ...outdated, sinceMs, isDue: nowMs - sinceMs > RENEWED_WITHIN_DAYS * DAY_MS };
}

/** What `npm audit --json` says. @throws Error when that is no audit: the registry could not be asked */
export function parseAudit(said: unknown): readonly Hole[] {
  const { vulnerabilities } = Object.fromEntries(entriesOf(said));
  if (typeof vulnerabilities !== "object") throw new Error("npm audit gave no list of known holes");
  return entriesOf(vulnerabilities).map(([name, facts]) => {
    const { fixAvailable, severity } = Object.fromEntries(entriesOf(facts));
    return { name, severity: String(severity), isMended: fixAvailable !== false && fixAvailable !== undefined };
  });
}

function isBetween(version: string, { current, latest }: Outdated): boolean {
  return compare(version, current) > 0 && compare(version, latest) <= 0;
}

/** Previews are never newer. */
function compare(left: string, right: string): number {
  const [one, other] = [NUMBERS.exec(left), NUMBERS.exec(right)];
  if (one === null || other === null) return -1;
  for (const at of [1, 2, 3]) {
    const difference = Number(one[at]) - Number(other[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
