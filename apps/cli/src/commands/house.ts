import { type CallOutput, KaelixProblem, type Routes } from "@kaelix/contract";

import { type CommonOptions, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { backupWords, megabytes } from "./operations.ts";
import { printJson, printTable, ProgressBar, say } from "../output.ts";

type Verification = CallOutput<Routes["verifications.run"]>;

/** `kaelix status`: log, views, lag and engines. */
export async function status(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("status.read");
    if (options.json !== undefined) {
      printJson(data, options.json);
      return EXIT.ok;
    }
    say(
      `kaelix ${data.version} · data ${data.data_directory} · ${connection.url ?? "no server running, opened here"}`,
      options,
    );
    const rows = data.views.map((view) => [
      view.name,
      view.state,
      String(view.lag_records),
      `${(view.lag_ms / 1_000).toFixed(1)} s`,
    ]);
    printTable(["VIEW", "STATE", "LAG", "BEHIND"], rows);
    const records = data.log.topics.map((topic) => `${topic.name} ${topic.records}`).join(" · ");
    say(`log ${data.log.health} · ${records}`, options);
    say(meaningLine(data.embedding), options);
    if (data.purge !== null) say(purgeLine(data.purge), options);
    say(backupWords((await connection.client.call("backups.read")).data), options);
    for (const loss of data.log.damaged) say(`log: ${loss}`, options);
    if (data.log.damaged.length > 0) say(`The log is DAMAGED. ${doNotRebuild(0)}`, options);
    return data.log.health === "ok" &&
      data.log.damaged.length === 0 &&
      data.views.every((view) => view.state !== "failed")
      ? EXIT.ok
      : EXIT.found;
  } finally {
    await connection.close();
  }
}

/** What was erased and has left the files of the log since the start. */
function purgeLine(purge: NonNullable<CallOutput<Routes["status.read"]>["purge"]>): string {
  const { bytes_freed: freed, contents, last_at: last, pieces } = purge;
  if (last === null) return "erased: nothing had to leave the files of the log since the start";
  const counted = `${contents} ${contents === 1 ? "record" : "records"}, ${pieces} ${pieces === 1 ? "piece" : "pieces"} of files`;
  return `erased: ${counted} left the files of the log, last ${last}; ${megabytes(freed)} given back since the start`;
}

/** What is sent where for its meaning, and how that goes. */
function meaningLine(embedding: CallOutput<Routes["status.read"]>["embedding"]): string {
  if (embedding === null) return "meaning: nothing is sent to any provider, search goes by words";
  const { host, level_max: level, model, problem, state, tokens_per_day: perDay, tokens_today: today } = embedding;
  const levels = level === "general" ? "general" : "general and confidential";
  const how = problem === null ? state : `${state}, ${problem}`;
  const waiting = `${embedding.waiting} ${embedding.waiting === 1 ? "waits" : "wait"}`;
  return `meaning: ${levels} texts go to ${host} (${model}) · ${how} · ${waiting} · ${today} of ${perDay} tokens today`;
}

/** `kaelix sources`: topics that memories come in from, and how each is. */
export async function sources(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("status.read");
    if (options.json !== undefined) printJson(data.sources, options.json);
    else if (data.sources.length === 0) say("No sources: KAELIX_CAPTURE_KAFKA names a file of them", options);
    else {
      const rows = data.sources.map((source) => [
        source.name,
        source.topics.join(", "),
        source.state,
        ...[source.remembered, source.known, source.dead_letters].map(String),
        source.problem ?? "",
      ]);
      printTable(["SOURCE", "TOPICS", "STATE", "NEW", "KNOWN", "DEAD LETTERS", "PROBLEM"], rows);
    }
    return data.sources.every((source) => source.problem === null) ? EXIT.ok : EXIT.found;
  } finally {
    await connection.close();
  }
}

