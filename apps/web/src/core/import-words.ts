/** How far an import is and what it came to, in numbers and words. Pure. */
import type { WireImport } from "../data/wire.ts";
import { countOf, formatCount } from "./format.ts";

/** What of an import is looked at. */
interface Counted {
  readonly bytes_done: number;
  readonly bytes_total: number;
  readonly total: number | null;
  readonly added: number;
  readonly known: number;
  readonly failed: number;
}

/** How full the bar is, 0 to 1. A small file is read at once and told afterwards: what is read and not yet told does not fill it. */
export function importShare({ added, bytes_done, bytes_total, failed, known, total }: Counted): number {
  const read = bytes_total === 0 ? 0 : Math.min(1, bytes_done / bytes_total);
  return total === null || total === 0 ? read : Math.min(read, (added + known + failed) / total);
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
