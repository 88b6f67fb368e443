import { type KeyboardEvent, type ReactNode, type RefObject, useRef, useState } from "react";
import { FileTrigger } from "react-aria-components";
import { useNavigate } from "react-router";

import { stopsAt } from "../core/levels.ts";
import { askQuestion, keep } from "../data/actions.ts";
import { offerFile } from "../data/offered-file.ts";
import { useAppDispatch } from "../data/store.ts";
import type { LevelChoice } from "../data/thread.ts";
import { Button } from "./basics.tsx";
import { LevelPicker } from "./level-picker.tsx";
import { Segmented } from "./segmented.tsx";

/** What pressing send does. */
export type ComposerMode = "keep" | "ask";

const MODES = [
  { value: "keep", label: "Keep" },
  { value: "ask", label: "Ask" },
] as const;

/** Longest saying, in UTF-16 units; the server refuses more. */
const LENGTH_MAX = 65_536;

interface ComposerProps {
  /** Only this, when a place is for asking alone. */
  readonly only?: ComposerMode;
  /** Conversation that questions are narrowed to; null asks everything. */
  readonly scope?: string | null;
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  readonly field?: RefObject<HTMLTextAreaElement | null>;
}

function placeholderOf(mode: ComposerMode): string {
  return mode === "keep" ? "Tell it something…" : "Ask what you once told it…";
}

/** Where one tells and asks. Enter sends, Shift+Enter breaks the line, Alt+Enter does the other of the two. */
export function Composer({ only, scope = null, placeholder, autoFocus = false, field }: ComposerProps): ReactNode {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const own = useRef<HTMLTextAreaElement>(null);
  const area = field ?? own;
  const [text, setText] = useState("");
  const [chosen, setMode] = useState<ComposerMode>("keep");
  const [level, setLevel] = useState<LevelChoice>("auto");
  const mode = only ?? chosen;
  const isSayable = text.trim() !== "";
  const readsLikeQuestion = only === undefined && mode === "keep" && /[?؟？]\s*$/.test(text);

  const submit = (as: ComposerMode): void => {
    if (!isSayable) return;
    if (as === "keep") void dispatch(keep(text, level));
    else void dispatch(askQuestion(text, scope));
    setText("");
    setLevel("auto");
    area.current?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    const other = mode === "keep" ? "ask" : "keep";
    submit(event.altKey && only === undefined ? other : mode);
  };
  const pick = (files: FileList | null): void => {
    const file = files?.[0];
    if (file === undefined) return;
    offerFile(file);
    void navigate("/import");
  };
  const stops = mode === "keep" ? stopsAt(level) : undefined;
  return (
    <div className="rounded-card border border-border bg-surface transition-feedback focus-within:border-accent">
      <textarea
        ref={area}
        data-testid="message-input"
        aria-label={mode === "keep" ? "Something to keep" : "A question"}
        autoFocus={autoFocus}
        dir="auto"
        rows={1}
        maxLength={LENGTH_MAX}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={pressed}
        enterKeyHint="send"
        placeholder={placeholder ?? placeholderOf(mode)}
        className="sizing-content block max-h-60 min-h-11 w-full resize-none bg-transparent px-4 pt-3 pb-1 outline-none"
      />
      {stops !== undefined && <p className="px-4 pb-1 text-13 text-muted">{stops}</p>}
      {readsLikeQuestion && (
        <p className="px-4 pb-1 text-13 text-muted">
          Reads like a question.{" "}
          <button
            type="button"
            className="cursor-pointer text-accent underline underline-offset-4"
            onClick={() => submit("ask")}
          >
            Ask it instead
          </button>
        </p>
      )}
      <div className="flex items-center gap-1 px-2 pb-2">
        {mode === "keep" && <LevelPicker value={level} onChange={setLevel} />}
        {mode === "keep" && (
          <FileTrigger onSelect={pick}>
            <Button look="quiet" icon="import" aria-label="Import a file" className="text-muted" />
          </FileTrigger>
        )}
        <span className="flex-1" />
        {only === undefined && (
          <Segmented
            label="What to do with it"
            value={mode}
            options={MODES}
            onChange={setMode}
            testId="composer-mode"
          />
        )}
        <Button
          look="primary"
          icon="send"
          aria-label={mode === "keep" ? "Keep it" : "Ask"}
          data-testid="send-button"
          isDisabled={!isSayable}
          onPress={() => submit(mode)}
          className="ms-1"
        />
      </div>
    </div>
  );
}
