import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  lazy,
  type ReactNode,
  type RefObject,
  Suspense,
  useRef,
  useState,
} from "react";
import { FileTrigger } from "react-aria-components";
import { useNavigate } from "react-router";

import { stopsAt } from "../core/levels.ts";
import { readsLikeQuestion } from "../core/reads-like-question.ts";
import { askQuestion, keep } from "../data/actions.ts";
import { offerFile } from "../data/offered-file.ts";
import { type Dispatch, useAppDispatch } from "../data/store.ts";
import type { LevelChoice } from "../data/thread.ts";
import type { Telling } from "./attached-files.tsx";
import { Button } from "./basics.tsx";
import { LevelPicker } from "./level-picker.tsx";
import { Segmented } from "./segmented.tsx";

const AttachedFiles = lazy(async () => ({ default: (await import("./attached-files.tsx")).AttachedFiles }));

const SealRemark = lazy(async () => ({ default: (await import("./seal-remark.tsx")).SealRemark }));

/** Keeps what is ultra-secret; false when it stays where it was typed. Loaded when it is needed. */
async function keepUltraSecret(text: string, dispatch: Dispatch): Promise<boolean> {
  return (await import("./seal-remark.tsx")).keepUltraSecret(text, dispatch);
}

/** Sends files and keeps what they are told with; false when it stays where it was typed. Loaded when it is needed. */
async function keepWithFiles(told: Telling, dispatch: Dispatch): Promise<boolean> {
  return (await import("./attached-files.tsx")).keepWithFiles(told, dispatch);
}

/** What pressing send does. */
type ComposerMode = "keep" | "ask";

const MODES = [
  { value: "keep", label: "Keep" },
  { value: "ask", label: "Ask" },
] as const;

const PLACEHOLDERS: Readonly<Record<ComposerMode, string>> = {
  keep: "Tell it something…",
  ask: "Ask what you once told it…",
};

/** Longest saying, in UTF-16 units; the server refuses more. */
const LENGTH_MAX = 65_536;

