import { type ReactNode, useEffect } from "react";

import { formatBytes, formatMoment } from "../core/format.ts";
import { operationsApi } from "../data/operations-api.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Loading, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";

type WireBackups = OutputOf<"backups.read">;

const POLL_MS = 1_000;

function Facts({ backups }: { readonly backups: WireBackups }): ReactNode {
  const [newest] = backups.points;
  return (
    <ul className="text-13 text-muted">
      <li>
        At <bdi className="break-all">{backups.place}</bdi>, every {backups.every_hours} hours, {backups.count} kept
      </li>
      <li>{newest === undefined ? "None was made yet" : `The newest is of ${formatMoment(newest.at)}`}</li>
      <li>
        {backups.tested_at === null
          ? "Restoring was never tried: kaelix restore --verify-only"
          : `Restoring was last tried ${formatMoment(backups.tested_at)}, and went well`}
      </li>
      {backups.last !== null && (
        <li>
          {backups.last.records} records, {formatBytes(backups.last.bytes)}, {formatBytes(backups.last.bytes_written)}{" "}
          of them new
        </li>
      )}
      <li>The key file is in no backup: keep a copy of it apart, in another place.</li>
    </ul>
  );
}

/** Backups: where, when, whether one is being made, and one more now. */
export function Backups(): ReactNode {
  const { data, error, refetch } = operationsApi.useBackupsQuery();
  const [make, making] = operationsApi.useMakeBackupMutation();
  const running = data?.running ?? null;
  const isRunning = running !== null;
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => void refetch(), POLL_MS);
    return () => clearInterval(timer);
  }, [isRunning, refetch]);
  return (
    <Section title="Backups">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data?.place === null && (
        <p className="max-w-measure text-13 text-muted">
          None are made. KAELIX_BACKUP names a place for them: a folder, best on another disk, or a bucket.
        </p>
      )}
      {data !== undefined && data.place !== null && (
        <>
          <Facts backups={data} />
          {data.problem !== null && (
            <p role="alert" className="mt-2 max-w-measure text-13 text-danger">
              The last one failed: {data.problem}
            </p>
          )}
          <div className="mt-3 flex flex-wrap items-center gap-3">
            <Button isDisabled={isRunning || making.isLoading} onPress={() => void make()} data-testid="make-backup">
              Make one now
            </Button>
            <span role="status" className="text-13 text-muted">
              {running !== null && `${Math.round(running.share * 100)} % · ${running.words}`}
            </span>
          </div>
        </>
      )}
      {making.error !== undefined && <ProblemNote problem={making.error} />}
    </Section>
  );
}
