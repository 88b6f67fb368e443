import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";

import { sql } from "kysely";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { remembered } from "../testing/events.ts";
import { createRelationalView } from "../view.ts";
import { lockIdentity } from "./directory-lock.ts";
import { openPglite, type PgliteDatabase } from "./open.ts";
import { PGLITE_VERSION, prepareDatabase } from "./prepared.ts";
import { prepareDatabaseThread } from "./thread.ts";

let directory: string;
let open: PgliteDatabase | undefined;

beforeAll(async () => {
  await prepareDatabase();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "views-"));
});
afterEach(async () => {
  await open?.close();
  open = undefined;
  await rm(directory, { recursive: true, force: true });
});

async function foldOne(database: PgliteDatabase, memory: number, offset: number): Promise<void> {
  const events = [{ offset, event: remembered(1, memory) }];
  const view = createRelationalView(database);
  await view.fold({ topic: "memories", partition: 0, events, nextOffset: offset + 1 });
}

function offsetOf(database: PgliteDatabase): Promise<number> {
  return createRelationalView(database).nextOffset("memories", 0);
}

const otherBoot = { bootId: "another-life", pid: process.pid };

test("openPglite keeps what was folded over a clean stop, also into another life of the kernel", async () => {
  open = await openPglite({ directory });
  expect(open.origin).toBe("prepared");
  await foldOne(open, 1, 0);
  await open.close();
  open = await openPglite({ directory, identity: otherBoot });
  expect(open.origin).toBe("directory");
  expect(await offsetOf(open)).toBe(1);
});

test("openPglite begins with the one database that is used", async () => {
  open = await openPglite({ directory });
  const { rows } = await sql`select datname from pg_database`.execute(open.queries);
  expect(rows).toEqual([{ datname: "postgres" }]);
});

test("openPglite keeps the directory of a process that was killed in the same life of the kernel", async () => {
  open = await openPglite({ directory });
  await foldOne(open, 1, 0);
  await open.abandon();
  open = await openPglite({ directory });
  expect(open.origin).toBe("directory");
  expect(await offsetOf(open)).toBe(1);
});

test("openPglite throws the directory away after an unclean stop in another life of the kernel", async () => {
  const notices: string[] = [];
  open = await openPglite({ directory });
  await foldOne(open, 1, 0);
  await open.snapshot();
  await foldOne(open, 2, 1);
  await open.abandon();
  open = await openPglite({ directory, identity: otherBoot, onNotice: (notice) => notices.push(notice) });
  // What the snapshot holds is there; the log brings the rest.
  expect(open.origin).toBe("snapshot");
  expect(await offsetOf(open)).toBe(1);
  expect(notices).toHaveLength(1);
});

test("openPglite throws a directory away that does not open, and says so", async () => {
  const notices: string[] = [];
  open = await openPglite({ directory });
  await foldOne(open, 1, 0);
  await open.close();
  await writeFile(join(directory, "pglite", "global", "pg_control"), "not a control file");
  open = await openPglite({ directory, onNotice: (notice) => notices.push(notice) });
  expect(open.origin).toBe("prepared");
  expect(await offsetOf(open)).toBe(0);
  expect(notices).toHaveLength(1);
  await foldOne(open, 1, 0);
  expect(await offsetOf(open)).toBe(1);
});

test("PgliteDatabase.snapshot replaces the one before, also what a cut left of it, and never with half of one", async () => {
  open = await openPglite({ directory });
  await foldOne(open, 1, 0);
  await open.snapshot();
  await mkdir(join(directory, "snapshot.new"));
  await mkdir(join(directory, "snapshot.old"));
  await foldOne(open, 2, 1);
  await open.snapshot();
  expect((await readdir(directory)).filter((name) => name.startsWith("snapshot"))).toEqual(["snapshot"]);
  // A copy that is cut off lies beside the last whole one, and is not looked at.
  await mkdir(join(directory, "snapshot.new"));
  await foldOne(open, 3, 2);
  await open.abandon();
  open = await openPglite({ directory, identity: otherBoot });
  expect([open.origin, await offsetOf(open)]).toEqual(["snapshot", 2]);
});

