/** What a caller asks to be changed of a memory. */
import type { Level, MemoryClient, MemoryContent, MemoryContext } from "@kaelix/model";

/** A change to a memory's content; absent fields stay, null empties. */
export interface MemoryEdit {
  readonly text?: string;
  readonly caption?: string | null;
  readonly context?: MemoryContext | null;
  /** Other words for what its owner's browser sealed; alone. */
  readonly clientSealed?: string;
  /** Which program makes the change; absent: the person. */
  readonly client?: MemoryClient;
  /** Why, as whoever makes it says. */
  readonly reason?: string;
}

/** A level that was chosen, and what the owner's browser made of the words where they cross the border of what can be read here. */
export interface MemoryMove {
  readonly level: Level;
  readonly clientSealed?: string;
  readonly opened?: Pick<
    MemoryContent,
    "text" | "caption" | "speaker" | "conversationTitle" | "externalId" | "attachments" | "context"
  >;
}
