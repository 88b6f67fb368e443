/**
 * Hostile archives against the import: none may write outside its place, unpack without bound, hang, or end in anything but a preview or a
 * refusal that is ours.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isKaelixError, seededRandom } from "@kaelix/base";
import { preview } from "@kaelix/capture";

import type { Door } from "../proofs/door.ts";
import { formOf } from "../proofs/product.ts";
import { hostileZip } from "./zip-maker.ts";

/** What a sweep came to. */
export interface ArchiveOutcome {
  readonly archives: number;
  readonly previewed: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly faults: readonly string[];
}

const MS_MAX = 15_000;

/** Opens `archives` of them in process, as the import does. */
export async function openArchives(archives: number, seed: number): Promise<ArchiveOutcome> {
  const faults: string[] = [];
  const root = mkdtempSync(join(tmpdir(), "kaelix-archives-"));
  const place = join(root, "a/b/c");
  mkdirSync(place, { recursive: true });
  const random = seededRandom(seed);
  const counts = { previewed: 0, refused: 0 };
  let slowestMs = 0;
  const around = listing(tmpdir());
  try {
    for (let at = 0; at < archives; at++) {
      const path = join(place, "upload");
      writeFileSync(path, hostileZip(random));
      const beganMs = performance.now();
      try {
        await preview({ path, fileName: "WhatsApp Chat with Bob.zip" });
        counts.previewed++;
      } catch (error) {
        if (isKaelixError(error) && error.code.startsWith("import-")) counts.refused++;
        else faults.push(`Archive ${at} (seed ${seed}): ${String(error)}`);
      }
      const tookMs = performance.now() - beganMs;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > MS_MAX) faults.push(`Archive ${at} (seed ${seed}) took ${Math.round(tookMs)} ms`);
    }
    const left = listing(root).filter((name) => !["a", "a/b", "a/b/c", "a/b/c/upload"].includes(name));
    if (left.length > 0) faults.push(`Files were written: ${left.join()}`);
    const strange = readdirSync(tmpdir()).filter((name) => name.includes("escape") && !around.includes(name));
    if (strange.length > 0) faults.push(`Files were written outside: ${strange.join()}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return { archives, ...counts, slowestMs, faults };
}

function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: folder.includes("kaelix-archives-") }).map(String);
}

/** Uploads some to the running product; nothing but its own spool may hold them, and no answer may be 5xx. */
export async function uploadArchives(
  door: Door,
  {
    archives,
    folder,
    seed,
    token,
  }: { readonly archives: number; readonly folder: string; readonly seed: number; readonly token: string },
): Promise<ArchiveOutcome> {
  const faults: string[] = [];
  const random = seededRandom(seed);
  const before = new Set(readdirSync(folder));
  const counts = { previewed: 0, refused: 0 };
  let slowestMs = 0;
  for (let at = 0; at < archives; at++) {
    const { body, type } = formOf("WhatsApp Chat with Bob.zip", hostileZip(random));
    const beganMs = performance.now();
    const heard = await door.ask({
      method: "POST",
      path: "/api/v1/imports",
      headers: { authorization: `Bearer ${token}`, "content-type": type },
      body,
    });
    slowestMs = Math.max(slowestMs, performance.now() - beganMs);
    if (heard.status === 201) counts.previewed++;
    else if (heard.status >= 400 && heard.status < 500) counts.refused++;
    else faults.push(`Archive ${at} (seed ${seed}) → ${heard.status} ${heard.text.slice(0, 200)}`);
  }
  for (const name of readdirSync(folder))
    if (!before.has(name)) faults.push(`The data directory has a new entry: ${name}`);
  const spool = join(folder, "spool");
  for (const entry of readdirSync(spool, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!/^imp_[0-9A-Z]{26}([\\/]upload)?$/.test(path.slice(spool.length + 1)))
      faults.push(`The spool holds ${path.slice(spool.length + 1)}`);
    if (entry.isFile() && (statSync(path).mode & 0o077) !== 0) faults.push(`Others may read ${entry.name}`);
  }
  return { archives, ...counts, slowestMs, faults };
}
