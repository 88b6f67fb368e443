import { type ReactNode, useEffect, useState } from "react";
import { Link, useParams } from "react-router";

import { addressOf } from "../core/search-query.ts";
import { formatDay, formatMoment, formatTime, sayerOf, sourceLabel } from "../core/format.ts";
import { wordsOf } from "../core/levels.ts";
import type { Problem } from "../core/problem-words.ts";
import type { MemoryBody } from "../core/seal/memory-body.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { problemOf } from "../data/connection.ts";
import { interfaceSlice } from "../data/interface.ts";
import { resealMemory } from "../data/sealing.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import type { WireMemory } from "../data/wire.ts";
import {
  Button,
  CopyButton,
  Empty,
  Loading,
  Name,
  problemFrom,
  ProblemNote,
  TextLink,
  Words,
} from "../parts/basics.tsx";
import { edgeOf } from "../parts/level.tsx";
import { LevelPart, TOO_LONG } from "../parts/memory-level.tsx";
import { WordsField } from "../parts/words-field.tsx";
import { useReading } from "../parts/sealed-words.tsx";
import { ShareButton } from "../parts/share-form.tsx";
import { SharedMark } from "../parts/shared-mark.tsx";
import { MemoryFiles } from "../parts/memory-files.tsx";
import { MemoryWords } from "../parts/memory-words.tsx";
import { MemoryKept } from "../parts/memory-kept.tsx";
import { MemoryLinks } from "../parts/memory-links.tsx";
import { NeverRecallButton, NeverRecallNote } from "../parts/never-recalled.tsx";
import { MemoryTicks } from "../parts/ticks.tsx";
import { Section, useTitle } from "../parts/page.tsx";
import { useBack } from "../parts/use-back.ts";
import { useProgress } from "../parts/use-progress.ts";
import { Difference, Versions } from "../parts/versions.tsx";

interface EditorProps {
  readonly memory: WireMemory;
  readonly onProblem: (problem: Problem | null) => void;
  /** What is inside, when it was sealed in a browser: other words are sealed too. */
  readonly opened: MemoryBody | undefined;
  readonly onDone: () => void;
}

function Editor({ memory, onProblem, onDone, opened }: EditorProps): ReactNode {
  const dispatch = useAppDispatch();
  const [text, setText] = useState(memory.text);
  const [seen, setSeen] = useState({ version: memory.version, text: memory.text });
  const [edit, { isLoading }] = api.useEditMemoryMutation();
  const isStale = memory.version !== seen.version;
  const save = async (): Promise<void> => {
    onProblem(null);
    if (opened !== undefined) {
      try {
        const sealing = await resealMemory(memory, { ...opened, text }, dispatch);
        if (sealing.type === "sealed") onDone();
        else dispatch(notify(sealing.type === "long" ? TOO_LONG : "Locked meanwhile. Unlock it and save again."));
      } catch (error) {
        onProblem(problemOf(error));
      }
      return;
    }
    const result = await edit({ id: memory.id, version: memory.version, text });
    if (result.error === undefined) onDone();
    else onProblem(problemFrom(result.error));
  };
  return (
    <form onSubmit={(event) => (event.preventDefault(), void save())} className="flex flex-col gap-3">
      {isStale && (
        <div role="alert" className="rounded-card border border-border bg-surface px-4 py-3">
          <p className="font-medium">It was changed meanwhile. The newer one reads:</p>
          <p className="mt-1">
            <Difference before={seen.text} after={memory.text} />
          </p>
          <p className="mt-2 flex flex-wrap gap-2">
            <Button
              onPress={() => {
                setText(memory.text);
                setSeen({ version: memory.version, text: memory.text });
              }}
            >
              Take the newer one
            </Button>
            <Button look="quiet" onPress={() => setSeen({ version: memory.version, text: memory.text })}>
              Keep writing mine
            </Button>
          </p>
        </div>
      )}
      <WordsField
        label="What the memory says"
        value={text}
        onChange={setText}
        onCancel={onDone}
        className="min-h-28 max-w-measure"
      />
      <p className="flex gap-2">
        <Button
          look="primary"
          type="submit"
          isDisabled={isLoading || isStale || text.trim() === "" || text === memory.text}
        >
          Save as a new version
        </Button>
        <Button look="quiet" onPress={onDone}>
          Cancel
        </Button>
      </p>
    </form>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="flex flex-wrap gap-x-4 py-2">
      <dt className="w-28 shrink-0 text-muted">{name}</dt>
      <dd className="min-w-0 flex-1">{children}</dd>
    </div>
  );
}

