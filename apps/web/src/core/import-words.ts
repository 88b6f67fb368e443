/** What an import came to, in words. Pure. */
import type { WireImport } from "../data/wire.ts";
import { countOf, formatCount } from "./format.ts";

/** What of an import is looked at. */
interface Counted {
  readonly added: number;
  readonly known: number;
  readonly failed: number;
}

/** What becomes of pictures, sounds and other files of an export; undefined where it speaks of none. */
export function filesWords({ kept, missing }: { readonly kept: number; readonly missing: number }): string | undefined {
  const parts: string[] = [];
  if (kept > 0) parts.push(`${countOf(kept, "file")} in it ${kept === 1 ? "comes" : "come"} with the messages.`);
  if (missing > 0)
    parts.push(`${countOf(missing, "message")} had a file that is not in the export: of those only the words come.`);
  return parts.length === 0 ? undefined : parts.join(" ");
}

/** What an import brought: `5 memories new · 2 already known · 1 not read`; of one that was taken back, what is forgotten. */
export function importSummary({ added, failed, known, state }: Counted & Pick<WireImport, "state">): string {
  if (state === "undone") return `${countOf(added, "memory", "memories")} forgotten`;
  const parts = [`${countOf(added, "memory", "memories")} new`];
  if (known > 0) parts.push(`${formatCount(known)} already known`);
  if (failed > 0) parts.push(`${formatCount(failed)} not read`);
  return parts.join(" · ");
}

/** True of an import that has ended and brought something: there is something to take back. */
export function canTakeBack({ added, state }: Pick<WireImport, "added" | "state">): boolean {
  return added > 0 && (state === "done" || state === "cancelled" || state === "failed");
}
