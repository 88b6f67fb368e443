/**
 * The events on the log: what was decided, in the order it was decided. Everything else is folded from them.
 *
 * Guarantees: an event version once written stays readable for ever (frozen in `fixtures/`); the version number is global,
 * so one list of upgrades orders all changes of all events. Versions 2 to 9 brought new events; 4, 10 and 12 optional marks,
 * `client_sealed`, the `reach` of programs and what a reset left of an account; 11 the decision `self` about people, 13 the source
 * `chatgpt`, 14 what is never recalled, and 15 the source `claude`: those before are as they were. Content is sealed before it gets here: an event holds ids,
 * times and levels in clear and one sealed blob (base64url).
 */
import type { AccessEvent, AuditEvent } from "./access-events.ts";
import type { DayEvent } from "./day-events.ts";
import type { ErasureEvent } from "./erasure-events.ts";
import type { ConversationId, ImportId, InviteId, MemoryId, SessionId, TenantId, UserId } from "./ids.ts";
import type { Level, LevelDecider } from "./level.ts";
import type { SourceKind } from "./memory.ts";
import type { PeopleEvent } from "./people-events.ts";
import type { Role } from "./principal.ts";

/** The version that events are written with today. */
export const EVENT_VERSION = 17;

/** What every event says. */
export interface EventBase {
  /** Global event version, 1 to `EVENT_VERSION`. */
  readonly v: number;
  /** When it was decided, epoch ms. */
  readonly at: number;
  readonly tenant: TenantId;
  readonly user: UserId;
}

/** A memory was told. Telling a forgotten one again brings it back with a higher `memory_version`. */
export interface MemoryRemembered extends EventBase {
  readonly type: "memory.remembered";
  readonly memory: MemoryId;
  readonly memory_version: number;
  readonly level: Level;
  readonly level_by: LevelDecider;
  readonly confidence: number;
  readonly source: SourceKind;
  readonly conversation: ConversationId | null;
  readonly import: ImportId | null;
  readonly occurred_at: number;
  /** Keyed hash of the external id (base64url of 16 bytes), or null. */
  readonly external: string | null;
  /** Keyed hash of what was told (base64url of 16 bytes): tells a repetition from a contradiction. */
  readonly digest: string;
  /** Sealed `MemoryContent`, purpose `content` (base64url). Empty, as `digest` is, once nothing opened it and a purge took it off the log. */
  readonly sealed: string;
  /** Inside is only what the owner's browser sealed: nobody here ever read it. Level 4 alone. */
  readonly client_sealed?: true;
  /** It was never to be recalled where it comes from, and is not here. Absent: as it stood, and at first it may be. */
  readonly never_recalled?: true;
}

/** A memory's content or level was changed; the whole new state. A move between levels brings a new key. */
export interface MemoryRevised extends EventBase {
  readonly type: "memory.revised";
  readonly memory: MemoryId;
  readonly memory_version: number;
  readonly change: "edit" | "move";
  readonly level: Level;
  readonly level_by: LevelDecider;
  readonly confidence: number;
  readonly digest: string;
  readonly sealed: string;
  /** As of `memory.remembered`; absent: from here on it can be read here. */
  readonly client_sealed?: true;
}

/** A memory is hidden everywhere at once; it can be restored until it is erased. */
export interface MemoryForgotten extends EventBase {
  readonly type: "memory.forgotten";
  readonly memory: MemoryId;
}

/** Forgetting was undone in time. */
export interface MemoryRestored extends EventBase {
  readonly type: "memory.restored";
  readonly memory: MemoryId;
}

/** The person said whether a memory is never to be recalled. It is kept as it was: found, answered from and told of by nothing. */
export interface MemoryRecallDecided extends EventBase {
  readonly type: "memory.recall-decided";
  readonly memory: MemoryId;
  /** False: it may be recalled again. */
  readonly never: boolean;
}

/** The key of a forgotten memory was shredded: its content can never be opened again. */
export interface MemoryErased extends EventBase {
  readonly type: "memory.erased";
  readonly memory: MemoryId;
}

/** Every memory and import of a person is gone: their key was shredded, and no view keeps a row of theirs. */
export interface MemoriesErased extends EventBase {
  readonly type: "memory.all-erased";
}

/** An import began. `sealed` holds `{ file }`, the `program` that brought it or who of the speakers is `me`, purpose `import`. */
export interface ImportStarted extends EventBase {
  readonly type: "import.started";
  readonly import: ImportId;
  readonly format: SourceKind;
  readonly sealed: string;
}

/** An import ended. Counts: records told for the first time, already known, and unreadable. */
export interface ImportFinished extends EventBase {
  readonly type: "import.finished";
  readonly import: ImportId;
  readonly added: number;
  readonly known: number;
  readonly failed: number;
  readonly outcome: "done" | "cancelled" | "failed";
}

/** Everything an import brought is forgotten as one. */
export interface ImportUndone extends EventBase {
  readonly type: "import.undone";
  readonly import: ImportId;
}

/** Somebody signed up. `phone` is a keyed hash of the number; `sealed` holds `{ phone, name }`, purpose `profile`. */
export interface UserRegistered extends EventBase {
  readonly type: "user.registered";
  readonly role: Role;
  readonly phone: string;
  /** argon2id, PHC string format. */
  readonly password: string;
  readonly invite: InviteId | null;
  readonly sealed: string;
}

