/** Importing, as the gateway asks for it. */
import type { ImportId, Level, MemoryClient, UserPrincipal } from "@kaelix/model";

/** How an import is begun. */
export interface ImportStart {
  readonly me?: string;
  readonly dateOrder?: "day-first" | "month-first" | "year-first";
  readonly zone?: string;
  readonly level?: Level;
  /** The program that begins it; absent: a person does. */
  readonly client?: MemoryClient;
}

/** An import as callers see it. */
export interface ImportView {
  readonly id: ImportId;
  readonly file: string;
  /** null: sealed, and never opened. */
  readonly format: ImportPreviewView["format"] | null;
  readonly state: "sealed" | "waiting" | "running" | "done" | "cancelled" | "failed" | "undone";
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly bytesTotal: number;
  readonly bytesDone: number;
  readonly total: number | null;
  readonly added: number;
  readonly known: number;
  readonly failed: number;
  readonly problems: readonly { readonly line: number; readonly text: string; readonly why: string }[];
  /** The wire form of a preview, made by the capture room. */
  readonly preview: ImportPreviewView | null;
  readonly error: string | null;
}

/** What an export file holds. `at` is local time without zone where the export has none. */
export interface ImportPreviewView {
  readonly format: "whatsapp" | "chatgpt" | "claude" | "jsonl" | "csv" | "markdown";
  readonly confidence: number;
  readonly total: number;
  readonly people: readonly { readonly name: string; readonly messages: number }[];
  readonly first: string | null;
  readonly last: string | null;
  readonly sample: readonly { readonly at: string | null; readonly from: string | null; readonly text: string }[];
  readonly problems: readonly { readonly line: number; readonly text: string; readonly why: string }[];
  readonly questions: readonly {
    readonly id: "me" | "date-order" | "zone";
    readonly text: string;
    readonly options: readonly { readonly value: string; readonly label: string }[];
    readonly suggested: string | null;
  }[];
  readonly files: { readonly kept: number; readonly missing: number };
  readonly cut_suspected: boolean;
}

/** Importing files of the principal. Errors are KaelixErrors of the capture room. */
export interface ImportApplication {
  /** Where an upload is spooled to: an empty folder made for it, under the data directory. */
  makeSpool(principal: UserPrincipal): Promise<{ readonly importId: ImportId; readonly folder: string }>;
  /** Looks at the spooled file and answers with what it holds. Takes the folder over; removes it on failure. */
  accept(
    principal: UserPrincipal,
    upload: { readonly importId: ImportId; readonly path: string; readonly fileName: string; readonly zone?: string },
  ): Promise<ImportView>;
  /** Looks at a file that was sealed. Throws when the passphrase is wrong or the file cannot be imported. */
  open(principal: UserPrincipal, id: ImportId, passphrase: string): Promise<ImportView | undefined>;
  list(principal: UserPrincipal): Promise<readonly ImportView[]>;
  read(principal: UserPrincipal, id: ImportId): Promise<ImportView | undefined>;
  start(principal: UserPrincipal, id: ImportId, answers: ImportStart): Promise<ImportView | undefined>;
  cancel(principal: UserPrincipal, id: ImportId): Promise<ImportView | undefined>;
  undo(principal: UserPrincipal, id: ImportId): Promise<ImportView | undefined>;
}
