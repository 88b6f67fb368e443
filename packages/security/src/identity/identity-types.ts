/** What goes into the identity service and what it answers. */
import type { ApiKeyId, InviteId, Role, SessionId, TenantId, UserId, UserPrincipal } from "@kaelix/model";

import type { PasskeyAnswer } from "../access/passkey-ceremony.ts";
import type { Site } from "../access/passkeys.ts";
import type { Ceiling } from "./sessions.ts";

/** What an installation may decide. */
export interface IdentitySettings {
  /** Shortest password, UTF-16 units; default 8. */
  readonly passwordLengthMin?: number;
  /** Says whether a password is on a list of stolen ones; absent: nobody is asked. */
  readonly isBreached?: (password: string) => Promise<boolean>;
  /** `iss` of access tokens; default `kaelix`. */
  readonly issuer?: string;
  /** `aud` of access tokens; default `kaelix`. */
  readonly audience?: string;
}

/** Somebody wants to sign up. Texts as typed. */
export interface SignUpRequest {
  readonly phone: string;
  readonly name: string;
  readonly password: string;
  /** Needed by the first user. */
  readonly claimCode?: string;
  /** Needed by all others. */
  readonly inviteCode?: string;
  /** What the client calls itself. */
  readonly client?: string;
  /** The client's network address; wrong attempts from it are slowed down. */
  readonly address?: string;
}

/** Somebody wants to sign in. Texts as typed. */
export interface LogInRequest {
  readonly phone: string;
  readonly password: string;
  /** Of the authenticator app, or a recovery code; needed by whoever has set one up. */
  readonly code?: string;
  /** Names the sending when the code was sent. */
  readonly codeRequest?: string;
  readonly client?: string;
  readonly address?: string;
}

/** By what a person proves that it is them, besides passkeys. */
export type ProofBy = "code" | "password" | "password-and-code";

/**
 * Somebody shows that it is them at a session: by a passkey, or a code when they have an app, otherwise by the password, and a code when
 * codes are sent.
 */
export interface Proof {
  readonly principal: UserPrincipal;
  readonly password?: string;
  readonly code?: string;
  /** Names the sending when the code was sent. */
  readonly codeRequest?: string;
  readonly passkey?: { readonly answer: PasskeyAnswer; readonly site: Site };
  readonly address?: string;
}

/** A new password, by the old one or a passkey in its place. */
export interface PasswordChange extends Omit<Proof, "code" | "codeRequest"> {
  readonly newPassword: string;
}

/** A person as they see themself. */
export interface UserProfile {
  readonly user: UserId;
  readonly tenant: TenantId;
  readonly role: Role;
  readonly phone: string;
  readonly name: string;
  /** When a link from the machine's terminal set their password last, epoch ms; null: never. */
  readonly resetAtMs: number | null;
  /** Since when, epoch ms, the upper levels are held shut after that; null: they are not. */
  readonly heldSinceMs: number | null;
}

/** A session's tokens and whose they are. */
export interface SignedIn {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly session: SessionId;
  readonly ceiling: Ceiling;
  readonly profile: UserProfile;
}

/** The principal behind an access token, or why there is none. `ended`: the token is good, its session is over. */
export type Authenticated =
  | {
      readonly type: "user";
      readonly principal: UserPrincipal;
      readonly ceilingUntilMs: number | null;
      /** Until when the session counts as just proved, epoch ms; null or absent when it does not. */
      readonly provedUntilMs?: number | null;
    }
  | { readonly type: "refused"; readonly why: "malformed" | "forged" | "expired" | "ended" };

/** An invitation; the code is known only here and now. */
export interface Invitation {
  readonly invite: InviteId;
  readonly code: string;
  readonly role: Role;
  readonly expiresAtMs: number;
}

/** A device that is signed in. */
export interface SessionInfo {
  readonly session: SessionId;
  readonly client: string;
  readonly startedAtMs: number;
  readonly usedAtMs: number;
  readonly isCurrent: boolean;
}

/** Something about an account that its owner should look at. */
export interface Suspicion {
  readonly user: UserId;
  readonly tenant: TenantId;
  /** Word of a closed list. */
  readonly reason: "passkey-copied" | "app-token-copied";
  /** The app whose token it was. */
  readonly app?: ApiKeyId;
}
