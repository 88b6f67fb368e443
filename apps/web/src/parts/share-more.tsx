import { SOURCE_KINDS, type SourceKind } from "@kaelix/model";
import { type ReactNode, useState } from "react";
import { useSearchParams } from "react-router";

import { SOURCE_LABELS } from "../core/source-words.ts";
import type { ShareRequest } from "../data/sharing-api.ts";
import { useAppSelector } from "../data/store.ts";
import { Choice } from "./choice.tsx";
import { Field } from "./field.tsx";
import { Section } from "./page.tsx";
import { ShareAbout } from "./share-about.tsx";
import { ShareButton } from "./share-form.tsx";

const KINDS = [
  { value: "about", label: "Somebody or something" },
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

const SOURCES = SOURCE_KINDS.map((kind) => ({ value: kind, label: SOURCE_LABELS[kind] }));

/** Shares more than one thing at once: what names somebody, a range of time, a source, or everything; guests cannot. */
export function ShareMore(): ReactNode {
  const role = useAppSelector((state) => state.session.user?.role);
  const [kind, setKind] = useState<Kind>("about");
  // The page of a person leads here with their name.
  const [parameters] = useSearchParams();
  const [days, setDays] = useState({ first: "", last: "" });
  const [source, setSource] = useState<SourceKind>("whatsapp");
  if (role === "guest") return null;
  const whole = {
    about: { what: undefined, words: "" },
    time: { what: rangeOf(days.first, days.last), words: "what happened in these days" },
    source: { what: { type: "source", source } as const, words: `what came from ${SOURCE_LABELS[source]}` },
    all: { what: { type: "all" } as const, words: "everything of yours" },
  }[kind];
  return (
    <Section title="Share more">
      <div className="flex max-w-form flex-col items-start gap-4" data-testid="share-more">
        <Choice label="What to share" value={kind} options={KINDS} onChange={setKind} testId="share-kind" />
        {kind === "about" && <ShareAbout name={parameters.get("about") ?? ""} />}
        {kind === "time" && <Range {...days} onChange={(first, last) => setDays({ first, last })} />}
        {kind === "source" && (
          <Choice label="Everything that came from" value={source} options={SOURCES} onChange={setSource} />
        )}
        {kind === "time" && whole.what === undefined && (
          <p className="text-13 text-muted">Choose the first and the last day.</p>
        )}
        {whole.what !== undefined && (
          <span className="-ms-3.5">
            <ShareButton what={whole.what} words={whole.words} level="general" />
          </span>
        )}
      </div>
    </Section>
  );
}
