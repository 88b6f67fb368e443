import type { KeptFile, FileDraft } from "./file.ts";
import type { ApiKeyId, ConversationId, ImportId, MemoryId, UserId } from "./ids.ts";
import {
  type Classification,
  type ClassificationReason,
  type Level,
  LEVEL_INDEXED_MAX,
  type LevelDecider,
} from "./level.ts";

/** Longest text of one memory, in UTF-16 units. Longer input is refused, never cut. */
export const MEMORY_TEXT_LENGTH_MAX = 65_536;
/** Longest name, title, caption or external id, in UTF-16 units. */
export const MEMORY_LABEL_LENGTH_MAX = 1_024;

/** Longest body that a browser sealed, in letters of base64url: the longest text in its bucket, padded. */
export const MEMORY_SEALED_LENGTH_MAX = 360_000;

/** Longest context of a memory, in bytes of JSON. */
export const MEMORY_CONTEXT_BYTES_MAX = 8_192;

/** Circumstances that a caller tells with a memory: a sentence or a small JSON object. */
export type MemoryContext = string | Readonly<Record<string, unknown>>;

/** Through which door a memory came in. */
export type SourceKind =
  | "chat"
  | "rest"
  | "cli"
  | "mcp"
  | "kafka"
  | "whatsapp"
  | "chatgpt"
  | "claude"
  | "jsonl"
  | "csv"
  | "markdown";

/** All doors. */
export const SOURCE_KINDS: readonly SourceKind[] = [
  "chat",
  "rest",
  "cli",
  "mcp",
  "kafka",
  "whatsapp",
  "chatgpt",
  "claude",
  "jsonl",
  "csv",
  "markdown",
];

/** The program that wrote a state of a memory: its key, and the key's name at that time. Absent when the person wrote it themself. */
export interface MemoryClient {
  readonly key: ApiKeyId;
  readonly name: string;
}

/** The part of a memory that is sealed: everything a stranger could learn from. */
export interface MemoryContent {
  /** Empty when `clientSealed` is there. */
  readonly text: string;
  /**
   * What its owner's browser sealed under a key that no server has (base64url). Text, caption, speaker, titles, attachments and context
   * are inside it and nowhere else.
   */
  readonly clientSealed?: string;
  /** Words that belong to a shared picture or file. */
  readonly caption?: string;
  /** Who said it, as the source names them. Absent when the owner said it themself. */
  readonly speaker?: string;
  /** Title of the conversation, as the source names it. */
  readonly conversationTitle?: string;
  /** The id in the system it came from. */
  readonly externalId?: string;
  /** Names of files that were attached where it came from and are not kept here. */
  readonly attachments?: readonly string[];
  /** Files that are kept with it. */
  readonly files?: readonly KeptFile[];
  /** What the caller said about the circumstances; kept as given. */
  readonly context?: MemoryContext;
  /** Which program wrote this state. */
  readonly client?: MemoryClient;
  /** The person said yes to what the program wrote: it counts as their own word. */
  readonly accepted?: true;
  /** Why this state replaced the one before it, as its writer says. */
  readonly changeReason?: string;
  /** Why it stands at its level. */
  readonly reasons: readonly ClassificationReason[];
}

/** The program in whose namespace a state stands; null: it is the person's own word. */
export function namespaceOf({ accepted, client }: Pick<MemoryContent, "accepted" | "client">): ApiKeyId | null {
  return client === undefined || accepted === true ? null : client.key;
}

/** The part of a memory that views may keep in clear: ids, times and levels. */
export interface MemoryHeader {
  readonly memoryId: MemoryId;
  readonly userId: UserId;
  /** 1 for the first; grows by one with every edit or move. */
  readonly version: number;
  readonly level: Level;
  readonly levelDecidedBy: LevelDecider;
  readonly confidence: number;
  readonly source: SourceKind;
  readonly conversationId: ConversationId | null;
  readonly importId: ImportId | null;
  /** When it happened or was said, epoch ms; the time of telling when nothing better is known. */
  readonly occurredAtMs: number;
  /** When Kaelix was told, epoch ms. */
  readonly recordedAtMs: number;
  /** Its owner said that nothing may recall it. Absent: it may be recalled. */
  readonly neverRecalled?: true;
}

/** True for what, while it is live, stands in the index of search: its text may be in clear in memory, and it is free to be recalled. */
export function isIndexed({ level, neverRecalled }: Pick<MemoryHeader, "level" | "neverRecalled">): boolean {
  return level <= LEVEL_INDEXED_MAX && neverRecalled !== true;
}

/** A memory opened: header and content. */
export interface Memory extends MemoryHeader, MemoryContent {}

/** What a source or a caller tells before anything is decided. Parsed, not yet classified or sealed. */
export interface MemoryDraft {
  /** Empty when `clientSealed` is there. */
  readonly text: string;
  /** Sealed where it was told; then nothing else of a content is, and it stands at level 4 by its owner's choice. */
  readonly clientSealed?: string;
  readonly source: SourceKind;
  readonly caption?: string;
  readonly speaker?: string;
  /** Stable name of the conversation inside its source (chat id, file name), and the title to show. */
  readonly conversation?: { readonly key: string; readonly title: string };
  /** Stable id inside the source; the same id told again is the same memory. */
  readonly externalId?: string;
  /** Names of files that are not told with it. */
  readonly attachments?: readonly string[];
  readonly files?: readonly FileDraft[];
  readonly context?: MemoryContext;
  /** Which program tells it. */
  readonly client?: MemoryClient;
  /** The person said yes to what that program tells. */
  readonly accepted?: true;
  /** Epoch ms; absent: now. */
  readonly occurredAtMs?: number;
  /** Chosen by a person; absent: the classifier decides. */
  readonly level?: Level;
  /** As it was judged where it comes from, when that was a Kaelix; `level` wins over it. */
  readonly judged?: Classification;
  /** Never to be recalled where it comes from, when that was a Kaelix. */
  readonly neverRecalled?: true;
  readonly importId?: ImportId;
}
