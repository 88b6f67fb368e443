import { SOURCE_KINDS, type SourceKind } from "@kaelix/model";
import { type ReactNode, useId, useState } from "react";

import { SOURCE_LABELS } from "../core/source-words.ts";
import type { ShareRequest } from "../data/sharing-api.ts";
import { useAppSelector } from "../data/store.ts";
import { Field } from "./field.tsx";
import { Section } from "./page.tsx";
import { Segmented } from "./segmented.tsx";
import { ShareButton } from "./share-form.tsx";

const KINDS = [
  { value: "time", label: "A range of time" },
  { value: "source", label: "A source" },
  { value: "all", label: "Everything" },
] as const;

type Kind = (typeof KINDS)[number]["value"];

/** Days as typed → the range, the last day with it; undefined when there is none. */
function rangeOf(first: string, last: string): ShareRequest["what"] | undefined {
  if (first === "" || last === "" || last < first) return undefined;
  const until = new Date(`${last}T00:00:00`);
  until.setDate(until.getDate() + 1);
  return { type: "time", from: new Date(`${first}T00:00:00`).toISOString(), until: until.toISOString() };
}

function Range({
  first,
  last,
  onChange,
}: {
  readonly first: string;
  readonly last: string;
  readonly onChange: (first: string, last: string) => void;
}): ReactNode {
  const isTurned = first !== "" && last !== "" && last < first;
  return (
    <div className="flex flex-wrap gap-4">
      <Field
        label="What happened from"
        input={{
          type: "date",
          value: first,
          onChange: (event) => onChange(event.target.value, last),
          "data-testid": "share-first",
        }}
      />
      <Field
        label="To the end of"
        error={isTurned ? "Must not be before the first day" : undefined}
        input={{
          type: "date",
          value: last,
          onChange: (event) => onChange(first, event.target.value),
          "data-testid": "share-last",
        }}
      />
    </div>
  );
}

function Source({ value, onChange }: { readonly value: SourceKind; readonly onChange: (value: SourceKind) => void }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-13 font-medium">
        Everything that came from
      </label>
      <select
        id={id}
        value={value}
        className="field-base"
        onChange={({ target }) => onChange(SOURCE_KINDS.find((kind) => kind === target.value) ?? value)}
      >
        {SOURCE_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {SOURCE_LABELS[kind]}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Shares more than one thing at once: a range of time, a source, or everything; guests cannot. */
export function ShareMore(): ReactNode {
  const role = useAppSelector((state) => state.session.user?.role);
  const [kind, setKind] = useState<Kind>("time");
  const [days, setDays] = useState({ first: "", last: "" });
  const [source, setSource] = useState<SourceKind>("whatsapp");
  if (role === "guest") return null;
  const what =
    kind === "time"
      ? rangeOf(days.first, days.last)
      : kind === "source"
        ? ({ type: kind, source } as const)
        : { type: kind };
  const words = {
    time: "what happened in these days",
    source: `what came from ${SOURCE_LABELS[source]}`,
    all: "everything of yours",
  }[kind];
  return (
    <Section title="Share more">
      <div className="flex max-w-form flex-col items-start gap-4" data-testid="share-more">
        <Segmented label="What to share" value={kind} options={KINDS} onChange={setKind} />
        {kind === "time" && <Range {...days} onChange={(first, last) => setDays({ first, last })} />}
        {kind === "source" && <Source value={source} onChange={setSource} />}
        {what === undefined ? (
          <p className="text-13 text-muted">Choose the first and the last day.</p>
        ) : (
          <span className="-ms-3.5">
            <ShareButton what={what} words={words} level="general" />
          </span>
        )}
      </div>
    </Section>
  );
}
