import { type ReactNode, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";

import { countOf, formatDay } from "../core/format.ts";
import type { Problem } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { peopleApi, type WirePersonPage, type WireWish } from "../data/people-api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ButtonLink, Empty, Loading, Name, problemFrom, ProblemNote } from "../parts/basics.tsx";
import { Sheet } from "../parts/dialog.tsx";
import { Quote, Quotes } from "../parts/evidence.tsx";
import { Field } from "../parts/field.tsx";
import { Section, useTitle } from "../parts/page.tsx";
import { PersonGraph } from "../parts/person-graph.tsx";
import { useBack } from "../parts/use-back.ts";

type Fact = WirePersonPage["facts"][number];

function datesOf({ since, until }: Fact): string {
  return until === null ? `told ${formatDay(since)}` : `${formatDay(since)} to ${formatDay(until)}`;
}

function FactEntry({ fact }: { readonly fact: Fact }): ReactNode {
  return (
    <li data-testid="fact" className="py-3">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className={fact.until === null ? "font-medium" : "text-muted"}>
          <bdi dir="auto">{fact.text}</bdi>
        </span>
        <span className="text-13 text-muted">
          {datesOf(fact)} · sure to {Math.round(fact.confidence * 100)} %
        </span>
      </p>
      <Quotes evidence={fact.evidence} />
    </li>
  );
}

function ToldDifferently({ page }: { readonly page: WirePersonPage }): ReactNode {
  if (page.told_differently.length === 0) return null;
  return (
    <Section title="Told differently" aside="Side by side; the later one may be the newer, or wrong">
      <ul className="flex flex-col gap-3">
        {page.told_differently.map(({ statements, type }) => (
          <li key={`${type} ${statements.map(({ value }) => value).join(" ")}`} className="grid gap-3 sm:grid-cols-2">
            {statements.map(({ evidence, value }) => (
              <div key={`${value} ${evidence.at}`} className="rounded-card border border-line bg-surface px-4 py-3">
                <p className="mb-1 font-medium">
                  <Name text={value} />
                </p>
                <Quote evidence={evidence} />
              </div>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Near({ page }: { readonly page: WirePersonPage }): ReactNode {
  if (page.near.length === 0) return null;
  return (
    <Section title="Named together with">
      <ul className="divide-y divide-line border-y border-line">
        {page.near.map((near) => (
          <li key={near.id} className="py-2.5">
            <p className="flex flex-wrap items-baseline gap-x-3">
              {near.kind === "person" ? (
                <Link
                  to={`/people/${near.id}`}
                  className="text-accent underline decoration-line underline-offset-4 hover:decoration-current"
                >
                  <Name text={near.name} />
                </Link>
              ) : (
                <Name text={near.name} />
              )}
              <span className="text-13 text-muted">
                {near.kind === "person" ? "" : `${near.kind} · `}
                {countOf(near.together, "memory", "memories")}
              </span>
            </p>
            <Quotes evidence={near.evidence.slice(0, 1)} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface Deciding {
  readonly page: WirePersonPage;
  readonly onDecide: (wish: WireWish) => Promise<Problem | undefined>;
  readonly onClose: () => void;
}

function RenameSheet({ onClose, onDecide, page }: Deciding): ReactNode {
  const [name, setName] = useState(page.name);
  const [problem, setProblem] = useState<Problem>();
  const save = async (): Promise<void> => {
    const refused = await onDecide({ what: "rename", person: page.id, name });
    if (refused === undefined) onClose();
    else setProblem(refused);
  };
  return (
    <Sheet title="What are they called?" onClose={onClose}>
      <form className="flex flex-col gap-4 p-5" onSubmit={(event) => (event.preventDefault(), void save())}>
        <Field
          label="Name"
          hint="Only here; what you told stays as you told it"
          input={{
            value: name,
            autoFocus: true,
            maxLength: 120,
            onChange: (event) => setName(event.target.value),
            "data-testid": "rename-input",
          }}
        />
        {problem !== undefined && <ProblemNote problem={problem} safe="Nothing was changed" />}
        <p className="flex gap-2">
          <Button look="primary" type="submit" isDisabled={name.trim() === "" || name.trim() === page.name}>
            Call them so
          </Button>
          <Button look="quiet" onPress={onClose}>
            Cancel
          </Button>
        </p>
      </form>
    </Sheet>
  );
}

function MergeSheet({ onClose, onDecide, page }: Deciding): ReactNode {
  const { data } = peopleApi.usePeopleQuery({ unsure: true });
  const [wanted, setWanted] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const others = (data?.data ?? []).filter(
    (person) =>
      person.id !== page.id &&
      [person.name, person.relation ?? "", ...person.aliases].some((text) =>
        text.toLowerCase().includes(wanted.trim().toLowerCase()),
      ),
  );
  const choose = async (other: string): Promise<void> => {
    const refused = await onDecide({ what: "merge", person: page.id, other });
    if (refused === undefined) onClose();
    else setProblem(refused);
  };
  return (
    <Sheet title={`Who is the same as ${page.name}?`} onClose={onClose}>
      <div className="flex flex-col gap-3 p-5">
        <input
          type="search"
          autoFocus
          aria-label="Find the other"
          placeholder="A name"
          className="field-base"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        {problem !== undefined && <ProblemNote problem={problem} safe="Nothing was changed" />}
        <ul className="max-h-80 overflow-y-auto">
          {others.slice(0, 50).map((person) => (
            <li key={person.id}>
              <Button look="quiet" className="w-full justify-start" onPress={() => void choose(person.id)}>
                <Name text={person.name} />
                <span className="text-13 text-muted">{countOf(person.memories, "memory", "memories")}</span>
              </Button>
            </li>
          ))}
        </ul>
        {data !== undefined && others.length === 0 && <p className="text-muted">Nobody else is called so.</p>}
      </div>
    </Sheet>
  );
}

function Aliases({
  onSplit,
  page,
}: {
  readonly page: WirePersonPage;
  readonly onSplit: (wording: string) => void;
}): ReactNode {
  if (page.aliases.length === 0) return null;
  return (
    <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-13 text-muted">
      also called
      {page.aliases.map((alias) => (
        <span key={alias} className="inline-flex items-center gap-1 rounded-full border border-line bg-surface ps-3">
          <Name text={alias} />
          <Button
            look="quiet"
            icon="close"
            className="min-h-7 rounded-full text-muted"
            aria-label={`${alias} is somebody else`}
            onPress={() => onSplit(alias)}
          />
        </span>
      ))}
    </p>
  );
}

/** What can be said of a person: their name, who they are the same as, that it is oneself. */
function Actions({
  onDecide,
  onSheet,
  page,
}: {
  readonly page: WirePersonPage;
  readonly onSheet: (sheet: "rename" | "merge") => void;
  /** True when it was decided. */
  readonly onDecide: (wish: WireWish) => Promise<boolean>;
}): ReactNode {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const isGuest = useAppSelector((state) => state.session.user?.role === "guest");
  const isMe = async (): Promise<void> => {
    if (!(await onDecide({ what: "self", person: page.id }))) return;
    dispatch(notify(`${page.name} is you. It can be undone below, under What you decided.`));
    void navigate("/people", { replace: true });
  };
  return (
    <p className="flex flex-wrap gap-2">
      <Button icon="edit" onPress={() => onSheet("rename")} data-testid="rename">
        Rename
      </Button>
      <Button icon="people" onPress={() => onSheet("merge")} data-testid="merge">
        Same as …
      </Button>
      {page.relation === null && (
        <Button icon="person" onPress={() => void isMe()} data-testid="self">
          This one is me
        </Button>
      )}
      {!isGuest && <ButtonLink href={`/settings/sharing?about=${encodeURIComponent(page.name)}`}>Share</ButtonLink>}
    </p>
  );
}

function Person({ page }: { readonly page: WirePersonPage }): ReactNode {
  const [decide] = peopleApi.useDecideMutation();
  const [sheet, setSheet] = useState<"rename" | "merge">();
  const [problem, setProblem] = useState<Problem>();
  const onDecide = async (wish: WireWish): Promise<Problem | undefined> => {
    const result = await decide(wish);
    return result.error === undefined ? undefined : problemFrom(result.error);
  };
  const decideOrSay = async (wish: WireWish): Promise<boolean> => {
    const refused = await onDecide(wish);
    setProblem(refused);
    return refused === undefined;
  };
  const close = (): void => setSheet(undefined);
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h1 tabIndex={-1} className="text-22 font-semibold">
            <Name text={page.name} />
          </h1>
          <p className="text-muted">
            {page.relation !== null && `your ${page.relation} · `}
            {countOf(page.memories, "memory", "memories")}, {formatDay(page.first_at)}
            {page.first_at.slice(0, 10) === page.last_at.slice(0, 10) ? "" : ` to ${formatDay(page.last_at)}`}
          </p>
          <Aliases page={page} onSplit={(wording) => void decideOrSay({ what: "split", person: page.id, wording })} />
        </div>
        <Actions page={page} onSheet={setSheet} onDecide={decideOrSay} />
      </div>
      {problem !== undefined && <ProblemNote problem={problem} safe="Nothing was changed" />}
      {page.last_contact !== null && (
        <Section title="Last contact">
          <Quote evidence={page.last_contact} />
        </Section>
      )}
      <Section title="What memories say">
        {page.facts.length === 0 ? (
          <p className="text-muted">They are named, and nothing sure enough is said of them.</p>
        ) : (
          <ul className="divide-y divide-line border-y border-line">
            {page.facts.map((fact) => (
              <FactEntry key={`${fact.type} ${fact.text} ${fact.since}`} fact={fact} />
            ))}
          </ul>
        )}
      </Section>
      <ToldDifferently page={page} />
      <PersonGraph id={page.id} name={page.name} />
      <Near page={page} />
      <Section title="Newest memories that name them">
        <div className="flex flex-col gap-2">
          {page.mentions.map((one) => (
            <Quote key={`${one.memory_id} ${one.range[0]}`} evidence={one} />
          ))}
        </div>
      </Section>
      {sheet === "rename" && <RenameSheet page={page} onDecide={onDecide} onClose={close} />}
      {sheet === "merge" && <MergeSheet page={page} onDecide={onDecide} onClose={close} />}
    </>
  );
}

/** One person: what memories say of them, with the words that say it. */
export function PersonScreen(): ReactNode {
  const { id = "" } = useParams();
  const back = useBack();
  const { data, error, refetch } = peopleApi.usePersonQuery(id);
  useTitle(data?.name ?? "Person");
  const isMissing = error !== undefined && "status" in error && (error.status === 404 || error.status === 400);
  return (
    <div data-testid="person" className="mx-auto w-full max-w-page px-4 pt-3 pb-16 md:px-8 md:pt-5">
      <Button look="quiet" icon="back" className="-ms-2 mb-3 text-13 text-muted" onPress={back}>
        Back
      </Button>
      {data === undefined && (
        <h1 tabIndex={-1} className="sr-only">
          Person
        </h1>
      )}
      {isMissing && (
        <Empty action={<ButtonLink href="/people">People</ButtonLink>}>
          There is nobody here: the memories that named them were forgotten, or never were.
        </Empty>
      )}
      {error !== undefined && !isMissing && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading what is said of them" />}
      {data !== undefined && !isMissing && <Person key={data.id} page={data} />}
    </div>
  );
}
