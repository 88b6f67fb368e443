/**
 * What lies on the disk of an import: the file as it was uploaded, and, once it has begun, how it goes on after a restart.
 *
 * Guarantees: a sealed file stays sealed there, and what its passphrase came to lies beside it under its owner's key alone.
 */
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder } from "@kaelix/coordinator";
import type { ImportId, MemoryClient } from "@kaelix/model";
import type { AgeKey, Keystore, UserSealPlace } from "@kaelix/security";

import type { Owner } from "./remember.ts";
import type { ImportAnswers, ImportFormat, ImportInput } from "./sources/sources.ts";

const JOB_FILE = "job.json";

/** What an import needs to go on. */
export interface SpooledJob {
  readonly owner: Owner;
  readonly input: ImportInput;
  readonly format: ImportFormat;
  readonly answers: ImportAnswers;
  readonly client?: MemoryClient | undefined;
}

interface JobFile extends Omit<SpooledJob, "input"> {
  readonly path: string;
  readonly fileName: string;
  /** Sealed by its owner's key: what opens a sealed file. */
  readonly opened?: string;
}

/** The folder of imports, one folder in it for each. */
export class ImportSpool {
  readonly #folder: string;
  readonly #keystore: Keystore;

  /** @param folder made with mode 0700 when it is missing */
  constructor(folder: string, keystore: Keystore) {
    this.#folder = folder;
    this.#keystore = keystore;
  }

  /** An empty folder for an upload. */
  async make(importId: ImportId): Promise<string> {
    const folder = join(this.#folder, importId);
    await makeFolder(folder);
    return folder;
  }

  /** What lies here, by its folder's name. */
  async names(): Promise<readonly string[]> {
    await makeFolder(this.#folder);
    return readdir(this.#folder);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { recursive: true, force: true });
  }

  /** Written before the import begins. */
  async keepJob(importId: ImportId, { input, ...job }: SpooledJob): Promise<void> {
    const { opened, ...place } = input;
    const sealed = opened === undefined ? {} : { opened: await this.#sealed(job.owner, importId, opened) };
    const file: JobFile = { ...job, ...place, ...sealed };
    await writeFile(join(await this.make(importId), JOB_FILE), JSON.stringify(file), { mode: 0o600 });
  }

  /** Reads it; undefined where there is none, none that was written whole, none that can be opened, or no file to go on with. */
  async job(importId: ImportId): Promise<SpooledJob | undefined> {
    try {
      // Written by `keepJob` alone, into a folder that only this user can write.
      const file = JSON.parse(await readFile(join(this.#folder, importId, JOB_FILE), "utf8")) as JobFile;
      const { fileName, opened, path, ...job } = file;
      await stat(path);
      if (opened === undefined) return { ...job, input: { path, fileName } };
      const key = await this.#opened(job.owner, importId, opened);
      return key === undefined ? undefined : { ...job, input: { path, fileName, opened: key } };
    } catch {
      return undefined;
    }
  }

  async #sealed(owner: Owner, importId: ImportId, { payload, payloadAt }: AgeKey): Promise<string> {
    await this.#keystore.ensureUserKey(owner.tenant, owner.user);
    const words = JSON.stringify({ payload: Buffer.from(payload).toString("base64url"), payloadAt });
    return (await this.#keystore.sealForUser(placeOf(owner, importId), Buffer.from(words))).toString("base64url");
  }

  async #opened(owner: Owner, importId: ImportId, sealed: string): Promise<AgeKey | undefined> {
    const opened = await this.#keystore.openForUser(placeOf(owner, importId), Buffer.from(sealed, "base64url"));
    if (opened.type !== "opened") return undefined;
    // Sealed by `#sealed` alone.
    const { payload, payloadAt } = JSON.parse(Buffer.from(opened.bytes).toString()) as {
      readonly payload: string;
      readonly payloadAt: number;
    };
    return { payload: Buffer.from(payload, "base64url"), payloadAt };
  }
}

function placeOf(owner: Owner, importId: ImportId): UserSealPlace {
  return { user: owner.user, purpose: "import", subject: `${importId}/opened` };
}
