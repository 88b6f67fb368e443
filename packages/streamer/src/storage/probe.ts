import { equalBytes } from "@kaelix/base";

import type { Disk } from "./disk.ts";

const PROBE_BYTES = 4096;

/** Writes, syncs and reads back a small file, to see whether a disk that failed takes anything again. Throws when it does not. */
export async function probeDisk(disk: Disk, directory: string): Promise<void> {
  const path = `${directory}/probe.tmp`;
  disk.remove(path);
  const bytes = Uint8Array.from({ length: PROBE_BYTES }, (_, at) => (at * 31 + 7) & 255);
  const file = disk.open(path, "create");
  try {
    file.write(bytes, 0);
    await file.sync();
    const back = new Uint8Array(PROBE_BYTES);
    if (file.readNow(back, 0) !== PROBE_BYTES || !equalBytes(back, bytes)) throw new Error("Probe reads back changed");
  } finally {
    file.close();
    disk.remove(path);
  }
}