test("openPglite passes a snapshot that does not open", async () => {
  open = await openPglite({ directory });
  await open.abandon();
  await mkdir(join(directory, "snapshot"));
  await writeFile(join(directory, "snapshot", "PG_VERSION"), "torn");
  open = await openPglite({ directory, identity: otherBoot });
  expect(open.origin).toBe("prepared");
  await foldOne(open, 1, 0);
});

test("openPglite throws tables away that other migrations made", async () => {
  open = await openPglite({ directory });
  const migration = open.queries.updateTable("kysely_migration" as "users");
  await migration
    .where("name" as never, "like", "0001%" as never)
    .set({ name: "0001-of-another-version" } as object)
    .execute();
  await open.close();
  open = await openPglite({ directory });
  expect(open.origin).toBe("prepared");
});

test("openPglite begins with initdb when nothing is prepared", async () => {
  open = await openPglite({ directory, usePrepared: false });
  expect(open.origin).toBe("empty");
  await foldOne(open, 1, 0);
});

test("openPglite refuses a directory that this process has open", async () => {
  open = await openPglite({ directory });
  await expect(openPglite({ directory })).rejects.toMatchObject({ code: "views-directory-locked" });
});

test("openPglite refuses a directory that another process has open, until it is gone", async () => {
  const holder = fork(fileURLToPath(new URL("../testing/hold-directory.ts", import.meta.url)), [directory], {
    execArgv: [],
  });
  await new Promise((resolve) => holder.once("message", resolve));
  await expect(openPglite({ directory })).rejects.toMatchObject({ code: "views-directory-locked" });
  const gone = new Promise((resolve) => holder.once("exit", resolve));
  holder.kill("SIGKILL");
  await gone;
  open = await openPglite({ directory });
  expect(open.origin).toBe("directory");
});

test("openPglite takes a directory over from a process whose id was given to another", async () => {
  const { bootId } = await lockIdentity();
  const stale = { state: "open", pid: process.ppid, startedAt: "1", bootId, token: "" };
  await writeFile(join(directory, "lock.json"), JSON.stringify(stale));
  open = await openPglite({ directory });
  expect(JSON.parse(await readFile(join(directory, "lock.json"), "utf8"))).toMatchObject({ pid: process.pid });
});

test("openPglite takes a directory over whose lock is torn, as left in another life", async () => {
  open = await openPglite({ directory });
  await foldOne(open, 1, 0);
  await open.close();
  await writeFile(join(directory, "lock.json"), '{"state":');
  open = await openPglite({ directory });
  expect(open.origin).toBe("prepared");
});

test("close leaves nothing but the lock and the data", async () => {
  open = await openPglite({ directory });
  await open.close();
  expect((await readdir(directory)).sort()).toEqual(["lock.json", "pglite"]);
});

test("queries of a database that was closed or has died fail with a code", async () => {
  open = await openPglite({ directory });
  const { queries } = open;
  await open.abandon();
  await expect(queries.selectFrom("users").selectAll().execute()).rejects.toMatchObject({
    code: "views-database-closed",
  });
});

test("PGLITE_VERSION is the version that is installed", async () => {
  const main = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const manifest: unknown = JSON.parse(await readFile(join(dirname(main), "..", "package.json"), "utf8"));
  expect(manifest).toMatchObject({ version: PGLITE_VERSION });
});

test("a prepared thread that ends or fails before a database is opened is replaced by another", async () => {
  for (const end of [
    (thread: Worker) => thread.terminate(),
    (thread: Worker) => Promise.resolve(thread.emit("error", new Error("out of memory"))),
  ]) {
    const made = once(process, "worker") as Promise<[Worker]>;
    prepareDatabaseThread();
    const [thread] = await made;
    await end(thread);
    open = await openPglite({ directory });
    await open.close();
    await thread.terminate();
  }
});
