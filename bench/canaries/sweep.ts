import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { startProduct, temporaryData } from "../../apps/cli/src/testing/product.ts";
import { Door, type Heard, jsonOf } from "../proofs/door.ts";
import { openUp, type Person, signUpOwner } from "../proofs/product.ts";
import type { BenchRow } from "../row.ts";
import { scanBytes, scanFolder } from "./scan.ts";
import { sendAll } from "./ways-in.ts";

/** What was found. */
export interface Found {
  readonly canaries: number;
  readonly files: number;
  readonly backupFiles: number;
  readonly inTopics: number;
  readonly faults: readonly string[];
  readonly rows: readonly BenchRow[];
}

const LEVELS = [2, 3, 4] as const;
const VERIFY_TRIES = 15;
const BACKUP_TRIES = 300;
/** What the house says of itself. */
const PAGES = [
  "/metrics",
  "/api/v1/status",
  "/api/v1/server",
  "/health",
  "/openapi.json",
  "/api/v1/me/audit?limit=200",
  "/api/v1/audit/entries?limit=200",
];
/** Topics that people make hold what they are sent. */
const TOPIC_PATTERN = /(^|[\\/])canaries-/;

/** Starts the product, tells, locks, stops, searches. `whileLocked` looks at the process when every session is closed again. */
export async function sweepCanaries(options: {
  readonly memories: number;
  readonly whileLocked: (pid: number) => readonly BenchRow[];
}): Promise<Found> {
  const data = temporaryData();
  const place = temporaryData();
  const faults: string[] = [];
  const environment = {
    KAELIX_LOG_LEVEL: "debug",
    KAELIX_KAFKA: "127.0.0.1:0",
    KAELIX_FORGET_UNDO_SECONDS: "10",
    KAELIX_BACKUP: place.path,
  };
  const product = await startProduct(data.path, environment);
  const door = new Door(product.url);
  try {
    const person = await signUpOwner(door, "Ann");
    const kafka = /Kafka clients at ([^\s,]+)/.exec(product.output())?.[1];
    if (kafka === undefined) faults.push("The Kafka door did not open");
    let canaries = 0;
    const refusals: string[] = [];
    for (const level of LEVELS) {
      const sent = await whileOpen(door, person, (token) =>
        sendAll({ door, person, token, level, memories: options.memories, kafka }),
      );
      canaries += sent.canaries;
      refusals.push(...sent.refusals);
    }
    const owner = await person.signIn();
    const answers = await Promise.all(PAGES.map((path) => door.askJson(owner, "GET", path)));
    const verified = await verify(door, owner);
    answers.push(verified);
    if (jsonOf(verified)?.["agree"] !== true)
      faults.push(`Log and views do not agree: ${verified.text.slice(0, 2_000)}`);
    const spool = readdirSync(join(data.path, "spool"));
    if (spool.length > 0) faults.push(`Imported files still lie in the spool: ${spool.join()}`);
    await whileOpen(door, person, (token) => backUp(door, token));
    const running = LEVELS.map((level) => scanFolder(data.path, level));
    await sleep(2_000);
    const rows = options.whileLocked(product.process.pid ?? 0);
    door.close();
    await product.stop();
    const texts: readonly (readonly [string, string])[] = [
      ["log lines", product.output()],
      ...answers.map((heard, at) => [PAGES[at] ?? "verification", heard.text] as const),
      ...refusals.map((text, at) => [`refusal ${at}: ${text.slice(0, 300)}`, text] as const),
    ];
    faults.push(...faultsIn(texts));
    const stopped = LEVELS.map((level) => scanFolder(data.path, level));
    const hits = [...running, ...stopped].flatMap((one) => one.hits);
    faults.push(...hits.filter((hit) => !TOPIC_PATTERN.test(hit)));
    const inTopics = hits.filter((hit) => TOPIC_PATTERN.test(hit)).length;
    const backups = LEVELS.map((level) => scanFolder(place.path, level));
    faults.push(...backups.flatMap((one) => one.hits.map((hit) => `Backup: ${hit}`)));
    const backupFiles = backups[0]?.files ?? 0;
    if (backupFiles === 0) faults.push("No backup was made");
    return { canaries, files: stopped[0]?.files ?? 0, backupFiles, inTopics, faults, rows };
  } finally {
    if (product.process.exitCode === null) await product.kill();
    data.remove();
    place.remove();
  }
}

/** Canaries in texts that have a name. */
function faultsIn(texts: readonly (readonly [name: string, text: string])[]): string[] {
  return LEVELS.flatMap((level) =>
    texts.flatMap(([name, text]) => {
      const hits = scanBytes(Buffer.from(text), level);
      return hits.count > 0 ? [`Level ${level} in ${name}: ${hits.count} × ${hits.forms.join(", ")}`] : [];
    }),
  );
}

/** Does something in a session of its own that is open to all levels, and is locked and ended behind it. */
async function whileOpen<Result>(
  door: Door,
  person: Person,
  work: (token: string) => Promise<Result>,
): Promise<Result> {
  const token = await person.signIn();
  await openUp(door, person, token, 4);
  const result = await work(token);
  await door.askJson(token, "POST", "/api/v1/auth/lock");
  await door.askJson(token, "POST", "/api/v1/auth/logout");
  return result;
}

/** Makes a backup of it all and waits until it stands. */
async function backUp(door: Door, token: string): Promise<void> {
  await door.askJson(token, "POST", "/api/v1/backups");
  for (let tries = 1; ; tries++) {
    const state = jsonOf(await door.askJson(token, "GET", "/api/v1/backups"));
    if (state?.["last"] !== null && state?.["running"] === null) return;
    if (tries === BACKUP_TRIES) throw new Error(`No backup was made: ${JSON.stringify(state)}`);
    await sleep(200);
  }
}

/** What was forgotten is erased meanwhile, so a view may be a moment behind the log; in the end they must agree. */
async function verify(door: Door, token: string): Promise<Heard> {
  for (let tries = 1; ; tries++) {
    const heard = await door.askJson(token, "POST", "/api/v1/verifications");
    if (jsonOf(heard)?.["agree"] === true || tries === VERIFY_TRIES) return heard;
    await sleep(2_000);
  }
}
