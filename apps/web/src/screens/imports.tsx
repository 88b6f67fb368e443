import { type ReactNode, useEffect, useState } from "react";
import { FileTrigger } from "react-aria-components";
import { Link, useNavigate, useParams } from "react-router";

import { countOf, formatMoment, sourceLabel } from "../core/format.ts";
import { canTakeBack, importSummary } from "../core/import-words.ts";
import type { Problem } from "../core/problem-words.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { problemOf } from "../data/connection.ts";
import { offerFile, takeOfferedFile, whenFileOffered } from "../data/offered-file.ts";
import { useAppDispatch } from "../data/store.ts";
import { uploadImport } from "../data/upload.ts";
import type { WireImport } from "../data/wire.ts";
import { Button, ButtonLink, Loading, Name, ProblemNote, TextLink } from "../parts/basics.tsx";
import { DigestSections } from "../parts/digest.tsx";
import { ImportProgress } from "../parts/import-line.tsx";
import { ImportPassphrase } from "../parts/import-passphrase.tsx";
import { ImportPreview, ProblemLines } from "../parts/import-preview.tsx";
import { Page, Section } from "../parts/page.tsx";

const POLL_MS = 1_000;

const STATES: Readonly<Record<WireImport["state"], string>> = {
  sealed: "Waits for its passphrase",
  waiting: "Waits for your answers",
  running: "Running",
  done: "Done",
  cancelled: "Stopped",
  failed: "Failed",
  undone: "Taken back",
};

function Upload(): ReactNode {
  const navigate = useNavigate();
  const dispatch = useAppDispatch();
  const [fraction, setFraction] = useState<number | null>(null);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const upload = async (file: File): Promise<void> => {
      setName(file.name);
      setProblem(null);
      setFraction(0);
      try {
        const item = await uploadImport(file, Intl.DateTimeFormat().resolvedOptions().timeZone, setFraction);
        dispatch(api.util.invalidateTags(["Imports"]));
        void navigate(`/import/${item.id}`);
      } catch (error) {
        setProblem(problemOf(error));
      } finally {
        setFraction(null);
      }
    };
    const take = (): void => {
      const file = takeOfferedFile();
      if (file !== undefined) void upload(file);
    };
    take();
    return whenFileOffered(take);
  }, [dispatch, navigate]);
  if (fraction !== null) {
    return (
      <p role="status" className="rounded-card border border-line bg-surface px-5 py-6">
        Looking into <Name text={name} /> ·{" "}
        {fraction < 1 ? `${Math.round(fraction * 100)} % uploaded` : "reading what is in it"}
      </p>
    );
  }
  return (
    <>
      <ChooseFile />
      {problem !== null && <ProblemNote problem={problem} safe="Nothing was kept" />}
    </>
  );
}

function ChooseFile(): ReactNode {
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-card border border-dashed border-border px-5 py-6">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">Drop a file anywhere on this page</p>
        <p className="mt-0.5 text-13 text-muted">
          WhatsApp export (.txt or .zip), ChatGPT or Claude export (.zip), JSONL, CSV, Markdown, or an export of your
          own, sealed by a passphrase (.age) as well. You see what is in it before anything is kept, and can take a
          whole import back.
        </p>
      </div>
      <FileTrigger onSelect={offer}>
        <Button look="primary" icon="file" data-testid="choose-file">
          Choose a file
        </Button>
      </FileTrigger>
    </div>
  );
}

function offer(files: FileList | null): void {
  const file = files?.[0];
  if (file !== undefined) offerFile(file);
}

function UndoButton({ item }: { readonly item: WireImport }): ReactNode {
  const dispatch = useAppDispatch();
  const [isSure, setSure] = useState(false);
  const [undo, { isLoading }] = api.useUndoImportMutation();
  const run = async (): Promise<void> => {
    const result = await undo(item.id);
    dispatch(
      notify(
        result.error === undefined
          ? "Everything this import brought is being forgotten."
          : "It could not be taken back now.",
      ),
    );
    setSure(false);
  };
  if (!isSure)
    return (
      <Button look="quiet" onPress={() => setSure(true)}>
        Take it back…
      </Button>
    );
  return (
    <span className="flex flex-wrap items-center gap-2 text-13">
      Forget all {countOf(item.added, "memory", "memories")} it brought?
      <Button look="danger" isDisabled={isLoading} onPress={() => void run()}>
        Forget them
      </Button>
      <Button look="quiet" onPress={() => setSure(false)}>
        Keep
      </Button>
    </span>
  );
}

