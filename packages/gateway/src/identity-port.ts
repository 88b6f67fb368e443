/**
 * What the gateway needs of identity, no more: the security room's `Identity` fits it as it is, and so does a fake of
 * fifty lines.
 *
 * Refusals of people (wrong password, closed sign-up…) are KaelixErrors of the security room: they carry their own status and are
 * answered as they are.
 */
import type { InviteId, Level, Role, SessionId, TenantId, UserId, UserPrincipal } from "@kaelix/model";
import type { AgentSubject, AppResource, PasskeyAnswer, ServiceSubject, Site } from "@kaelix/security";

/** A person as they see themself. */
export interface Profile {
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

/** How far a session is open; `untilMs` (epoch) when a raised level falls back, null when it is not raised. */
export interface OpenUpTo {
  readonly level: Level;
  readonly untilMs: number | null;
}

/** A session's tokens and whose they are. */
export interface SignedInPerson {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly ceiling: OpenUpTo;
  readonly profile: Profile;
}

/** A signed-in device. Times are epoch ms. */
export interface Device {
  readonly session: SessionId;
  readonly client: string;
  readonly startedAtMs: number;
  readonly usedAtMs: number;
  readonly isCurrent: boolean;
}

/** Where a sign-in comes from: for the list of devices and for slowing down guesses. Never logged. */
export interface SignInOrigin {
  readonly client: string;
  readonly address: string;
}

/** What an access token or a key came to. `key` as a reason: it was a key, and opens nothing. */
export type Authentication =
  | {
      readonly type: "user";
      readonly principal: UserPrincipal;
      readonly ceilingUntilMs: number | null;
      /** Until when the session counts as just proved, epoch ms; null or absent when it does not. */
      readonly provedUntilMs?: number | null;
    }
  | {
      readonly type: "key";
      readonly subject: AgentSubject | ServiceSubject;
      /** Of an app's token: the door it is for, and the thumbprint of the key that must be proved besides; null: none. */
      readonly app?: { readonly resource: AppResource; readonly jkt: string | null };
    }
  | { readonly type: "refused"; readonly why: "malformed" | "forged" | "expired" | "ended" | "key" };

/** Who is who. */
export interface IdentityPort {
  /** Called for every request: must be cheap for a token it has seen. Never throws for a bad one. */
  authenticate(accessToken: string): Authentication | Promise<Authentication>;
  signUp(
    request: SignInOrigin & {
      readonly phone: string;
      readonly name: string;
      readonly password: string;
      readonly claimCode?: string;
      readonly inviteCode?: string;
    },
  ): Promise<SignedInPerson>;
  logIn(
    request: SignInOrigin & {
      readonly phone: string;
      readonly password: string;
      readonly code?: string;
      readonly codeRequest?: string;
    },
  ): Promise<SignedInPerson>;
  refresh(refreshToken: string): Promise<SignedInPerson>;
  /** Ends the principal's session or another one of the same user; throws for any other as for one that does not exist. */
  logOut(principal: UserPrincipal, session?: SessionId): Promise<void>;
  unlock(request: {
    readonly principal: UserPrincipal;
    readonly password?: string;
    readonly code?: string;
    readonly codeRequest?: string;
    readonly passkey?: { readonly answer: PasskeyAnswer; readonly site: Site };
    readonly ceiling: number;
    readonly address?: string;
  }): Promise<OpenUpTo>;
  lock(principal: UserPrincipal): OpenUpTo | Promise<OpenUpTo>;
  profile(user: UserId): Promise<Profile>;
  sessions(principal: UserPrincipal): Promise<readonly Device[]>;
  createInvite(
    principal: UserPrincipal,
    role: Role,
  ): Promise<{ readonly invite: InviteId; readonly code: string; readonly expiresAtMs: number }>;
}
