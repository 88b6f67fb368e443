import { lazy, type ReactNode, Suspense, useRef } from "react";
import { Link, useNavigate } from "react-router";

import { countOf, formatWhen, sourceLabel } from "../core/format.ts";
import { api } from "../data/api.ts";
import { offerFile } from "../data/offered-file.ts";
import { useAppSelector } from "../data/store.ts";
import type { WireMemory } from "../data/wire.ts";
import { Button, ButtonLink, Loading, Name, ProblemNote, TextLink } from "../parts/basics.tsx";
import { Composer } from "../parts/composer.tsx";
import { DaySeen } from "../parts/day-badge.tsx";
import { DigestSections } from "../parts/digest.tsx";
import { Icon } from "../parts/icon.tsx";
import { MemoryEntry, SayingEntry } from "../parts/memory-entry.tsx";
import { Page, Section } from "../parts/page.tsx";
import { useProgress } from "../parts/use-progress.ts";

// What only some first pages show does not weigh on all of them.
const ImportLine = lazy(async () => ({ default: (await import("../parts/import-line.tsx")).ImportLine }));
const ReviewLine = lazy(async () => ({ default: (await import("../parts/review-badge.tsx")).ReviewLine }));
const LeavingLine = lazy(async () => ({ default: (await import("../parts/leaving-line.tsx")).LeavingLine }));
const DayInWords = lazy(async () => ({ default: (await import("../parts/day-in-words.tsx")).DayInWords }));
const QuestionAndAnswer = lazy(async () => ({ default: (await import("../parts/answer.tsx")).QuestionAndAnswer }));

const NO_MEMORIES: readonly WireMemory[] = [];

/** Brings the example chat to the import screen. */
function TryExample(): ReactNode {
  const navigate = useNavigate();
  const name = useAppSelector((state) => state.session.user?.name ?? "Me");
  const bring = async (): Promise<void> => {
    const { exampleChat } = await import("../core/example-chat.ts");
    offerFile(exampleChat(Date.now(), name));
    void navigate("/import");
  };
  return (
    <Button data-testid="try-example" onPress={() => void bring()}>
      Try the example
    </Button>
  );
}

function FirstOffers({ onSay }: { readonly onSay: () => void }): ReactNode {
  return (
    <div className="mt-8 border-t border-line">
      <p className="pt-4 pb-2 text-muted">It knows nothing yet. Four ways to begin:</p>
      <ol className="divide-y divide-line border-y border-line">
        <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
          <span className="flex-1">
            <span className="block font-medium">Just say something</span>
            <span className="text-13 text-muted">“Mum is allergic to walnuts.” Then ask what Mum cannot eat.</span>
          </span>
          <Button onPress={onSay}>Say it</Button>
        </li>
        <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
          <span className="flex-1">
            <span className="block font-medium">Drop a chat export</span>
            <span className="text-13 text-muted">
              WhatsApp, ChatGPT, Claude, JSONL, CSV or Markdown, anywhere here. You see what is in it first.
            </span>
          </span>
          <ButtonLink href="/import">Choose a file</ButtonLink>
        </li>
        <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
          <span className="flex-1">
            <span className="block font-medium">Try it with an example</span>
            <span className="text-13 text-muted">
              A made-up chat with a friend, brought in like any other. Take it back as one when you have seen enough.
            </span>
          </span>
          <TryExample />
        </li>
        <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
          <span className="flex-1">
            <span className="block font-medium">Let a program tell it</span>
            <span className="text-13 text-muted">
              The terminal’s <code className="font-mono">kaelix add</code>, or POST /api/v1/memories with your sign-in.
            </span>
          </span>
        </li>
      </ol>
    </div>
  );
}

