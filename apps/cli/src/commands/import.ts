import { createReadStream, openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";

import { type ImportAnswers, preview as previewImport, previewJson, unseal } from "@kaelix/capture";

import type { CallOutput, Routes } from "@kaelix/contract";
import { importPlace, importShare } from "@kaelix/contract/import-place";

import { type CommonOptions, connect, connected, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { memoriesText, printJson, printTable, ProgressBar, say } from "../output.ts";
import { askChoice, askText, canAsk } from "../prompt.ts";
import { stopSignal } from "../stop-signal.ts";
import { levelOf } from "./memories.ts";
import { passphraseOf, refusedFile } from "./sealed-files.ts";

type Import = CallOutput<Routes["imports.read"]>;

const PROBLEMS_SHOWN_MAX = 20;

/** Options of `import preview`. */
export interface PreviewOptions extends CommonOptions {
  readonly sample?: string;
  readonly me?: string;
  readonly dateOrder?: string;
  readonly zone?: string;
}

/** Options of `import run`. */
export interface RunOptions extends PreviewOptions {
  readonly level?: string;
  /** Takes what is suggested instead of asking. */
  readonly yes?: boolean;
}

/** `kaelix import preview FILE`: what a file holds. Needs no server and keeps nothing. */
export async function previewFile(path: string, options: PreviewOptions): Promise<number> {
  await mustExist(path);
  const sample = options.sample === undefined ? 5 : options.sample === "all" ? "all" : Number(options.sample);
  if (sample !== "all" && !(Number.isInteger(sample) && sample >= 0)) {
    throw new CommandFailure(
      EXIT.usage,
      `Cannot use --sample: current value is ${options.sample}, must be a whole number or all`,
    );
  }
  const opened = await openedBy(path);
  const preview = await previewImport(
    { path, fileName: basename(path), ...(opened && { opened }) },
    { sample, answers: answersOf(options) },
  );
  if (options.json !== undefined) {
    printJson(previewJson(preview), options.json);
    return EXIT.ok;
  }
  say(`${basename(path)}: ${preview.format} (${preview.why})`, options);
  const when = preview.first === null ? "no dates" : `${preview.first} to ${preview.last}`;
  say(`${memoriesText(preview.total)}, ${when}`, options);
  const { kept, missing } = preview.files;
  if (kept > 0) say(`files that come with them: ${kept}`, options);
  if (missing > 0) say(`files that are not in the export, of which only the words come: ${missing}`, options);
  if (preview.truncatedSuspected)
    say("The export seems to be cut: WhatsApp stops at so many messages, and older ones are not in the file", options);
  printTable(
    ["AT", "FROM", "TEXT"],
    preview.sample.map((item) => [item.at ?? "", item.from ?? "", item.text]),
  );
  sayProblems(preview.format, preview.problems, options);
  for (const question of preview.questions) say(`? ${question.text}`, options);
  return EXIT.ok;
}

async function openedBy(path: string): Promise<Awaited<ReturnType<typeof unseal>> | undefined> {
  const passphrase = (await stat(path)).isFile() ? await passphraseOf(path) : undefined;
  if (passphrase === undefined) return undefined;
  return unseal(path, passphrase).catch((failure: unknown) => {
    throw refusedFile(failure);
  });
}

/**
 * `kaelix import run FILE`: imports with progress; asks what only the person knows. Ctrl+C stops the import, wherever it runs: what has
 * come stays, and the next run of the file brings the rest.
 */
export async function runImport(path: string, options: RunOptions): Promise<number> {
  await mustExist(path);
  if ((await stat(path)).isDirectory()) {
    throw new CommandFailure(EXIT.usage, "Cannot import a folder: pack it as a zip first");
  }
  const stop = new AbortController();
  const connection = await connect(options);
  try {
    const { zone: givenZone } = answersOf(options);
    const level = options.level === undefined ? {} : { level: levelOf(options.level) };
    const zone = givenZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    const passphrase = await passphraseOf(path);
    const file = { name: basename(path), data: await openAsBlob(path) };
    const { data: uploaded } = await connection.client.call("imports.upload", { query: { zone } }, { file });
    const params = { id: uploaded.id };
    try {
      const preview =
        passphrase === undefined
          ? uploaded.preview
          : (await connection.client.call("imports.open", { params, body: { passphrase } })).data.preview;
      const { people = [], questions = [] } = preview ?? {};
      mustBeAmong(people, options.me);
      const answers = await completeAnswers(questions, options);
      void stopSignal(() => say("Stopping…", options)).then(() => stop.abort());
      await connection.client.call("imports.start", { params, body: { ...answers, ...level } });
    } catch (failure) {
      // What was looked at and not begun would wait for answers that nobody gives.
      await connection.client.call("imports.cancel", { params }).catch(() => undefined);
      throw refusedFile(failure);
    }
    return await follow(connection, uploaded.id, { ...options, signal: stop.signal });
  } finally {
    await connection.close();
  }
}

/** `kaelix import list`: imports, newest first. */
export async function listImports(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("imports.list");
    if (options.json !== undefined) printJson(data.data, options.json);
    else if (data.data.length === 0) say("Nothing was imported", options);
    else {
      const rows = data.data.map((item) => [
        item.id,
        item.state,
        String(item.added),
        String(item.known),
        String(item.failed),
        item.file,
      ]);
      printTable(["ID", "STATE", "ADDED", "KNOWN", "FAILED", "FILE"], rows);
      for (const item of data.data) {
        const todo = todoOf(item);
        if (todo !== undefined) say(`${item.id}: ${todo}`, options);
      }
    }
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** What is left to do about an import; undefined: nothing. */
function todoOf({ error, file, id, state }: Import): string | undefined {
  if (state === "waiting" || state === "sealed") {
    const waits = state === "sealed" ? "its passphrase" : "your answers";
    return `waits for ${waits}, for a day at most: go on in the web app, or kaelix import cancel ${id} and kaelix import run ${file}`;
  }
  return state === "failed" ? (error ?? undefined) : undefined;
}

/** `kaelix import undo ID`: forgets everything that an import brought. */
export async function undoImport(id: string, options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("imports.undo", { params: { id } });
    if (options.json !== undefined) printJson(data, options.json);
    say(`Forgot the ${data.added} ${data.added === 1 ? "memory" : "memories"} of ${data.file}`, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix import cancel ID`: stops an import that runs, of which stays what has come; discards one that waits. */
export async function cancelImport(id: string, options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = await client.call("imports.cancel", { params: { id } });
    if (options.json !== undefined) printJson(data, options.json);
    say(cancelledWords(data), options);
  });
}

function cancelledWords({ added, file, id, started_at: startedAt, state }: Import): string {
  if (state !== "cancelled") return `${file} has ended already: ${state}`;
  if (startedAt === null) return `Discarded: ${file} was looked at, nothing of it was kept`;
  return `Stopped after ${memoriesText(added)}, which stay. To take them back: kaelix import undo ${id}`;
}

/** Where and why something was not read, or read with a doubt, with the head of what stands there. */
function sayProblems(
  format: Import["format"],
  problems: readonly Import["problems"][number][],
  options: CommonOptions,
): void {
  for (const { line, text, why } of problems) {
    const place = importPlace(format, line);
    say(`${place === undefined ? "" : `${place}: `}${why}${text === "" ? "" : ` · ${text}`}`, options);
  }
}

async function follow(
  { client }: Connection,
  id: string,
  options: CommonOptions & { readonly signal: AbortSignal },
): Promise<number> {
  const bar = new ProgressBar("import", options);
  const params = { id };
  let isStopping = false;
  for (;;) {
    if (options.signal.aborted && !isStopping) {
      isStopping = true;
      // It may have ended meanwhile: what became of it is read either way.
      await client.call("imports.cancel", { params }).catch(() => undefined);
    }
    const { data } = await client.call("imports.read", { params });
    if (data.state === "running") {
      const rest = data.total === null ? `, ${(data.bytes_done / 1e6).toFixed(1)} MB read` : ` of ${data.total}`;
      bar.show(importShare(data), `${data.added} added, ${data.known} known${rest}`);
      await new Promise((resolve) => setTimeout(resolve, 150));
      continue;
    }
    bar.end(`${data.state}: ${data.added} added, ${data.known} known before, ${data.failed} unread`);
    if (options.json !== undefined) printJson(data, options.json);
    else process.stdout.write(`${data.id} ${data.state} ${data.added} ${data.known} ${data.failed}\n`);
    if (data.error !== null) say(data.error, options);
    sayProblems(data.format, data.problems.slice(0, PROBLEMS_SHOWN_MAX), options);
    if (data.state === "cancelled" && isStopping) {
      say(
        `What came so far stays; running it again brings the rest. To take it back: kaelix import undo ${id}`,
        options,
      );
      return EXIT.interrupted;
    }
    return data.state === "done" ? EXIT.ok : EXIT.failed;
  }
}

type Question = {
  readonly id: "me" | "date-order" | "zone";
  readonly text: string;
  readonly suggested: string | null;
} & {
  readonly options: readonly { readonly value: string; readonly label: string }[];
};

/** Who is me by option must be somebody in the file: a mistyped name would make everything said by me somebody else's. */
function mustBeAmong(people: readonly { readonly name: string }[], me: string | undefined): void {
  if (me === undefined || people.length === 0 || people.some((person) => person.name === me)) return;
  throw new CommandFailure(
    EXIT.usage,
    `Cannot use --me: current value is ${me}, must be ${people.map((person) => person.name).join(" or ")}`,
  );
}

/** Answers from the options; what is missing is asked on a terminal. Nothing is guessed in a script unless `--yes` says so. */
async function completeAnswers(questions: readonly Question[], options: RunOptions): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  const open: Question[] = [];
  const given = { me: options.me, "date-order": options.dateOrder, zone: options.zone };
  for (const question of questions) {
    const field = question.id === "date-order" ? "date_order" : question.id;
    const answer = given[question.id] ?? (options.yes === true ? question.suggested : null);
    if (answer !== null) answers[field] = answer;
    else if (canAsk()) {
      answers[field] =
        question.options.length > 0
          ? await askChoice(question.text, question.options, question.suggested)
          : await askText(question.text, question.suggested ?? undefined);
    } else if (options.yes !== true || question.id === "date-order") open.push(question);
  }
  if (open.length > 0) throw new CommandFailure(EXIT.usage, unanswered(open));
  return answers;
}

function unanswered(questions: readonly Question[]): string {
  const lines = questions.map(({ id, options, suggested, text }) => {
    const values = options.length > 0 ? options.map((option) => quoted(option.value)) : [suggested ?? "Europe/Berlin"];
    return `  --${id} ${values.join(" | ")}   ${text}`;
  });
  const advice = questions.every((question) => question.suggested !== null) ? "\n  --yes takes what is likely" : "";
  return `Cannot import before this is answered; nothing was kept:\n${lines.join("\n")}${advice}`;
}

function quoted(value: string): string {
  return /^[\w/+-]+$/.test(value) ? value : JSON.stringify(value);
}

function answersOf(options: PreviewOptions): ImportAnswers {
  const order = options.dateOrder;
  if (order !== undefined && order !== "day-first" && order !== "month-first" && order !== "year-first") {
    throw new CommandFailure(
      EXIT.usage,
      `Cannot use --date-order: current value is ${order}, must be day-first, month-first or year-first`,
    );
  }
  return {
    ...(options.me === undefined ? {} : { me: options.me }),
    ...(order === undefined ? {} : { dateOrder: order }),
    ...(options.zone === undefined ? {} : { zone: options.zone }),
  };
}

async function mustExist(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new CommandFailure(EXIT.missing, `Cannot read ${path}: there is no such file`);
  if (found.isFile()) createReadStream(path, { end: 0 }).destroy();
}
