export { type AgeKey, type AgeSource, AgeText, checkAge, isAge, openAge, reopenAge, sealAge } from "./age/age.ts";
export { makeApiKey, parseApiKey } from "./access/api-key-format.ts";
export type { ApiKeyInfo, ApiKeyRequest, AuthenticatedKey } from "./access/api-keys.ts";
export type { GrantRequest } from "./access/grants.ts";
export type { SealChange, SealView, SealWraps } from "./access/own-seals.ts";
export { APP_TOKEN_HEAD } from "./apps/app-tokens.ts";
export {
  type AppConsent,
  type AppInfo,
  type AppQuestion,
  type Apps,
  type CodeExchange,
  type RefreshExchange,
  type TokenOutcome,
} from "./apps/apps.ts";
export {
  APP_SCOPES,
  type AppResource,
  parseResource,
  parseScopes,
  resourceUrl,
  USUAL_SCOPES,
} from "./apps/authorization.ts";
export type { AppClient, ClientRegistration, ReadDocument } from "./apps/clients.ts";
export { KeyProofs, PROOF_ALGORITHMS } from "./apps/key-proofs.ts";
export { isOwnMachine, redirectWords } from "./apps/redirects.ts";
export type { ApiKeyRow, FactorsRow, GrantRow } from "./access/rows.ts";
export type {
  PasskeyAnswer,
  PasskeyCreation,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
} from "./access/passkey-ceremony.ts";
export type { PasskeyInfo, Site } from "./access/passkeys.ts";
export type { PasskeyDoor, PasskeySignIn } from "./identity/passkey-door.ts";
export type { FactorsStatus, TotpEnrolment } from "./access/second-factors.ts";
export type { CodeSender, CodeSent } from "./access/sent-codes.ts";
export type { CodeDoor } from "./identity/code-door.ts";
export {
  type AuditLog,
  type AuditNote,
  type AuditOptions,
  type AuditProof,
  type AuditRecord,
  type AuditStatus,
  openAuditLog,
} from "./audit/audit-log.ts";
export { SigningRenewal, type SigningRenewalStatus } from "./keys/signing-renewal.ts";
export type { SigningKey, SigningLine } from "./keys/signing-keys.ts";
export { type AuditKey, openAuditKeys, soleAuditKey, splitAuditKeys } from "./audit/audit-keys.ts";
export { type AuditReport, AuditVerifier, verifyAudit } from "./audit/audit-verifier.ts";
export { openCheckpoint } from "./audit/checkpoint.ts";
export { hashLeaf, verifyConsistency, verifyInclusion } from "./audit/merkle.ts";
export {
  type BackupHeader,
  BackupKeys,
  type BackupSecret,
  makeBackupKeys,
  openBackupKeys,
  renewBackupHeader,
} from "./backup/backup-keys.ts";
export { type ErasureLedger, openErasureLedger } from "./erasure/erasure-ledger.ts";
export { openReceipt, type ReceiptLines } from "./erasure/receipt.ts";
export { securityErrors } from "./errors.ts";
export { type FileKekOptions, openFileKek } from "./keys/file-kek.ts";
export type { KekHealth, KekProvider, RotatingKek, WrappedSecret } from "./keys/kek.ts";
export { KekRotation, type KekRotationOptions, type KekRotationStatus } from "./keys/kek-rotation.ts";
export { Keystore, openKeystore } from "./keys/keystore.ts";
export {
  type KeystoreOptions,
  type KeystoreStatus,
  type LookupHasher,
  type MemoryKeyAnswer,
  type MemoryKeyQuery,
  type RewrapOptions,
  type ShredRange,
  SYSTEM_USER,
  type UserSealPlace,
  type UserSealPurpose,
} from "./keys/keystore-types.ts";
export { UserKeyRenewal, type UserKeyRenewalStatus } from "./keys/user-key-renewal.ts";
export { openTransitKek, type TransitOptions } from "./keys/transit-kek.ts";
export type { MemoryKeyRequest, PreparedKeys } from "./keys/prepare-keys.ts";
export { type MemoryKey, openContent, type OpenedContent, sealContent } from "./sealing/content.ts";
export { type FilePlace, makeFileKey, openPiece, sealPiece } from "./sealing/pieces.ts";
export {
  ENVELOPE_OVERHEAD_BYTES,
  exportFernet,
  openBytes,
  type Opened,
  sealBytes,
  type SealingKey,
  type SealPurpose,
  type SealRefusal,
  type SealScope,
  type SealSources,
} from "./sealing/envelope.ts";
export { ACCESS_TOKEN_SECONDS, type AccessClaims, AccessTokens, type VerifiedToken } from "./identity/access-tokens.ts";
export { hashCode, makeClaimCode } from "./identity/codes.ts";
export { foldIdentity, type IdentityBefore, type IdentityChange, identitySubject } from "./identity/fold.ts";
export { Identity, openIdentity } from "./identity/identity.ts";
export type { IdentityOptions } from "./identity/identity-options.ts";
export type {
  Authenticated,
  IdentitySettings,
  Invitation,
  LogInRequest,
  PasswordChange,
  Proof,
  ProofBy,
  SessionInfo,
  SignedIn,
  SignUpRequest,
  Suspicion,
  UserProfile,
} from "./identity/identity-types.ts";
export {
  normalisePassword,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  parseEmail,
  parseName,
  parsePhone,
} from "./identity/parse.ts";
export { openProfile } from "./identity/profiles.ts";
export { makePasswords, type PasswordOptions, type Passwords } from "./identity/passwords.ts";
export type { LinkedAccount, ProviderBegun, ProviderDoor, ProviderReturn } from "./identity/provider-door.ts";
export { oidcClient } from "./providers/oidc-client.ts";
export type { ProviderClient } from "./providers/provider-client.ts";
export { parseProviders } from "./providers/provider-settings.ts";
export type { MailDoor, OutgoingMail } from "./identity/mail-door.ts";
export type { ResetDoor, ResetRequest } from "./identity/reset-door.ts";
export type { Accounts } from "./identity/accounts.ts";
export type { TenantInfo } from "./identity/tenants.ts";
export type { InviteInfo, Member, Members } from "./identity/members.ts";
export type { InviteRow, SessionRow, TenantRow, UserRow } from "./identity/rows.ts";
export { type Ceiling, REFRESH_DAYS_SLIDING } from "./identity/sessions.ts";
export type { IdentityStore } from "./identity/store.ts";
export { type Action, type ActionRule, ACTIONS, parseAction } from "./policy/actions.ts";
export {
  type AllowReason,
  decide,
  type Decision,
  type DecisionStep,
  denialError,
  type DenyReason,
  explain,
} from "./policy/decide.ts";
export { isWithinReach } from "./policy/conditions.ts";
export { parseDenyRules } from "./policy/deny-rules.ts";
export { type FilterClause, type FilteredItem, filterFor, type ListFilter, passesFilter } from "./policy/filter.ts";
export type {
  AgentSubject,
  DecisionContext,
  DenyRule,
  OwnedResource,
  Resource,
  ServiceSubject,
  Subject,
} from "./policy/subjects.ts";