function Recent({ onSay }: { readonly onSay: () => void }): ReactNode {
  const query = api.useMemoriesInfiniteQuery({ limit: 20 });
  const sayings = useAppSelector((state) => state.thread.sayings);
  const memories = query.data?.pages.flatMap((page) => page.data) ?? NO_MEMORIES;
  useProgress(memories);
  const listed = new Set(memories.map((memory) => memory.id));
  const own = sayings.filter(({ memory }) => memory === null || !listed.has(memory.id)).toReversed();
  const isEmpty = query.isSuccess && memories.length === 0 && own.length === 0;
  if (isEmpty) return <FirstOffers onSay={onSay} />;
  return (
    <Section
      title="Lately"
      // Elsewhere it stands beside every page, and the composer has a button for it.
      aside={
        <span className="md:hidden">
          <TextLink href="/import">Import</TextLink>
        </span>
      }
    >
      {query.isLoading && own.length === 0 && <Loading what="Reading" />}
      {query.error !== undefined && <ProblemNote problem={query.error} onRetry={() => void query.refetch()} />}
      <ul aria-label="Recent memories" className="divide-y divide-line border-y border-line">
        {own.map((saying) => (
          <SayingEntry key={saying.id} saying={saying} />
        ))}
        {memories.map((memory) => (
          <MemoryEntry key={memory.id} memory={memory} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button className="mt-3" isDisabled={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
          Show older
        </Button>
      )}
    </Section>
  );
}

function Conversations(): ReactNode {
  const { data = [] } = api.useConversationsQuery();
  if (data.length === 0) return null;
  return (
    <Section title="Conversations" aside={<TextLink href="/chats">All</TextLink>}>
      <ul className="divide-y divide-line border-y border-line">
        {data.slice(0, 6).map((conversation) => (
          <li key={conversation.id}>
            <Link to={`/chats/${conversation.id}`} className="block py-2.5 transition-feedback hover:bg-surface">
              <span className="flex items-baseline justify-between gap-2">
                <span className="truncate font-medium">
                  <Name text={conversation.title ?? sourceLabel(conversation.source)} />
                </span>
                <span className="text-12 whitespace-nowrap text-muted">
                  {formatWhen(conversation.last_at, Date.now())}
                </span>
              </span>
              <span className="line-clamp-1 text-13 text-muted">
                <bdi dir="auto">{conversation.last_text}</bdi>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function RunningImports(): ReactNode {
  const { data = [] } = api.useImportsQuery();
  const running = data.filter((item) => item.state === "running" || item.state === "waiting");
  if (running.length === 0) return null;
  return (
    <Section title="Imports" aside={countOf(running.length, "open", "open")}>
      <ul className="divide-y divide-line border-y border-line">
        <Suspense>
          {running.map((item) => (
            <ImportLine key={item.id} item={item} />
          ))}
        </Suspense>
      </ul>
    </Section>
  );
}

/** The first page inside: tell or ask, what came last, what runs. */
export function Today(): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const question = useAppSelector((state) => state.thread.questions.filter(({ scope }) => scope === null).at(-1));
  const today = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" }).format(Date.now());
  return (
    <Page
      title="Today"
      testId="dashboard"
      actions={
        <span className="text-13 text-muted">
          {today} · <TextLink href="/timeline">Timeline</TextLink>
        </span>
      }
    >
      <DaySeen />
      <div className="grid gap-x-12 lg:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="min-w-0">
          <Composer autoFocus field={field} />
          {question !== undefined && (
            <div className="mt-5">
              <Suspense fallback={<Loading what="Looking" />}>
                <QuestionAndAnswer question={question} />
              </Suspense>
              <p className="mt-2 flex items-center gap-1 text-13">
                <TextLink href="/chats/ask">All questions of this visit</TextLink>
                <Icon name="forward" className="size-3.5 text-muted" />
              </p>
            </div>
          )}
          <Suspense fallback={null}>
            <ReviewLine />
            <LeavingLine />
            <DayInWords />
          </Suspense>
          <DigestSections kinds={["dates-ahead", "promises", "on-this-day"]} />
          <Recent onSay={() => field.current?.focus()} />
        </div>
        <aside aria-label="What runs and who spoke" className="min-w-0 lg:-mt-8">
          <RunningImports />
          <DigestSections kinds={["quiet", "rhythm"]} />
          <Conversations />
        </aside>
      </div>
    </Page>
  );
}
