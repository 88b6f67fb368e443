/**
 * What the gateway calls. The server wires it from capture, views, recall and security; tests wire a fake.
 *
 * Every method gets the principal that `decide` has already allowed; it still sees nothing of other users, and nothing above
 * `principal.ceiling` or out of reach of `principal.program`: what is foreign, above or out of reach answers exactly as what does not exist.
 */
import type { LogPosition } from "@kaelix/base";
import type {
  ConversationId,
  FileId,
  GrantId,
  ImportId,
  Level,
  LevelDecider,
  Memory,
  MemoryClient,
  MemoryDraft,
  MemoryId,
  SourceKind,
  UserId,
  UserPrincipal,
} from "@kaelix/model";

import type { AccessApplication } from "./access-application.ts";
import type { OperationsApplication } from "./operations-application.ts";
import type { ImportApplication } from "./import-application.ts";
import type { FileApplication } from "./file-application.ts";
import type { ErasureApplication } from "./erasure-application.ts";
import type { EventsApplication } from "./events-application.ts";
import type { MemberApplication } from "./member-application.ts";
import type { TenantApplication } from "./tenant-application.ts";
import type { MemoryEdit, MemoryMove } from "./memory-changes.ts";
import type { SealApplication } from "./seal-application.ts";
import type { SharingApplication } from "./sharing-application.ts";
import type { AppsApplication } from "./apps-application.ts";
import type { AuditApplication, PolicyApplication } from "./audit-application.ts";
import type { DayApplication } from "./day-application.ts";
import type { AnswerRemarks, AskRequest, AsOf } from "./asking.ts";
import type { ProviderApplication } from "./provider-application.ts";
import type { DigestApplication } from "./digest-application.ts";

/** That a memory is another's and was shared with the asker: who did, by which grant, and until when (epoch ms). */
export interface SharedMark {
  readonly by: { readonly user: UserId; readonly name: string };
  readonly grant: GrantId;
  readonly untilMs: number;
}

/** How far a person reaches beyond their own memories, to what others share; without it, as of every program, to their own alone. */
export interface Reach {
  /** Whose memories: everybody's, those of others alone, or those of one other person. */
  readonly owner: "all" | "others" | UserId;
  /** What the person says it is for; a grant for a purpose opens for that one alone. */
  readonly purpose: string | null;
}
import type { WaysIn } from "./ways-in-application.ts";
import type { PeopleApplication } from "./people-application.ts";
import type { GoingThrough } from "./timeline-application.ts";

/** A memory with its place on the log. */
export interface PlacedMemory {
  /** Absent: it is the asker's own. */
  readonly shared?: SharedMark;
  readonly memory: Memory;
  /** Of the event that made the state shown. */
  readonly position: LogPosition;
  /** True when search finds it (always false above the indexed levels, and for what is never to be recalled). */
  readonly searchable: boolean;
}

/** What telling came to. `conflict`: the external id is known with another content. */
export type RememberOutcome =
  | { readonly type: "stored" | "known"; readonly placed: PlacedMemory }
  | { readonly type: "conflict"; readonly memoryId: MemoryId }
  /** A program told it and it would stand above the indexed levels: it waits for the person's word. */
  | { readonly type: "proposed" };

/** What a change came to. */
export type ChangeOutcome =
  | { readonly type: "changed"; readonly placed: PlacedMemory }
  | { readonly type: "missing" }
  | { readonly type: "stale"; readonly version: number };

/** A page of a list; cursors are opaque text. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly previous: string | null;
}

/** What a list may be narrowed to. Times are epoch ms. */
export interface ListRequest {
  readonly limit: number;
  readonly cursor?: string;
  readonly conversationId?: ConversationId;
  readonly importId?: ImportId;
  readonly source?: SourceKind;
  readonly afterMs?: number;
  readonly beforeMs?: number;
  /** True: only what one's own browser sealed. */
  readonly clientSealed?: true;
  /** Only what is never to be recalled, or all but that; absent: both, and without it for whoever is not its owner in person. */
  readonly neverRecalled?: "only" | "without";
}

