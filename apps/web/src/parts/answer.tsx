import { type ReactNode, useState } from "react";
import { Button as AriaButton, Tooltip, TooltipTrigger } from "react-aria-components";

import { asOfWords } from "../core/as-of.ts";
import { countOf, formatDuration, formatMoment, sourceLabel } from "../core/format.ts";
import { NOT_WRITTEN } from "../core/provider-words.ts";
import { addressOf } from "../core/search-query.ts";
import { askAgain, askQuestion } from "../data/actions.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { type Question } from "../data/thread.ts";
import type { WireAnswer, WireCitation, WireSignal } from "../data/wire.ts";
import { Amend, speakerOf } from "./amend.tsx";
import { AsOfForm } from "./as-of-form.tsx";
import { Button, Loading, ProblemNote, TextLink, Words } from "./basics.tsx";
import { edgeOf, LevelBadge } from "./level.tsx";

/** The source of a citation as it was said, with what is quoted marked. */
function SourceBubble({ citation }: { readonly citation: WireCitation }): ReactNode {
  const { memory } = citation;
  const [start, end] = citation.best ?? citation.range;
  const marked = end - start >= memory.text.trim().length ? [] : [[start, end] as const];
  return (
    <div className={`rounded-bubble bg-sunken px-3.5 py-2 ${edgeOf(memory.level)}`}>
      <Words text={memory.text} highlights={marked} />
      <p className="mt-1 text-12 text-muted">
        {speakerOf(citation)} · {sourceLabel(memory.source)} · {formatMoment(memory.occurred_at)}
      </p>
    </div>
  );
}

interface MarkProps {
  readonly citation: WireCitation;
  readonly onPress: () => void;
}

/** `[1]`: hovering or focusing shows the source, pressing opens it below. */
function CitationMark({ citation, onPress }: MarkProps): ReactNode {
  return (
    <TooltipTrigger delay={120} closeDelay={80}>
      <AriaButton
        onPress={onPress}
        aria-label={`Source ${citation.number}`}
        data-testid="citation"
        className="mx-0.5 min-w-6 py-1 touch:-my-2.5 touch:px-2.5 touch:py-3 cursor-pointer rounded-control px-1 text-12 font-medium text-accent tabular-nums hover:bg-accent-soft"
      >
        [{citation.number}]
      </AriaButton>
      <Tooltip
        placement="top"
        className="max-w-panel rounded-bubble border border-line bg-surface p-1.5 shadow-overlay"
      >
        <SourceBubble citation={citation} />
      </Tooltip>
    </TooltipTrigger>
  );
}

