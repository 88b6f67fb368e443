import { type ReactNode, useState } from "react";

import { countOf } from "../core/format.ts";
import { accessApi } from "../data/access-api.ts";
import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, Loading, ProblemNote } from "./basics.tsx";
import { Sheet } from "./dialog.tsx";
import { useGuardedCall } from "./proof.tsx";
import { Segmented } from "./segmented.tsx";

const SPANS = [
  { value: "1", label: "An hour" },
  { value: "24", label: "A day" },
  { value: "168", label: "A week" },
  { value: "ever", label: "Ever" },
] as const;
const HOUR_MS = 3_600_000;

type Span = (typeof SPANS)[number]["value"];

/** What taking back comes to, in words. */
function outcomeWords({
  forgotten,
  put_back: putBack,
}: {
  readonly forgotten: number;
  readonly put_back: number;
}): string {
  const told = `${countOf(forgotten, "memory", "memories")} that it told`;
  const changed = `${countOf(putBack, "memory", "memories")} that it changed`;
  if (putBack === 0) return told;
  return forgotten === 0 ? changed : `${told}, ${changed}`;
}

function Undo({
  id,
  name,
  onDone,
}: {
  readonly id: string;
  readonly name: string;
  readonly onDone: () => void;
}): ReactNode {
  const dispatch = useAppDispatch();
  const [span, setSpan] = useState<Span>("24");
  // Taken once for each choice: what is counted is what is taken back.
  const [now] = useState(Date.now);
  const since = span === "ever" ? {} : { since: new Date(now - Number(span) * HOUR_MS).toISOString() };
  const { data, error, isFetching, refetch } = accessApi.useKeyWroteQuery({ id, ...since });
  const { run, problem, isBusy, dialog } = useGuardedCall();
  const count = data === undefined ? 0 : data.forgotten + data.put_back;
  const undo = (): Promise<void> =>
    run(async () => {
      const done = await client.call("keys.undo", { params: { id }, body: since });
      dispatch(accessApi.util.invalidateTags(["Keys", "Memories", "Memory", "Conversations"]));
      dispatch(notify(`Taken back: ${outcomeWords(done.data)}`));
      onDone();
    });
  return (
    <div className="flex flex-col gap-4 p-5" data-testid="key-undo">
      <p className="text-muted">
        What {name} told is forgotten: for a moment each can be brought back from its page. What it changed says again
        what stood there before. What somebody else has changed since stays.
      </p>
      <div className="flex flex-col gap-1">
        <span className="text-13 font-medium">Written within the last</span>
        <Segmented label="Written within the last" value={span} options={SPANS} onChange={setSpan} />
      </div>
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {isFetching && <Loading what="Counting" />}
      {data !== undefined && !isFetching && (
        <p data-testid="key-undo-count" aria-live="polite">
          {count === 0 ? "It wrote nothing in that time that still stands." : `${outcomeWords(data)}.`}
        </p>
      )}
      {problem !== null && <ProblemNote problem={problem} safe="Nothing was taken back" />}
      <div className="flex gap-3">
        <Button
          look="danger"
          isDisabled={isBusy || isFetching || count === 0}
          onPress={() => void undo()}
          data-testid="key-undo-button"
        >
          Take it back
        </Button>
        <Button look="quiet" onPress={onDone}>
          Leave it
        </Button>
      </div>
      {dialog}
    </div>
  );
}

/** Takes back what a program wrote with its key, after a count of it. */
export function UndoKeyButton({ id, name }: { readonly id: string; readonly name: string }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" aria-label={`Take back what ${name} wrote`} onPress={() => setOpen(true)}>
        Take back
      </Button>
      {isOpen && (
        <Sheet title="Take back what it wrote" onClose={() => setOpen(false)}>
          <Undo id={id} name={name} onDone={() => setOpen(false)} />
        </Sheet>
      )}
    </>
  );
}
