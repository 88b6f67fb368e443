import type { ImportId } from "@kaelix/model";

import type { MemoryRegister } from "./register.ts";
import type { Owner } from "./remember.ts";
import type { ImportFormat } from "./sources/sources.ts";

/** An import as the relational view keeps it. */
export interface RegisteredImport {
  readonly importId: ImportId;
  readonly format: ImportFormat;
  readonly state: "started" | "done" | "cancelled" | "failed" | "undone";
  readonly added: number;
  readonly known: number;
  readonly failed: number;
  /** Sealed `ImportSaid`, purpose `import`. */
  readonly sealed: Uint8Array;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
}

/** What importing asks the relational view. */
export interface ImportRegister extends MemoryRegister {
  /** Newest first. */
  imports(user: Owner["user"]): Promise<readonly RegisteredImport[]>;
  /** Memories that an import has brought so far. */
  importedCount(user: Owner["user"], importId: ImportId): Promise<number>;
  /** Imports that began and, as far as the log says, never ended. */
  unfinishedImports(): Promise<readonly (Owner & { readonly importId: ImportId })[]>;
}