/** The signals that spoke for something, in words and with their scores. */
export function Signals({ why }: { readonly why: readonly WireSignal[] }): ReactNode {
  return (
    <ul className="text-13 text-muted">
      {why.map((signal) => (
        <li key={signal.signal} className="flex items-baseline gap-3">
          <span className="flex-1">
            <Words text={signal.text} />
          </span>
          <span className="font-mono text-12">{signal.signal}</span>
          <span className="w-10 text-end tabular-nums">{signal.score.toFixed(2)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Where a memory stands on the log; one's own is asked from, as of then. */
function Position({ citation, question }: { readonly citation: WireCitation; readonly question: Question }): ReactNode {
  const dispatch = useAppDispatch();
  const { position, shared } = citation.memory;
  if (shared !== undefined) return <span className="font-mono text-12 text-muted">{position}</span>;
  return (
    <Button
      look="quiet"
      className="min-h-7 px-2 text-12"
      data-testid="ask-as-of-position"
      onPress={() => void dispatch(askQuestion(question.text, question.scope, position))}
    >
      Ask as told up to <span className="font-mono">{position}</span>
    </Button>
  );
}

function WhyPanel({ answer, question }: { readonly answer: WireAnswer; readonly question: Question }): ReactNode {
  return (
    <ol className="mt-2 flex flex-col gap-3 border-t border-line pt-3" data-testid="why">
      {answer.citations.map((citation) => (
        <li key={citation.number} className="text-13">
          <p className="mb-1 flex flex-wrap items-center gap-x-2">
            <span className="font-medium">[{citation.number}]</span>
            <TextLink href={`/memories/${citation.memory.id}`}>
              {speakerOf(citation)}, {sourceLabel(citation.memory.source)}, {formatMoment(citation.memory.occurred_at)}
            </TextLink>
            <LevelBadge level={citation.memory.level} />
            <Position citation={citation} question={question} />
          </p>
          <Signals why={citation.why} />
        </li>
      ))}
    </ol>
  );
}

function AskOtherwise({ onPress, words }: { readonly words: string; readonly onPress: () => void }): ReactNode {
  return (
    <button
      type="button"
      className="cursor-pointer text-accent underline decoration-line underline-offset-4"
      onClick={onPress}
    >
      {words}
    </button>
  );
}

function NothingFound({ question }: { readonly question: Question }): ReactNode {
  return (
    <>
      <p className="font-medium">I have nothing on that.</p>
      <p className="mt-1 text-muted">
        No memory I may open here speaks of it{question.asOf === null ? "" : ", as things stood then"}, and I do not
        guess. What is locked was not looked at.
      </p>
    </>
  );
}

/** What else can be tried where nothing was found; where it was looked, and as of when, stays. */
function TryOtherwise({ question }: { readonly question: Question }): ReactNode {
  const dispatch = useAppDispatch();
  const { asOf, scope, text } = question;
  const words = addressOf({
    query: text,
    ...(scope === null ? {} : { filter: { conversation: scope } }),
    ...(asOf === null ? {} : { as_of: asOf }),
  });
  return (
    <p className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-13">
      <TextLink href={`/search?${words}`}>Search its words</TextLink>
      {scope !== null && (
        <AskOtherwise words="Ask everything instead" onPress={() => void dispatch(askQuestion(text, null, asOf))} />
      )}
      {asOf !== null && (
        <AskOtherwise words="Ask as of now instead" onPress={() => void dispatch(askQuestion(text, scope))} />
      )}
    </p>
  );
}

/** Who put the answer into words. */
function origin(answer: WireAnswer, isWriting: boolean): string {
  if (isWriting) return "quoted so far";
  if (answer.written_by !== undefined) return `written by ${answer.written_by}, from what it cites`;
  return answer.not_written === undefined ? "quoted, no AI provider set" : `quoted: ${NOT_WRITTEN[answer.not_written]}`;
}

/** What is being written, under the quoted answer's head, and how to stop it. */
function Writing({ question, count }: { readonly question: Question; readonly count: number }): ReactNode {
  return (
    <p className="mb-2 flex items-center gap-3 border-b border-line pb-2 text-13 text-muted" data-testid="writing">
      <span className="flex-1">{count === 0 ? "An AI provider may put this into words" : "Writing"}…</span>
      <Button
        look="quiet"
        className="min-h-7 px-2 text-12"
        onPress={() => void import("../data/answer-stream.ts").then(({ stopAnswer }) => stopAnswer(question.id))}
      >
        Stop
      </Button>
    </p>
  );
}

const PANELS = [
  ["why", "Why this?"],
  ["then", "At another time"],
  ["wrong", "Wrong?"],
] as const;

/** What an answer rests on, and what can be asked of it: why, as it stood at another time, and what to do where it is wrong. */
function Foot({ answer, question }: { readonly answer: WireAnswer; readonly question: Question }): ReactNode {
  const dispatch = useAppDispatch();
  const [open, setOpen] = useState<(typeof PANELS)[number][0] | null>(null);
  const isWriting = (question.writing ?? null) !== null;
  return (
    <>
      <div className="mt-2 flex flex-wrap items-center gap-x-3 text-12 text-muted">
        <span>
          {countOf(answer.citations.length, "source")} · {formatDuration(answer.took_ms)} · {origin(answer, isWriting)}
        </span>
        {PANELS.map(([panel, words]) => (
          <Button
            key={panel}
            look="quiet"
            className="min-h-7 px-2 text-12"
            aria-expanded={open === panel}
            onPress={() => setOpen(open === panel ? null : panel)}
          >
            {words}
          </Button>
        ))}
      </div>
      {open === "why" && <WhyPanel answer={answer} question={question} />}
      {open === "then" && (
        <div className="mt-2 border-t border-line pt-3">
          <AsOfForm
            action="Ask again"
            onChoose={(asOf) => void dispatch(askQuestion(question.text, question.scope, asOf))}
          />
        </div>
      )}
      {open === "wrong" && <Amend citations={answer.citations} onAmended={() => void dispatch(askAgain(question))} />}
    </>
  );
}

interface ToldProps {
  readonly answer: WireAnswer;
  readonly writing: Question["writing"];
  readonly onOpen: (number: number) => void;
}

/** The sentences of an answer with the marks of their sources. */
function Told({ answer, onOpen, writing }: ToldProps): ReactNode {
  const told = (writing ?? []).length === 0 ? answer.sentences : (writing ?? []);
  return told.map((sentence, at) => {
    const cited = answer.citations.filter(({ number }) => sentence.citations.includes(number));
    return (
      <p key={at} className={at > 0 ? "mt-1.5" : ""}>
        <Words text={sentence.text} />
        {cited.map((one) => (
          <CitationMark key={one.number} citation={one} onPress={() => onOpen(one.number)} />
        ))}
      </p>
    );
  });
}

/** The source that was opened, and what the answer rests on. */
function BelowAnswer({
  answer,
  opened,
  question,
}: {
  readonly answer: WireAnswer;
  readonly opened: number | null;
  readonly question: Question;
}): ReactNode {
  const citation = answer.citations.find(({ number }) => number === opened);
  return (
    <>
      {citation !== undefined && (
        <div className="arriving mt-2">
          <SourceBubble citation={citation} />
          <p className="mt-1 text-13">
            <TextLink href={`/memories/${citation.memory.id}`}>Open this memory</TextLink>
          </p>
        </div>
      )}
      <Foot answer={answer} question={question} />
    </>
  );
}

const CARDS = {
  waiting: {},
  quoted: {
    className: "w-full max-w-measure self-start rounded-bubble border border-line bg-surface px-4 py-3",
    "data-testid": "answer",
  },
  nothing: {
    className: "self-start rounded-bubble border border-dashed border-border px-4 py-3",
    "data-testid": "answer-nothing",
  },
} as const;

/** An answer, or that it is looked for. Read out by itself is what was answered, and nothing that somebody opens below it. */
function AnswerCard({ question }: { readonly question: Question }): ReactNode {
  const [opened, setOpened] = useState<number | null>(null);
  const { answer, writing = null } = question;
  const quoted = answer === null || answer.kind === "nothing" ? null : answer;
  const isNothing = answer?.kind === "nothing";
  const open = (number: number): void => setOpened(opened === number ? null : number);
  return (
    <div {...CARDS[quoted === null ? (isNothing ? "nothing" : "waiting") : "quoted"]}>
      {quoted !== null && writing !== null && <Writing question={question} count={writing.length} />}
      <div aria-live="polite">
        {question.state === "asking" && <Loading what="Looking" />}
        {quoted !== null && <Told answer={quoted} writing={writing} onOpen={open} />}
        {isNothing && <NothingFound question={question} />}
      </div>
      {quoted !== null && <BelowAnswer answer={quoted} opened={opened} question={question} />}
      {isNothing && <TryOtherwise question={question} />}
    </div>
  );
}

/** What may be asked next; only of the newest answer, for it leans on that. */
function FollowUps({ question, texts }: { readonly question: Question; readonly texts: readonly string[] }): ReactNode {
  const dispatch = useAppDispatch();
  const newest = useAppSelector(
    (state) => state.thread.questions.findLast(({ scope }) => scope === question.scope)?.id,
  );
  if (newest !== question.id || texts.length === 0) return null;
  return (
    <p className="mt-2 flex flex-wrap gap-2" data-testid="follow-ups">
      {texts.map((text) => (
        <Button
          key={text}
          className="text-13"
          onPress={() => void dispatch(askQuestion(text, question.scope, question.asOf))}
        >
          {text}
        </Button>
      ))}
    </p>
  );
}

/** A question and its answer. */
export function QuestionAndAnswer({ question }: { readonly question: Question }): ReactNode {
  const dispatch = useAppDispatch();
  return (
    <div className="flex flex-col gap-2">
      <p className="max-w-measure self-end rounded-bubble border border-border px-3.5 py-2 text-ink">
        <span className="block text-12 text-muted">You asked</span>
        <Words text={question.text} />
        {question.asOf !== null && (
          <span className="mt-0.5 block text-12 text-muted" data-testid="asked-as-of">
            {asOfWords(question.asOf)}
          </span>
        )}
        {question.answer?.understood_as !== undefined && (
          <span className="mt-0.5 block text-12 text-muted" data-testid="understood">
            Understood as: <Words text={question.answer.understood_as} />
          </span>
        )}
      </p>
      <div className="flex flex-col">
        <AnswerCard question={question} />
        {question.problem !== null && (
          <ProblemNote
            problem={question.problem}
            safe="Your question stands above"
            onRetry={() => void dispatch(askQuestion(question.text, question.scope, question.asOf))}
          />
        )}
        <FollowUps question={question} texts={question.answer?.follow_ups ?? []} />
      </div>
    </div>
  );
}
