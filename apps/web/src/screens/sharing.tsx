import { type FormEvent, type ReactNode, useState } from "react";

import { countOf, formatDay, formatMoment, sourceLabel } from "../core/format.ts";
import { wordsOf } from "../core/levels.ts";
import { api } from "../data/api.ts";
import { setPurpose } from "../data/connection.ts";
import { interfaceSlice } from "../data/interface.ts";
import { sharingApi, type WireShare } from "../data/sharing-api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ButtonLink, Empty, Loading, Name, ProblemNote, TextLink } from "../parts/basics.tsx";
import { Field } from "../parts/field.tsx";
import { Page, Section } from "../parts/page.tsx";
import { ShareMore } from "../parts/share-more.tsx";

function About({ share: { covers, label } }: { readonly share: WireShare }): ReactNode {
  // Who has it is told the name when it opens something; who gave it is told how much that is.
  if (label === null) return covers === null ? "What names somebody" : "What names somebody that no memory names now";
  return (
    <>
      What names <Name text={label} />
      {covers !== null && <span className="text-13 text-muted"> · now {countOf(covers, "memory", "memories")}</span>}
    </>
  );
}

function What({ share }: { readonly share: WireShare }): ReactNode {
  const { what, label } = share;
  switch (what.type) {
    case "all":
      return "Everything";
    case "conversation":
      return <Name text={label ?? "A conversation"} />;
    case "source":
      return `What came from ${sourceLabel(what.source ?? "")}`;
    case "memories":
      return what.memories?.length === 1 ? "One memory" : `${what.memories?.length ?? 0} memories`;
    case "time":
      return `${formatDay(what.from ?? "")} to ${formatDay(lastDayOf(what.until ?? ""))}`;
    case "about":
      return <About share={share} />;
  }
}

/** A range ends before its end: until midnight is to the day before. */
function lastDayOf(until: string): string {
  const ms = Date.parse(until);
  return Number.isNaN(ms) ? until : new Date(ms - 1).toISOString();
}

function stateWords(share: WireShare): string {
  switch (share.state) {
    case "ended":
      return `Ended ${formatMoment(share.ended_at ?? share.expires_at)}`;
    case "expired":
      return `Was open until ${formatMoment(share.expires_at)}`;
    case "waiting":
      return `Opens ${formatMoment(share.starts_at)}`;
    case "open":
      return `Until ${formatMoment(share.expires_at)}`;
  }
}

/** To what is shared, where that is one thing and shows now. */
function Way({ share, isGiven }: { readonly share: WireShare; readonly isGiven: boolean }): ReactNode {
  const purpose = useAppSelector((state) => state.interface.purpose);
  const { label, what } = share;
  if (!isGiven && what.type === "conversation" && label !== null) {
    return <TextLink href={`/chats/${what.conversation ?? ""}`}>Open</TextLink>;
  }
  const [only, ...more] = what.type === "memories" ? (what.memories ?? []) : [];
  const isShown = isGiven || (share.state === "open" && (share.purpose === null || share.purpose === purpose));
  return only === undefined || more.length > 0 || !isShown ? null : (
    <TextLink href={`/memories/${only}`}>Open</TextLink>
  );
}

function Share({ share, isGiven }: { readonly share: WireShare; readonly isGiven: boolean }): ReactNode {
  const [end, { isLoading, error }] = sharingApi.useEndShareMutation();
  const isOver = share.state === "ended" || share.state === "expired";
  const { name } = isGiven ? share.to : share.from;
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 py-2" data-testid="share">
      <span className={`min-w-0 flex-1 ${isOver ? "text-muted" : ""}`}>
        <span className="block">
          <What share={share} />
        </span>
        <span className="block text-13 text-muted">
          {isGiven ? "To" : "From"} <Name text={name} /> · up to {wordsOf(share.level).label}
          {share.purpose !== null && ` · only for ${share.purpose}`}
        </span>
        <span className="block text-13 text-muted">{stateWords(share)}</span>
      </span>
      <Way share={share} isGiven={isGiven} />
      {!isOver && (
        <Button isDisabled={isLoading} aria-label={`End the share with ${name}`} onPress={() => void end(share.id)}>
          End
        </Button>
      )}
      {error !== undefined && <ProblemNote problem={error} />}
    </li>
  );
}

/** What one reads for: opens what is shared for this alone, until the page is left. */
function Purpose({ purposes }: { readonly purposes: readonly string[] }): ReactNode {
  const dispatch = useAppDispatch();
  const current = useAppSelector((state) => state.interface.purpose);
  const [typed, setTyped] = useState("");
  const take = (purpose: string | null): void => {
    setPurpose(purpose === null || purpose === "" ? undefined : purpose);
    dispatch(interfaceSlice.actions.purposeNamed(purpose));
    dispatch(api.util.resetApiState());
    setTyped("");
  };
  if (current !== null) {
    return (
      <p className="mt-3 flex flex-wrap items-center gap-3">
        <span>
          You read for <strong>{current}</strong>. What is shared for it shows, in this tab.
        </span>
        <Button onPress={() => take(null)}>Stop</Button>
      </p>
    );
  }
  if (purposes.length === 0) return null;
  return (
    <form
      className="mt-3 flex max-w-form flex-col items-start gap-2"
      onSubmit={(event: FormEvent) => (event.preventDefault(), take(typed.trim().toLowerCase()))}
    >
      <div className="min-w-0 flex-1">
        <Field
          label="What you read for"
          hint="Some of it is shared for one purpose. Name it and it shows, in this tab."
          input={{ value: typed, onChange: (event) => setTyped(event.target.value), "data-testid": "purpose-input" }}
        />
      </div>
      <Button type="submit" isDisabled={typed.trim() === ""}>
        Read for this
      </Button>
    </form>
  );
}

function List({
  shares,
  isGiven,
  empty,
}: {
  readonly shares: readonly WireShare[];
  readonly isGiven: boolean;
  readonly empty: string;
}): ReactNode {
  if (shares.length === 0) return <Empty>{empty}</Empty>;
  return (
    <ul className="divide-y divide-line border-y border-line">
      {shares.map((share) => (
        <Share key={share.id} share={share} isGiven={isGiven} />
      ))}
    </ul>
  );
}

/** What one has shared, and what one was given. */
export function Sharing(): ReactNode {
  const { data, error, refetch } = sharingApi.useSharesQuery();
  const purposes = (data?.received ?? []).flatMap(({ purpose }) => purpose ?? []);
  return (
    <Page title="Sharing" testId="sharing" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
      <div className="max-w-measure">
        <p className="text-muted">
          Others see what you share, and nothing else of yours. Share a conversation from its head, a memory from its
          page, what names somebody or something below. What is shared can be read; it cannot be changed or passed on.
        </p>
        {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
        {data === undefined && error === undefined && <Loading what="Reading" />}
        {data !== undefined && (
          <>
            <Section title="Shared with you">
              <List shares={data.received} isGiven={false} empty="Nobody shares anything with you now." />
              <Purpose purposes={purposes} />
            </Section>
            <Section title="Shared by you">
              <List shares={data.given} isGiven empty="You share nothing." />
            </Section>
            <ShareMore />
          </>
        )}
      </div>
    </Page>
  );
}
