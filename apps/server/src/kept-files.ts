/** Files of living memories that are not what was told: pieces that are missing, damaged, or put in another's place. */
import { isKaelixError } from "@kaelix/base";
import type { Files } from "@kaelix/capture";

import { openRows } from "./open-memories.ts";
import type { UnopenableParts } from "./unopenable.ts";

/** What is read to count them. */
export interface KeptFilesParts extends UnopenableParts {
  readonly files: Files;
}

/** What was counted. */
export interface FileCensus {
  readonly kept: number;
  readonly bytes: number;
  readonly damaged: number;
}

/** Reads every file of every living memory to its end. */
export async function countFiles({ files, keystore, people, store }: KeptFilesParts): Promise<FileCensus> {
  const census = { kept: 0, bytes: 0, damaged: 0 };
  for await (const user of people.userIds()) {
    for await (const rows of store.rowsOf(user, -1)) {
      const living = rows.filter((row) => row.state === "live");
      const contents = await openRows(keystore, living);
      for (const [index, { memoryId, tenant }] of living.entries()) {
        for (const file of contents[index]?.files ?? []) {
          census.kept++;
          census.bytes += file.bytes;
          if (!(await isWhole(files.read({ tenant, user }, memoryId, file)))) census.damaged++;
        }
      }
    }
  }
  return census;
}

async function isWhole(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  try {
    for await (const _piece of bytes);
    return true;
  } catch (error) {
    if (isKaelixError(error, "file-damaged")) return false;
    throw error;
  }
}