/** `kaelix verify`: counts the log against every view and names any difference. */
export async function verify(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const bar = new ProgressBar("verify", options);
    bar.show(0, "counting log and views");
    const { data } = await connection.client.call("verifications.run");
    bar.end(`counted in ${(data.took_ms / 1_000).toFixed(1)} s`);
    if (options.json !== undefined) printJson(data, options.json);
    else {
      const cells = (count: number | null): string => (count === null ? "-" : String(count));
      const rows = data.views.map((view) => [
        view.name,
        view.agree ? "agrees" : "DIFFERS",
        cells(view.memories_live),
        cells(view.memories_forgotten),
        cells(view.memories_erased),
        cells(view.users),
      ]);
      const { log } = data;
      const own = ["log", log.whole && log.unreadable === 0 && isOpenable(data) ? "whole" : "DAMAGED"];
      const counts = [log.memories_live, log.memories_forgotten, log.memories_erased, log.users].map(String);
      printTable(["", "", "LIVE", "FORGOTTEN", "ERASED", "USERS"], [[...own, ...counts], ...rows]);
      for (const view of data.views) {
        for (const id of view.missing) say(`${view.name} lacks ${id}`, options);
        for (const id of view.extra) say(`${view.name} holds ${id}, which the log does not`, options);
        for (const note of view.notes) say(`${view.name}: ${note}`, options);
      }
      for (const range of log.damaged) say(`log: ${range}`, options);
      if (log.unreadable > 0) say(`log: ${log.unreadable} records cannot be read`, options);
      if (log.unopenable > 0)
        say(
          `log: ${log.unopenable} memories do not open: their bytes were changed, or put in another's place`,
          options,
        );
      const { damaged, kept } = log.files;
      if (damaged > 0) say(`log: ${damaged} of ${kept} files are not what was told`, options);
      else if (kept > 0) say(`${kept} ${kept === 1 ? "file is" : "files are"} whole`, options);
      say(verdictOf(data), options);
    }
    return data.agree ? EXIT.ok : EXIT.found;
  } finally {
    await connection.close();
  }
}

function isOpenable({ log }: Verification): boolean {
  return log.unopenable === 0 && log.files.damaged === 0;
}

/** What a verification comes to and what to do. Never the advice to rebuild while a view may hold the last copy. */
function verdictOf(data: Verification): string {
  if (!data.log.whole) return `The log is DAMAGED. ${doNotRebuild(data.log.lost)}`;
  if (!isOpenable(data))
    return "Some memories or files do not open. No view can bring them back: put back a backup of the log";
  return data.agree
    ? "Log and views agree"
    : "Log and views differ: kaelix rebuild VIEW makes a view anew from the log";
}

function doNotRebuild(lost: number): string {
  const held =
    lost === 0
      ? "the views may hold what the log has lost"
      : `the views still hold ${lost} ${lost === 1 ? "memory" : "memories"} that the log has lost`;
  return `Do not rebuild: ${held}. Save them first with kaelix export, or put back a backup of the log`;
}

/** Options of `rebuild`. */
export interface RebuildOptions extends CommonOptions {
  readonly yes?: boolean;
}

/** `kaelix rebuild VIEW`: throws a view away and folds it again from the log; refused while the log lacks what the view may hold. */
export async function rebuild(view: "relational" | "search" | "world", options: RebuildOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const bar = new ProgressBar(`rebuild ${view}`, options);
    bar.show(0, "folding the log");
    const { data } = await connection.client.call("views.rebuild", {
      params: { name: view },
      body: { force: options.yes === true },
    });
    bar.end(`${data.events} events in ${(data.took_ms / 1_000).toFixed(1)} s`);
    if (options.json !== undefined) printJson(data, options.json);
    return EXIT.ok;
  } catch (failure) {
    if (failure instanceof KaelixProblem && failure.code === "rebuild-would-lose")
      throw new CommandFailure(EXIT.conflict, `${failure.detail}. --yes forces it`);
    throw failure;
  } finally {
    await connection.close();
  }
}

/** `kaelix doctor`: looks at the machine and the data directory without changing anything. */
export async function doctor(options: CommonOptions): Promise<number> {
  const { findProblems } = await import("@kaelix/server");
  const findings = await findProblems(options.data);
  if (options.json !== undefined) printJson(findings, options.json);
  else
    for (const finding of findings)
      process.stdout.write(`${finding.ok ? "✔" : "!"} ${finding.name}: ${finding.text}\n`);
  return findings.every((finding) => finding.ok) ? EXIT.ok : EXIT.found;
}

/** `kaelix openapi`: prints the OpenAPI 3.1 document. */
export async function openApi(version: string): Promise<number> {
  const { printOpenApi } = await import("@kaelix/contract");
  process.stdout.write(`${JSON.stringify(printOpenApi(version), null, 2)}\n`);
  return EXIT.ok;
}

/** `kaelix config`: every setting with its variable, value in force and meaning. */
export async function config(options: CommonOptions): Promise<number> {
  const { settingsReference } = await import("@kaelix/server");
  const rows = settingsReference(process.env);
  if (options.json !== undefined) printJson(rows, options.json);
  else
    printTable(
      ["VARIABLE", "VALUE", "MEANING"],
      rows.map((row) => [row.variable, row.value, row.text]),
    );
  return EXIT.ok;
}
