import type { FileFacts, FileId, KeptFile, Memory, UserPrincipal } from "@kaelix/model";

/** Files of memories, as the gateway asks for them. Errors are KaelixErrors of the capture room. */
export interface FileApplication {
  /** Largest file that is kept, bytes. */
  readonly fileBytesMax: number;
  /** Where an upload is spooled to: an empty folder made for it. */
  makeSpool(principal: UserPrincipal): Promise<{ readonly fileId: FileId; readonly folder: string }>;
  /** Takes a spooled file over; it waits for the memory it is told with. */
  accept(
    principal: UserPrincipal,
    upload: { readonly fileId: FileId; readonly path: string; readonly fileName: string },
  ): Promise<FileFacts>;
  /** Bytes `[from, to)` of a file of a memory that the principal was shown. @throws `file-damaged` at the piece that is */
  read(
    principal: UserPrincipal,
    memory: Memory,
    file: KeptFile,
    range?: { readonly from: number; readonly to: number },
  ): AsyncIterable<Uint8Array>;
}
