import { type ReactNode, useState } from "react";
import { Link } from "react-router";

import { countOf, formatDay } from "../core/format.ts";
import type { WireEvidence } from "../data/people-api.ts";
import { Name } from "./basics.tsx";
import { LevelGlyph } from "./level.tsx";

/** A quote of a memory that leads to it. */
export function Quote({ evidence }: { readonly evidence: WireEvidence }): ReactNode {
  return (
    <Link
      to={`/memories/${evidence.memory_id}`}
      className="block max-w-measure border-s-2 border-line py-0.5 ps-3 text-13 text-muted transition-feedback hover:border-accent hover:text-ink"
    >
      {evidence.speaker !== null && (
        <>
          <Name text={evidence.speaker} />:{" "}
        </>
      )}
      <bdi dir="auto">“{evidence.quote}”</bdi>{" "}
      <span className="whitespace-nowrap">
        <time dateTime={evidence.at}>{formatDay(evidence.at)}</time>
        {evidence.level !== "general" && <LevelGlyph level={evidence.level} className="ms-1.5 size-3" />}
      </span>
    </Link>
  );
}

const SHOWN = 2;

/** Quotes, the newest first; more than two when asked. */
export function Quotes({ evidence }: { readonly evidence: readonly WireEvidence[] }): ReactNode {
  const [isAll, setAll] = useState(false);
  const newest = evidence.toSorted((left, right) => Date.parse(right.at) - Date.parse(left.at));
  const shown = isAll ? newest : newest.slice(0, SHOWN);
  return (
    <div className="mt-1 flex flex-col gap-1.5">
      {shown.map((one) => (
        <Quote key={`${one.memory_id} ${one.range[0]}`} evidence={one} />
      ))}
      {shown.length < newest.length && (
        <button
          type="button"
          className="min-h-6 cursor-pointer self-start rounded-control text-13 text-accent underline decoration-line underline-offset-4 touch:min-h-11"
          onClick={() => setAll(true)}
        >
          {countOf(newest.length - shown.length, "more memory", "more memories")}
        </button>
      )}
    </div>
  );
}
