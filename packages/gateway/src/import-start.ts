import type { Level, MemoryClient } from "@kaelix/model";

/** How an import is begun. */
export interface ImportStart {
  readonly me?: string;
  readonly dateOrder?: "day-first" | "month-first" | "year-first";
  readonly zone?: string;
  readonly level?: Level;
  /** The program that begins it; absent: a person does. */
  readonly client?: MemoryClient;
}
