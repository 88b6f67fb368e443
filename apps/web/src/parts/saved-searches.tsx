import { type FormEvent, type ReactNode, useState } from "react";
import { useSearchParams } from "react-router";

import { addressOf, isIdle, searchOf } from "../core/search-query.ts";
import { notify } from "../data/actions.ts";
import { daysApi, type WireSavedSearch } from "../data/days-api.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, Name, ProblemNote, problemFrom, TextLink } from "./basics.tsx";
import { Sheet } from "./dialog.tsx";
import { Field } from "./field.tsx";

type NameFormProps = {
  readonly label: string;
  readonly before: string;
  readonly hintOf: (name: string) => string;
  readonly action: string;
  readonly isBusy: boolean;
  readonly problem: Parameters<typeof problemFrom>[0] | undefined;
  readonly onName: (name: string) => void;
  readonly onCancel: () => void;
  readonly className: string;
};

function NameForm({
  action,
  before,
  className,
  hintOf,
  isBusy,
  label,
  onCancel,
  onName,
  problem,
}: NameFormProps): ReactNode {
  const [name, setName] = useState(before);
  const wanted = name.trim();
  const refused =
    problem === undefined ? undefined : problemFrom(problem).fields.find(({ pointer }) => pointer === "/name");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (wanted !== "" && !isBusy) onName(wanted);
  };
  return (
    <form onSubmit={submit} className={`flex flex-col gap-3 ${className}`}>
      <Field
        label={label}
        hint={hintOf(wanted)}
        error={refused?.detail}
        input={{
          autoFocus: true,
          maxLength: 80,
          value: name,
          onChange: (event) => setName(event.target.value),
          "data-testid": "search-name",
        }}
      />
      {problem !== undefined && refused === undefined && <ProblemNote problem={problem} />}
      <span className="flex gap-3">
        <Button
          type="submit"
          look="primary"
          isDisabled={wanted === "" || wanted === before || isBusy}
          data-testid="search-save"
        >
          {action}
        </Button>
        <Button look="quiet" onPress={onCancel}>
          Cancel
        </Button>
      </span>
    </form>
  );
}

function KeepForm({
  kept,
  onDone,
}: {
  readonly kept: readonly WireSavedSearch[];
  readonly onDone: () => void;
}): ReactNode {
  const [parameters] = useSearchParams();
  const [save, { error, isLoading }] = daysApi.useSaveSearchMutation();
  const keep = async (name: string): Promise<void> => {
    if ((await save({ name, search: searchOf(parameters) })).error === undefined) onDone();
  };
  const hintOf = (name: string): string =>
    kept.some((one) => one.name === name)
      ? "A search is kept under this name: this one takes its place."
      : "It keeps its words and filters, and searches anew each time.";
  return (
    <NameForm
      label="Name of this search"
      before=""
      hintOf={hintOf}
      action="Keep it"
      isBusy={isLoading}
      problem={error}
      onName={(name) => void keep(name)}
      onCancel={onDone}
      className="mt-3 max-w-form"
    />
  );
}

function RenameSheet({
  onClose,
  search,
}: {
  readonly search: WireSavedSearch;
  readonly onClose: () => void;
}): ReactNode {
  const [rename, { error, isLoading }] = daysApi.useRenameSearchMutation();
  const call = async (name: string): Promise<void> => {
    if ((await rename({ id: search.id, name })).error === undefined) onClose();
  };
  return (
    <Sheet title="What is this search called?" onClose={onClose}>
      <NameForm
        label="Name"
        before={search.name}
        hintOf={() => "What it searches for stays as it is."}
        action="Call it so"
        isBusy={isLoading}
        problem={error}
        onName={(name) => void call(name)}
        onCancel={onClose}
        className="p-5"
      />
    </Sheet>
  );
}

/** Offers to name the search that stands in the address; says its name where it is kept already. */
export function KeepSearch(): ReactNode {
  const [parameters] = useSearchParams();
  const { data: kept = [] } = daysApi.useSavedSearchesQuery();
  const [isOpen, setOpen] = useState(false);
  if (isIdle(parameters)) return null;
  if (isOpen) return <KeepForm kept={kept} onDone={() => setOpen(false)} />;
  const here = addressOf(searchOf(parameters));
  const known = kept.find(({ search }) => addressOf(search) === here);
  if (known !== undefined)
    return (
      <p className="mt-2 text-13 text-muted" data-testid="search-kept">
        Kept as <Name text={known.name} />
      </p>
    );
  return (
    <p className="mt-2">
      <Button look="quiet" className="-ms-3.5 text-13" onPress={() => setOpen(true)} data-testid="search-keep">
        Keep this search
      </Button>
    </p>
  );
}

function Row({
  onRename,
  search: kept,
}: {
  readonly search: WireSavedSearch;
  readonly onRename: () => void;
}): ReactNode {
  const dispatch = useAppDispatch();
  const [remove, { error, isLoading }] = daysApi.useRemoveSearchMutation();
  const { id, level, name, search } = kept;
  const forget = async (): Promise<void> => {
    if ((await remove(id)).error !== undefined) return;
    dispatch(notify("The search is not kept any more.", { type: "search", search: { name, search, level } }));
  };
  return (
    <li className="py-1.5" data-testid="saved-search">
      <div className="flex items-center justify-between gap-1">
        <span className="min-w-0 flex-1">
          <TextLink href={`/search?${addressOf(search)}`}>
            <Name text={name} />
          </TextLink>
        </span>
        <Button look="quiet" icon="edit" aria-label={`Rename the search ${name}`} onPress={onRename} />
        <Button
          look="quiet"
          icon="close"
          aria-label={`Forget the search ${name}`}
          isDisabled={isLoading}
          onPress={() => void forget()}
        />
      </div>
      {error !== undefined && <ProblemNote problem={error} safe="It is kept still" />}
    </li>
  );
}

/** Searches that were named, to be run again with one press. */
export function SavedSearches(): ReactNode {
  const { data, error, refetch } = daysApi.useSavedSearchesQuery();
  const [renamed, setRenamed] = useState<WireSavedSearch>();
  if (error !== undefined) return <ProblemNote problem={error} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  return (
    <section className="mt-6 max-w-measure">
      <h2 className="mb-2 text-13 font-semibold text-muted">Kept searches</h2>
      {data.length === 0 ? (
        <p className="text-muted" data-testid="saved-searches-none">
          None yet. A search that you come back to – what somebody promised, what the doctor said – can be kept under a
          name: search for it, then press “Keep this search”. It stands here and finds what is new, too.
        </p>
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {data.map((search) => (
            <Row key={search.id} search={search} onRename={() => setRenamed(search)} />
          ))}
        </ul>
      )}
      {renamed !== undefined && <RenameSheet search={renamed} onClose={() => setRenamed(undefined)} />}
    </section>
  );
}
