import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openZip } from "../../packages/capture/src/sources/zip.ts";
import type { Heard } from "./door.ts";

const LIMITS = { entriesMax: 1_000, unpackedBytesMax: 1e8 };

/** An answer as it is, and one that is an archive with the names and texts in it instead of its packed bytes. */
export async function unpacked(heard: Heard): Promise<Heard> {
  if (heard.headers["content-type"] !== "application/zip") return heard;
  const folder = await mkdtemp(join(tmpdir(), "kaelix-proof-"));
  try {
    const path = join(folder, "answer.zip");
    await writeFile(path, heard.bytes);
    const archive = await openZip(path, LIMITS);
    const texts: string[] = [];
    for (const { name, open } of archive.files) {
      const parts: Uint8Array[] = [];
      for await (const part of open()) parts.push(part);
      texts.push(name, Buffer.concat(parts).toString("utf8"));
    }
    await archive.close();
    return { ...heard, text: texts.join("\n") };
  } finally {
    await rm(folder, { recursive: true });
  }
}
