import { readFile } from "node:fs/promises";
import { styleText } from "node:util";

import type { CallInput, CallOutput, Routes } from "@kaelix/contract";
import type { AuditKey } from "@kaelix/server";

import { type CommonOptions, type Connection, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, ProgressBar, say } from "../output.ts";
import { timeOf } from "../time.ts";
import { levelOf } from "./memories.ts";

type Entry = CallOutput<Routes["audit.list"]>["data"][number];
type Verification = CallOutput<Routes["audit.verify"]>;

/** Options of `audit list`. */
export interface AuditListOptions extends CommonOptions {
  readonly limit: string;
  readonly user?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly decision?: string;
  readonly since?: string;
  readonly until?: string;
}

const PAGE = 200;

/** `kaelix audit list`: who did, tried or saw what, newest first. */
export async function auditList(options: AuditListOptions): Promise<number> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new CommandFailure(EXIT.usage, `Cannot use --limit: current value is ${options.limit}, must be 1 or more`);
  const query = queryOf(options);
  const connection = await connect(options);
  try {
    const entries = await entriesOf(connection, query, limit);
    if (options.json !== undefined) printJson(entries, options.json);
    else if (entries.length === 0) say("There is no such entry", options);
    else {
      printTable(
        ["ENTRY", "TIME", "WHO", "WHAT", "OF", "LEVEL", "", "WHY"],
        entries.map((entry) => [
          String(entry.index),
          entry.at,
          entry.actor === "user" || entry.actor === "agent" ? entry.user : entry.actor,
          entry.action,
          entry.resource ?? "-",
          entry.level ?? "-",
          entry.decision === "allow" ? "done" : "refused",
          entry.reason,
        ]),
      );
    }
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

async function entriesOf(
  { client }: Connection,
  query: NonNullable<CallInput<Routes["audit.list"]>["query"]>,
  limit: number,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  let cursor: string | null | undefined;
  while (entries.length < limit && cursor !== null) {
    const place = cursor === undefined ? {} : { cursor };
    const page = Math.min(PAGE, limit - entries.length);
    const { data } = await client.call("audit.list", { query: { ...query, ...place, limit: page } });
    entries.push(...data.data);
    cursor = data.page.next;
  }
  return entries;
}

function queryOf(options: AuditListOptions): NonNullable<CallInput<Routes["audit.list"]>["query"]> {
  const { action, decision, resource, since, until, user } = options;
  if (decision !== undefined && decision !== "allow" && decision !== "deny")
    throw new CommandFailure(EXIT.usage, `Cannot use --decision: current value is ${decision}, must be allow or deny`);
  return {
    ...(user === undefined ? {} : { user }),
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resource }),
    ...(decision === undefined ? {} : { decision }),
    ...(since === undefined ? {} : { after: timeOf(since) }),
    ...(until === undefined ? {} : { before: timeOf(until) }),
  };
}

/** `kaelix audit checkpoint`: prints the last signed checkpoint, for keeping it elsewhere. */
export async function auditCheckpoint(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("audit.checkpoint");
    if (options.json !== undefined) printJson(data, options.json);
    else if (data.checkpoint !== null) process.stdout.write(data.checkpoint);
    if (data.checkpoint === null) say("Nothing is signed yet: a minute after the first entry there is one", options);
    if (!data.intact) say("The audit log is NOT as it was signed: kaelix audit verify says where", options);
    return data.intact ? EXIT.ok : EXIT.found;
  } finally {
    await connection.close();
  }
}

/** Options of `audit keys`. */
export interface AuditKeysOptions extends CommonOptions {
  readonly key?: string;
}

/** `kaelix audit keys`: prints the notes by which the keys of the audit log vouch for each other, once they are found right here. */
export async function auditKeys(options: AuditKeysOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("audit.checkpoint");
    const { openAuditKeys } = await import("@kaelix/server");
    const keys = openAuditKeys(data.keys);
    if (options.json !== undefined) printJson({ notes: data.keys, keys: (keys ?? []).map(keyJson) }, options.json);
    else process.stdout.write(data.keys.join("\n"));
    const isKnown = options.key === undefined || keys?.some(({ publicKey }) => publicKey === options.key);
    if (keys === undefined) say("The keys do NOT vouch for each other", options);
    else if (isKnown !== true) say("The key that you gave is NOT among them: this is another audit log", options);
    return keys !== undefined && isKnown === true ? EXIT.ok : EXIT.found;
  } finally {
    await connection.close();
  }
}

