import type { Files, FileUploads } from "@kaelix/capture";
import type { FileApplication } from "@kaelix/gateway";

import { ownerOf } from "./imports-application.ts";

/** Files of memories as the gateway asks for them. */
export function fileApplication({
  files,
  uploads,
}: {
  readonly files: Files;
  readonly uploads: FileUploads;
}): FileApplication {
  return {
    fileBytesMax: files.limits.fileBytesMax,
    makeSpool: (principal) => uploads.makeSpool(ownerOf(principal)),
    accept: (principal, upload) => uploads.accept(ownerOf(principal), upload),
    // What another shares with one is theirs: their organisation is the same, and their partition and place are.
    read: ({ tenantId: tenant }, { memoryId, userId: user }, file, range) =>
      files.read({ tenant, user }, memoryId, file, range),
  };
}
