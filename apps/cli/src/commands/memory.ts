/** One memory by its id: looked at, changed, moved to another level, recalled no more. Forgetting it is `kaelix forget`. */
import type { CallOutput, Routes } from "@kaelix/contract";

import { type CommonOptions, connected, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { readStandardInput } from "../prompt.ts";
import { levelOf, purposeOf } from "./memories.ts";
import { openUp } from "./unlock.ts";

type Memory = CallOutput<Routes["memories.read"]>;
type Version = CallOutput<Routes["memories.versions"]>["data"][number];

/** Options of `show`. */
export interface ShowOptions extends CommonOptions {
  readonly versions?: boolean;
  readonly open?: string;
  readonly for?: string;
}

/** Options of `edit` and `move`. */
export interface ChangeOptions extends CommonOptions {
  readonly ifVersion?: string;
  readonly open?: string;
}

/** `kaelix show ID`: what a memory says, on standard output; what is known of it, beside. With `--versions` every state it was in. */
export function showMemory(id: string, options: ShowOptions): Promise<number> {
  return connected(options, async (connection) => {
    await openUp(connection, options.open);
    const call = { params: { id } };
    if (options.versions === true) {
      showVersions((await connection.client.call("memories.versions", call)).data.data, options);
      return;
    }
    const { data } = await connection.client.call("memories.read", call, purposeOf(options));
    if (options.json !== undefined) printJson(data, options.json);
    else if (data.sealed === undefined) process.stdout.write(`${data.text}\n`);
    for (const line of factsOf(data)) say(line, options);
  });
}

/** `kaelix edit ID [TEXT|-]`: other words for a memory, as a new version; what it said before stays among its versions. */
export async function editMemory(id: string, words: readonly string[], options: ChangeOptions): Promise<number> {
  const isRead = words.length === 0 || words[0] === "-";
  const text = isRead ? (await readStandardInput()).trimEnd() : words.join(" ");
  return changing(id, options, async ({ client }, ifMatch) => {
    const { data } = await client.call("memories.edit", { params: { id }, body: { text } }, { ifMatch });
    return data;
  });
}

/** `kaelix move ID LEVEL`: another level, under a new key. */
export async function moveMemory(id: string, level: string, options: ChangeOptions): Promise<number> {
  const body = { level: levelOf(level) };
  return changing(id, options, async ({ client }, ifMatch) => {
    const { data } = await client.call("memories.move", { params: { id }, body }, { ifMatch });
    if (data.level === "ultra-secret")
      say("The server can read it: only your browser seals it under your passphrase, on its page", options);
    return data;
  });
}

/** Options of `never-recall`. */
export interface NeverRecallOptions extends ChangeOptions {
  readonly undo?: boolean;
}

/** `kaelix never-recall [ID]`: keeps a memory and has nothing recall it, or with `--undo` again; without an id those that stand like that. */
export function neverRecall(id: string | undefined, options: NeverRecallOptions): Promise<number> {
  if (id === undefined && options.undo === true)
    throw new CommandFailure(EXIT.usage, "Cannot undo: give the id of a memory; without --undo they are listed");
  const named = versionOf(options.ifVersion);
  return connected(options, async (connection) => {
    const { client } = connection;
    await openUp(connection, options.open);
    if (id === undefined) {
      await listNeverRecalled(connection, options);
      return;
    }
    const never = options.undo !== true;
    const before = (await client.call("memories.read", { params: { id } })).data;
    const call = { params: { id }, body: { never } };
    const ifMatch = { ifMatch: `"${named ?? before.version}"` };
    const { data } = await client.call("memories.decideRecall", call, ifMatch);
    if (options.json !== undefined) printJson(data, options.json);
    else process.stdout.write(`${data.id} ${never ? "never-recalled" : "recalled"}\n`);
    if ((before.never_recalled === true) === never) say("Nothing was changed: it stands like that already", options);
    else if (never) say(`It is kept: kaelix show ${id}; found again by kaelix never-recall --undo ${id}`, options);
  });
}

async function listNeverRecalled({ client }: Connection, options: NeverRecallOptions): Promise<void> {
  const kept: Memory[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const from = cursor === undefined ? {} : { cursor };
    const { data } = await client.call("memories.list", { query: { never_recalled: "only", limit: 200, ...from } });
    kept.push(...data.data);
    cursor = data.page.next;
  }
  if (options.json !== undefined) {
    printJson(kept, options.json);
    return;
  }
  const rows = kept.map(({ id, level, occurred_at: at, sealed, speaker, text }) => [
    id,
    at.slice(0, 10),
    speaker ?? "me",
    level,
    sealed === undefined ? text : "(sealed by your browser)",
  ]);
  printTable(["ID", "WHEN", "WHO", "LEVEL", "TEXT"], rows);
  if (rows.length === 0) say("Every memory may be recalled", options);
}

/** Changes a memory as it stands, or as the version that was named; a change in between is refused by the server. */
function changing(
  id: string,
  options: ChangeOptions,
  change: (connection: Connection, ifMatch: string) => Promise<Memory>,
): Promise<number> {
  const named = versionOf(options.ifVersion);
  return connected(options, async (connection) => {
    await openUp(connection, options.open);
    const version = named ?? (await connection.client.call("memories.read", { params: { id } })).data.version;
    const memory = await change(connection, `"${version}"`);
    if (options.json !== undefined) printJson(memory, options.json);
    else process.stdout.write(`${memory.id} ${memory.version} ${memory.level}\n`);
    if (memory.version === version) say("Nothing was changed: it stands like that already", options);
  });
}

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const version = Number(text);
  if (Number.isInteger(version) && version >= 1) return version;
  throw new CommandFailure(EXIT.usage, `Cannot use --if-version: current value is ${text}, must be 1 or more`);
}

