import type { Calls } from "@kaelix/contract/calls";

import { uploadOf, type UploadFile } from "./imports.ts";
import type { CallSettings } from "./sending.ts";
import type { MemoryFile } from "./types.ts";

type FileRoute = "files.upload" | "files.read" | "memories.read";
/** `isStream`: the answer is read as it comes. */
type CallsFor = (settings: CallSettings, isStream?: boolean) => Calls<FileRoute>;

/** Files that are kept with memories. */
export class Files {
  readonly #calls: CallsFor;

  /** @internal */
  constructor(calls: CallsFor) {
    this.#calls = calls;
  }

  /**
   * Uploads a file to be told with a memory within the hour: name its id in `files` of `memories.add`.
   *
   * @example
   * const { id } = await kaelix.files.upload({ name: "deed.pdf", data });
   * await kaelix.memories.add("The deed of the house", { files: [id] });
   */
  async upload(file: File | UploadFile, settings: CallSettings = {}): Promise<MemoryFile> {
    // A large file takes its time.
    const call = { ...settings, timeoutMs: settings.timeoutMs ?? 0 };
    return (await this.#calls(call).call("files.upload", {}, { file: uploadOf(file) })).data;
  }

  /** The files of a memory. */
  async list(memory: string, settings: CallSettings = {}): Promise<readonly MemoryFile[]> {
    return (await this.#calls(settings).call("memories.read", { params: { id: memory } })).data.files;
  }

  /**
   * The bytes of a file of a memory, as they come. Aborting ends them; `timeoutMs` is for their beginning, and nothing is sent again.
   *
   * @example
   * const bytes = await new Response(await kaelix.files.read(memory.id, file.id)).bytes();
   */
  async read(memory: string, file: string, settings: CallSettings = {}): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#calls(settings, true).open("files.read", { params: { id: memory, file } });
    return body ?? new Blob([]).stream();
  }
}
