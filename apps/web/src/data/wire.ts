/** Types of the wire as the app uses them, taken from the contract's routes. */
import type { CallInput, CallOutput, RouteName, Routes } from "@kaelix/contract";

/** What a route takes. */
export type InputOf<Name extends RouteName> = CallInput<Routes[Name]>;
/** What a route's JSON answer is. */
export type OutputOf<Name extends RouteName> = CallOutput<Routes[Name]>;

/** A memory, opened. */
export type WireMemory = OutputOf<"memories.read">;
/** A file that is kept with a memory. */
export type WireFile = WireMemory["files"][number];
/** One state a memory was in. */
export type WireVersion = OutputOf<"memories.versions">["data"][number];
/** A conversation with its newest memory. */
export type WireConversation = OutputOf<"conversations.list">["data"][number];
/** What a search found. */
export type WireSearch = OutputOf<"searches.run">;
/** One memory found. */
export type WireHit = WireSearch["hits"][number];
/** An answer with citations. */
export type WireAnswer = OutputOf<"answers.ask">;
/** Where a sentence comes from. */
export type WireCitation = WireAnswer["citations"][number];
/** What a day holds. */
export type WireDigest = OutputOf<"digests.read">;
/** One signal that spoke for a hit. */
export type WireSignal = WireCitation["why"][number];
/** An import and how far it is. */
export type WireImport = OutputOf<"imports.read">;
/** The signed-in person. */
export type WireUser = OutputOf<"me.read">;
/** What anyone may know of the server. */
export type WireServer = OutputOf<"server.describe">;
