import { readFile, writeFile } from "node:fs/promises";

import type { CallInput, CallOutput, Routes } from "@kaelix/contract";
import { parseId, SOURCE_KINDS } from "@kaelix/model";
import { type AuditKey, openAuditKeys, openReceipt, soleAuditKey, splitAuditKeys } from "@kaelix/server";

import { type CommonOptions, connect, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { memoriesText, printJson, printTable, say } from "../output.ts";
import { agree, askText } from "../prompt.ts";
import { timeOf } from "../time.ts";
import { filterOf, type RecallOptions } from "./memories.ts";
import { withProof } from "./prove.ts";
import { openUp } from "./unlock.ts";

type Erasure = CallOutput<Routes["erasures.read"]>;
type ErasureBody = NonNullable<CallInput<Routes["erasures.request"]>["body"]>;

const FOUND_MAX = 10_000;
const PAGE = 100;

/** Options of whatever erases. */
export interface EraseOptions extends CommonOptions {
  readonly now?: boolean;
  readonly yes?: boolean;
  readonly receipt?: string;
}

/** `kaelix forget ID…`, `kaelix forget --search QUERY`: erases memories. */
export async function forget(
  ids: readonly string[],
  options: EraseOptions & RecallOptions & { readonly search?: string },
): Promise<number> {
  if ((ids.length === 0) === (options.search === undefined))
    throw new CommandFailure(EXIT.usage, "Cannot forget: give ids of memories, or --search, and not both");
  const wrong = ids.find((id) => parseId("mem", id) === undefined);
  if (wrong !== undefined)
    throw new CommandFailure(EXIT.usage, `Cannot forget ${wrong}: must be an id that starts with mem_`);
  return erasing(options, async (connection) => {
    await openUp(connection, options.open);
    const memories = options.search === undefined ? [...ids] : await foundBy(connection, options.search, options);
    if (memories.length === 0) throw new CommandFailure(EXIT.missing, "Nothing was found: nothing was forgotten");
    return { body: { memories }, words: memoriesText(memories.length) };
  });
}

/** `kaelix erase import ID`: erases everything that an import brought. */
export async function eraseImport(id: string, options: EraseOptions): Promise<number> {
  return erasing(options, async () => ({ body: { import: id }, words: `everything that ${id} brought` }));
}

/** `kaelix erase source KIND`: erases everything that came from a source. */
export async function eraseSource(
  text: string,
  options: EraseOptions & { readonly since?: string; readonly open?: string },
): Promise<number> {
  const kind = SOURCE_KINDS.find((known) => known === text);
  if (kind === undefined) {
    const must = `must be one of ${SOURCE_KINDS.join(", ")}`;
    throw new CommandFailure(EXIT.usage, `Cannot erase source ${text}: ${must}`);
  }
  const since = options.since === undefined ? {} : { since: timeOf(options.since) };
  return erasing(options, async (connection) => {
    await openUp(connection, options.open);
    return { body: { source: { kind, ...since } }, words: `everything from ${kind}, up to the level that is open` };
  });
}

/** `kaelix erase key ID`: erases everything that a program told with its key. */
export async function eraseKey(
  id: string,
  options: EraseOptions & { readonly since?: string; readonly open?: string },
): Promise<number> {
  const since = options.since === undefined ? {} : { since: timeOf(options.since) };
  return erasing(options, async (connection) => {
    await openUp(connection, options.open);
    return { body: { key: { id, ...since } }, words: `everything that ${id} told, up to the level that is open` };
  });
}

/** `kaelix erase account`: erases the account and everything in it. */
export async function eraseAccount(
  options: CommonOptions & { readonly confirm?: string; readonly receipt?: string },
): Promise<number> {
  const connection = await connect(options);
  try {
    say(
      "This erases the account and everything in it. It cannot be undone. Take it along first: kaelix export",
      options,
    );
    const confirm = options.confirm ?? (await askText("Phone number of the account, to go on"));
    const body = { account: { confirm } };
    const { data } = await withProof(connection, () => connection.client.call("erasures.request", { body }));
    await report(data, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

async function erasing(
  options: EraseOptions,
  ask: (connection: Connection) => Promise<{ readonly body: Omit<ErasureBody, "now">; readonly words: string }>,
): Promise<number> {
  const connection = await connect(options);
  try {
    const { body, words } = await ask(connection);
    await agree(`Erase ${words}?`, options.yes === true);
    const call = { body: { ...body, now: options.now === true } };
    const { data } = await withProof(connection, () => connection.client.call("erasures.request", call));
    await report(data, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** Says what an erasure came to; the receipt is data and goes to the file that was named, or to standard output. */
export async function report(data: Erasure, options: EraseOptions): Promise<void> {
  if (data.receipt !== null && options.receipt !== undefined) await writeFile(options.receipt, data.receipt);
  if (options.json !== undefined) printJson(data, options.json);
  else if (data.receipt === null) process.stdout.write(`${data.id}\n`);
  else if (options.receipt === undefined) process.stdout.write(data.receipt);
  say(stateWords(data), options);
}

function stateWords({ due_at: due, erased, id, named, state }: Erasure): string {
  if (state === "waiting" || state === "requested")
    return `${named} hidden; unreadable for ever from ${due} on. Until then kaelix erase undo ${id} brings them back`;
  if (state === "cancelled") return "Undone: everything is back";
  return `${erased} ${erased === 1 ? "memory is" : "memories are"} unreadable for ever`;
}

async function foundBy({ client }: Connection, query: string, options: RecallOptions): Promise<string[]> {
  const found = new Set<string>();
  for (let offset = 0; offset < FOUND_MAX; offset += PAGE) {
    const { data } = await client.call("searches.run", {
      body: { query, limit: PAGE, offset, filter: filterOf(options) },
    });
    for (const { memory } of data.hits) found.add(memory.id);
    if (data.hits.length < PAGE) break;
  }
  return [...found].slice(0, FOUND_MAX);
}

/** `kaelix erase list`: erasures, newest first. */
export async function listErasures(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("erasures.list");
    if (options.json !== undefined) printJson(data.data, options.json);
    else if (data.data.length === 0) say("Nothing was erased on request", options);
    else
      printTable(
        ["ERASURE", "ASKED", "WHAT", "OF", "STATE", "NAMED", "ERASED"],
        data.data.map((erasure) => [
          erasure.id,
          erasure.requested_at,
          erasure.what,
          erasure.of ?? "-",
          erasure.state,
          String(erasure.named),
          String(erasure.erased),
        ]),
      );
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix erase show ID`: how far an erasure is, and its receipt. */
export async function showErasure(id: string, options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    await report((await connection.client.call("erasures.read", { params: { id } })).data, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix erase undo ID`: undoes an erasure before it is due. */
export async function undoErasure(id: string, options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    await report((await connection.client.call("erasures.undo", { params: { id } })).data, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** Options of `erase verify`. */
export interface VerifyReceiptOptions extends CommonOptions {
  readonly key?: string;
  readonly keys?: string;
}

/** `kaelix erase verify FILE --key KEY`, or `--keys FILE`: checks a receipt without a server. */
export async function verifyReceipt(path: string, options: VerifyReceiptOptions): Promise<number> {
  const keys = await keysOf(options);
  const text = await readFile(path, "utf8").catch(() => {
    throw new CommandFailure(EXIT.missing, `Cannot read ${path}: must be a file with a receipt in it`);
  });
  const lines = openReceipt(text, keys);
  if (options.json !== undefined) printJson({ valid: lines !== undefined, lines: lines ?? [] }, options.json);
  else if (lines !== undefined)
    printTable(
      ["", ""],
      lines.map(({ name, value }) => [name, value]),
    );
  say(
    lines === undefined
      ? "The receipt is NOT as it was signed, or not of this audit log"
      : "The receipt is as it was signed",
    options,
  );
  return lines === undefined ? EXIT.found : EXIT.ok;
}

/** One key, or all of an audit log as `kaelix audit keys` prints them; with both, the one must be among the others. */
async function keysOf({ key, keys: path }: VerifyReceiptOptions): Promise<readonly AuditKey[]> {
  if (path === undefined) {
    if (key === undefined) throw new CommandFailure(EXIT.usage, "Cannot check the receipt: give --key or --keys");
    return soleAuditKey(key);
  }
  const text = await readFile(path, "utf8").catch(() => {
    throw new CommandFailure(EXIT.missing, `Cannot read ${path}: must be a file that kaelix audit keys printed`);
  });
  const keys = openAuditKeys(splitAuditKeys(text));
  if (keys === undefined) throw new CommandFailure(EXIT.found, `The keys in ${path} do NOT vouch for each other`);
  if (key !== undefined && !keys.some(({ publicKey }) => publicKey === key))
    throw new CommandFailure(EXIT.found, `The key that you gave is NOT among those in ${path}`);
  return keys;
}
