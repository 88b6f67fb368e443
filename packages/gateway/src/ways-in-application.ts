import type { CodeWay, UserId, UserPrincipal } from "@kaelix/model";
import type {
  CodeSent,
  LinkedAccount,
  PasskeyAnswer,
  PasskeyCreation,
  PasskeyCreationOptions,
  PasskeyInfo,
  PasskeyRequestOptions,
  Proof,
  ProviderBegun,
  ProviderReturn,
  ResetRequest,
  Site,
} from "@kaelix/security";

import type { SignedInPerson, SignInOrigin } from "./identity-port.ts";

/** Passkeys. Refusals are KaelixErrors of the security room. */
export interface PasskeyApplication {
  count(principal: UserPrincipal): number;
  list(principal: UserPrincipal): Promise<readonly PasskeyInfo[]>;
  begin(principal: UserPrincipal, site: Site): Promise<PasskeyCreationOptions>;
  add(
    principal: UserPrincipal,
    site: Site,
    made: { readonly name: string; readonly creation: PasskeyCreation },
  ): Promise<PasskeyInfo>;
  remove(principal: UserPrincipal, way: string): Promise<void>;
  signInOptions(site: Site): PasskeyRequestOptions;
  proofOptions(principal: UserPrincipal, site: Site): Promise<PasskeyRequestOptions>;
  signIn(
    request: SignInOrigin & { readonly answer: PasskeyAnswer; readonly site: Site; readonly phone?: string },
  ): Promise<SignedInPerson>;
}

/** A person's e-mail address and the way back in. Refusals are KaelixErrors of the security room. Times are epoch ms. */
export interface MailApplication {
  /** False when no mail can be sent. */
  readonly isAvailable: boolean;
  address(principal: UserPrincipal): Promise<string | null>;
  /** Until when the code that was sent is good. */
  begin(principal: UserPrincipal, address: string): Promise<number>;
  confirm(principal: UserPrincipal, code: string): Promise<string>;
  remove(principal: UserPrincipal): Promise<void>;
  /** Answers the same for every address, and does not wait for what is sent. */
  recover(
    request: SignInOrigin & { readonly email: string },
  ): Promise<{ readonly request: string; readonly untilMs: number }>;
  finish(
    request: SignInOrigin & {
      readonly request: string;
      readonly code: string;
      readonly newPassword: string;
      readonly factorCode?: string;
    },
  ): Promise<void>;
}

/** New passwords by links from the machine's terminal. Refusals are KaelixErrors of the security room. Times are epoch ms. */
export interface ResetApplication {
  /** Makes a link. Throws `policy-denied` for everybody but that terminal. */
  begin(principal: UserPrincipal, user: UserId): Promise<{ readonly code: string; readonly untilMs: number }>;
  finish(request: SignInOrigin & Omit<ResetRequest, "address">): Promise<void>;
  regain(proof: Proof): Promise<void>;
}

/** Codes that are sent as the second step. Refusals are KaelixErrors of the security room. */
export interface CodeApplication {
  sendForEntry(
    request: SignInOrigin & { readonly phone: string; readonly password: string; readonly by: CodeWay },
  ): Promise<CodeSent>;
  sendForProof(principal: UserPrincipal, by: CodeWay, address: string): Promise<CodeSent>;
  begin(principal: UserPrincipal, by: CodeWay, address: string): Promise<CodeSent>;
  /** Recovery codes, shown once; none when there were some before. */
  confirm(
    principal: UserPrincipal,
    by: CodeWay,
    given: { readonly request: string; readonly code: string; readonly address: string },
  ): Promise<readonly string[]>;
  remove(principal: UserPrincipal, by: CodeWay): Promise<void>;
}

/** Signing in by accounts elsewhere. Refusals are KaelixErrors of the security room. */
export interface LoginApplication {
  begin(provider: string, redirectUri: string, origin: SignInOrigin): Promise<ProviderBegun>;
  signIn(request: SignInOrigin & ProviderReturn & { readonly code?: string }): Promise<SignedInPerson>;
  list(principal: UserPrincipal): Promise<readonly LinkedAccount[]>;
  beginLink(principal: UserPrincipal, provider: string, redirectUri: string): Promise<ProviderBegun>;
  link(principal: UserPrincipal, given: ProviderReturn, address: string): Promise<LinkedAccount>;
  remove(principal: UserPrincipal, way: string): Promise<void>;
}

/** Ways in besides the password. */
export interface WaysIn {
  readonly passkeys: PasskeyApplication;
  readonly mail: MailApplication;
  readonly resets: ResetApplication;
  readonly codes: CodeApplication;
  readonly logins: LoginApplication;
}
