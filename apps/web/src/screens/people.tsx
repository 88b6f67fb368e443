import { type ReactNode, useState } from "react";
import { Link } from "react-router";

import { countOf, formatWhen } from "../core/format.ts";
import { peopleApi, type WirePerson } from "../data/people-api.ts";
import { Button, ButtonLink, Empty, Name, ProblemNote } from "../parts/basics.tsx";
import { Decisions, MergeLane } from "../parts/merge-lane.tsx";
import { Page } from "../parts/page.tsx";
import { ReadingPeople } from "../parts/reading-people.tsx";

function Row({ person }: { readonly person: WirePerson }): ReactNode {
  return (
    <li data-testid="person-entry" className="relative py-3 ps-1 pe-2 transition-feedback hover:bg-surface">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <Link to={`/people/${person.id}`} className="font-medium after:absolute after:inset-0">
          <Name text={person.name} />
        </Link>
        {person.relation !== null && <span className="text-13 text-muted">your {person.relation}</span>}
        {!person.sure && <span className="text-13 text-muted">may be no person</span>}
        <span className="ms-auto text-12 text-muted">
          {countOf(person.memories, "memory", "memories")} ·{" "}
          <time dateTime={person.last_at}>{formatWhen(person.last_at, Date.now())}</time>
        </span>
      </p>
      {person.aliases.length > 0 && (
        <p className="text-13 text-muted">
          also <Name text={person.aliases.join(", ")} />
        </p>
      )}
    </li>
  );
}

function isCalled(person: WirePerson, wanted: string): boolean {
  const words = wanted.toLowerCase().split(/\s+/);
  const names = [person.name, person.relation ?? "", ...person.aliases].join(" ").toLowerCase().split(/\s+/);
  return words.every((word) => names.some((name) => name.startsWith(word)));
}

function Nobody(): ReactNode {
  return (
    <Empty
      action={
        <span className="flex flex-wrap gap-2">
          <ButtonLink href="/">Tell something</ButtonLink>
          <ButtonLink href="/import">Bring a chat along</ButtonLink>
        </span>
      }
    >
      Nobody is spoken of yet. Tell something like “My brother Tom moved to Manchester”, and he stands here with what
      was said and when. Memories of General and Confidential are read; Secret ones never are.
    </Empty>
  );
}

/** Who the memories speak of: a list, what is asked about them, and what was decided. */
export function People(): ReactNode {
  const [isUnsureToo, setUnsureToo] = useState(false);
  const [wanted, setWanted] = useState("");
  const { data, error, isFetching, refetch } = peopleApi.usePeopleQuery({ unsure: isUnsureToo });
  const people = data?.data.filter((person) => wanted.trim() === "" || isCalled(person, wanted.trim())) ?? [];
  const isEmpty = data !== undefined && data.data.length === 0;
  return (
    <Page title="People" testId="people">
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {error === undefined && data === undefined && isFetching && <ReadingPeople what="Reading who is spoken of" />}
      {isEmpty && <Nobody />}
      {data !== undefined && !isEmpty && (
        <>
          <MergeLane />
          <div className="mt-6 max-w-form">
            <input
              type="search"
              aria-label="Find a person"
              placeholder="A name, or mother, boss …"
              className="field-base"
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
          </div>
          <p className="sr-only" role="status">
            {wanted === "" ? "" : `${people.length} found`}
          </p>
          {people.length === 0 ? (
            <p className="py-4 text-muted">Nobody is called so.</p>
          ) : (
            <ul className="mt-3 divide-y divide-line border-y border-line">
              {people.map((person) => (
                <Row key={person.id} person={person} />
              ))}
            </ul>
          )}
        </>
      )}
      {data !== undefined && data.unsure > 0 && (
        <p className="mt-3 flex flex-wrap items-center gap-2 text-13 text-muted">
          {countOf(data.unsure, "more name")} may be no person’s: brands, books, places.
          <Button look="quiet" onPress={() => setUnsureToo(!isUnsureToo)}>
            {isUnsureToo ? "Hide them" : "Show them"}
          </Button>
        </p>
      )}
      <Decisions />
    </Page>
  );
}
