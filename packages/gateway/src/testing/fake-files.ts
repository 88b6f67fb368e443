import { mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { systemRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";

import type { FileApplication } from "../file-application.ts";

const NOW_MS = Date.parse("2024-12-12T18:03:00Z");
/** Largest file of the fake. */
export const FAKE_FILE_BYTES_MAX = 100_000;

/** Files as the seam promises them; none is kept. What is read are the numbers of its bytes, modulo 256. */
export function fakeFiles(spoolRoot: string): FileApplication {
  return {
    fileBytesMax: FAKE_FILE_BYTES_MAX,
    makeSpool: async () => ({
      fileId: makeId("fil", NOW_MS, systemRandom),
      folder: await mkdtemp(join(spoolRoot, "spool-")),
    }),
    accept: async (_principal, { fileId, fileName, path }) => {
      const { size } = await stat(path);
      await rm(path);
      return { id: fileId, name: fileName, type: "application/octet-stream", bytes: size };
    },
    read: async function* (_principal, _memory, file, { from, to } = { from: 0, to: file.bytes }) {
      yield Uint8Array.from({ length: to - from }, (_, at) => (from + at) % 256);
    },
  };
}
