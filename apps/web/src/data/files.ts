/** Files of memories: sent before what they are told with, and fetched when they are looked at. */
import { client } from "./connection.ts";
import type { WireFile } from "./wire.ts";

/** Sends files, one after the other; each waits an hour for its memory. @throws KaelixProblem, TypeError */
export async function uploadFiles(files: readonly File[]): Promise<readonly WireFile[]> {
  const sent: WireFile[] = [];
  for (const file of files)
    sent.push((await client.call("files.upload", {}, { file: { name: file.name, data: file } })).data);
  return sent;
}

/** A file of a memory. @throws KaelixProblem, TypeError */
export async function openFile(memory: string, file: WireFile, signal?: AbortSignal): Promise<Blob> {
  const params = { id: memory, file: file.id };
  return (await client.open("files.read", { params }, signal === undefined ? {} : { signal })).blob();
}
