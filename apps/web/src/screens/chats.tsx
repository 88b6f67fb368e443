import { type ReactNode, useEffect, useState } from "react";
import { NavLink, useNavigate, useParams } from "react-router";

import { countOf, formatWhen, sourceLabel } from "../core/format.ts";
import { api } from "../data/api.ts";
import { useAppSelector } from "../data/store.ts";
import type { WireConversation, WireMemory } from "../data/wire.ts";
import { Button, Empty, Loading, Name, ProblemNote, TextLink } from "../parts/basics.tsx";
import { Composer } from "../parts/composer.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { useTitle } from "../parts/page.tsx";
import { ShareButton } from "../parts/share-form.tsx";
import { SharedMark } from "../parts/shared-mark.tsx";
import { Thread, type ThreadEntry } from "../parts/thread.tsx";
import { useProgress } from "../parts/use-progress.ts";

const NO_MEMORIES: readonly WireMemory[] = [];

/** Pages that are read to find notes among everything else before somebody must ask for more. */
const NOTE_PAGES = 5;
const NOTES_WANTED = 40;

/** What was told outside any conversation, newest first. The API lists all; the others are passed over. */
function useNotes(pagesMax: number) {
  const query = api.useMemoriesInfiniteQuery({ limit: 100 });
  const pages = query.data?.pages ?? [];
  const notes = pages.flatMap((page) => page.data.filter((memory) => memory.conversation === null));
  const wantsMore = notes.length < NOTES_WANTED && pages.length < pagesMax && query.hasNextPage && !query.isFetching;
  const { fetchNextPage } = query;
  useEffect(() => {
    if (wantsMore) void fetchNextPage();
  }, [wantsMore, fetchNextPage]);
  return { query, notes };
}

interface RowProps {
  readonly to: string;
  readonly title: string;
  readonly text: string;
  readonly when?: string;
  readonly shared?: WireConversation["shared"];
  readonly icon?: IconName;
  /** It stands open beside the list, where there is room for both, though the address does not name it. */
  readonly isBeside?: boolean;
}

