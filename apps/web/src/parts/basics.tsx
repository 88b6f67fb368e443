/** Small parts that every screen is made of. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button as AriaButton, type ButtonProps, Link as AriaLink } from "react-aria-components";

import type { SerializedError } from "@reduxjs/toolkit";

import { type Problem, problemWords } from "../core/problem-words.ts";
import { type Range, splitText } from "../core/text-parts.ts";
import { Icon, type IconName } from "./icon.tsx";

const BUTTONS = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong font-medium",
  plain: "border border-border bg-surface text-ink hover:bg-sunken",
  quiet: "text-ink hover:bg-sunken",
  "quiet-danger": "text-danger hover:bg-danger-soft",
  danger: "border border-danger text-danger hover:bg-danger-soft",
} as const;

/** How a button looks. */
type ButtonLook = keyof typeof BUTTONS;

interface LookProps {
  readonly look?: ButtonLook;
  readonly icon?: IconName;
}

/** The classes of a button, for links that look like one. */
function buttonClass(look: ButtonLook = "plain"): string {
  return `inline-flex min-h-9 touch:min-h-11 touch:min-w-11 cursor-pointer items-center justify-center gap-2 rounded-control px-3.5 py-1 whitespace-nowrap transition-feedback max-sm:whitespace-normal disabled:cursor-default disabled:opacity-50 ${BUTTONS[look]}`;
}

/** A button. With only an icon it needs an `aria-label`. */
export function Button({
  look = "plain",
  icon,
  children,
  className,
  ...rest
}: Omit<ButtonProps, "className" | "children"> &
  LookProps & { readonly children?: ReactNode; readonly className?: string }): ReactNode {
  const square = children === undefined ? "px-2 min-w-9" : "";
  return (
    <AriaButton {...rest} className={`${buttonClass(look)} ${square} ${className ?? ""}`}>
      {icon !== undefined && <Icon name={icon} className="size-4.5" />}
      {children}
    </AriaButton>
  );
}

/** A link to another place that stands among buttons. */
export function ButtonLink({ href, children }: { readonly href: string; readonly children: ReactNode }): ReactNode {
  return (
    <AriaLink href={href} className={buttonClass()}>
      {children}
    </AriaLink>
  );
}

/** A link that looks like text one can press. */
export function TextLink({ href, children }: { readonly href: string; readonly children: ReactNode }): ReactNode {
  return (
    <AriaLink
      href={href}
      className="cursor-pointer rounded-control text-accent underline decoration-line underline-offset-4 hover:decoration-current"
    >
      {children}
    </AriaLink>
  );
}

interface WordsProps {
  readonly text: string;
  readonly highlights?: readonly Range[];
  /** Leaves addresses as text, where the whole stands in a link already. */
  readonly isLinkless?: boolean;
}

/** Text of people, as it is: isolated from our own direction, links clickable, highlights marked. Never HTML. */
export function Words({ text, highlights = [], isLinkless = false }: WordsProps): ReactNode {
  return (
    <bdi dir="auto" className="whitespace-pre-wrap">
      {splitText(text, highlights, !isLinkless).map((part, at) => {
        const shown = part.marked ? <mark className="rounded-control bg-mark text-ink">{part.text}</mark> : part.text;
        if (part.url === undefined) return <span key={at}>{shown}</span>;
        return (
          <a
            key={at}
            href={part.url}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className="text-accent underline underline-offset-2"
          >
            {shown}
          </a>
        );
      })}
    </bdi>
  );
}

/** A name of a person or a file, isolated from our own direction. */
export function Name({ text }: { readonly text: string }): ReactNode {
  return <bdi dir="auto">{text}</bdi>;
}

/** True once `active` has held for 300 ms; before that nothing is shown. */
function useLate(active: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!active) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, [active]);
  return late;
}

/** A small spinner where content will be; nothing for the first 300 ms. */
export function Loading({ what }: { readonly what: string }): ReactNode {
  const late = useLate(true);
  return (
    <p role="status" className="flex min-h-10 items-center gap-2 py-3 text-13 text-muted">
      {late && <span className="turning size-4 rounded-full border-2 border-line border-t-accent" />}
      {late && what}
    </p>
  );
}

/** Copies text and says so for a moment. */
export function CopyButton({
  text,
  label,
  look = "quiet",
}: {
  readonly text: string;
  readonly label: string;
  readonly look?: ButtonLook;
}): ReactNode {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (): void => {
    // Absent on plain http over a LAN.
    const done = globalThis.navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("No clipboard"));
    done.then(
      () => setState("copied"),
      () => setState("refused"),
    );
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState("idle"), 2_000);
  };
  const words = { idle: label, copied: "Copied", refused: "Select it and copy by hand" }[state];
  return (
    <Button look={look} icon={state === "copied" ? "check" : "copy"} onPress={copy}>
      <span aria-live="polite">{words}</span>
    </Button>
  );
}

/** A problem as it is; a bug of this page as one without a status of the server. */
export function problemFrom(thrown: Problem | SerializedError): Problem {
  if ("status" in thrown) return thrown;
  return {
    status: 500,
    code: "page-failed",
    detail: thrown.message ?? "",
    traceId: null,
    fields: [],
    retryAfter: null,
  };
}

interface ProblemProps {
  readonly problem: Problem | SerializedError;
  /** What is safe: "Your text is kept". */
  readonly safe?: string;
  readonly onRetry?: () => void;
}

/** A problem: what happened, what is safe, what to do, and the trace id to copy. */
export function ProblemNote({ problem: thrown, safe, onRetry }: ProblemProps): ReactNode {
  const problem = problemFrom(thrown);
  const words = problemWords(problem);
  return (
    <div role="alert" className="my-2 rounded-card border border-danger bg-danger-soft px-4 py-3">
      <p className="flex items-start gap-2">
        <Icon name="alert" className="mt-0.5 size-4.5 text-danger" />
        <span>
          <strong className="font-semibold">{words.happened}.</strong> {safe === undefined ? "" : `${safe}. `}
          {words.todo}.
        </span>
      </p>
      {(problem.traceId !== null || onRetry !== undefined) && (
        <div className="mt-2 flex flex-wrap items-center gap-2 text-13 text-muted">
          {onRetry !== undefined && (
            <Button icon="retry" onPress={onRetry}>
              Try again
            </Button>
          )}
          {problem.traceId !== null && (
            <CopyButton text={problem.traceId} label={`Trace ${problem.traceId.slice(0, 8)}…`} />
          )}
        </div>
      )}
    </div>
  );
}

/** An empty place: one sentence and one action. */
export function Empty({ children, action }: { readonly children: ReactNode; readonly action?: ReactNode }): ReactNode {
  return (
    <div className="flex flex-col items-start gap-3 py-6 text-muted">
      <p className="max-w-measure">{children}</p>
      {action}
    </div>
  );
}
