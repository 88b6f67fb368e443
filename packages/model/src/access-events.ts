/**
 * Events of the topics `access` and `audit`.
 *
 * `access` is compacted: every record is the whole state of one thing (record keys `factors/<user>`, `key/<id>`, `app/<id>`, `grant/<id>`, `account/<user>`,
 * `way/<hash>`, `seal/<user>`, `tenant/<name>`), so what was used up or ended stays so however old the copy of a view is. `audit` keeps everything, in order.
 */
import type { EventBase } from "./events.ts";
import type { ApiKeyId, ConversationId, GrantId, MemoryId, SessionId, UserId } from "./ids.ts";
import type { Level } from "./level.ts";
import type { SourceKind } from "./memory.ts";
import type { KeyReach, Role } from "./principal.ts";

interface AccessBase extends EventBase {
  /** Grows by one with every state of the same thing, from 1. */
  readonly revision: number;
}

/** How a code is sent to a person. */
export type CodeWay = "email" | "sms";

/** A person's second factors. */
export interface AccessFactors extends AccessBase {
  readonly type: "access.factors";
  /** Sealed TOTP secret, purpose `factor` (base64url); null when there is none. */
  readonly totp: string | null;
  /** The newest TOTP step whose code was used: this and older ones open nothing. */
  readonly step: number;
  /** SHA-256 of the recovery codes that are left (base64url). */
  readonly recovery: readonly string[];
  /** How codes are sent when the person signs in; absent: they are not. */
  readonly sent?: readonly CodeWay[];
}

/** A key for an agent (acts for `user`) or for a service (acts for nobody; `user` made it). */
export interface AccessKey extends AccessBase {
  readonly type: "access.key";
  readonly key: ApiKeyId;
  readonly kind: "agent" | "service";
  /** Sealed name, purpose `factor` (base64url). */
  readonly sealed: string;
  /** SHA-256 of the whole key (base64url). */
  readonly hash: string;
  /** Names of actions. */
  readonly scopes: readonly string[];
  readonly ceiling: Level;
  /** Whose words it reads; absent in keys from before there was a choice: `all`. */
  readonly reach?: KeyReach;
  readonly created_at: number;
  readonly expires_at: number | null;
  /** Within ten minutes; null before the first use. */
  readonly used_at: number | null;
  readonly ended_at: number | null;
}

/**
 * A program of somebody else that `user` let in by signing in (OAuth 2.1): what it may do, the code that its first tokens are fetched with,
 * and its refresh token. It is named by a key's id, as any other program that acts for a person.
 */
export interface AccessApp extends AccessBase {
  readonly type: "access.app";
  readonly key: ApiKeyId;
  /** Sealed `{ name, client, redirect }`, purpose `factor` (base64url). */
  readonly sealed: string;
  /** SHA-256 of the client's id (base64url). */
  readonly client: string;
  /** Which door its tokens are for. */
  readonly resource: "mcp" | "api";
  /** Names of actions. */
  readonly scopes: readonly string[];
  readonly ceiling: Level;
  /** As of a key. */
  readonly reach?: KeyReach;
  /** SHA-256 of the code (base64url), and until when it may be exchanged. */
  readonly code: string;
  readonly code_until: number;
  /** The code's PKCE challenge: SHA-256 of the verifier (base64url). */
  readonly challenge: string;
  /** SHA-256 of the address that the code was sent to (base64url). */
  readonly redirect: string;
  /** Of its refresh token; 0: the code has not been exchanged. Never goes back. */
  readonly generation: number;
  /** SHA-256 of the refresh token (base64url); null: none yet. */
  readonly refresh: string | null;
  /** Thumbprint of the key that its tokens are bound to (RFC 9449, base64url); null: whoever has them may use them. */
  readonly jkt: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  /** When it last got a refresh token; null before the first. */
  readonly renewed_at: number | null;
  /** Within ten minutes; null before the first use. */
  readonly used_at: number | null;
  readonly ended_at: number | null;
}

/**
 * The key that a person's browser seals with, as they keep it: wrapped under their passphrase and under their recovery key, of which
 * nobody here has either.
 */
