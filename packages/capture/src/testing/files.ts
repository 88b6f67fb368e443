import type { Clock, RandomSource } from "@kaelix/base";
import type { Log } from "@kaelix/log";

import { type FileLimits, Files } from "../files/files.ts";

/** Files over a log, with small limits. */
export function filesOver(
  parts: { readonly log: Log; readonly clock: Clock; readonly random: RandomSource },
  limits: FileLimits = { fileBytesMax: 2_000_000, memoryFilesMax: 3 },
): Files {
  return new Files({ ...parts, limits });
}
