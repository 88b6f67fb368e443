/** Branded ids: a plain string becomes one only through its parser or maker. */
import { encodeUlid, isUlid, makeUlid, type RandomSource } from "@kaelix/base";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A person with an account: `usr_` and a ULID. */
export type UserId = Branded<"UserId">;
/** One memory: `mem_` and 26 letters. Made from the external id when there is one, so that the same thing told twice is one memory. */
export type MemoryId = Branded<"MemoryId">;
/** A chat, a thread or a folder that memories belong to: `con_` and 26 letters. */
export type ConversationId = Branded<"ConversationId">;
/** One run of an import: `imp_` and a ULID. */
export type ImportId = Branded<"ImportId">;
/** A signed-in session (a refresh-token family): `ses_` and a ULID. */
export type SessionId = Branded<"SessionId">;
/** An invitation to sign up: `inv_` and a ULID. */
export type InviteId = Branded<"InviteId">;
/** A key for an agent or a service: `key_` and a ULID. */
export type ApiKeyId = Branded<"ApiKeyId">;
/** A share of memories with somebody else: `grt_` and a ULID. */
export type GrantId = Branded<"GrantId">;
/** One erasure: `era_` and a ULID. */
export type ErasureId = Branded<"ErasureId">;
/** A person in somebody's memories: `per_` and 26 letters, a keyed hash of a memory and the words that name them there. */
export type PersonId = Branded<"PersonId">;
/** Anything else that memories speak of, made the same way: `ent_` and 26 letters. */
export type EntityId = Branded<"EntityId">;
/** What somebody decided about who is who: `dec_` and a ULID. */
export type DecisionId = Branded<"DecisionId">;
/** A file that is kept with a memory: `fil_` and a ULID. */
export type FileId = Branded<"FileId">;
/** A search that somebody named to run it again: `sea_` and a ULID. */
export type SavedSearchId = Branded<"SavedSearchId">;
/** A wall between organisations. One installation starts with `default`. */
export type TenantId = Branded<"TenantId">;

interface IdKinds {
  readonly usr: UserId;
  readonly mem: MemoryId;
  readonly con: ConversationId;
  readonly imp: ImportId;
  readonly ses: SessionId;
  readonly inv: InviteId;
  readonly key: ApiKeyId;
  readonly grt: GrantId;
  readonly era: ErasureId;
  readonly per: PersonId;
  readonly ent: EntityId;
  readonly dec: DecisionId;
  readonly fil: FileId;
  readonly sea: SavedSearchId;
}

/** The prefixes of ids. */
export type IdPrefix = keyof IdKinds;

/** Reads an id of one kind; undefined when the text is not one. */
export function parseId<Prefix extends IdPrefix>(prefix: Prefix, text: string): IdKinds[Prefix] | undefined {
  const isOne = text.startsWith(`${prefix}_`) && isUlid(text.slice(prefix.length + 1));
  return isOne ? (text as IdKinds[Prefix]) : undefined;
}

/** A new id from the time and chance. */
export function makeId<Prefix extends IdPrefix>(prefix: Prefix, nowMs: number, random: RandomSource): IdKinds[Prefix] {
  return `${prefix}_${makeUlid(nowMs, random)}` as IdKinds[Prefix];
}

/** The id that stands for 16 bytes, usually the head of a keyed hash of an external id. */
export function idFromBytes<Prefix extends IdPrefix>(prefix: Prefix, bytes: Uint8Array): IdKinds[Prefix] {
  return `${prefix}_${encodeUlid(bytes)}` as IdKinds[Prefix];
}

/** The tenant of an installation that serves one organisation or one person. */
export const DEFAULT_TENANT = "default" as TenantId;

/** Reads a tenant's name: 1 to 63 of a-z, 0-9 and hyphen. */
export function parseTenantId(text: string): TenantId | undefined {
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(text) ? (text as TenantId) : undefined;
}