export interface AccessSeal extends AccessBase {
  readonly type: "access.seal";
  /** Names the key inside, the same through every change of the passphrase (base64url of 16 bytes). */
  readonly key_id: string;
  /** Sealed `{ passphrase, recovery }`, purpose `factor` (base64url). */
  readonly sealed: string;
}

/** What became of a person's account since it was registered. */
export interface AccessAccount extends AccessBase {
  readonly type: "access.account";
  /** Null: as registered. */
  readonly role: Role | null;
  /** Since when they may not come in; null: they may. */
  readonly suspended_at: number | null;
  /** When a link from the machine's terminal set a new password last; absent: never. */
  readonly reset_at?: number;
  /** Since when the levels above the indexed ones are held shut, for nothing but that link spoke for the person; absent: they are not. */
  readonly held_since?: number;
  /** Hash of the password that was theirs before (argon2id, PHC string format): there while they are held. */
  readonly held_password?: string;
}

/** What became of an organisation: kept out, or ended for good. `user` is nobody of it. */
export interface AccessTenant extends AccessBase {
  readonly type: "access.tenant";
  /** Since when nobody of it may come in; null: they may. */
  readonly suspended_at: number | null;
  /** When its ending was asked for; never taken back, and its name is never used again. */
  readonly ended_at: number | null;
}

/**
 * A way in besides the password: a passkey, a confirmed e-mail address, an account at a provider. Unique by its record key: a hash of what
 * is outside of here. One that has ended may become somebody else's.
 */
export interface AccessWay extends AccessBase {
  readonly type: "access.way";
  /** Hash of the credential's id, the address, or issuer and subject (base64url). */
  readonly way: string;
  readonly kind: "passkey" | "email" | "provider";
  /** Sealed details, purpose `factor` (base64url). */
  readonly sealed: string;
  /** Of a passkey: the newest sign counter; 0 elsewhere. */
  readonly counter: number;
  readonly created_at: number;
  readonly used_at: number | null;
  readonly ended_at: number | null;
}

/**
 * What of its owner's memories a grant opens. `about`: what names one person or thing, who or which is named by a level and ids of
 * mentions (never by words), later too; `time`: what happened in a range; `conversation`, `source`: what was said there or came from
 * there, later too; `memories`: these and no others.
 */
export type GrantScope =
  | { readonly type: "all" }
  | { readonly type: "about"; readonly subject: string }
  | { readonly type: "time"; readonly from: number; readonly until: number }
  | { readonly type: "conversation"; readonly conversation: ConversationId }
  | { readonly type: "source"; readonly source: SourceKind }
  | { readonly type: "memories"; readonly memories: readonly MemoryId[] };

/** `user` lets `to` see some of their memories until a time. */
export interface AccessGrant extends AccessBase {
  readonly type: "access.grant";
  readonly grant: GrantId;
  readonly to: UserId;
  readonly what: GrantScope;
  readonly ceiling: Level;
  /** What it may be used for; null: anything. */
  readonly purpose: string | null;
  readonly starts_at: number;
  readonly expires_at: number;
  readonly ended_at: number | null;
}

/** Something that somebody did, tried or saw. Ids and words of closed lists alone; what else must be kept is sealed. */
export interface AuditEntry extends EventBase {
  readonly type: "audit.entry";
  readonly actor: "user" | "agent" | "service" | "anonymous" | "system";
  readonly key: ApiKeyId | null;
  readonly session: SessionId | null;
  readonly action: string;
  /** Id of what it was done to. */
  readonly resource: string | null;
  readonly level: Level | null;
  readonly decision: "allow" | "deny";
  readonly reason: string;
  /** Sealed network prefix and client, purpose `audit` (base64url). */
  readonly sealed: string | null;
}

/** A signed statement of how many entries there are and what they hash to (C2SP tlog-checkpoint). */
export interface AuditCheckpoint extends EventBase {
  readonly type: "audit.checkpoint";
  readonly note: string;
}

/** Events of topic `access`. */
export type AccessEvent =
  | AccessFactors
  | AccessKey
  | AccessApp
  | AccessGrant
  | AccessAccount
  | AccessWay
  | AccessSeal
  | AccessTenant;

/** Events of topic `audit`. */
export type AuditEvent = AuditEntry | AuditCheckpoint;
