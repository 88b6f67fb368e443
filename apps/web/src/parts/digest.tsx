import { DIGEST_TITLES } from "@kaelix/contract/digest-titles";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { daysAway, formatDay, formatWhen, sayerOf } from "../core/format.ts";
import { excerptOf } from "../core/text-parts.ts";
import { api } from "../data/api.ts";
import { daysApi } from "../data/days-api.ts";
import type { WireDigest } from "../data/wire.ts";
import { Button, Name, TextLink } from "./basics.tsx";
import { edgeOf } from "./level.tsx";
import { Section } from "./page.tsx";

type DigestSection = WireDigest["sections"][number];
type DigestLine = DigestSection["lines"][number];
type Evidence = DigestLine["evidence"][number];

const EXCERPT_LENGTH = 220;

function Whence({ evidence: { memory } }: { readonly evidence: Evidence }): ReactNode {
  const title = memory.conversation?.title ?? null;
  return (
    <>
      <Name text={sayerOf(memory)} />
      {title !== null && title !== memory.speaker && (
        <>
          {" in "}
          <Name text={title} />
        </>
      )}
      {" · "}
      <time dateTime={memory.occurred_at}>{formatWhen(memory.occurred_at, Date.now())}</time>
    </>
  );
}

/** A line that is a memory's own words. */
function Saying({ line, label }: { readonly line: DigestLine; readonly label: string }): ReactNode {
  const [first, ...others] = line.evidence;
  if (first === undefined) return null;
  const said = first.memory.text.slice(...first.range);
  return (
    <div className={`relative py-2.5 ps-3.5 pe-11 transition-feedback hover:bg-surface ${edgeOf(first.memory.level)}`}>
      <Link to={`/memories/${first.memory.id}`} className="block max-w-measure after:absolute after:inset-0">
        <bdi dir="auto">{excerptOf(said, [], EXCERPT_LENGTH).text}</bdi>
      </Link>
      <p className="mt-0.5 text-12 text-muted">
        {label !== "" && <span className="font-medium text-ink">{label} · </span>}
        <Whence evidence={first} />
        {others.length > 0 && ` · said ${others.length + 1} times`}
      </p>
    </div>
  );
}

/** A line that counts: it leads to the conversation it is about, or to the memory it was last said in. */
function Count({ line }: { readonly line: DigestLine }): ReactNode {
  const [first] = line.evidence;
  if (first === undefined) return null;
  const { conversation, id } = first.memory;
  const to = conversation === null ? `/memories/${id}` : `/chats/${conversation.id}`;
  return (
    <div className="py-2.5 ps-3.5 pe-11">
      <TextLink href={to}>
        <bdi dir="auto">{line.text}</bdi>
      </TextLink>
      <p className="mt-0.5 text-12 text-muted">
        Last: <bdi dir="auto">{excerptOf(first.memory.text, [], 90).text}</bdi>
      </p>
    </div>
  );
}

/** Which digest a line stands in. */
interface LineOf {
  readonly day: string;
  readonly zone: string;
  readonly import?: string;
}

/** A line with a way to call it not useful, and to take that back while one is here. */
function Judgeable({
  line,
  of,
  children,
}: {
  readonly line: DigestLine;
  readonly of: LineOf;
  readonly children: ReactNode;
}): ReactNode {
  const [judge, judging] = daysApi.useJudgeMutation();
  const [unjudge, unjudging] = daysApi.useUnjudgeMutation();
  const judged = judging.data;
  const takeBack = async (id: string): Promise<void> => {
    if ((await unjudge(id)).error === undefined) judging.reset();
  };
  if (judged !== undefined)
    return (
      <li className="flex min-h-11 items-center justify-between gap-3 ps-3.5 pe-2 text-13 text-muted">
        <span role="status">Not told again. Others like it come later.</span>
        <Button
          autoFocus
          className="min-h-8 px-2.5 text-13"
          isDisabled={unjudging.isLoading}
          onPress={() => void takeBack(judged.id)}
        >
          Undo
        </Button>
      </li>
    );
  return (
    <li className="relative">
      {children}
      <Button
        look="quiet"
        icon="close"
        aria-label={`Not useful: ${line.text.slice(0, 60)}`}
        className="absolute end-1 top-1.5 z-10 text-muted"
        isDisabled={judging.isLoading}
        onPress={() => void judge({ key: line.key, ...of })}
        data-testid="not-useful"
      />
      {judging.error !== undefined && (
        <p role="alert" className="ps-3.5 pb-2 text-13 text-danger">
          It could not be kept; the line stays.
        </p>
      )}
    </li>
  );
}

/** `today` is null where the day is long gone: then a day is said as it is. */
function labelOf(kind: DigestSection["kind"], line: DigestLine, today: string | null): string {
  if (kind === "on-this-day") return line.text;
  if (line.day === null) return "";
  const day = today === null ? formatDay(line.day) : daysAway(line.day, today);
  return kind === "promises" ? `due ${day}` : day;
}

interface LinesProps {
  readonly section: DigestSection;
  readonly today: string | null;
  readonly of: LineOf;
}

function Lines({ section, today, of }: LinesProps): ReactNode {
  const { kind, lines, more } = section;
  const isSaying = kind === "dates-ahead" || kind === "promises" || kind === "on-this-day";
  return (
    <Section title={DIGEST_TITLES[kind]} aside={more > 0 ? `and ${more} more` : undefined}>
      <ul
        aria-label={DIGEST_TITLES[kind]}
        className="divide-y divide-line border-y border-line"
        data-testid={`digest-${kind}`}
      >
        {lines.map((line) => (
          <Judgeable key={line.key} line={line} of={of}>
            {isSaying ? <Saying line={line} label={labelOf(kind, line, today)} /> : <Count line={line} />}
          </Judgeable>
        ))}
      </ul>
    </Section>
  );
}

interface DigestProps {
  /** The first look at this import; absent: today. */
  readonly importId?: string;
  readonly kinds: readonly DigestSection["kind"][];
}

/** Sections of the day's digest, those that have something to tell. Nothing is shown while there is nothing, nor when it cannot be had. */
export function DigestSections({ importId, kinds }: DigestProps): ReactNode {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { data } = api.useDigestQuery({ zone, ...(importId === undefined ? {} : { import: importId }) });
  const sections = data?.sections.filter(({ kind }) => kinds.includes(kind)) ?? [];
  if (data === undefined || sections.length === 0) return null;
  const of = { day: data.day, zone, ...(importId === undefined ? {} : { import: importId }) };
  return sections.map((section) => (
    <Lines key={section.kind} section={section} today={importId === undefined ? data.day : null} of={of} />
  ));
}