/** A person's password was replaced. `password` is argon2id, PHC string format. */
export interface UserPasswordChanged extends EventBase {
  readonly type: "user.password-changed";
  readonly password: string;
}

/** An account was erased: its key is shredded, its sessions have ended, its phone number is free. */
export interface UserErased extends EventBase {
  readonly type: "user.erased";
}

/** A session began: a family of refresh tokens. `refresh` is the SHA-256 of the current token (base64url). */
export interface SessionStarted extends EventBase {
  readonly type: "session.started";
  readonly session: SessionId;
  readonly refresh: string;
  readonly expires_at: number;
  /** What the client calls itself, at most 200 letters. */
  readonly client: string;
}

/** The refresh token of a session was exchanged for its successor. */
export interface SessionRotated extends EventBase {
  readonly type: "session.rotated";
  readonly session: SessionId;
  /** 1 for the first exchange. */
  readonly generation: number;
  readonly refresh: string;
  readonly expires_at: number;
}

/** A session ended: `logout` by its owner, `reuse` because an old refresh token came back, `expired`, or `all` at once. */
export interface SessionRevoked extends EventBase {
  readonly type: "session.revoked";
  readonly session: SessionId;
  readonly reason: "logout" | "reuse" | "expired" | "all";
}

/** Somebody may sign up with a code; `code` is its SHA-256 (base64url). */
export interface InviteCreated extends EventBase {
  readonly type: "invite.created";
  readonly invite: InviteId;
  readonly role: Role;
  readonly code: string;
  readonly expires_at: number;
}

/** An invitation was taken back: from `at` on its code lets nobody in. */
export interface InviteRevoked extends EventBase {
  readonly type: "invite.revoked";
  readonly invite: InviteId;
}

/** A user's key, wrapped by the key-encryption key of a version (compacted topic `keys`, record key `user/<id>`). */
export interface UserKeyWrapped extends EventBase {
  readonly type: "key.user";
  /** 1, and one more with each renewal. */
  readonly key_version: number;
  readonly kek_version: number;
  readonly wrapped: string;
  /** Sealed: what is still needed of the versions before; absent in the first. */
  readonly kept?: string;
  /** There while keys of memories may still be wrapped under the version before. */
  readonly renewing?: true;
}

/** A memory's key, wrapped by its level key (compacted topic `keys`, record key `memory/<id>`; a null value is the shredding). */
export interface MemoryKeyWrapped extends EventBase {
  readonly type: "key.memory";
  readonly memory: MemoryId;
  readonly level: Level;
  readonly key_version: number;
  readonly wrapped: string;
}

/** What the installation signs with keys of its own that are renewed. */
export type SigningPurpose = "access-tokens" | "app-tokens" | "audit" | "refresh";

/**
 * A key that the installation signs with, wrapped by the key-encryption key of a version (compacted topic `keys`, record key
 * `signing/<purpose>/<number>`; a null value: it is forgotten).
 */
export interface SigningKeyWrapped extends EventBase {
  readonly type: "key.signing";
  readonly purpose: SigningPurpose;
  /** 1, and one more with each renewal. */
  readonly number: number;
  /** When it was made, and so when the one before was retired. */
  readonly since: number;
  readonly kek_version: number;
  readonly wrapped: string;
  /** Of the audit log: the notes by which each key since the first vouches for the next. */
  readonly vouched?: readonly string[];
}

/** Events of topic `memories`, keyed by user. */
export type MemoryEvent =
  | MemoryRemembered
  | MemoryRevised
  | MemoryForgotten
  | MemoryRestored
  | MemoryRecallDecided
  | MemoryErased
  | MemoriesErased
  | ImportStarted
  | ImportFinished
  | ImportUndone;

/** Events of topic `identity`, keyed by user. */
export type IdentityEvent =
  | UserRegistered
  | UserPasswordChanged
  | UserErased
  | SessionStarted
  | SessionRotated
  | SessionRevoked
  | InviteCreated
  | InviteRevoked;

/** Events of topic `keys`. */
export type KeyEvent = UserKeyWrapped | MemoryKeyWrapped | SigningKeyWrapped;

/** Every event there is. */
export type KaelixEvent =
  | MemoryEvent
  | IdentityEvent
  | KeyEvent
  | AccessEvent
  | AuditEvent
  | ErasureEvent
  | PeopleEvent
  | DayEvent;

/** The name of an event. */
export type EventType = KaelixEvent["type"];

/** The topics of the house and how many partitions each is created with. */
export const TOPICS = {
  memories: { name: "memories", partitions: 8, compacted: false },
  identity: { name: "identity", partitions: 1, compacted: false },
  people: { name: "people", partitions: 1, compacted: false },
  days: { name: "days", partitions: 1, compacted: true },
  /** Sealed pieces of files, no events: see `KeptFile`. */
  files: { name: "files", partitions: 8, compacted: false },
  keys: { name: "keys", partitions: 1, compacted: true },
  access: { name: "access", partitions: 1, compacted: true },
  audit: { name: "audit", partitions: 1, compacted: false },
  erasures: { name: "erasures", partitions: 1, compacted: true },
  deadLetters: { name: "dead-letters", partitions: 1, compacted: false },
} as const;