function History(): ReactNode {
  const [isRunning, setRunning] = useState(false);
  const { data, error, refetch } = api.useImportsQuery(undefined, { pollingInterval: isRunning ? POLL_MS : 0 });
  useEffect(() => setRunning(data?.some((item) => item.state === "running") === true), [data]);
  if (error !== undefined) return <ProblemNote problem={error} onRetry={() => void refetch()} />;
  if (data === undefined || data.length === 0) return null;
  return (
    <Section title="Imports so far">
      <ul className="divide-y divide-line border-y border-line">
        {data.map((item) => (
          <li key={item.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
            <span className="min-w-0 flex-1 basis-60">
              <Link to={`/import/${item.id}`} className="block truncate font-medium hover:underline">
                <Name text={item.file} />
              </Link>
              <span className="text-13 text-muted">
                {item.format === null ? "" : `${sourceLabel(item.format)} · `}
                {STATES[item.state]}
                {item.finished_at === null ? "" : ` ${formatMoment(item.finished_at)}`}
                {item.started_at === null ? "" : ` · ${importSummary(item)}`}
              </span>
            </span>
            {canTakeBack(item) && <UndoButton item={item} />}
            {item.state === "running" && (
              <span className="w-full">
                <ImportProgress item={item} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Finished({ item }: { readonly item: WireImport }): ReactNode {
  return (
    <div className="max-w-measure">
      <p className="text-18 font-medium">
        {item.state !== "failed"
          ? STATES[item.state]
          : item.started_at === null
            ? "It could not be opened"
            : "It stopped before the end"}
      </p>
      <p className="text-muted">
        {item.started_at === null ? "Nothing was kept" : importSummary(item)}
        {item.finished_at === null ? "" : ` · ${formatMoment(item.finished_at)}`}
      </p>
      {item.error !== null && (
        <p role="alert" className="mt-2 text-danger">
          {item.error}.
          {item.started_at !== null && " What was imported before stays; bring the file again and nothing comes twice."}
        </p>
      )}
      <ProblemLines format={item.format} problems={item.problems} />
      {item.state === "done" && (
        <DigestSections importId={item.id} kinds={["people", "dates-ahead", "promises", "quiet", "on-this-day"]} />
      )}
      <p className="mt-5 flex flex-wrap items-center gap-3">
        {item.state === "done" && <ButtonLink href="/chats/ask">Ask about it</ButtonLink>}
        {item.state === "done" && <ButtonLink href="/chats">Look at the conversations</ButtonLink>}
        {item.state === "done" && <ButtonLink href={`/search?import=${item.id}`}>Search in it</ButtonLink>}
        {canTakeBack(item) && <UndoButton item={item} />}
      </p>
    </div>
  );
}

function OneImport({ id }: { readonly id: string }): ReactNode {
  const [isRunning, setRunning] = useState(true);
  const { data: item, error } = api.useImportQuery(id, { pollingInterval: isRunning ? POLL_MS : 0 });
  const [cancel] = api.useCancelImportMutation();
  const dispatch = useAppDispatch();
  useEffect(() => {
    if (item === undefined) return;
    setRunning(item.state === "running");
    if (item.state === "done") dispatch(api.util.invalidateTags(["Memories", "Conversations"]));
  }, [item, dispatch]);
  if (error !== undefined) return <ProblemNote problem={error} />;
  if (item === undefined) return <Loading what="Reading" />;
  if (item.state === "sealed") return <ImportPassphrase key={item.id} item={item} />;
  if (item.state === "waiting" && item.preview !== null)
    return <ImportPreview key={item.id} item={item} preview={item.preview} />;
  if (item.state !== "running") return <Finished item={item} />;
  return (
    <div className="max-w-measure">
      <ImportProgress item={item} />
      <p className="mt-4 text-muted">
        You can leave this page. It goes on by itself, and what is already told can be searched and asked.
      </p>
      <p className="mt-4">
        <Button onPress={() => void cancel(item.id)}>Stop here</Button>
      </p>
    </div>
  );
}

/** Bringing files: choose, look into, answer, run, take back. */
export function Imports(): ReactNode {
  const { id } = useParams();
  const { data } = api.useImportQuery(id ?? "", { skip: id === undefined });
  if (id !== undefined) {
    return (
      <Page title={data?.file ?? "Import"} actions={<TextLink href="/import">All imports</TextLink>}>
        <OneImport key={id} id={id} />
      </Page>
    );
  }
  return (
    <Page title="Import">
      <Upload />
      <History />
    </Page>
  );
}
