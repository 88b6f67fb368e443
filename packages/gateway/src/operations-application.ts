/** What the gateway needs of backups, of the key-encryption key, of people's own keys and of what the installation signs with. */
import type { UserId } from "@kaelix/model";
import type { SigningRenewalStatus, UserKeyRenewalStatus } from "@kaelix/security";

/** How backups are. Times are epoch ms. */
export interface BackupsView {
  readonly place: string | undefined;
  readonly everyMs: number;
  readonly points: readonly { readonly atMs: number }[];
  readonly testedAtMs: number | undefined;
  readonly nextAtMs: number | undefined;
  readonly running: { readonly share: number; readonly words: string } | undefined;
  readonly problem: string | undefined;
  readonly last:
    | {
        readonly atMs: number;
        readonly bytes: number;
        readonly bytesWritten: number;
        readonly piecesWritten: number;
        readonly records: number;
      }
    | undefined;
}

/** How the key-encryption key is. */
export interface KekView {
  readonly provider: string;
  readonly version: number;
  /** Epoch ms; 0 when it is not known. */
  readonly sinceMs: number;
  readonly renewedAfterDays: number;
  readonly behind: number;
  readonly done: number;
  readonly total: number;
  readonly isAtWork: boolean;
  readonly problem: string | undefined;
  readonly isHealthy: boolean;
}

/** How a person's own key is. */
export interface UserKeyView {
  readonly version: number;
  readonly isRenewing: boolean;
  /** Memories that are still under the version before. */
  readonly behind: number;
  readonly isAtWork: boolean;
}

/** How people's own keys are. */
export interface UserKeysView extends UserKeyRenewalStatus {
  readonly people: number;
}

/** Running the house's backups and its keys. */
export interface OperationsApplication {
  backups(): Promise<BackupsView>;
  /** Begins one; does nothing when one is at work. @throws `backup-off` */
  beginBackup(): Promise<BackupsView>;
  kek(): Promise<KekView>;
  /** Begins a renewal; does nothing when one is at work. */
  beginRotation(): Promise<KekView>;
  /** @throws `key-user-missing` */
  userKey(user: UserId): UserKeyView;
  userKeys(): UserKeysView;
  /**
   * Renews the key of a person, or of everybody: they stand when this resolves, and memories follow. Whose last renewal is not finished is
   * left out.
   * @throws `key-user-missing`; whatever the key server or the log throws
   */
  renewUserKeys(user: UserId | undefined): Promise<void>;
  signingKeys(): SigningRenewalStatus;
  /**
   * Renews what the installation signs with; with `endSessions` everything that the former keys signed is refused when this resolves, and
   * every session has ended.
   * @throws `signing-keys-many`; whatever the key server or the log throws
   */
  renewSigningKeys(endSessions: boolean): Promise<void>;
}