/** The same file chosen twice goes along once. */
function isSameFile(one: File, other: File): boolean {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

interface ComposerProps {
  /** Only this, when a place is for asking alone. */
  readonly only?: ComposerMode;
  /** Conversation that questions are narrowed to; null asks everything. */
  readonly scope?: string | null;
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  readonly field?: RefObject<HTMLTextAreaElement | null>;
}

function useComposer({ only, scope = null, field }: ComposerProps) {
  const dispatch = useAppDispatch();
  const own = useRef<HTMLTextAreaElement>(null);
  const area = field ?? own;
  const [text, setText] = useState("");
  const [chosen, setMode] = useState<ComposerMode>();
  const [level, setLevel] = useState<LevelChoice>("auto");
  const [files, setFiles] = useState<readonly File[]>([]);
  // Whoever has chosen nothing asks what reads like a question, and keeps the rest; a level or a file belongs to what is kept.
  const isGuessed = chosen === undefined && files.length === 0 && level === "auto" && readsLikeQuestion(text);
  const mode = only ?? chosen ?? (isGuessed ? "ask" : "keep");
  const [isSealing, setSealing] = useState(false);
  const attach = (more: readonly File[]): void => {
    setFiles((before) => [...before, ...more.filter((file) => !before.some((other) => isSameFile(file, other)))]);
  };
  const submit = async (as: ComposerMode): Promise<void> => {
    const told = as === "keep" ? files : [];
    if ((text.trim() === "" && told.length === 0) || isSealing) return;
    if (told.length > 0) {
      setSealing(true);
      const isKept = await keepWithFiles({ text, level, files: told }, dispatch).finally(() => setSealing(false));
      if (!isKept) return;
      setFiles([]);
    } else if (as === "keep" && level === "ultra-secret") {
      // Sealed here first, where a passphrase was chosen; what could not be sealed stays in the field and is not sent.
      setSealing(true);
      const isKept = await keepUltraSecret(text, dispatch).finally(() => setSealing(false));
      if (!isKept) return;
    } else if (as === "keep") void dispatch(keep(text, level));
    else void dispatch(askQuestion(text, scope));
    setText("");
    setLevel("auto");
    // Keep was chosen for this one; the next is looked at anew.
    if (chosen === "keep") setMode(undefined);
    area.current?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    const other = mode === "keep" ? "ask" : "keep";
    void submit(event.altKey && only === undefined ? other : mode);
  };
  return {
    files,
    setFiles,
    attach,
    isSealing,
    area,
    text,
    setText,
    mode,
    setMode,
    isGuessed: isGuessed && only === undefined,
    level,
    setLevel,
    submit,
    pressed,
  };
}

type ComposerState = ReturnType<typeof useComposer>;

function Field({
  state,
  placeholder,
  autoFocus,
}: {
  readonly state: ComposerState;
  readonly placeholder?: string | undefined;
  readonly autoFocus: boolean;
}): ReactNode {
  return (
    <textarea
      ref={state.area}
      data-testid="message-input"
      aria-label={state.mode === "keep" ? "Something to keep" : "A question"}
      autoFocus={autoFocus}
      dir="auto"
      rows={1}
      maxLength={LENGTH_MAX}
      value={state.text}
      onChange={(event) => state.setText(event.target.value)}
      onKeyDown={state.pressed}
      onPaste={(event: ClipboardEvent) => {
        if (state.mode !== "keep" || event.clipboardData.files.length === 0) return;
        event.preventDefault();
        state.attach([...event.clipboardData.files]);
      }}
      enterKeyHint="send"
      placeholder={placeholder ?? PLACEHOLDERS[state.mode]}
      className="sizing-content block max-h-60 min-h-11 w-full min-w-0 flex-1 resize-none bg-transparent px-4 pt-3 pb-1 outline-none"
    />
  );
}

function canSend({ files, isSealing, mode, text }: ComposerState): boolean {
  return !isSealing && (text.trim() !== "" || (mode === "keep" && files.length > 0));
}

function SendButton({ state }: { readonly state: ComposerState }): ReactNode {
  return (
    <Button
      look="primary"
      icon="send"
      aria-label={state.mode === "keep" ? "Keep it" : "Ask"}
      data-testid="send-button"
      isDisabled={!canSend(state)}
      onPress={() => void state.submit(state.mode)}
    />
  );
}

/** What stands between the words and the buttons when there is something to say about them. */
function Remarks({
  state,
  only,
}: {
  readonly state: ComposerState;
  readonly only: ComposerMode | undefined;
}): ReactNode {
  const isSealed = state.mode === "keep" && state.level === "ultra-secret";
  const stops = state.mode === "keep" && !isSealed ? stopsAt(state.level) : undefined;
  const mayAsk = only === undefined && state.mode === "keep" && readsLikeQuestion(state.text);
  return (
    <>
      {state.mode === "keep" && state.files.length > 0 && (
        <Suspense>
          <AttachedFiles files={state.files} isSending={state.isSealing} onChange={state.setFiles} />
        </Suspense>
      )}
      {isSealed && (
        <Suspense>
          <SealRemark />
        </Suspense>
      )}
      {stops !== undefined && <p className="px-4 pb-1 text-13 text-muted">{stops}</p>}
      {state.isGuessed && (
        <Other words="Reads like a question, so it is asked." says="Keep it instead" as="keep" state={state} />
      )}
      {mayAsk && <Other words="Reads like a question." says="Ask it instead" as="ask" state={state} />}
    </>
  );
}

/** The other of the two, one press away. */
function Other({
  words,
  says,
  as,
  state,
}: {
  readonly words: string;
  readonly says: string;
  readonly as: ComposerMode;
  readonly state: ComposerState;
}): ReactNode {
  return (
    <p className="px-4 pb-1 text-13 text-muted">
      {words}{" "}
      <button
        type="button"
        data-testid="composer-other"
        className="cursor-pointer text-accent underline underline-offset-4"
        onClick={() => void state.submit(as)}
      >
        {says}
      </button>
    </p>
  );
}

function KeepTools({ state }: { readonly state: ComposerState }): ReactNode {
  const navigate = useNavigate();
  const pick = (files: FileList | null): void => {
    const file = files?.[0];
    if (file === undefined) return;
    offerFile(file);
    void navigate("/import");
  };
  return (
    <>
      <LevelPicker value={state.level} onChange={state.setLevel} />
      <FileTrigger allowsMultiple onSelect={(chosen) => state.attach([...(chosen ?? [])])}>
        <Button
          look="quiet"
          icon="attach"
          aria-label="Attach files or photos"
          className="text-muted"
          data-testid="attach-button"
        />
      </FileTrigger>
      <span className="hidden sm:block">
        <FileTrigger onSelect={pick}>
          <Button look="quiet" icon="import" aria-label="Import a file" className="text-muted" />
        </FileTrigger>
      </span>
    </>
  );
}

/** Files that are let go over the composer belong to what is being told; over anything else they are imports. */
function useDrop(state: ComposerState) {
  const [isOver, setOver] = useState(false);
  const takes = (event: DragEvent): boolean => state.mode === "keep" && event.dataTransfer.types.includes("Files");
  return {
    isOver,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!takes(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        setOver(false);
        if (!takes(event)) return;
        event.preventDefault();
        state.attach([...event.dataTransfer.files]);
      },
    },
  };
}

const FRAME =
  "rounded-card border border-border bg-surface transition-feedback focus-within:border-accent focus-within:marked";

/** Where one tells and asks. Enter sends, Shift+Enter breaks the line, Alt+Enter does the other of the two. */
export function Composer(props: ComposerProps): ReactNode {
  const { only, placeholder, autoFocus = false } = props;
  const state = useComposer(props);
  const drop = useDrop(state);
  if (only === "ask") {
    return (
      <div className={`flex items-end gap-2 p-1.5 ${FRAME}`}>
        <Field state={state} placeholder={placeholder} autoFocus={autoFocus} />
        <SendButton state={state} />
      </div>
    );
  }
  return (
    <div className={`${FRAME} ${drop.isOver ? "border-accent bg-sunken" : ""}`} {...drop.handlers}>
      <Field state={state} placeholder={placeholder} autoFocus={autoFocus} />
      <Remarks state={state} only={only} />
      <div className="flex flex-wrap items-center gap-0.5 px-1 pb-2 sm:gap-1 sm:px-2">
        {state.mode === "keep" && <KeepTools state={state} />}
        <span className="flex-1" />
        {only === undefined && (
          <Segmented
            label="What to do with it"
            value={state.mode}
            options={MODES}
            onChange={state.setMode}
            testId="composer-mode"
          />
        )}
        <span className="ms-1 flex">
          <SendButton state={state} />
        </span>
      </div>
    </div>
  );
}
