import type { ApiKeyId, ConversationId, ImportId, Level, MemoryId, SourceKind } from "@kaelix/model";

/** A memory as the index holds it: header and the words of its content, in clear, in memory only. */
export interface SearchDocument {
  readonly memoryId: MemoryId;
  readonly conversationId: ConversationId | null;
  readonly conversationTitle?: string;
  /** Who said it; absent when the owner said it. */
  readonly speaker?: string;
  /** The program in whose namespace it stands; absent: it is the owner's own word. */
  readonly namespace?: ApiKeyId;
  readonly text: string;
  readonly caption?: string;
  /** True: files are kept with it. */
  readonly hasFiles?: true;
  readonly occurredAtMs: number;
  readonly recordedAtMs: number;
  readonly level: Level;
  readonly source: SourceKind;
  readonly importId: ImportId | null;
  readonly version: number;
  /** Offset of the record that made this version, in the user's partition: where it comes from. */
  readonly offset: number;
  /** Offset of the record that first told it: its place among those of the same millisecond. */
  readonly firstOffset: number;
  /** Offset of the last record that changed it in any way. */
  readonly lastOffset: number;
}
