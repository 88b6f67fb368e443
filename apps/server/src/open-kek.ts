/** Where the key-encryption key is kept: the key file, or Vault or OpenBao. */
import { readFile } from "node:fs/promises";

import { openFileKek, openTransitKek, type RotatingKek } from "@kaelix/security";

import type { DataPaths } from "./data-directory.ts";
import { serverErrors } from "./errors.ts";
import type { ServerSettings } from "./settings.ts";

const EPOCH_DAYS_TRANSIT = 7;

/**
 * Opens it.
 * @param create makes a new one when there is none: only for a log that holds nothing
 * @throws `key-file-…`, `kms-…`, `transit-token-missing`
 */
export async function openKek(settings: ServerSettings, paths: DataPaths, create: boolean): Promise<RotatingKek> {
  const { transitKey, transitMount, transitTokenFile, transitUrl } = settings;
  if (transitUrl === undefined) return openFileKek(paths.keyFile, { create });
  if (transitTokenFile === undefined) throw serverErrors("transit-token-missing");
  const token = async (): Promise<string> => {
    const text = await readFile(transitTokenFile, "utf8").catch((cause: unknown) => {
      throw serverErrors("transit-token-missing", { cause });
    });
    return text.trim();
  };
  return openTransitKek({ url: transitUrl, key: transitKey, mount: transitMount, token, create });
}

/** After how many days it is renewed by itself; 0: never. */
export function kekDaysOf({ kekDays, transitUrl }: ServerSettings): number {
  return kekDays ?? (transitUrl === undefined ? 0 : EPOCH_DAYS_TRANSIT);
}

/** Where it is kept, for people. */
export function kekText({ transitUrl }: ServerSettings): string {
  return transitUrl === undefined ? "key file" : `Transit engine at ${transitUrl}`;
}
