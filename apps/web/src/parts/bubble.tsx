import type { ReactNode } from "react";
import { Link } from "react-router";

import { formatTime, sourceLabel } from "../core/format.ts";
import type { Saying } from "../data/thread.ts";
import type { WireMemory } from "../data/wire.ts";
import { Name } from "./basics.tsx";
import { edgeOf } from "./level.tsx";
import { MemoryFiles } from "./memory-files.tsx";
import { MemoryWords } from "./memory-words.tsx";
import { FailedSaying, SayingWords } from "./memory-entry.tsx";
import { MemoryTicks, SayingTicks } from "./ticks.tsx";

const SHAPE = "w-fit max-w-[min(85%,var(--container-measure))] rounded-bubble px-3.5 py-2";

interface BubbleProps {
  readonly memory: WireMemory;
  /** Shows who speaks; off when the one before spoke too. */
  readonly showName: boolean;
  readonly showSource: boolean;
}

/** A memory as it was said: mine at the end side, others' at the start. */
export function MemoryBubble({ memory, showName, showSource }: BubbleProps): ReactNode {
  const isMine = memory.speaker === null;
  return (
    <div className={`${SHAPE} ${edgeOf(memory.level)} ${isMine ? "ms-auto bg-own" : "bg-surface"}`}>
      {showName && memory.speaker !== null && (
        <p className="text-13 font-medium text-accent">
          <Name text={memory.speaker} />
        </p>
      )}
      <MemoryWords memory={memory} />
      <MemoryFiles memory={memory} />
      {memory.attachments.length > 0 && (
        <p className="mt-1 text-13 text-muted">
          {memory.attachments.map((file) => (
            <span key={file} className="me-2">
              <Name text={file} />
            </span>
          ))}
        </p>
      )}
      <p className="mt-0.5 flex flex-wrap items-center justify-end gap-x-2 text-12 text-muted">
        {memory.never_recalled === true && <span>never recalled</span>}
        {showSource && memory.source !== "chat" && <span>{sourceLabel(memory.source)}</span>}
        <Link
          to={`/memories/${memory.id}`}
          className="underline decoration-transparent underline-offset-2 hover:decoration-current"
          aria-label={`Open this memory, ${formatTime(memory.occurred_at)}`}
        >
          <time dateTime={memory.occurred_at}>{formatTime(memory.occurred_at)}</time>
        </Link>
        <MemoryTicks memory={memory} />
      </p>
    </div>
  );
}

/** A saying on its way. */
export function SayingBubble({ saying }: { readonly saying: Saying }): ReactNode {
  return (
    <div className={`arriving ms-auto bg-own ${SHAPE} ${edgeOf(saying.memory?.level ?? "general")}`}>
      <SayingWords saying={saying} />
      <p className="mt-0.5 flex items-center justify-end gap-x-2 text-12 text-muted">
        {saying.known && <span>already known</span>}
        <time dateTime={saying.at}>{formatTime(saying.at)}</time>
        <SayingTicks saying={saying} />
      </p>
      <FailedSaying saying={saying} />
    </div>
  );
}
