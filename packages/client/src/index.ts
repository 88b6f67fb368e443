export { KaelixProblem } from "@kaelix/contract/calls";
export { KaelixConnectionError } from "./errors.ts";
export type { KaelixEvent, SubscribeOptions } from "./events.ts";
export type { Files } from "./files.ts";
export type { CreateImportOptions, Imports, UploadFile } from "./imports.ts";
export { Kaelix, type KaelixOptions } from "./kaelix.ts";
export type { AddOptions, ChangeOptions, ListOptions, Memories } from "./memories.ts";
export type { CallSettings } from "./sending.ts";
export type {
  AddedMemory,
  Answer,
  AskOptions,
  Import,
  ImportAnswers,
  Memory,
  MemoryChange,
  MemoryFile,
  SearchOptions,
  SearchResult,
} from "./types.ts";
