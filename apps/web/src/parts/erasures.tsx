import { type ReactNode, useEffect } from "react";

import { SOURCE_KINDS } from "@kaelix/model";

import { countOf, formatMoment } from "../core/format.ts";
import { SOURCE_LABELS } from "../core/source-words.ts";
import { operationsApi } from "../data/operations-api.ts";
import type { OutputOf } from "../data/wire.ts";
import { Button, Empty, Loading, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";
import { saveFile } from "./save-file.ts";

type WireErasure = OutputOf<"erasures.read">;

const POLL_MS = 2_000;

/** What an erasure takes, in words. */
function titleOf({ of, since, what }: WireErasure): string {
  if (what === "account") return "The account";
  if (what === "age") return "What reached the age it is kept to";
  if (what === "tenant") return `The organisation ${of ?? ""}`;
  if (what === "import") return "Everything from one import";
  if (what === "source")
    return `Everything from: ${SOURCE_KINDS.filter((kind) => kind === of)
      .map((kind) => SOURCE_LABELS[kind])
      .join("")}${since === null ? "" : ` since ${formatMoment(since)}`}`;
  return "Chosen memories";
}

function stateWords(erasure: WireErasure): string {
  const { due_at: due, erased, named, purge_by: purgeBy, purged_at: purgedAt, state } = erasure;
  if (state === "cancelled") return "Undone: everything is back";
  if (state === "requested" || state === "waiting")
    return `${countOf(named, "memory", "memories")} hidden; unreadable for ever from ${formatMoment(due)} on`;
  const gone = `${countOf(erased, "memory", "memories")} unreadable for ever`;
  if (purgedAt !== null) return `${gone}; keys and words left the disk’s files ${formatMoment(purgedAt)}`;
  return purgeBy === null ? gone : `${gone}; their keys leave the disk’s files by ${formatMoment(purgeBy)}`;
}

/** Hands a receipt over as a file. */
export function saveReceipt(erasure: Pick<WireErasure, "id" | "receipt">): void {
  if (erasure.receipt === null) return;
  saveFile(`kaelix-receipt-${erasure.id}.txt`, new Blob([erasure.receipt], { type: "text/plain" }));
}

function Erasure({ erasure }: { readonly erasure: WireErasure }): ReactNode {
  const [undo, { isLoading, error }] = operationsApi.useUndoErasureMutation();
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 py-2" data-testid="erasure">
      <span className="min-w-0 flex-1">
        <span className="block">{titleOf(erasure)}</span>
        <span className="block text-13 text-muted">
          {erasure.what === "age" ? "By your rules" : "Asked for"} {formatMoment(erasure.requested_at)} ·{" "}
          {stateWords(erasure)}
        </span>
      </span>
      {erasure.state === "waiting" && (
        <Button isDisabled={isLoading} onPress={() => void undo(erasure.id)}>
          Undo
        </Button>
      )}
      {erasure.receipt !== null && <Button onPress={() => saveReceipt(erasure)}>Receipt</Button>}
      {error !== undefined && <ProblemNote problem={error} />}
    </li>
  );
}

/** What was asked to be erased, how far it is, and the receipts. */
export function Erasures(): ReactNode {
  const { data, error, refetch } = operationsApi.useErasuresQuery();
  const isWaiting = data?.data.some(({ state }) => state === "requested" || state === "waiting") === true;
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => void refetch(), POLL_MS);
    return () => clearInterval(timer);
  }, [isWaiting, refetch]);
  return (
    <Section title="What was erased">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data?.data.length === 0 && (
        <Empty>Nothing yet. For everything that is erased there is a signed receipt here.</Empty>
      )}
      {data !== undefined && data.data.length > 0 && (
        <ul className="divide-y divide-line border-y border-line">
          {data.data.map((erasure) => (
            <Erasure key={erasure.id} erasure={erasure} />
          ))}
        </ul>
      )}
    </Section>
  );
}
