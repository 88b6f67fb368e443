import type { ReactNode } from "react";
import { NavLink, useNavigate, useParams } from "react-router";

import { countOf, formatWhen, sourceLabel } from "../core/format.ts";
import { NOTES } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { useAppSelector } from "../data/store.ts";
import type { WireConversation, WireMemory } from "../data/wire.ts";
import { Button, Empty, Loading, Name, ProblemNote, TextLink } from "../parts/basics.tsx";
import { Composer } from "../parts/composer.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { useTitle } from "../parts/page.tsx";
import { Thread, type ThreadEntry } from "../parts/thread.tsx";
import { useProgress } from "../parts/use-progress.ts";

const NO_MEMORIES: readonly WireMemory[] = [];

function isNotes(conversation: WireConversation): boolean {
  return conversation.title === NOTES.title && (conversation.source === "chat" || conversation.source === "rest");
}

interface RowProps {
  readonly to: string;
  readonly title: string;
  readonly text: string;
  readonly when?: string;
  readonly icon?: IconName;
}

function Row({ to, title, text, when, icon }: RowProps): ReactNode {
  const initial = Array.from(title.trim())[0]?.toUpperCase() ?? "·";
  return (
    <li>
      <NavLink
        to={to}
        className={({ isActive }) =>
          `flex items-center gap-3 px-4 py-2.5 transition-feedback ${isActive ? "bg-accent-soft" : "hover:bg-sunken"}`
        }
      >
        <span
          aria-hidden="true"
          className="flex size-9 shrink-0 items-center justify-center rounded-full border border-line bg-bg font-medium text-muted"
        >
          {icon === undefined ? initial : <Icon name={icon} className="size-4.5" />}
        </span>
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline justify-between gap-2">
            <span className="truncate font-medium">
              <Name text={title} />
            </span>
            {when !== undefined && (
              <span className="text-12 whitespace-nowrap text-muted">{formatWhen(when, Date.now())}</span>
            )}
          </span>
          <span className="block truncate text-13 text-muted">
            <bdi dir="auto">{text}</bdi>
          </span>
        </span>
      </NavLink>
    </li>
  );
}

function ConversationList({ conversations }: { readonly conversations: readonly WireConversation[] }): ReactNode {
  const notes = conversations.find(isNotes);
  const asked = useAppSelector((state) => state.thread.questions.at(-1));
  return (
    <nav aria-label="Conversations" className="flex-1 overflow-y-auto py-2">
      <ul>
        <Row
          to="/chats/notes"
          title="Notes"
          icon="note"
          text={notes?.last_text ?? "What you tell it yourself"}
          {...(notes === undefined ? {} : { when: notes.last_at })}
        />
        <Row
          to="/chats/ask"
          title="Ask"
          icon="ask"
          text={asked?.text ?? "Questions, answered with their sources"}
          {...(asked === undefined ? {} : { when: asked.at })}
        />
      </ul>
      <ul className="mt-2 border-t border-line pt-2">
        {conversations
          .filter((conversation) => conversation !== notes)
          .map((conversation) => (
            <Row
              key={conversation.id}
              to={`/chats/${conversation.id}`}
              title={conversation.title ?? sourceLabel(conversation.source)}
              text={`${conversation.last_speaker === null ? "You: " : ""}${conversation.last_text}`}
              when={conversation.last_at}
            />
          ))}
      </ul>
    </nav>
  );
}

function PaneHead({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside: string;
  readonly children?: ReactNode;
}): ReactNode {
  const navigate = useNavigate();
  return (
    <div className="flex min-h-14 items-center gap-2 border-b border-line bg-surface px-2 md:px-8">
      <Button
        look="quiet"
        icon="back"
        aria-label="All chats"
        className="md:hidden"
        onPress={() => void navigate("/chats")}
      />
      <h1 tabIndex={-1} className="truncate font-semibold">
        <Name text={title} />
      </h1>
      <span className="flex-1 truncate text-13 text-muted">{aside}</span>
      {children}
    </div>
  );
}

/** The page's own part of a thread: sayings of the notes, questions of the scope. */
function useOwnEntries(id: string, scope: string | null, listed: ReadonlySet<string>): readonly ThreadEntry[] {
  const { sayings, questions } = useAppSelector((state) => state.thread);
  const said = id !== "notes" ? [] : sayings.filter(({ memory }) => memory === null || !listed.has(memory.id));
  const asked = questions.filter((question) => question.scope === scope && id !== "notes");
  return [
    ...said.map((saying): ThreadEntry => ({ type: "saying", id: saying.id, at: saying.at, saying })),
    ...asked.map((question): ThreadEntry => ({ type: "question", id: question.id, at: question.at, question })),
  ];
}

