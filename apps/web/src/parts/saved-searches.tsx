import { type FormEvent, type ReactNode, useState } from "react";
import { useSearchParams } from "react-router";

import { filterOf, parametersOf } from "../core/search-query.ts";
import { daysApi } from "../data/days-api.ts";
import { Button, Name, ProblemNote, TextLink } from "./basics.tsx";
import { Field } from "./field.tsx";

function NameForm({ onDone }: { readonly onDone: () => void }): ReactNode {
  const [parameters] = useSearchParams();
  const [name, setName] = useState("");
  const [save, { error, isLoading }] = daysApi.useSaveSearchMutation();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const search = { query: parameters.get("q") ?? "", filter: filterOf(parameters) };
    if ((await save({ name, search })).error === undefined) onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="mt-3 flex max-w-form flex-col gap-3">
      <Field
        label="Name of this search"
        hint="It keeps its words and filters, and searches anew each time."
        input={{
          autoFocus: true,
          maxLength: 80,
          value: name,
          onChange: (event) => setName(event.target.value),
          "data-testid": "search-name",
        }}
      />
      {error !== undefined && <ProblemNote problem={error} />}
      <span className="flex gap-3">
        <Button type="submit" look="primary" isDisabled={name.trim() === "" || isLoading} data-testid="search-save">
          Keep it
        </Button>
        <Button look="quiet" onPress={onDone}>
          Cancel
        </Button>
      </span>
    </form>
  );
}

/** Offers to name the search that stands in the address. */
export function KeepSearch(): ReactNode {
  const [parameters] = useSearchParams();
  const [isOpen, setOpen] = useState(false);
  const isIdle = (parameters.get("q") ?? "").trim() === "" && Object.keys(filterOf(parameters)).length === 0;
  if (isIdle) return null;
  if (isOpen) return <NameForm onDone={() => setOpen(false)} />;
  return (
    <p className="mt-2">
      <Button look="quiet" className="-ms-3.5 text-13" onPress={() => setOpen(true)} data-testid="search-keep">
        Keep this search
      </Button>
    </p>
  );
}

/** Searches that were named, to be run again with one press. */
export function SavedSearches(): ReactNode {
  const { data = [] } = daysApi.useSavedSearchesQuery();
  const [remove, { isLoading }] = daysApi.useRemoveSearchMutation();
  if (data.length === 0) return null;
  return (
    <section className="mt-6 max-w-measure">
      <h2 className="mb-2 text-13 font-semibold text-muted">Kept searches</h2>
      <ul className="divide-y divide-line border-y border-line">
        {data.map(({ id, name, search }) => (
          <li key={id} className="flex items-center justify-between gap-3 py-1.5" data-testid="saved-search">
            <TextLink href={`/search?${parametersOf(search).toString()}`}>
              <Name text={name} />
            </TextLink>
            <Button
              look="quiet"
              icon="close"
              aria-label={`Forget the search ${name}`}
              isDisabled={isLoading}
              onPress={() => void remove(id)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