function keyJson({ fromMs, number, publicKey, untilMs }: AuditKey): Readonly<Record<string, string | number | null>> {
  const until = untilMs === undefined ? null : new Date(untilMs).toISOString();
  return { number, public_key: publicKey, from: new Date(fromMs).toISOString(), until };
}

/** Options of `audit verify`. */
export interface AuditVerifyOptions extends CommonOptions {
  readonly checkpoint?: readonly string[];
}

/** `kaelix audit verify`: reads the whole audit log and checks it against its checkpoints and those kept elsewhere. */
export async function auditVerify(options: AuditVerifyOptions): Promise<number> {
  const kept = await Promise.all((options.checkpoint ?? []).map(readCheckpoint));
  const connection = await connect(options);
  try {
    const bar = new ProgressBar("audit verify", options);
    bar.show(0, "reading the audit log");
    const { data } = await connection.client.call("audit.verify", { body: { checkpoints: kept } });
    bar.end(`${data.whole ? "✔" : "✘"} ${data.entries} entries, ${data.checkpoints} checkpoints`);
    if (options.json !== undefined) printJson(data, options.json);
    else printVerdict(data);
    return data.whole ? EXIT.ok : EXIT.found;
  } finally {
    await connection.close();
  }
}

async function readCheckpoint(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new CommandFailure(EXIT.missing, `Cannot read ${path}: must be a file with a checkpoint in it`);
  }
}

function printVerdict(data: Verification): void {
  if (data.whole) {
    const rest = data.unsigned === 0 ? "" : `; nothing vouches yet for the last ${data.unsigned}`;
    process.stdout.write(`The audit log is as it was signed: ${data.entries} entries${rest}\n`);
    return;
  }
  process.stdout.write(`${styleText("bold", "The audit log is NOT as it was signed")}${firstBadText(data)}\n`);
  for (const problem of data.problems) process.stdout.write(`  ${problem}\n`);
}

function firstBadText({ first_bad: bad }: Verification): string {
  if (bad === null) return "";
  return bad.from === bad.to
    ? `: the first bad entry is ${bad.from}`
    : `: the first bad entry is one of ${bad.from} to ${bad.to}`;
}

/** Options of `policy explain`. */
export interface ExplainOptions extends CommonOptions {
  readonly as: string;
  readonly action: string;
  readonly memory?: string;
  readonly resource?: string;
  readonly level?: string;
  readonly openUpTo?: string;
  readonly proved?: boolean;
}

/** `kaelix policy explain`: which rule allows or denies, in plain words, and every question on the way to it. */
export async function policyExplain(options: ExplainOptions): Promise<number> {
  const { action, memory, resource } = options;
  if (memory !== undefined && resource !== undefined)
    throw new CommandFailure(EXIT.usage, "Cannot use --memory and --resource together: must be one of them");
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("policy.explain", {
      body: {
        as: options.as,
        action,
        proved: options.proved === true,
        ...(memory === undefined ? {} : { memory }),
        ...(resource === undefined || resource === "installation" ? {} : { owner: resource }),
        ...(options.level === undefined ? {} : { level: levelOf(options.level) }),
        ...(options.openUpTo === undefined ? {} : { open_up_to: levelOf(options.openUpTo) }),
      },
    });
    if (options.json !== undefined) printJson(data, options.json);
    else {
      const { user, role, open_up_to: open } = data.subject;
      process.stdout.write(`${data.allow ? "Yes" : "No"}: ${data.text} (${data.reason})\n`);
      process.stdout.write(`${user}, ${role}, open up to ${open}, ${data.action}\n`);
      printTable(
        ["QUESTION", "", "ANSWER"],
        data.steps.map((step) => [step.question, step.answer, step.text]),
      );
    }
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}
