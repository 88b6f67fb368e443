import type { ReactNode } from "react";

import { asOfWords } from "../core/as-of.ts";
import { formatCount, formatDay, formatMonth, sourceLabel } from "../core/format.ts";
import { wordsOf } from "../core/levels.ts";
import { type FilterName, toggleFilter } from "../core/search-query.ts";
import type { WireSearch } from "../data/wire.ts";
import { AsOfForm } from "./as-of-form.tsx";
import { Name } from "./basics.tsx";
import { LevelBadge } from "./level.tsx";

type Facets = NonNullable<WireSearch["facets"]>;
const SHOWN_MAX = 8;

const GROUPS: readonly { readonly name: FilterName & keyof Facets; readonly title: string }[] = [
  { name: "person", title: "Person" },
  { name: "source", title: "Source" },
  { name: "level", title: "Level" },
  { name: "month", title: "Month" },
  { name: "owner", title: "Whose" },
];

/** The word for a filter's value. */
export function filterLabel(name: FilterName, value: string): ReactNode {
  if (name === "source") return sourceLabel(value);
  if (name === "level") return wordsOf(value).label;
  if (name === "month") return formatMonth(value);
  if (name === "after") return `From ${formatDay(value)}`;
  if (name === "before") return `Before ${formatDay(value)}`;
  if (name === "as_of") return asOfWords(value);
  if (name === "conversation") return "In one conversation";
  if (name === "import") return "From one import";
  if (name === "owner")
    return value === "me" ? "Yours" : value === "others" ? "Shared with you" : "Shared by one person";
  return <Name text={value} />;
}

function labelOf(name: FilterName, { value, label }: { readonly value: string; readonly label: string }): ReactNode {
  if (name === "level") return <LevelBadge level={value} />;
  return name === "owner" && value !== "me" ? <Name text={label} /> : filterLabel(name, value);
}

interface FacetsProps {
  readonly facets: Facets;
  readonly parameters: URLSearchParams;
  readonly ceiling: string;
  readonly onChange: (parameters: URLSearchParams) => void;
}

/** What the hits can be narrowed by, with counts. */
export function FacetList({ facets, parameters, ceiling, onChange }: FacetsProps): ReactNode {
  return (
    <div className="flex flex-col gap-5">
      {GROUPS.map(({ name, title }) => {
        const counts = (facets[name] ?? []).filter(({ value }) => value !== "").slice(0, SHOWN_MAX);
        if (counts.length === 0) return null;
        return (
          <fieldset key={name}>
            <legend className="mb-1 text-13 font-semibold text-muted">{title}</legend>
            {counts.map((facet) => {
              const isOn = parameters.get(name) === facet.value;
              return (
                <button
                  key={facet.value}
                  type="button"
                  aria-pressed={isOn}
                  onClick={() => onChange(toggleFilter(parameters, name, facet.value))}
                  className={`-mx-2 flex min-h-8 w-[calc(100%+1rem)] cursor-pointer items-center gap-2 rounded-control px-2 text-start text-13 transition-feedback touch:min-h-11 ${isOn ? "marked bg-accent-soft font-medium text-accent" : "hover:bg-sunken"}`}
                >
                  <span className="min-w-0 flex-1 truncate">{labelOf(name, facet)}</span>
                  <span className="text-muted tabular-nums">{formatCount(facet.count)}</span>
                </button>
              );
            })}
          </fieldset>
        );
      })}
      {!parameters.has("as_of") && (
        <AsOfForm action="Look back" onChoose={(asOf) => onChange(toggleFilter(parameters, "as_of", asOf))} />
      )}
      {ceiling !== "ultra-secret" && (
        <p className="text-12 text-muted">Locked above {wordsOf(ceiling).label}: neither searched nor counted.</p>
      )}
    </div>
  );
}
