import { setTimeout as sleep } from "node:timers/promises";

import type { CallOutput, Routes } from "@kaelix/contract";
import type { LocalBackup } from "@kaelix/server";

import { type CommonOptions, connect, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, ProgressBar, say } from "../output.ts";
import { timeOf } from "../time.ts";

type Backups = CallOutput<Routes["backups.read"]>;
type Kek = CallOutput<Routes["kek.read"]>;

const LOOK_MS = 200;
const KEEP_KEY_APART =
  "The key file is in no backup: keep a copy of it apart, in another place. Without it no backup opens";

/** Options of what is done with a backup on this machine. */
export interface LocalBackupOptions extends CommonOptions {
  readonly from?: string;
  readonly key?: string;
  readonly at?: string;
}

/** `kaelix backup create`: makes one now. */
export async function createBackup(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const bar = new ProgressBar("backup", options);
    const before = (await connection.client.call("backups.read")).data.last?.at;
    const data = await finished(connection, bar, (await connection.client.call("backups.create")).data);
    if (data.problem !== null || data.last === null || data.last.at === before)
      throw new CommandFailure(EXIT.failed, data.problem ?? "The backup was not made");
    bar.end(
      `✔ ${data.last.records} records, ${megabytes(data.last.bytes)}, ${megabytes(data.last.bytes_written)} of them new`,
    );
    if (options.json !== undefined) printJson(data.last, options.json);
    else process.stdout.write(`${data.last.at}\n`);
    say(KEEP_KEY_APART, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

async function finished({ client }: Connection, bar: ProgressBar, first: Backups): Promise<Backups> {
  let data = first;
  while (data.running !== null) {
    bar.show(data.running.share, data.running.words);
    await sleep(LOOK_MS);
    data = (await client.call("backups.read")).data;
  }
  return data;
}

/** `kaelix backup list`: backups, newest first. */
export async function listBackups(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("backups.read");
    if (options.json !== undefined) printJson(data, options.json);
    else
      printTable(
        ["BACKUP"],
        data.points.map(({ at }) => [at]),
      );
    say(backupWords(data), options);
    return data.problem === null ? EXIT.ok : EXIT.found;
  } finally {
    await connection.close();
  }
}

/** How backups are, in a line. */
export function backupWords(data: Backups): string {
  if (data.place === null) return "backups: none are made; KAELIX_BACKUP names a place for them";
  const [newest] = data.points;
  const last = newest === undefined ? "none yet" : `last ${newest.at}`;
  const tested = data.tested_at === null ? "never tried to restore" : `restore tried ${data.tested_at}`;
  const problem = data.problem === null ? "" : ` · FAILED: ${data.problem}`;
  return `backups at ${data.place}: ${last}, ${data.count} kept · ${tested}${problem}`;
}

/** `kaelix backup verify`: reads a whole backup. */
export async function verifyBackup(options: LocalBackupOptions): Promise<number> {
  const { verifyBackupHere } = await import("@kaelix/server");
  const bar = new ProgressBar("backup verify", options);
  const found = await verifyBackupHere(localOf(options, bar));
  bar.end(`read ${found.pieces} pieces, ${megabytes(found.bytes)}`);
  const at = new Date(found.atMs).toISOString();
  if (options.json !== undefined) printJson({ ...found, at }, options.json);
  else {
    for (const problem of found.problems) process.stdout.write(`${problem}\n`);
    const verdict = found.problems.length === 0 ? "is whole" : "is DAMAGED";
    process.stdout.write(`The backup of ${at} ${verdict}: ${found.records} records\n`);
  }
  return found.problems.length === 0 ? EXIT.ok : EXIT.found;
}

/** `kaelix restore`: restores a backup into an empty data directory, or tries it. */
export async function restore(options: LocalBackupOptions & { readonly verifyOnly?: boolean }): Promise<number> {
  const { restoreHere } = await import("@kaelix/server");
  const bar = new ProgressBar("restore", options);
  const verifyOnly = options.verifyOnly === true;
  const report = await restoreHere({ ...localOf(options, bar), verifyOnly });
  bar.end(`✔ ${report.records} records, ${megabytes(report.bytes)}`);
  const at = new Date(report.atMs).toISOString();
  if (options.json !== undefined) printJson({ ...report, at }, options.json);
  else {
    const where = verifyOnly ? "Tried, and it went well" : `Restored into ${report.directory ?? ""}`;
    const people = `${report.users} ${report.users === 1 ? "person" : "people"}`;
    process.stdout.write(`${where}: the backup of ${at}, ${report.memories} memories of ${people}\n`);
  }
  const again = report.erasedAgain + report.accountsErasedAgain;
  if (again > 0) say(`${again} of what it held had been erased since: it stays erased`, options);
  if (report.moved > 0)
    say(`${report.moved} memories changed their level since and open from a newer backup alone`, options);
  if (!verifyOnly) {
    const views = report.hasView ? "The views catch up with the log" : "The views are made from the log";
    say(`${views} at the next start: kaelix serve`, options);
  }
  return EXIT.ok;
}

function localOf(options: LocalBackupOptions, bar: ProgressBar): LocalBackup {
  const { at, data, from, key } = options;
  return {
    onProgress: (share, words) => bar.show(share, words),
    ...(data === undefined ? {} : { dataDirectory: data }),
    ...(from === undefined ? {} : { from }),
    ...(key === undefined ? {} : { keyFile: key }),
    ...(at === undefined ? {} : { atMs: Date.parse(timeOf(at)) }),
  };
}

/** `kaelix kek status`: how the key-encryption key is. */
export async function kekStatus(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("kek.read");
    report(data, options);
    return data.healthy && data.problem === null ? EXIT.ok : EXIT.found;
  } finally {
    await connection.close();
  }
}

/** `kaelix kek rotate`: renews the key-encryption key. */
export async function rotateKek(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const bar = new ProgressBar("kek rotate", options);
    let { data } = await connection.client.call("kek.rotate");
    while (data.at_work) {
      bar.show(data.total === 0 ? 0 : data.done / data.total, `${data.done} of ${data.total} keys`);
      await sleep(LOOK_MS);
      ({ data } = await connection.client.call("kek.read"));
    }
    if (data.problem !== null) throw new CommandFailure(EXIT.failed, data.problem);
    // The backup is brought under the new version: not to be cut off where this process is the house.
    await finished(connection, bar, (await connection.client.call("backups.read")).data);
    bar.end(`✔ version ${data.version}, ${data.done} keys wrapped anew`);
    report(data, options);
    if (data.provider === "file")
      say("Copies of the key file are out of date: make a new one now, apart from the backups", options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

function report(data: Kek, options: CommonOptions): void {
  if (options.json !== undefined) {
    printJson(data, options.json);
    return;
  }
  const since = data.since === null ? "" : `, since ${data.since}`;
  const renewed = data.renewed_after_days === 0 ? "by hand" : `after ${data.renewed_after_days} days`;
  process.stdout.write(
    `${data.provider}, version ${data.version}${since}; renewed ${renewed}; ${data.behind} keys behind\n`,
  );
  if (!data.healthy) say("The key cannot be used now", options);
  if (data.problem !== null) say(data.problem, options);
}

/** A number of bytes in words. */
export function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
