/** The shapes every source shares: what is read, what is asked, what comes out. */
import type { Level, MemoryDraft } from "@kaelix/model";
import type { AgeKey } from "@kaelix/security";

import type { TextSource } from "./container.ts";

/** The formats that can be read. */
export type ImportFormat = "whatsapp" | "chatgpt" | "claude" | "jsonl" | "csv" | "markdown";

/** What to import: a file or a folder on disk. Uploads are spooled to disk first. */
export interface ImportInput {
  /** Where the bytes are. */
  readonly path: string;
  /** What the person called it; decides the chat's name and, beside the content, the format. */
  readonly fileName: string;
  /** What opens the file where it is a sealed one (`unseal`); absent: it is read as it is. */
  readonly opened?: AgeKey;
}

/** The order of day, month and year in numeric dates. */
export type DateOrder = "day-first" | "month-first" | "year-first";

/** What the person answered to the preview's questions. */
export interface ImportAnswers {
  /** Which speaker is the owner, as the preview spells the name. Their messages become memories without a speaker. */
  readonly me?: string;
  readonly dateOrder?: DateOrder;
  /** IANA name of the zone that local times are in. */
  readonly zone?: string;
  /** Level for everything imported; absent: each record's own, else the classifier decides. */
  readonly level?: Level;
}

/** Limits of a read. Every one has a default that suits a personal computer. */
export interface ImportLimits {
  /** Bytes that may be unpacked from one archive in all. Default 8 GiB. */
  readonly unpackedBytesMax?: number;
  /** Entries an archive or folder may hold. Default 100,000. */
  readonly entriesMax?: number;
}

/** What is known of a file's format. */
export interface ImportDetection {
  readonly format: ImportFormat;
  /** 0 to 1. */
  readonly confidence: number;
  /** One sentence for the person. */
  readonly why: string;
}

/** A record that could not be read, or one that was read with a doubt. */
export interface ImportProblem {
  /** 1 for the first line, of an assistant's export for the first conversation; 0 when it concerns the whole file. */
  readonly line: number;
  /** The head of the line itself, at most 200 UTF-16 units. */
  readonly text: string;
  readonly why: string;
}

/** Something only the person can know. */
export interface ImportQuestion {
  readonly id: "me" | "date-order" | "zone";
  readonly text: string;
  /** What may be answered; empty: free text. */
  readonly options: readonly string[];
  /** What is taken when nobody answers; null: an answer is needed or nothing is taken. */
  readonly suggested: string | null;
}

/** One message or note as the preview shows it. */
export interface ImportSample {
  /** Local time without a zone when the source has none; RFC 3339 when it has; null when there is no time. */
  readonly at: string | null;
  readonly from: string | null;
  readonly text: string;
}

/** What an import would bring. */
export interface ImportPreview {
  readonly format: ImportFormat;
  readonly confidence: number;
  readonly why: string;
  /** How many memories it would bring. */
  readonly total: number;
  /** Most messages first. */
  readonly people: readonly { readonly name: string; readonly messages: number }[];
  readonly first: string | null;
  readonly last: string | null;
  readonly sample: readonly ImportSample[];
  /** The first 100; `problemCount` counts all. */
  readonly problems: readonly ImportProblem[];
  readonly problemCount: number;
  readonly questions: readonly ImportQuestion[];
  /** Bytes of text to read (unpacked). */
  readonly bytes: number;
  /** Pictures, sounds and other files. */
  readonly files: {
    /** How many the archive holds for its messages: they come with them. */
    readonly kept: number;
    /** Messages that had one which is not in what is imported: of them only the words come. */
    readonly missing: number;
  };
  /** Lines that are nobody's words: notices of the messenger, deleted messages, empty notes. */
  readonly skipped: { readonly system: number; readonly deleted: number; readonly empty: number };
  /** True when the file looks cut at a limit of the exporting app: older messages are not in it. */
  readonly truncatedSuspected: boolean;
}

/** One thing read for the import. */
export type ImportItem =
  | { readonly type: "draft"; readonly draft: MemoryDraft; readonly line: number }
  | ({ readonly type: "problem" } & ImportProblem);

/** How far a read is, by bytes of unpacked text; never counted beforehand. */
export interface ImportProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** How a read is watched and ended. */
export interface ReadOptions {
  /** Awaited before what was opened is closed: files of drafts can be read until then. */
  readonly settled?: () => Promise<unknown>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly limits?: ImportLimits;
}

/** When a record happened, as its source tells it. */
export type RecordTime =
  | {
      readonly type: "local";
      /** The local fields as if they were UTC, epoch ms. */
      readonly localMs: number;
      readonly precision: "day" | "minute" | "second";
    }
  | { readonly type: "instant"; readonly atMs: number; readonly text: string };

/** One thing a format's reader yields. */
export type SourceItem =
  | {
      readonly type: "record";
      readonly line: number;
      readonly time: RecordTime | undefined;
      readonly from: string | undefined;
      readonly hasMedia: boolean;
      readonly draft: MemoryDraft;
    }
  | { readonly type: "skipped"; readonly what: "system" | "deleted" | "empty" }
  | ({ readonly type: "problem" } & ImportProblem);

/** A source that was looked through once and can be read, any number of times. */
export interface PreparedSource {
  readonly format: ImportFormat;
  readonly bytes: number;
  /** What must be asked about dates; undefined when they are certain. */
  readonly dateQuestion: ImportQuestion | undefined;
  /** True when nothing can be read before the question about dates is answered. */
  readonly isBlocked: boolean;
  /** True when the source says which speaker would be the owner's counterpart. */
  readonly title: string | undefined;
  readonly items: (options: ReadOptions) => AsyncIterable<SourceItem>;
}

/** What a reader is told before it looks through a source. */
export interface PrepareOptions {
  readonly answers: ImportAnswers;
  /** Zone for local times when the answers name none. */
  readonly zone: string;
  readonly fileName: string;
  /** What came along with the texts; absent: nothing. */
  readonly files?: readonly TextSource[];
  readonly signal?: AbortSignal;
}
