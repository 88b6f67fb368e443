/** What the gateway needs of backups and of the key-encryption key. */

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

/** Running the house's backups and its key. */
export interface OperationsApplication {
  backups(): Promise<BackupsView>;
  /** Begins one; does nothing when one is at work. @throws `backup-off` */
  beginBackup(): Promise<BackupsView>;
  kek(): Promise<KekView>;
  /** Begins a renewal; does nothing when one is at work. */
  beginRotation(): Promise<KekView>;
}