/** What a search or a question may be narrowed to. Times are epoch ms. */
export interface RecallFilter {
  readonly person?: string;
  readonly source?: SourceKind;
  readonly afterMs?: number;
  readonly beforeMs?: number;
  readonly level?: Level;
  readonly conversationId?: ConversationId;
  readonly importId?: ImportId;
}

/** One signal that spoke for a hit. */
export interface Signal {
  readonly signal: string;
  readonly score: number;
  readonly text: string;
}

/** A count of matches by value. */
export interface FacetCount {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

/** A memory as the search index holds it. */
export interface FoundMemory {
  readonly memoryId: MemoryId;
  readonly version: number;
  readonly text: string;
  readonly caption?: string;
  readonly speaker?: string;
  readonly conversationId: ConversationId | null;
  readonly conversationTitle?: string;
  readonly level: Level;
  readonly source: SourceKind;
  readonly importId: ImportId | null;
  readonly occurredAtMs: number;
  readonly recordedAtMs: number;
}

/** What a search found. Ranges are [start, end) in UTF-16 units. */
export interface SearchOutcome {
  readonly hits: readonly {
    /** Absent: it is the asker's own. */
    readonly shared?: SharedMark;
    readonly memory: FoundMemory;
    /** Of the event that made the state shown. */
    readonly position: LogPosition;
    readonly score: number;
    readonly highlights: readonly (readonly [number, number])[];
    readonly why: readonly Signal[];
  }[];
  readonly total: number;
  readonly facets: Readonly<
    Record<"person" | "source" | "level" | "month" | "conversation", readonly FacetCount[]>
  > | null;
  /** How many of the matches are whose; only when something is shared. */
  readonly owners?: readonly FacetCount[];
  /** Qualifiers of the query that could not be understood, a sentence each. */
  readonly problems?: readonly string[];
  /** Whether meaning was compared; absent: no provider is set up, or nothing has a vector yet. */
  readonly meaning?: "used" | "late" | "down" | "withheld";
  readonly tookMs: number;
}

/** A time that quoted words name, resolved against the memory's own time. */
export interface QuotedTime {
  readonly text: string;
  readonly range: readonly [number, number];
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly precision: "day" | "weekend" | "week" | "month" | "season" | "year";
}

/** An answer with what it rests on. */
export interface AnswerOutcome extends AnswerRemarks {
  readonly kind: "quoted" | "written" | "nothing";
  readonly text: string;
  readonly sentences: readonly { readonly text: string; readonly citations: readonly number[] }[];
  readonly citations: readonly {
    readonly number: number;
    readonly placed: PlacedMemory;
    readonly quote: string;
    readonly range: readonly [number, number];
    /** The sentence in it that answers best. */
    readonly best?: readonly [number, number];
    readonly times?: readonly QuotedTime[];
    readonly why: readonly Signal[];
  }[];
  /** True when cited memories tell different things. */
  readonly hasConflict?: boolean;
  readonly confidence: number;
  readonly tookMs: number;
}

/** One state a memory was in; text is null when its key is gone. */
export interface MemoryVersion {
  readonly version: number;
  readonly change: "told" | "edit" | "move";
  readonly text: string | null;
  /** What its owner's browser sealed; then there is no text. */
  readonly clientSealed?: string;
  readonly level: Level;
  readonly levelDecidedBy: LevelDecider;
  /** The program that wrote it; absent: the person, or its key is gone. */
  readonly client?: MemoryClient;
  /** Why it replaced the one before. */
  readonly reason?: string;
  readonly atMs: number;
  readonly position: LogPosition;
}

/** A conversation with its newest memory. */
export interface ConversationSummary {
  /** Absent: it is the asker's own. */
  readonly shared?: SharedMark;
  readonly id: ConversationId;
  readonly title: string | null;
  readonly memories: number;
  readonly lastAtMs: number;
  readonly lastText: string;
  readonly lastSpeaker: string | null;
  readonly source: SourceKind;
}

/** Writing, reading and recalling memories of the principal. */
export interface MemoryApplication {
  /** `files`: uploads that are told with it. */
  remember(principal: UserPrincipal, draft: MemoryDraft, files?: readonly FileId[]): Promise<RememberOutcome>;
  read(principal: UserPrincipal, id: MemoryId, reach?: Reach): Promise<PlacedMemory | undefined>;
  list(principal: UserPrincipal, request: ListRequest, reach?: Reach): Promise<PageOf<PlacedMemory>>;
  versions(principal: UserPrincipal, id: MemoryId): Promise<readonly MemoryVersion[] | undefined>;
  edit(principal: UserPrincipal, id: MemoryId, change: MemoryEdit, expectedVersion: number): Promise<ChangeOutcome>;
  move(principal: UserPrincipal, id: MemoryId, move: MemoryMove, expectedVersion: number): Promise<ChangeOutcome>;
  forget(principal: UserPrincipal, id: MemoryId, expectedVersion: number): Promise<ChangeOutcome>;
  /** Whether it is never to be recalled; the owner's own word. Its version stays. */
  decideRecall(principal: UserPrincipal, id: MemoryId, never: boolean, expectedVersion: number): Promise<ChangeOutcome>;
  /** `missing` when it is unknown, not forgotten, or already erased. */
  restore(principal: UserPrincipal, id: MemoryId): Promise<ChangeOutcome>;
  conversations(
    principal: UserPrincipal,
    request: { readonly limit: number; readonly cursor?: string },
    reach?: Reach,
  ): Promise<PageOf<ConversationSummary>>;
  search(
    principal: UserPrincipal,
    request: {
      readonly query: string;
      readonly filter: RecallFilter;
      readonly asOf?: AsOf;
      readonly limit: number;
      readonly offset: number;
      readonly facets: boolean;
    },
    reach?: Reach,
  ): Promise<SearchOutcome>;
  ask(principal: UserPrincipal, request: AskRequest, reach?: Reach): Promise<AnswerOutcome>;
  /** Everything at or below the ceiling, in order of telling. */
  exportAll(principal: UserPrincipal): AsyncIterable<PlacedMemory>;
}

/** A step of the start, for the progress page. */
export interface StartStep {
  readonly name: string;
  readonly state: "waiting" | "running" | "done" | "failed";
  /** 0 to 1. */
  readonly progress: number;
  readonly detail: string | null;
  readonly tookMs: number | null;
}

/** A view's place on the log. */
export interface ViewState {
  readonly name: string;
  readonly state: "following" | "catching-up" | "rebuilding" | "failed";
  readonly lagRecords: number;
  readonly lagMs: number;
  readonly watermarks: readonly LogPosition[];
  readonly error: string | null;
}

/** How the house is. */
export interface HouseStatus {
  readonly version: string;
  readonly uptimeMs: number;
  readonly dataDirectory: string;
  readonly logHealth: "ok" | "suspect" | "failed";
  /** What of the log is known to be lost, in words. */
  readonly logDamaged: readonly string[];
  readonly topics: readonly { readonly name: string; readonly partitions: number; readonly records: number }[];
  readonly views: readonly ViewState[];
  readonly engines: {
    readonly log: string;
    readonly relational: string;
    readonly search: string;
    readonly keys: string;
  };
  /** Topics that memories come in from. */
  readonly sources: readonly SourceState[];
  /** Who is sent texts for their meaning; null: nobody. */
  readonly embedding: EmbeddingStatus | null;
  /** What was taken out of the files of the log since the start; null: the log is not the house's own. */
  readonly purge: PurgeStatus | null;
  readonly rssBytes: number;
}

/** What nobody can read any more and left the files of the log. Counts are since the start. */
export interface PurgeStatus {
  /** Epoch ms; null: there was nothing to take out yet. */
  readonly lastAtMs: number | null;
  /** Contents and events of memories. */
  readonly contents: number;
  /** Pieces of files. */
  readonly pieces: number;
  /** Room given back to the disk, bytes. */
  readonly bytesFreed: number;
}

/** The provider of vectors. Counts are since the start. */
export interface EmbeddingStatus {
  readonly host: string;
  readonly model: string;
  /** Memories up to this level are sent. */
  readonly levelMax: Level;
  readonly state: "ready" | "paused" | "spent";
  readonly problem: string | null;
  /** Memories in loaded indexes that wait for a vector. */
  readonly waiting: number;
  readonly texts: number;
  readonly tokensToday: number;
  readonly tokensPerDay: number;
}

/** A source of memories. Counts are since the server started. */
export interface SourceState {
  readonly name: string;
  readonly topics: readonly string[];
  readonly group: string;
  readonly state: "stopped" | "starting" | "running" | "waiting";
  readonly remembered: number;
  readonly known: number;
  readonly deadLetters: number;
  readonly skipped: number;
  readonly problem: string | null;
}

/** One side of a verification. */
export interface CensusView {
  readonly memoriesLive: number;
  readonly memoriesForgotten: number;
  readonly memoriesErased: number;
  readonly users: number;
}

/** The log counted against every view. */
export interface VerificationOutcome {
  readonly agree: boolean;
  readonly log: CensusView & {
    readonly records: number;
    readonly unreadable: number;
    /** Living memories whose sealed bytes are not those that were sealed in their place; they are shown nowhere. */
    readonly unopenable: number;
    readonly files: { readonly kept: number; readonly bytes: number; readonly damaged: number };
    readonly damaged: readonly string[];
    /** False when the log lost records or holds less than a view: no view may be rebuilt from it. */
    readonly whole: boolean;
    /** Memories that a view holds and the log does not. */
    readonly lost: number;
  };
  readonly views: readonly {
    readonly name: string;
    readonly agree: boolean;
    readonly census: CensusView | null;
    readonly missing: readonly string[];
    readonly extra: readonly string[];
    readonly notes: readonly string[];
  }[];
  readonly tookMs: number;
}

/** Running the house. */
export interface HouseApplication {
  describe(): {
    readonly version: string;
    readonly claimed: boolean;
    readonly ready: boolean;
    readonly steps: readonly StartStep[];
    /** Texts up to this level are sent to an AI provider; absent: none is. */
    readonly sentUpTo?: Level;
    readonly recovery?: boolean;
    readonly signInWith?: readonly { readonly id: string; readonly name: string }[];
  };
  status(): Promise<HouseStatus>;
  verify(): Promise<VerificationOutcome>;
  /** Refuses when the log lost what the view may still hold, unless it is forced. */
  rebuild(
    view: "relational" | "search" | "world",
    options: { readonly force: boolean },
  ): Promise<{ readonly events: number; readonly tookMs: number }>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  /** Waits until all views have folded a position. */
  waitFor(
    position: LogPosition,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<"reached" | "timeout">;
}

/** Everything behind the gateway besides identity, which is the security room's own service. */
export interface Application extends WaysIn, GoingThrough {
  readonly memories: MemoryApplication;
  readonly files: FileApplication;
  readonly imports: ImportApplication;
  readonly house: HouseApplication;
  readonly events: EventsApplication;
  readonly audit: AuditApplication;
  readonly policy: PolicyApplication;
  readonly access: AccessApplication;
  readonly apps: AppsApplication;
  readonly erasures: ErasureApplication;
  readonly seal: SealApplication;
  readonly sharing: SharingApplication;
  readonly members: MemberApplication;
  readonly tenants: TenantApplication;
  readonly digests: DigestApplication;
  readonly days: DayApplication;
  readonly people: PeopleApplication;
  readonly operations: OperationsApplication;
  readonly provider: ProviderApplication;
}
