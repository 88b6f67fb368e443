import { type ReactNode, useState } from "react";

import { formatDay } from "../core/format.ts";
import type { Problem } from "../core/problem-words.ts";
import { peopleApi, type WireProposal, type WireWish } from "../data/people-api.ts";
import { Button, Name, problemFrom, ProblemNote } from "./basics.tsx";
import { Quote } from "./evidence.tsx";
import { Section } from "./page.tsx";

function answersTo(proposal: WireProposal): readonly { readonly label: string; readonly wish: WireWish }[] {
  const { other, person, wording } = proposal;
  if (other !== null)
    return [
      { label: "One person", wish: { what: "merge", person: person.id, other: other.id } },
      { label: "Two people", wish: { what: "apart", person: person.id, other: other.id } },
    ];
  const wanted = wording ?? "";
  return [
    { label: "Yes, that is right", wish: { what: "confirm", person: person.id, wording: wanted } },
    { label: "No, somebody else", wish: { what: "split", person: person.id, wording: wanted } },
  ];
}

function Proposal({ proposal }: { readonly proposal: WireProposal }): ReactNode {
  const [decide, { isLoading }] = peopleApi.useDecideMutation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const answer = async (wish: WireWish): Promise<void> => {
    setProblem(null);
    const result = await decide(wish);
    if (result.error !== undefined) setProblem(problemFrom(result.error));
  };
  return (
    <li data-testid="merge-proposal" className="rounded-card border border-line bg-surface px-4 py-3">
      <p className="font-medium">
        <bdi dir="auto">{proposal.reason}</bdi>?
      </p>
      <div className="mt-1.5 flex flex-col gap-1.5">
        {proposal.evidence.map((one) => (
          <Quote key={`${one.memory_id} ${one.range[0]}`} evidence={one} />
        ))}
      </div>
      <p className="mt-2.5 flex flex-wrap gap-2">
        {answersTo(proposal).map(({ label, wish }) => (
          <Button key={label} isDisabled={isLoading} onPress={() => void answer(wish)}>
            {label}
          </Button>
        ))}
      </p>
      {problem !== null && <ProblemNote problem={problem} safe="Nothing was decided" />}
    </li>
  );
}

/** Who may be the same as whom, to be answered. Nothing when nothing is asked. */
export function MergeLane(): ReactNode {
  const { data } = peopleApi.useMergesQuery();
  if (data === undefined || data.proposals.length === 0) return null;
  return (
    <Section title="Who is who?" aside="You decide; either answer can be taken back">
      <ul className="grid gap-3 lg:grid-cols-2">
        {data.proposals.map((proposal) => (
          <Proposal key={`${proposal.person.id} ${proposal.other?.id} ${proposal.wording}`} proposal={proposal} />
        ))}
      </ul>
    </Section>
  );
}

const WHAT = {
  merge: "is one person with",
  apart: "is not",
  split: "is somebody else than",
  rename: "is called",
  self: "is you",
} as const;

/** What was decided about who is who, with the way back. Nothing when nothing was. */
export function Decisions(): ReactNode {
  const { data } = peopleApi.useMergesQuery();
  const [undo, { error, isLoading }] = peopleApi.useUndoDecisionMutation();
  if (data === undefined || data.decisions.length === 0) return null;
  return (
    <Section title="What you decided">
      <ul className="divide-y divide-line border-y border-line">
        {data.decisions.map((one) => (
          <li key={one.id} data-testid="decision" className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <span className="min-w-0 flex-1">
              <Name text={one.person?.name ?? "Nobody any more"} /> <span className="text-muted">{WHAT[one.what]}</span>{" "}
              {one.what !== "self" && <Name text={one.other ?? "nobody any more"} />}
              <span className="ms-2 text-12 text-muted">{formatDay(one.at)}</span>
            </span>
            <Button look="quiet" isDisabled={isLoading} onPress={() => void undo(one.id)}>
              Undo
            </Button>
          </li>
        ))}
      </ul>
      {error !== undefined && <ProblemNote problem={error} safe="Nothing was changed" />}
    </Section>
  );
}
