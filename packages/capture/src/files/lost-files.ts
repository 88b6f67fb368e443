import type { MemoryDraft } from "@kaelix/model";

import type { ReadDraft } from "../held-writes.ts";
import type { ImportProblem } from "../sources/sources.ts";

/** A record as its import tells it. A file that cannot be kept is one problem of the import, and costs its record nothing but itself. */
export function notingLost(
  { draft, line }: ReadDraft,
  more: Pick<MemoryDraft, "importId" | "client">,
  note: (problem: ImportProblem) => void,
): ReadDraft {
  const told = { ...draft, ...more };
  if (draft.files === undefined) return { draft: told, line };
  const onLost = (text: string) => (why: string) => note({ line, text, why });
  return { draft: { ...told, files: draft.files.map((file) => ({ ...file, onLost: onLost(file.name) })) }, line };
}
