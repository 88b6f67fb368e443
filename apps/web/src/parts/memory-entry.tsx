import type { ReactNode } from "react";
import { Link } from "react-router";

import { countOf, formatWhen, sourceLabel } from "../core/format.ts";
import { excerptOf } from "../core/text-parts.ts";
import { wordsOf } from "../core/levels.ts";
import { send } from "../data/actions.ts";
import { useAppDispatch } from "../data/store.ts";
import { type Saying, threadSlice } from "../data/thread.ts";
import type { WireMemory } from "../data/wire.ts";
import { Button, CopyButton, Name, Words } from "./basics.tsx";
import { edgeOf } from "./level.tsx";
import { MemoryWords, SealedUnlock } from "./memory-words.tsx";
import { SharedMark } from "./shared-mark.tsx";
import { MemoryTicks, SayingTicks } from "./ticks.tsx";
import { problemWords } from "../core/problem-words.ts";

const EXCERPT_LENGTH = 280;

/** One memory in a list: its words, who and when, its ticks. */
export function MemoryEntry({ memory }: { readonly memory: WireMemory }): ReactNode {
  const { text } = excerptOf(memory.text, [], EXCERPT_LENGTH);
  return (
    <li
      data-testid="memory-entry"
      className={`group py-3 ps-3.5 pe-2 transition-feedback hover:bg-surface ${edgeOf(memory.level)}`}
    >
      <Link to={`/memories/${memory.id}`} className="block max-w-measure after:absolute after:inset-0">
        {memory.sealed === undefined ? (
          <bdi dir="auto" className="whitespace-pre-wrap">
            {text}
          </bdi>
        ) : (
          <MemoryWords memory={memory} lengthMax={EXCERPT_LENGTH} isBare />
        )}
      </Link>
      <p className="mt-1 flex flex-wrap items-center gap-x-1 text-12 text-muted">
        <time dateTime={memory.occurred_at}>{formatWhen(memory.occurred_at, Date.now())}</time>
        {memory.speaker !== null && (
          <span>
            · <Name text={memory.speaker} />
          </span>
        )}
        <span>· {sourceLabel(memory.source)}</span>
        {memory.files.length > 0 && <span>· {countOf(memory.files.length, "file")}</span>}
        {memory.never_recalled === true && <span>· never recalled</span>}
        {memory.shared !== undefined && (
          <span className="inline-flex gap-1">
            · <SharedMark shared={memory.shared} isShort />
          </span>
        )}
        <SealedUnlock memory={memory} />
        <span className="ms-auto">
          <MemoryTicks memory={memory} />
        </span>
      </p>
    </li>
  );
}

/** What a failed saying offers. */
export function FailedSaying({ saying }: { readonly saying: Saying }): ReactNode {
  const dispatch = useAppDispatch();
  if (saying.state !== "failed" || saying.problem === null) return null;
  const words = problemWords(saying.problem);
  return (
    <div role="alert" className="mt-1 text-13">
      <p className="text-danger">
        {words.happened}. Your text is kept in this tab. {words.todo}.
      </p>
      <p className="mt-1 flex flex-wrap gap-1">
        <Button icon="retry" onPress={() => void dispatch(send(saying))}>
          Send again
        </Button>
        {saying.text !== "" && <CopyButton text={saying.text} label="Copy text" />}
        {saying.problem.traceId !== null && <CopyButton text={saying.problem.traceId} label="Copy trace id" />}
        <Button look="quiet" icon="close" onPress={() => dispatch(threadSlice.actions.sayingDropped(saying.id))}>
          Discard
        </Button>
      </p>
    </div>
  );
}

/** The words of a saying; of one above the lock only that it is kept. */
export function SayingWords({ saying }: { readonly saying: Saying }): ReactNode {
  if (saying.text !== "") return <Words text={saying.text} />;
  if (saying.memory === null && saying.files.length > 0)
    return <Words text={saying.files.map(({ name }) => name).join(", ")} />;
  if (saying.memory?.sealed !== undefined) return <MemoryWords memory={saying.memory} />;
  if (saying.ready !== null) return <span className="text-muted italic">Sealed by you</span>;
  return (
    <span className="text-muted italic">
      Kept at {wordsOf(saying.memory?.level ?? "secret").label}. Open the lock to read it.
    </span>
  );
}

/** One saying on its way, in a list of memories. */
export function SayingEntry({ saying }: { readonly saying: Saying }): ReactNode {
  return (
    <li data-testid="memory-entry" className={`arriving py-3 ps-3.5 pe-2 ${edgeOf(saying.memory?.level ?? "general")}`}>
      <div className="max-w-measure">
        <SayingWords saying={saying} />
      </div>
      <p className="mt-1 flex flex-wrap items-center gap-x-1 text-12 text-muted">
        <time dateTime={saying.at}>{formatWhen(saying.at, Date.now())}</time>
        <span>· Told here{saying.known ? ", already known" : ""}</span>
        {saying.files.length > 0 && <span>· {countOf(saying.files.length, "file")}</span>}
        <span className="ms-auto">
          <SayingTicks saying={saying} />
        </span>
      </p>
      <FailedSaying saying={saying} />
    </li>
  );
}
