import { type ReactNode, useDeferredValue, useState } from "react";
import { Label, RadioGroup } from "react-aria-components";

import { countOf } from "../core/format.ts";
import { sharingApi, type WireSubject } from "../data/sharing-api.ts";
import { Loading, Name, ProblemNote } from "./basics.tsx";
import { ChoiceCard } from "./choice-card.tsx";
import { Field } from "./field.tsx";
import { ShareButton } from "./share-form.tsx";

const KINDS: Readonly<Record<WireSubject["kind"], string>> = {
  person: "Person",
  place: "Place",
  organisation: "Organisation",
  event: "Event",
  thing: "Thing",
  substance: "Substance",
};

function About({ subject }: { readonly subject: WireSubject }): ReactNode {
  const { aliases, kind, memories, name, relation } = subject;
  const also = aliases.slice(0, 3).join(", ");
  return (
    <>
      <span className="block font-medium">
        <Name text={name} />
      </span>
      <span className="block text-13 text-muted">
        {relation === null ? KINDS[kind] : `Your ${relation}`}
        {also !== "" && (
          <>
            , also <Name text={also} />
          </>
        )}{" "}
        · {countOf(memories.confidential, "memory", "memories")}
      </span>
    </>
  );
}

/** Somebody or something, chosen by typing: shares what names them. */
export function ShareAbout({ name }: { readonly name: string }): ReactNode {
  const [typed, setTyped] = useState(name);
  const [chosen, setChosen] = useState("");
  const wanted = useDeferredValue(typed.trim());
  const { data, error, refetch } = sharingApi.useSubjectsQuery(wanted);
  const subject = data?.find(({ id }) => id === chosen) ?? (data?.length === 1 ? data[0] : undefined);
  return (
    <div className="flex w-full flex-col gap-4">
      <Field
        label="Whom or what"
        hint="A person, place, workplace, event or thing that your memories name"
        input={{
          value: typed,
          maxLength: 120,
          autoComplete: "off",
          onChange: (event) => setTyped(event.target.value),
          "data-testid": "share-about",
        }}
      />
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading whom they name" />}
      {data?.length === 0 && (
        <p className="text-13 text-muted" data-testid="share-nobody">
          {wanted === ""
            ? "Your memories up to Confidential name nobody yet."
            : "No memory up to Confidential names anybody or anything like that."}
        </p>
      )}
      {data !== undefined && data.length > 0 && (
        <RadioGroup value={subject?.id ?? ""} onChange={setChosen} className="flex flex-col gap-2">
          <Label className="text-13 font-medium">Which one</Label>
          <div className="flex -m-0.5 max-h-72 flex-col gap-2 overflow-y-auto p-0.5">
            {data.map((one) => (
              <ChoiceCard key={one.id} value={one.id} testId="share-subject">
                <About subject={one} />
              </ChoiceCard>
            ))}
          </div>
        </RadioGroup>
      )}
      {subject !== undefined && (
        <span className="-ms-3.5">
          <ShareButton
            key={subject.id}
            what={{ type: "about", subject: subject.id }}
            words={`what names ${subject.name}`}
            level="general"
            about={subject}
          />
        </span>
      )}
    </div>
  );
}
