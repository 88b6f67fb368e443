/** What a program imports and may not write alone: set apart before anything of it is stored. */
import { isKaelixError } from "@kaelix/base";
import { type ApiKeyId, type ErasureScope, fileNameOf, type Level, type MemoryDraft } from "@kaelix/model";

import type { Owner } from "./remember.ts";
import type { ImportProblem } from "./sources/sources.ts";

/** What waits and shall wait no longer: of an import, of a source or of a program since it was told to Kaelix at a time, epoch ms. */
export type HeldScope =
  | Extract<ErasureScope, { type: "import" | "source" }>
  | { readonly type: "client"; readonly key: ApiKeyId; readonly since: number };

/** Where what programs may not write alone waits for the person's word. */
export interface HeldWrites {
  /** True when it is kept there, durably, and must not be stored. Throws `proposals-full`. */
  hold(owner: Owner, draft: MemoryDraft): Promise<boolean>;
  /** Nothing of this waits any longer, up to a level; answers how many did. */
  drop(owner: Owner, what: HeldScope, ceiling: Level): Promise<number>;
}

/** One record of a file. */
export interface ReadDraft {
  readonly draft: MemoryDraft;
  readonly line: number;
}

/** What waits is kept without its files: their names stay. */
function withoutFiles({ files, ...draft }: MemoryDraft): MemoryDraft {
  if (files === undefined) return draft;
  return { ...draft, attachments: [...(draft.attachments ?? []), ...files.map(({ name }) => fileNameOf(name))] };
}

const HELD = "Secret or above, from a program: it waits for the person's word, under Review";
const FULL = "Secret or above, from a program, and too much waits already: not kept";

/** What of these may be stored; of the others it is noted what became of them, without their words. */
export async function notHeld(
  held: HeldWrites | undefined,
  owner: Owner,
  told: readonly ReadDraft[],
  note: (problem: ImportProblem) => void,
): Promise<readonly ReadDraft[]> {
  if (held === undefined) return told;
  const free: ReadDraft[] = [];
  for (const one of told) {
    try {
      if (await held.hold(owner, withoutFiles(one.draft))) note({ line: one.line, text: "", why: HELD });
      else free.push(one);
    } catch (error) {
      if (!isKaelixError(error, "proposals-full")) throw error;
      note({ line: one.line, text: "", why: FULL });
    }
  }
  return free;
}