function AskPane(): ReactNode {
  useTitle("Ask");
  const entries = useOwnEntries("ask", null, new Set());
  return (
    <>
      <PaneHead title="Ask" aside="Everything this session may see" />
      <Thread
        label="Questions and answers"
        entries={entries}
        showSource
        empty={
          <Empty>
            Ask in your own words. Every sentence of an answer says which memory it comes from; when there is none, it
            says so. Questions are kept for this visit only.
          </Empty>
        }
      />
      <div className="mx-auto w-full max-w-page px-3 pb-3 md:px-8 md:pb-5">
        <Composer only="ask" autoFocus />
      </div>
    </>
  );
}

function ConversationPane({
  id,
  conversation,
}: {
  readonly id: string;
  readonly conversation: WireConversation | undefined;
}): ReactNode {
  const inNotes = id === "notes";
  const title = inNotes
    ? "Notes"
    : (conversation?.title ?? (conversation === undefined ? "Conversation" : sourceLabel(conversation.source)));
  useTitle(title);
  const listId = conversation?.id ?? (inNotes ? undefined : id);
  const query = api.useMemoriesInfiniteQuery({ conversation: listId ?? "", limit: 60 }, { skip: listId === undefined });
  const memories = listId === undefined ? NO_MEMORIES : (query.data?.pages.flatMap((page) => page.data) ?? NO_MEMORIES);
  useProgress(memories);
  const own = useOwnEntries(id, inNotes ? null : id, new Set(memories.map((memory) => memory.id)));
  const entries = [
    ...memories.map((memory): ThreadEntry => ({ type: "memory", id: memory.id, at: memory.occurred_at, memory })),
    ...own,
  ];
  const aside = conversation === undefined ? "" : countOf(conversation.memories, "memory", "memories");
  return (
    <>
      <PaneHead title={title} aside={aside}>
        {listId !== undefined && <TextLink href={`/search?conversation=${listId}`}>Search in it</TextLink>}
      </PaneHead>
      {query.error !== undefined && <ProblemNote problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isLoading ? (
        <div className="flex-1 px-8">
          <Loading what="Reading" />
        </div>
      ) : (
        <Thread
          label={title}
          entries={entries}
          showSource={inNotes}
          onOlder={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
          empty={
            <Empty>
              {inNotes
                ? "Nothing told yet. Whatever you keep here is sealed, found by search, and quoted when you ask."
                : "There is nothing here, or it is above the lock."}
            </Empty>
          }
        />
      )}
      <div className="mx-auto w-full max-w-page px-3 pb-3 md:px-8 md:pb-5">
        {inNotes ? (
          <Composer only="keep" autoFocus placeholder="Tell it something…" />
        ) : (
          <Composer only="ask" scope={listId ?? null} placeholder={`Ask what was said in ${title}…`} />
        )}
      </div>
    </>
  );
}

/** Conversations beside the open one; one at a time on a phone. */
export function Chats(): ReactNode {
  const { id } = useParams();
  const { data = [], error, isLoading, refetch } = api.useConversationsQuery();
  const open = id ?? "notes";
  const conversation = data.find((candidate) => (open === "notes" ? isNotes(candidate) : candidate.id === open));
  return (
    <div className="flex h-full">
      <div
        className={`w-full flex-col border-e border-line bg-surface md:flex md:w-list md:shrink-0 ${id === undefined ? "flex" : "hidden"}`}
      >
        <div className="flex min-h-14 items-center justify-between border-b border-line px-4">
          {id === undefined ? (
            <h1 tabIndex={-1} className="text-18 font-semibold md:text-15">
              Chats
            </h1>
          ) : (
            <p className="font-semibold">Chats</p>
          )}
          <TextLink href="/import">Import</TextLink>
        </div>
        {error !== undefined && (
          <div className="px-3">
            <ProblemNote problem={error} onRetry={() => void refetch()} />
          </div>
        )}
        {isLoading ? (
          <div className="px-4">
            <Loading what="Reading" />
          </div>
        ) : (
          <ConversationList conversations={data} />
        )}
      </div>
      <section
        aria-label="Open conversation"
        className={`min-w-0 flex-1 flex-col md:flex ${id === undefined ? "hidden" : "flex"}`}
      >
        {open === "ask" ? <AskPane /> : <ConversationPane key={open} id={open} conversation={conversation} />}
      </section>
    </div>
  );
}
