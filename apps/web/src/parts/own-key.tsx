import { type ReactNode, useEffect } from "react";

import { accessApi } from "../data/access-api.ts";
import { client } from "../data/connection.ts";
import { useAppDispatch } from "../data/store.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Loading, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";
import { useGuardedCall } from "./proof.tsx";

const POLL_MS = 1_000;

function stateOf({ at_work: isAtWork, behind, renewing, version }: OutputOf<"userKey.read">): string {
  if (!renewing) return `Version ${version}`;
  if (!isAtWork) return `Version ${version}: not every memory follows yet; it is tried again within the hour`;
  return behind === 0
    ? `Version ${version}: finishing`
    : `Version ${version}: ${behind.toLocaleString()} memories follow`;
}

/** The key that one's memories are under: its version, how far a renewal is, and renewing it. */
export function OwnKey(): ReactNode {
  const dispatch = useAppDispatch();
  const { data, error, refetch } = accessApi.useOwnKeyQuery();
  const { dialog, isBusy, problem, run } = useGuardedCall();
  const isRenewing = data?.renewing === true;
  useEffect(() => {
    if (!isRenewing) return;
    const timer = setInterval(() => void refetch(), POLL_MS);
    return () => clearInterval(timer);
  }, [isRenewing, refetch]);
  const renew = async (): Promise<void> => {
    await client.call("userKey.renew");
    dispatch(accessApi.util.invalidateTags(["OwnKey"]));
  };
  return (
    <Section title="The key of your memories">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && (
        <>
          <p className="max-w-measure text-13 text-muted">
            Every memory has a key, kept under one of your own. Renew that when somebody may have seen it: what you tell
            from then on is under the new one, what is there follows, and you read and tell as before. What you sealed
            with your passphrase is not touched.
          </p>
          <div className="mt-3 flex flex-wrap items-center gap-3">
            <Button isDisabled={isBusy || isRenewing} onPress={() => void run(renew)} data-testid="renew-key">
              Renew it
            </Button>
            <span role="status" className="text-13 text-muted" data-testid="own-key">
              {stateOf(data)}
            </span>
          </div>
          {problem !== null && <ProblemNote problem={problem} safe="Your key is as it was" />}
        </>
      )}
      {dialog}
    </Section>
  );
}
