import type { ApiKeyId, CodeWay, UserPrincipal } from "@kaelix/model";
import type {
  ApiKeyInfo,
  ApiKeyRequest,
  FactorsStatus,
  PasswordChange,
  Proof,
  ProofBy,
  TotpEnrolment,
} from "@kaelix/security";

/** What second factors a person has, and by what they prove that it is them. */
export interface FactorsView extends FactorsStatus {
  readonly proofBy: ProofBy;
  /** How codes can be sent here. */
  readonly codesPossible: readonly CodeWay[];
  /** Until when the session counts as just proved, epoch ms; null when it does not. */
  readonly provedUntilMs: number | null;
}

/**
 * A person's own security. Refusals are KaelixErrors of the security room. That a change needs a fresh proof has been decided before;
 * the security room asks again where it keeps secrets.
 */
export interface AccessApplication {
  /** Until when the session counts as just proved, epoch ms. */
  prove(proof: Proof): Promise<number>;
  /** How many sessions were ended. */
  endOtherSessions(principal: UserPrincipal): Promise<number>;
  changePassword(request: PasswordChange): Promise<void>;
  factors(principal: UserPrincipal): FactorsView;
  beginTotp(principal: UserPrincipal): Promise<TotpEnrolment>;
  /** Recovery codes, shown once. */
  confirmTotp(principal: UserPrincipal, code: string): Promise<readonly string[]>;
  removeTotp(principal: UserPrincipal): Promise<void>;
  /** Recovery codes, shown once. */
  renewRecoveryCodes(principal: UserPrincipal): Promise<readonly string[]>;
  keys(principal: UserPrincipal): Promise<readonly ApiKeyInfo[]>;
  createKey(
    principal: UserPrincipal,
    request: ApiKeyRequest,
  ): Promise<{ readonly key: string; readonly info: ApiKeyInfo }>;
  endKey(principal: UserPrincipal, key: ApiKeyId): Promise<void>;
  /**
   * Takes back what a key of the principal wrote, up to the ceiling; undefined for a key of anybody else. A dry run counts and changes
   * nothing.
   */
  undoKey(
    principal: UserPrincipal,
    key: ApiKeyId,
    request: { readonly sinceMs: number; readonly isDryRun: boolean },
  ): Promise<{ readonly forgotten: number; readonly putBack: number } | undefined>;
  /** What a key of the principal is called; undefined for any other. */
  keyName(principal: UserPrincipal, key: ApiKeyId): Promise<string | undefined>;
}