function Provenance({ memory }: { readonly memory: WireMemory }): ReactNode {
  const context =
    memory.context === null || typeof memory.context === "string"
      ? memory.context
      : JSON.stringify(memory.context, null, 2);
  return (
    <Section title="Where it comes from">
      <dl className="max-w-measure divide-y divide-line border-y border-line">
        <Fact name="Said by">
          <Name text={sayerOf(memory)} />
        </Fact>
        {memory.client !== null && (
          <Fact name="Written by">
            <Name text={memory.client.name} /> with <TextLink href="/settings/security">its key</TextLink>, not by you
          </Fact>
        )}
        <Fact name="Through">{sourceLabel(memory.source)}</Fact>
        {memory.conversation !== null && (
          <Fact name="Conversation">
            <TextLink href={`/chats/${memory.conversation.id}`}>
              <Name text={memory.conversation.title ?? "Without a title"} />
            </TextLink>
          </Fact>
        )}
        <Fact name="It happened">{formatMoment(memory.occurred_at)}</Fact>
        <Fact name="Told">{formatMoment(memory.recorded_at)}</Fact>
        {memory.import_id !== null && (
          <Fact name="Import">
            <TextLink href={`/import/${memory.import_id}`}>The import that brought it</TextLink>
          </Fact>
        )}
        {memory.caption !== null && (
          <Fact name="Caption">
            <Words text={memory.caption} />
          </Fact>
        )}
        {memory.attachments.length > 0 && (
          <Fact name="Not kept">
            <Name text={memory.attachments.join(", ")} />
          </Fact>
        )}
        {context !== null && (
          <Fact name="Context">
            <Words text={context} />
          </Fact>
        )}
        {memory.external_id !== null && (
          <Fact name="Known there as">
            <span className="font-mono text-13">
              <Name text={memory.external_id} />
            </span>
          </Fact>
        )}
        <Fact name="On the log">
          <span className="font-mono text-13">{memory.position}</span>{" "}
          {memory.shared === undefined && (
            <TextLink href={`/search?${addressOf({ query: "", as_of: memory.position })}`}>
              What had been told by then
            </TextLink>
          )}
        </Fact>
      </dl>
    </Section>
  );
}