function Row({ to, title, text, when, shared, icon, isBeside = false }: RowProps): ReactNode {
  const initial = Array.from(title.trim())[0]?.toUpperCase() ?? "·";
  return (
    <li>
      <NavLink
        to={to}
        className={({ isActive }) =>
          `flex items-center gap-3 px-4 py-2.5 transition-feedback ${isActive ? "marked bg-accent-soft" : isBeside ? "hover:bg-sunken lg:bg-accent-soft" : "hover:bg-sunken"}`
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
          <span className="block text-12 text-muted">
            <SharedMark shared={shared} isShort />
          </span>
        </span>
      </NavLink>
    </li>
  );
}

function ConversationList({
  conversations,
  isNotesBeside,
}: {
  readonly conversations: readonly WireConversation[];
  readonly isNotesBeside: boolean;
}): ReactNode {
  const note = useNotes(1).notes[0];
  const asked = useAppSelector((state) => state.thread.questions.at(-1));
  return (
    <nav aria-label="Conversations" className="flex-1 overflow-y-auto py-2">
      <ul>
        <Row
          to="/chats/notes"
          title="Notes"
          icon="note"
          isBeside={isNotesBeside}
          text={note?.text ?? "What you tell it yourself"}
          {...(note === undefined ? {} : { when: note.occurred_at })}
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
        {conversations.map((conversation) => (
          <Row
            key={conversation.id}
            to={`/chats/${conversation.id}`}
            title={conversation.title ?? sourceLabel(conversation.source)}
            text={`${conversation.last_speaker === null ? "You: " : ""}${conversation.last_text}`}
            when={conversation.last_at}
            shared={conversation.shared}
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
  readonly aside: ReactNode;
  readonly children?: ReactNode;
}): ReactNode {
  const navigate = useNavigate();
  return (
    <div className="flex min-h-14 items-center gap-2 border-b border-line bg-surface px-2 md:px-8">
      <Button
        look="quiet"
        icon="back"
        aria-label="All chats"
        className="lg:hidden"
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
      <Foot>
        <Composer only="ask" autoFocus />
      </Foot>
    </>
  );
}

function NotesPane(): ReactNode {
  useTitle("Notes");
  const { query, notes } = useNotes(NOTE_PAGES);
  useProgress(notes);
  const own = useOwnEntries("notes", null, new Set(notes.map((memory) => memory.id)));
  return (
    <>
      <PaneHead title="Notes" aside="What you told it yourself" />
      {query.error !== undefined && <ProblemNote problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isLoading ? (
        <PaneLoading />
      ) : (
        <Thread
          label="Notes"
          entries={[...notes.map(entryOf), ...own]}
          showSource
          onOlder={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
          empty={
            <Empty>Nothing told yet. Whatever you keep here is sealed, found by search, and quoted when you ask.</Empty>
          }
        />
      )}
      <Foot>
        <Composer only="keep" autoFocus />
      </Foot>
    </>
  );
}

/** What there was last, when there is nothing now. */
function useLast(value: string | undefined): string | undefined {
  const [last, setLast] = useState(value);
  if (value !== undefined && value !== last) setLast(value);
  return value ?? last;
}

function ConversationPane({
  id,
  conversation,
}: {
  readonly id: string;
  readonly conversation: WireConversation | undefined;
}): ReactNode {
  const title = conversation?.title ?? (conversation === undefined ? "Conversation" : sourceLabel(conversation.source));
  useTitle(title);
  const sharedBy = useLast(conversation?.shared?.by.name);
  const isOver = conversation === undefined && sharedBy !== undefined;
  const query = api.useMemoriesInfiniteQuery({ conversation: id, limit: 60 });
  const memories = query.data?.pages.flatMap((page) => page.data) ?? NO_MEMORIES;
  useProgress(memories);
  const own = useOwnEntries(id, id, new Set());
  const count = conversation === undefined ? "" : countOf(conversation.memories, "memory", "memories");
  const aside =
    conversation?.shared === undefined ? (
      count
    ) : (
      <>
        {count} · <SharedMark shared={conversation.shared} />
      </>
    );
  return (
    <>
      <PaneHead title={title} aside={aside}>
        {conversation !== undefined && conversation.shared === undefined && (
          <ShareButton what={{ type: "conversation", conversation: id }} words={`“${title}”`} level="general" />
        )}
        <TextLink href={`/search?conversation=${id}`}>Search in it</TextLink>
      </PaneHead>
      {query.error !== undefined && <ProblemNote problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isLoading ? (
        <PaneLoading />
      ) : (
        <Thread
          label={title}
          entries={[...memories.map(entryOf), ...own]}
          showSource={false}
          onOlder={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
          empty={
            <Empty>
              {isOver ? (
                <>
                  <Name text={sharedBy} /> shares this with you no more. It is gone from this page.
                </>
              ) : (
                "There is nothing here, or it is above the lock."
              )}
            </Empty>
          }
        />
      )}
      <Foot>
        <Composer only="ask" scope={id} placeholder={`Ask what was said in ${title}…`} />
      </Foot>
    </>
  );
}

function entryOf(memory: WireMemory): ThreadEntry {
  return { type: "memory", id: memory.id, at: memory.occurred_at, memory };
}

function PaneLoading(): ReactNode {
  return (
    <div className="flex-1 px-4 md:px-8">
      <Loading what="Reading" />
    </div>
  );
}

function Foot({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className="mx-auto w-full max-w-page px-3 pb-3 md:px-8 md:pb-5">{children}</div>;
}

function OpenPane({
  id,
  conversations,
}: {
  readonly id: string;
  readonly conversations: readonly WireConversation[];
}): ReactNode {
  if (id === "ask") return <AskPane />;
  if (id === "notes") return <NotesPane />;
  return <ConversationPane key={id} id={id} conversation={conversations.find((candidate) => candidate.id === id)} />;
}

/** Conversations beside the open one; one at a time where both would leave too little for what is said: on a phone, and on a tablet held upright. */
export function Chats(): ReactNode {
  const { id } = useParams();
  const { data = [], error, isLoading, refetch } = api.useConversationsQuery();
  const open = id ?? "notes";
  useTitle(id === undefined ? "Chats" : undefined);
  return (
    <div className="flex h-full">
      <div
        className={`w-full flex-col border-line bg-surface lg:flex lg:w-list lg:shrink-0 lg:border-e ${id === undefined ? "flex" : "hidden"}`}
      >
        <div className="flex min-h-14 items-center justify-between border-b border-line px-4">
          {id === undefined && (
            <h1 tabIndex={-1} className="text-18 font-semibold lg:hidden">
              Chats
            </h1>
          )}
          <p className={`font-semibold ${id === undefined ? "hidden lg:block" : ""}`}>Chats</p>
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
          <ConversationList conversations={data} isNotesBeside={id === undefined} />
        )}
      </div>
      <section
        aria-label="Open conversation"
        className={`min-w-0 flex-1 flex-col lg:flex ${id === undefined ? "hidden" : "flex"}`}
      >
        <OpenPane id={open} conversations={data} />
      </section>
    </div>
  );
}