const DECIDERS = { rule: "by a rule", model: "by a model", person: "by you" } as const;

/** Who said it when, where it stands and why, what came with it. */
function factsOf(memory: Memory): string[] {
  const { confidence, conversation, level, level_decided_by: decidedBy, shared, speaker } = memory;
  const who = `${speaker ?? "me"}${shared === undefined ? "" : ` (shared by ${shared.by.name})`}`;
  const where = conversation === null ? "" : ` in ${conversation.title ?? conversation.id}`;
  const sure = decidedBy === "person" ? "" : `, sure to ${Math.round(confidence * 100)} %`;
  const reasons = memory.reasons.map(({ text }) => text).join("; ");
  const files = memory.files.map(({ id, name }) => `${name} (${id})`);
  return [
    ...(memory.never_recalled === undefined
      ? []
      : ["Never recalled: no search, answer, digest or program comes by it"]),
    ...(memory.sealed === undefined ? [] : ["Sealed by your browser: it opens there alone"]),
    `${who}${where}, ${memory.occurred_at}, through ${memory.source}`,
    `${level}, ${DECIDERS[decidedBy]}${sure}${reasons === "" ? "" : `: ${reasons}`}`,
    ...(files.length === 0 ? [] : [`files: ${files.join(", ")}`]),
    ...(memory.client === null ? [] : [`written by ${memory.client.name} with ${memory.client.key}`]),
    `version ${memory.version}, told ${memory.recorded_at}, ${memory.position}`,
  ];
}

function showVersions(versions: readonly Version[], options: ShowOptions): void {
  if (options.json !== undefined) {
    printJson(versions, options.json);
    return;
  }
  printTable(
    ["VERSION", "CHANGE", "AT", "LEVEL", "BY", "TEXT"],
    versions.map((version) => [
      String(version.version),
      version.change,
      version.at,
      version.level,
      version.client?.name ?? "me",
      version.text ?? (version.sealed === undefined ? "(cannot be read)" : "(sealed by your browser)"),
    ]),
  );
}
