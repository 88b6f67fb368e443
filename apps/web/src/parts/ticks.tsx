import type { ReactNode } from "react";

import { formatTime } from "../core/format.ts";
import { wordsOf } from "../core/levels.ts";
import { type Tick, tickOf, tickWords } from "../core/ticks.ts";
import { useAppSelector } from "../data/store.ts";
import type { Saying } from "../data/thread.ts";
import type { WireMemory } from "../data/wire.ts";
import { LevelGlyph } from "./level.tsx";

function TickShape({ tick }: { readonly tick: Tick }): ReactNode {
  if (tick === "failed") return <span className="font-semibold text-danger">!</span>;
  const doubled = tick === "searchable";
  const waits = tick === "sending" || tick === "waiting";
  return (
    <svg
      viewBox="0 0 20 14"
      className={`inline-block h-3 ${doubled ? "w-4.5 text-accent" : "w-4.5"}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {waits && <path d="M12 2a5 5 0 1 0 0 10 5 5 0 0 0 0-10M12 4.500V7l1.800 1.200" strokeWidth="1.300" />}
      {!waits && <path d={doubled ? "M1.500 7.500 5 11l7-8" : "M5.500 7.500 9 11l7-8"} />}
      {doubled && <path d="M9.500 10.500l.5.500 7.500-8" />}
    </svg>
  );
}

interface TicksProps {
  readonly tick: Tick;
  readonly at: string;
  readonly level: string | undefined;
}

/** Ticks with the level's glyph, its word above General, and all of it in words for screen readers. */
export function Ticks({ tick, at, level }: TicksProps): ReactNode {
  const label = level === undefined ? undefined : wordsOf(level).label;
  const words = tickWords(tick, formatTime(at), label);
  return (
    <span className="inline-flex items-center gap-1" title={words} data-tick={tick}>
      <span aria-hidden="true" className="inline-flex items-center gap-1">
        <TickShape tick={tick} />
        {level !== undefined && <LevelGlyph level={level} className="size-3" />}
        {level !== "general" && label}
      </span>
      <span className="sr-only">{words}</span>
    </span>
  );
}

/** The ticks of a stored memory, kept up by watermarks. */
export function MemoryTicks({ memory }: { readonly memory: WireMemory }): ReactNode {
  const tick = useAppSelector((state) => tickOf(memory, state.interface.watermarks));
  return <Ticks tick={tick} at={memory.recorded_at} level={memory.progress.classified ? memory.level : undefined} />;
}

/** The ticks of a saying, whether or not it has been stored. */
export function SayingTicks({ saying }: { readonly saying: Saying }): ReactNode {
  if (saying.memory !== null) return <MemoryTicks memory={saying.memory} />;
  const tick = saying.state === "kept" ? "stored" : saying.state;
  return <Ticks tick={tick} at={saying.at} level={undefined} />;
}
