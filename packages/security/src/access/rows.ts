/** Second factors, keys of agents and services, and grants, as they stand once topic `access` is folded. */
import type { ApiKeyId, CodeWay, GrantId, GrantScope, KeyReach, Level, Role, TenantId, UserId } from "@kaelix/model";

/** A person's second factors. */
export interface FactorsRow {
  readonly user: UserId;
  readonly tenant: TenantId;
  readonly revision: number;
  /** Sealed TOTP secret (base64url); null when there is none. */
  readonly totp: string | null;
  /** The newest step whose code was used. */
  readonly step: number;
  /** SHA-256 of the recovery codes that are left (base64url). */
  readonly recovery: readonly string[];
  /** How codes are sent. */
  readonly sent: readonly CodeWay[];
}

/** A key of an agent or a service. Times are epoch ms. */
export interface ApiKeyRow {
  readonly key: ApiKeyId;
  readonly tenant: TenantId;
  /** Whom an agent acts for; who made a service's key. */
  readonly user: UserId;
  readonly revision: number;
  readonly kind: "agent" | "service";
  /** Sealed name (base64url). */
  readonly sealed: string;
  /** SHA-256 of the whole key (base64url). */
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly ceiling: Level;
  readonly reach: KeyReach;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly usedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** A program of somebody else that a person let in. Times are epoch ms, hashes base64url of SHA-256. */
export interface AppRow {
  readonly key: ApiKeyId;
  readonly tenant: TenantId;
  /** Whom it acts for. */
  readonly user: UserId;
  readonly revision: number;
  /** Sealed name, client and redirect address (base64url). */
  readonly sealed: string;
  readonly client: string;
  readonly resource: "mcp" | "api";
  readonly scopes: readonly string[];
  readonly ceiling: Level;
  readonly reach: KeyReach;
  readonly code: string;
  readonly codeUntilMs: number;
  readonly challenge: string;
  readonly redirect: string;
  /** 0: the code has not been exchanged. */
  readonly generation: number;
  readonly refresh: string | null;
  readonly jkt: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly renewedAtMs: number | null;
  readonly usedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** A way in besides the password. Times are epoch ms. */
export interface WayRow {
  /** Hash of what is outside of here (base64url). */
  readonly way: string;
  readonly tenant: TenantId;
  readonly user: UserId;
  readonly revision: number;
  readonly kind: "passkey" | "email" | "provider";
  /** Sealed details (base64url). */
  readonly sealed: string;
  /** Of a passkey: the newest sign counter. */
  readonly counter: number;
  readonly createdAtMs: number;
  readonly usedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** The key that a person's browser seals with, as they keep it. */
export interface SealRow {
  readonly user: UserId;
  readonly tenant: TenantId;
  readonly revision: number;
  /** Names the key (base64url). */
  readonly keyId: string;
  /** Sealed wraps (base64url). */
  readonly sealed: string;
}

/** What became of a person's account since it was registered. */
export interface AccountRow {
  readonly user: UserId;
  readonly tenant: TenantId;
  readonly revision: number;
  /** Null: as registered. */
  readonly role: Role | null;
  /** Epoch ms; null: they may come in. */
  readonly suspendedAtMs: number | null;
  /** When a link from the machine's terminal set a new password last, epoch ms; null: never. */
  readonly resetAtMs: number | null;
  /** Since when (epoch ms) the upper levels are held shut after one, and the hash of the password from before it; null: they are not. */
  readonly held: { readonly sinceMs: number; readonly password: string } | null;
}

/** What became of an organisation. Times are epoch ms. */
export interface TenantStanding {
  readonly tenant: TenantId;
  readonly revision: number;
  /** Null: its people may come in. */
  readonly suspendedAtMs: number | null;
  /** When its ending was asked for; null: it goes on. */
  readonly endedAtMs: number | null;
}

/** Leave of one person to see some memories of another. Times are epoch ms. */
export interface GrantRow {
  readonly grant: GrantId;
  readonly tenant: TenantId;
  /** Whose memories they are. */
  readonly from: UserId;
  readonly to: UserId;
  readonly revision: number;
  readonly what: GrantScope;
  readonly ceiling: Level;
  readonly purpose: string | null;
  readonly startsAtMs: number;
  readonly expiresAtMs: number;
  readonly endedAtMs: number | null;
}
