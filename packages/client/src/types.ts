/** Shapes of the wire, by name. All of them are the contract's own. */
import type { CallInput, CallOutput, RouteName, Routes } from "@kaelix/contract";

type Output<Name extends RouteName> = CallOutput<Routes[Name]>;
type Body<Name extends RouteName> = NonNullable<CallInput<Routes[Name]>["body"]>;

/** A memory. */
export type Memory = Output<"memories.read">;
/** A file that is kept with a memory. */
export type MemoryFile = Memory["files"][number];
/** What telling came to: `known` when the same thing had been told before. */
export type AddedMemory = Output<"memories.create"> & {
  /** Where it stands on the log, to read your own writes with. */
  readonly position: string | undefined;
};
/** New content of a memory: absent fields stay, null empties. */
export type MemoryChange = Body<"memories.edit">;
/** One state that a memory was in. */
export type MemoryVersion = Output<"memories.versions">["data"][number];
/** Somebody whom memories speak of. */
export type Person = Output<"people.list">["data"][number];
/** What memories say of somebody, dated, each with the words that say it. */
export type PersonPage = Output<"people.read">;
/** A day: what is ahead, promised, new; every line with its memories. */
export type Day = Output<"digests.read">;
/** What a search found. */
export type SearchResult = Output<"searches.run">;
/** How to search. */
export type SearchOptions = Omit<Body<"searches.run">, "query">;
/** An answer with its citations. */
export type Answer = Output<"answers.ask">;
/** How to ask. */
export type AskOptions = Omit<Body<"answers.ask">, "question">;
/** An import and how far it is. */
export type Import = Output<"imports.read">;
/** Answers to what an import asks. */
export type ImportAnswers = Body<"imports.start">;
