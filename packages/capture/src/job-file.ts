import { readFile } from "node:fs/promises";

import type { MemoryClient } from "@kaelix/model";

import type { Owner } from "./remember.ts";
import type { ImportAnswers, ImportFormat } from "./sources/sources.ts";

/** Its name in the folder of its import. */
export const JOB_FILE = "job.json";

/** What is written beside the spooled file so that a started import goes on after a restart. */
export interface JobFile {
  readonly owner: Owner;
  readonly path: string;
  readonly fileName: string;
  readonly format: ImportFormat;
  readonly answers: ImportAnswers;
  readonly client?: MemoryClient | undefined;
}

/** Reads it; undefined where there is none, or none that was written whole. */
export async function readJobFile(path: string): Promise<JobFile | undefined> {
  try {
    // Written by `start` alone, into a folder that only this user can write.
    return JSON.parse(await readFile(path, "utf8")) as JobFile;
  } catch {
    return undefined;
  }
}
