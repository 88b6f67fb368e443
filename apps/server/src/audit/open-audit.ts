/** The audit log of the house, and its parts behind it. */
import type { Clock } from "@kaelix/base";
import type { Logger } from "@kaelix/coordinator";
import type { Log } from "@kaelix/log";
import { type AuditLog, type Keystore, openAuditLog } from "@kaelix/security";

/** What the audit log is opened with. */
export interface AuditOpening {
  readonly log: Log;
  readonly keystore: Keystore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onNotice: (notice: string) => void;
}

/** Reads and checks the log. One that does not fit its checkpoints is told to the person: it is written on, and signed no more. */
export async function openAudit({ clock, keystore, log, logger, onNotice }: AuditOpening): Promise<AuditLog> {
  const onProblem = (problem: string): void => logger.warn({ problem }, "Audit");
  const audit = await openAuditLog({ log, keystore, clock, onProblem });
  if (!audit.status().isIntact)
    onNotice("The audit log is NOT as it was signed and is signed no more; kaelix audit verify says where");
  return audit;
}