function useMemoryKeys(actions: Readonly<Record<string, () => void>>): void {
  const enabled = useAppSelector((state) => state.interface.shortcuts);
  useEffect(() => {
    if (!enabled) return;
    const pressed = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(event.target.tagName);
      if (
        isTyping ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        document.querySelector("[role=dialog],[role=listbox]") !== null
      )
        return;
      const action = actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [enabled, actions]);
}

function MemoryActions({
  memory,
  isReadable,
  isEditing,
  onEdit,
  onForget,
  onProblem,
}: {
  readonly memory: WireMemory;
  /** False while it is sealed and locked. */
  readonly isReadable: boolean;
  readonly isEditing: boolean;
  readonly onEdit: () => void;
  readonly onForget: () => void;
  readonly onProblem: (problem: Problem | null) => void;
}): ReactNode {
  const isOwn = memory.shared === undefined;
  return (
    <p className="mt-3 flex flex-wrap items-center gap-1 text-13 text-muted">
      {isOwn && isReadable && !isEditing && (
        <Button look="plain" icon="edit" onPress={onEdit}>
          Edit
        </Button>
      )}
      {isReadable && <CopyButton text={memory.text} label="Copy" />}
      {isOwn && (
        <>
          {memory.level !== "ultra-secret" && (
            <ShareButton what={{ type: "memories", memories: [memory.id] }} words="this memory" level={memory.level} />
          )}
          <NeverRecallButton memory={memory} onProblem={onProblem} />
          <Button look="quiet-danger" icon="forget" onPress={onForget} data-testid="forget-button">
            Forget
          </Button>
        </>
      )}
      <SharedMark shared={memory.shared} />
      <span className="ms-auto flex items-center gap-2">
        stored {formatTime(memory.recorded_at)} <MemoryTicks memory={memory} />
      </span>
    </p>
  );
}

/** A memory with what its body says in its place. */
function readableOf(memory: WireMemory, body: MemoryBody): WireMemory {
  const { conversation } = memory;
  const { attachments = [], caption = null, context = null, external_id = null, speaker = null, text } = body;
  const titled =
    conversation === null ? null : { ...conversation, title: body.conversation_title ?? conversation.title };
  const said = { text, caption, speaker, external_id, attachments: [...attachments], context };
  return { ...memory, ...said, conversation: titled };
}

interface Readable {
  readonly memory: WireMemory;
  /** What is inside, when it was sealed in a browser and is open here. */
  readonly opened: MemoryBody | undefined;
  /** False while it is sealed and locked. */
  readonly isReadable: boolean;
}

function useReadable(kept: WireMemory): Readable {
  const { id, sealed, version } = kept;
  const reading = useReading(sealed === undefined ? undefined : { id, version, sealed });
  const opened = typeof reading === "object" && reading.type === "opened" ? reading.body : undefined;
  const isReadable = sealed === undefined || opened !== undefined;
  return { memory: opened === undefined ? kept : readableOf(kept, opened), opened, isReadable };
}

interface MemoryProps {
  readonly memory: WireMemory;
  readonly onReload: () => void;
  readonly onMovedAbove: (level: WireMemory["level"]) => void;
}

function Memory({ memory: kept, onMovedAbove, onReload }: MemoryProps): ReactNode {
  const dispatch = useAppDispatch();
  const { isReadable, memory, opened } = useReadable(kept);
  const back = useBack();
  const [isEditing, setEditing] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [forget] = api.useForgetMemoryMutation();
  useProgress([memory]);
  const failed = (next: Problem | null): void => {
    setProblem(next);
    if (next?.status === 412) onReload();
  };
  const forgetIt = async (): Promise<void> => {
    const result = await forget({ id: memory.id, version: memory.version });
    if (result.error !== undefined) {
      failed(problemFrom(result.error));
      return;
    }
    dispatch(notify("Forgotten.", { type: "forgotten", memory: memory.id, version: memory.version }));
    back();
  };
  const isOwn = memory.shared === undefined;
  useMemoryKeys({
    ...(isOwn
      ? {
          e: () => isReadable && setEditing(true),
          m: () => document.querySelector<HTMLElement>("[data-testid=move-level] button")?.focus(),
          "#": () => void forgetIt(),
        }
      : {}),
    Escape: back,
  });
  return (
    <>
      {isEditing && isReadable ? (
        <Editor memory={memory} opened={opened} onProblem={failed} onDone={() => setEditing(false)} />
      ) : (
        <Said memory={kept} />
      )}
      <div className="max-w-measure">
        <MemoryActions
          memory={memory}
          isReadable={isReadable}
          isEditing={isEditing && isReadable}
          onEdit={() => setEditing(true)}
          onForget={() => void forgetIt()}
          onProblem={failed}
        />
      </div>
      {problem !== null && (
        <ProblemNote problem={problem} safe={isEditing ? "Your text is kept" : "Nothing was changed"} />
      )}
      {isOwn && <LevelPart memory={memory} opened={opened} onProblem={failed} onMovedAbove={onMovedAbove} />}
      {isOwn && memory.sealed === undefined && memory.never_recalled === undefined && (
        <MemoryLinks id={memory.id} level={memory.level} />
      )}
      <Provenance memory={memory} />
      {isOwn && <MemoryKept id={memory.id} />}
      {isOwn && (
        <Section title="Versions">
          <Versions id={memory.id} />
        </Section>
      )}
    </>
  );
}

/** What it says, and its files. */
function Said({ memory }: { readonly memory: WireMemory }): ReactNode {
  const edge = memory.level === "general" ? "" : `ps-4 ${edgeOf(memory.level)}`;
  return (
    <div className={`text-18 ${edge}`} data-testid="memory-text">
      <p className="max-w-measure">
        <MemoryWords memory={memory} />
      </p>
      <MemoryFiles memory={memory} canSave />
      <NeverRecallNote memory={memory} />
    </div>
  );
}

/** One memory: its words, its level and why, where it comes from, what it was before. */
export function MemoryPage(): ReactNode {
  const { id = "" } = useParams();
  const back = useBack();
  const dispatch = useAppDispatch();
  const { data, error, refetch } = api.useMemoryQuery(id);
  useTitle("Memory");
  const [moved, setMoved] = useState<Pick<WireMemory, "id" | "level"> | null>(null);
  const isMissing = error !== undefined && "status" in error && error.status === 404;
  return (
    <div className="mx-auto w-full max-w-page px-4 pt-3 pb-16 md:px-8 md:pt-5">
      <Button look="quiet" icon="back" className="-ms-2 mb-3 text-13 text-muted" onPress={back}>
        Back
      </Button>
      <h1 tabIndex={-1} className="sr-only">
        {data === undefined ? "Memory" : `Memory of ${formatDay(data.occurred_at)}`}
      </h1>
      {isMissing && (
        <Empty
          action={
            <span className="flex gap-2">
              <Button
                icon="unlock"
                data-testid="open-further"
                onPress={() => dispatch(interfaceSlice.actions.overlayChanged("unlock"))}
              >
                Open the lock further
              </Button>
              <Link to="/" className="self-center text-accent underline underline-offset-4">
                Today
              </Link>
            </span>
          }
        >
          {moved?.id === id ? (
            `You moved it to ${wordsOf(moved.level).label}. Open the lock to see it, and to move it back.`
          ) : data?.shared === undefined ? (
            "There is no such memory here: it was forgotten, never was, is not shared with you any more, or lies above the lock."
          ) : (
            <>
              <Name text={data.shared.by.name} /> shares this with you no more, or it was forgotten. It is gone from
              this page.
            </>
          )}
        </Empty>
      )}
      {error !== undefined && !isMissing && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Opening" />}
      {data !== undefined && !isMissing && (
        <Memory
          key={data.id}
          memory={data}
          onReload={() => void refetch()}
          onMovedAbove={(level) => setMoved({ id: data.id, level })}
        />
      )}
    </div>
  );
}
