import { importPlace } from "@kaelix/contract/import-place";
import { type ReactNode, useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { useNavigate } from "react-router";

import { countOf, formatCount, formatLocal, sourceLabel } from "../core/format.ts";
import { filesWords } from "../core/import-words.ts";
import type { Problem } from "../core/problem-words.ts";
import { api } from "../data/api.ts";
import { useAppSelector } from "../data/store.ts";
import type { LevelChoice } from "../data/thread.ts";
import type { WireImport } from "../data/wire.ts";
import { Button, Name, problemFrom, ProblemNote, Words } from "./basics.tsx";
import { LevelPicker } from "./level-picker.tsx";
import { Section } from "./page.tsx";

type Preview = NonNullable<WireImport["preview"]>;
type ImportQuestion = Preview["questions"][number];
type Answers = Readonly<Partial<Record<ImportQuestion["id"], string>>>;

/** Shown problems of a file at once. */
const PROBLEMS_MAX = 50;
/** Says that one is none of the people of a file. */
const NOBODY = "\u0000nobody";
const DATE_ORDERS = ["day-first", "month-first", "year-first"] as const;

function Place({ format, line }: { readonly format: WireImport["format"]; readonly line: number }): ReactNode {
  const place = importPlace(format, line);
  if (place === undefined) return null;
  return (
    <>
      <span className="text-muted tabular-nums">{place}</span> ·{" "}
    </>
  );
}

/** What could not be read, with where it stands and why. */
export function ProblemLines({
  format,
  problems,
}: {
  readonly format: WireImport["format"];
  readonly problems: WireImport["problems"];
}): ReactNode {
  if (problems.length === 0) return null;
  return (
    <details className="mt-3 text-13">
      <summary className="cursor-pointer py-1">
        {countOf(problems.length, "place")} not read, or not for sure; the rest is not held up
      </summary>
      <ul className="mt-1 max-h-64 overflow-y-auto rounded-card border border-line bg-surface" tabIndex={0}>
        {problems.slice(0, PROBLEMS_MAX).map((problem) => (
          <li
            key={`${problem.line}-${problem.why}-${problem.text}`}
            className="border-b border-line px-3 py-1.5 last:border-0"
          >
            <Place format={format} line={problem.line} />
            {problem.why}
            <span className="block font-mono text-12 text-muted">
              <Name text={problem.text} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function ZoneField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (zone: string) => void;
}): ReactNode {
  return (
    <>
      <input
        aria-label="Time zone of the file"
        list="zones"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="field-base max-w-panel"
      />
      <datalist id="zones">
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}

function Ask({
  question,
  value,
  onChange,
}: {
  readonly question: ImportQuestion;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  if (question.id === "zone" && question.options.length === 0) {
    return (
      <div className="flex flex-col gap-1.5">
        <span className="font-medium">{question.text}</span>
        <ZoneField value={value} onChange={onChange} />
      </div>
    );
  }
  return (
    <RadioGroup value={value} onChange={onChange} className="flex flex-col gap-1.5">
      <Label className="font-medium">{question.text}</Label>
      <div className="flex flex-wrap gap-2">
        {[...question.options, ...(question.id === "me" ? [{ value: NOBODY, label: "None of them" }] : [])].map(
          (option) => (
            <Radio
              key={option.value}
              value={option.value}
              className="flex min-h-9 cursor-pointer items-center rounded-control border border-border bg-surface px-3.5 transition-feedback touch:min-h-11 data-[focus-visible]:outline-2 data-[focus-visible]:outline-accent data-[selected]:border-accent data-[selected]:bg-accent-soft data-[selected]:marked data-[selected]:text-accent"
            >
              <Name text={option.label} />
            </Radio>
          ),
        )}
      </div>
    </RadioGroup>
  );
}

function SampleBubbles({ preview, me }: { readonly preview: Preview; readonly me: string | undefined }): ReactNode {
  return (
    <Section title="As it will look">
      <div className="flex flex-col gap-2 rounded-card border border-line bg-bg p-4">
        {preview.sample.map((message, at) => {
          const isMine = message.from !== null && message.from === me;
          return (
            <div
              key={at}
              className={`w-fit max-w-[85%] rounded-bubble px-3.5 py-2 ${isMine ? "ms-auto bg-own" : "bg-surface"}`}
            >
              {message.from !== null && !isMine && (
                <p className="text-13 font-medium text-accent">
                  <Name text={message.from} />
                </p>
              )}
              <Words text={message.text} />
              <p className="text-12 text-muted">{formatLocal(message.at)}</p>
            </div>
          );
        })}
      </div>
    </Section>
  );
}

/** What is suggested; for "me" also the person of one's own name. */
function initialAnswers(preview: Preview, ownName: string): Answers {
  const entries = preview.questions.map((question) => {
    const named = question.options.find(({ value }) => question.id === "me" && value === ownName)?.value;
    const fallback = question.id === "zone" ? Intl.DateTimeFormat().resolvedOptions().timeZone : named;
    return [question.id, question.suggested ?? fallback ?? ""];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

function bodyOf(answers: Answers, level: LevelChoice) {
  const order = DATE_ORDERS.find((name) => name === answers["date-order"]);
  return {
    ...(answers.me === undefined || answers.me === NOBODY ? {} : { me: answers.me }),
    ...(order === undefined ? {} : { date_order: order }),
    ...(answers.zone === undefined ? {} : { zone: answers.zone }),
    ...(level === "auto" ? {} : { level }),
  };
}

function Summary({ preview }: { readonly preview: Preview }): ReactNode {
  const facts = [
    sourceLabel(preview.format),
    ...(preview.people.length === 0 ? [] : [countOf(preview.people.length, "person", "people")]),
    preview.first === null ? "no dates" : `${formatLocal(preview.first)} to ${formatLocal(preview.last)}`,
  ];
  const files = filesWords(preview.files);
  return (
    <div className="rounded-card border border-line bg-surface px-5 py-4">
      <p className="text-18 font-medium">{countOf(preview.total, "message")}</p>
      <p className="text-muted">{facts.join(" · ")}</p>
      <p className="mt-2 text-13">
        {preview.people.slice(0, 12).map((person, at) => (
          <span key={person.name}>
            {at > 0 && " · "}
            <Name text={person.name} /> <span className="text-muted tabular-nums">{formatCount(person.messages)}</span>
          </span>
        ))}
      </p>
      {files !== undefined && (
        <p className="mt-2 text-13" data-testid="import-files">
          {files}
        </p>
      )}
      {preview.cut_suspected && (
        <p className="mt-2 text-13">
          The export seems to be cut: WhatsApp stops at so many messages, and older ones are not in the file. Exported
          without media it holds more.
        </p>
      )}
      <ProblemLines format={preview.format} problems={preview.problems} />
    </div>
  );
}

/** What a file holds and what must be known before it is kept. */
export function ImportPreview({ item, preview }: { readonly item: WireImport; readonly preview: Preview }): ReactNode {
  const navigate = useNavigate();
  const ownName = useAppSelector((state) => state.session.user?.name ?? "");
  const [answers, setAnswers] = useState(() => initialAnswers(preview, ownName));
  const [level, setLevel] = useState<LevelChoice>("auto");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [start, { isLoading }] = api.useStartImportMutation();
  const [cancel] = api.useCancelImportMutation();
  const open = preview.questions.filter((question) => answers[question.id] === undefined);
  const begin = async (): Promise<void> => {
    setProblem(null);
    const result = await start({ id: item.id, answers: bodyOf(answers, level) });
    if (result.error !== undefined) setProblem(problemFrom(result.error));
  };
  const discard = async (): Promise<void> => {
    await cancel(item.id);
    void navigate("/import");
  };
  return (
    <div className="max-w-measure">
      <Summary preview={preview} />
      <div className="mt-6 flex flex-col gap-5">
        {preview.questions.map((question) => (
          <Ask
            key={question.id}
            question={question}
            value={answers[question.id] ?? ""}
            onChange={(value) => setAnswers({ ...answers, [question.id]: value })}
          />
        ))}
        <div className="flex items-center gap-2">
          <span className="font-medium">Level</span>
          <LevelPicker value={level} onChange={setLevel} />
          <span className="text-13 text-muted">
            {level === "auto" ? "Decided for each message" : "For every message"}
          </span>
        </div>
      </div>
      <SampleBubbles preview={preview} me={answers.me} />
      {problem !== null && <ProblemNote problem={problem} safe="The file is still here, nothing was kept" />}
      <div className="mt-6 flex flex-wrap items-center gap-2">
        <Button
          look="primary"
          isDisabled={isLoading || open.length > 0}
          onPress={() => void begin()}
          data-testid="start-import"
        >
          Import {formatCount(preview.total)}
        </Button>
        <Button look="quiet" onPress={() => void discard()}>
          Discard the file
        </Button>
        {open.length > 0 && (
          <span className="text-13 text-muted">First answer: {open.map((question) => question.text).join(" · ")}</span>
        )}
      </div>
    </div>
  );
}
