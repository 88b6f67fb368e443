import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { startProduct, temporaryData } from "../../apps/cli/src/testing/product.ts";
import { Door, type Heard, jsonOf } from "../proofs/door.ts";
import { openUp, signUpOwner } from "../proofs/product.ts";
import type { BenchRow } from "../row.ts";
import { scanBytes, scanFolder } from "./scan.ts";
import { sendAll } from "./ways-in.ts";

/** What was found. */
export interface Found {
  readonly canaries: number;
  readonly files: number;
  readonly inTopics: number;
  readonly faults: readonly string[];
  readonly rows: readonly BenchRow[];
}

const LEVELS = [2, 3, 4] as const;
const VERIFY_TRIES = 15;
/** Topics that people make hold what they are sent. */
const TOPIC_PATTERN = /(^|[\\/])canaries-/;

/** Starts the product, tells, locks, stops, searches. `whileLocked` looks at the process when every session is closed again. */
export async function sweepCanaries(options: {
  readonly memories: number;
  readonly whileLocked: (pid: number) => readonly BenchRow[];
}): Promise<Found> {
  const data = temporaryData();
  const faults: string[] = [];
  const environment = { KAELIX_LOG_LEVEL: "debug", KAELIX_KAFKA: "127.0.0.1:0", KAELIX_FORGET_UNDO_SECONDS: "10" };
  const product = await startProduct(data.path, environment);
  const door = new Door(product.url);
  try {
    const person = await signUpOwner(door, "Ann");
    const kafka = /Kafka clients at ([^\s,]+)/.exec(product.output())?.[1];
    if (kafka === undefined) faults.push("The Kafka door did not open");
    let canaries = 0;
    const refusals: string[] = [];
    for (const level of LEVELS) {
      const token = await person.signIn();
      await openUp(door, person, token, 4);
      const sent = await sendAll({ door, person, token, level, memories: options.memories, kafka });
      canaries += sent.canaries;
      refusals.push(...sent.refusals);
      await door.askJson(token, "POST", "/api/v1/auth/lock");
      await door.askJson(token, "POST", "/api/v1/auth/logout");
    }
    const owner = await person.signIn();
    const pages = [
      "/metrics",
      "/api/v1/status",
      "/api/v1/server",
      "/health",
      "/openapi.json",
      "/api/v1/me/audit?limit=200",
      "/api/v1/audit/entries?limit=200",
    ];
    const answers = await Promise.all(pages.map((path) => door.askJson(owner, "GET", path)));
    const verified = await verify(door, owner);
    answers.push(verified);
    if (jsonOf(verified)?.["agree"] !== true)
      faults.push(`Log and views do not agree: ${verified.text.slice(0, 2_000)}`);
    const spool = readdirSync(join(data.path, "spool"));
    if (spool.length > 0) faults.push(`Imported files still lie in the spool: ${spool.join()}`);
    const running = LEVELS.map((level) => scanFolder(data.path, level));
    await sleep(2_000);
    const rows = options.whileLocked(product.process.pid ?? 0);
    door.close();
    await product.stop();
    for (const level of LEVELS) {
      const where: readonly (readonly [string, string])[] = [
        ["log lines", product.output()],
        ...answers.map((heard, at) => [pages[at] ?? "verification", heard.text] as const),
        ...refusals.map((text, at) => [`refusal ${at}: ${text.slice(0, 300)}`, text] as const),
      ];
      for (const [name, text] of where) {
        const hits = scanBytes(Buffer.from(text), level);
        if (hits.count > 0) faults.push(`Level ${level} in ${name}: ${hits.count} × ${hits.forms.join(", ")}`);
      }
    }
    const stopped = LEVELS.map((level) => scanFolder(data.path, level));
    const hits = [...running, ...stopped].flatMap((one) => one.hits);
    faults.push(...hits.filter((hit) => !TOPIC_PATTERN.test(hit)));
    const inTopics = hits.filter((hit) => TOPIC_PATTERN.test(hit)).length;
    return { canaries, files: stopped[0]?.files ?? 0, inTopics, faults, rows };
  } finally {
    if (product.process.exitCode === null) await product.kill();
    data.remove();
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
