export { KaelixProblem } from "@kaelix/contract/calls";
export { KaelixConnectionError } from "./errors.ts";
export type { KaelixEvent, SubscribeOptions } from "./events.ts";
export type { Files } from "./files.ts";
export type { CreateImportOptions, Imports, UploadFile } from "./imports.ts";
export { Kaelix, type KaelixOptions } from "./kaelix.ts";
export type { AddOptions, ChangeOptions, ListOptions, Memories } from "./memories.ts";
export type { People, PeopleOptions } from "./people.ts";
export type { CallSettings } from "./sending.ts";
export type {
  AddedMemory,
  Answer,
  AskOptions,
  Day,
  Import,
  ImportAnswers,
  Memory,
  MemoryChange,
  MemoryFile,
  MemoryVersion,
  Person,
  PersonPage,
  SearchOptions,
  SearchResult,
} from "./types.ts";
