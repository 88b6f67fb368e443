import type { Calls, CallOptions } from "@kaelix/contract/calls";

import type { AddedMemory, Memory, MemoryChange, MemoryVersion } from "./types.ts";
import type { CallSettings } from "./sending.ts";
import { uniqueKey } from "./unique-key.ts";

/** What goes with something that is told. Times are `Date` objects or RFC 3339 with an offset; a day alone is refused. */
export interface AddOptions extends CallSettings {
  readonly level?: "auto" | Memory["level"];
  readonly at?: string | Date;
  /** Who said it, when it was not the owner of the memory. */
  readonly speaker?: string;
  readonly conversation?: { readonly key: string; readonly title?: string };
  /** A stable id: the same id told again is the same memory. */
  readonly externalId?: string;
  readonly context?: string | Readonly<Record<string, unknown>>;
  readonly caption?: string;
  /** Ids of what `files.upload` gave within the hour. */
  readonly files?: readonly string[];
  /** How far it must have come before the answer; otherwise it is stored. */
  readonly wait?: "stored" | "indexed" | "classified";
  /** Makes it safe to be sent again by you as well; one is made for each call otherwise. */
  readonly idempotencyKey?: string;
}

/** What a list is narrowed to. Times are as of `AddOptions`. */
export interface ListOptions extends CallSettings {
  /** Id of a conversation. */
  readonly conversation?: string;
  /** Id of an import. */
  readonly import?: string;
  /** By which way it came in. */
  readonly source?: Memory["source"];
  readonly after?: string | Date;
  readonly before?: string | Date;
  /** Memories that are fetched at once, 1 to 200. */
  readonly pageSize?: number;
}

/** How a change is made. */
export interface ChangeOptions extends CallSettings {
  /** The version you read: refused with `version-stale` when it has changed since. Without it the version of now is taken. */
  readonly version?: number;
}

type MemoryRoute =
  | "memories.create"
  | "memories.list"
  | "memories.read"
  | "memories.edit"
  | "memories.forget"
  | "memories.restore"
  | "memories.versions";
type CallsFor = (settings: CallSettings) => Calls<MemoryRoute>;

const WAIT_SECONDS = 5;
const PAGE_SIZE = 100;

/** Telling, reading and changing memories. */
export class Memories {
  readonly #calls: CallsFor;

  /** @internal */
  constructor(calls: CallsFor) {
    this.#calls = calls;
  }

  /**
   * Tells something. When this resolves it is on the disk of the server.
   *
   * @example
   * await kaelix.memories.add("Mum is allergic to walnuts", { speaker: "Carla", wait: "indexed" });
   */
  async add(text: string, options: AddOptions = {}): Promise<AddedMemory> {
    const { at, caption, context, conversation, externalId, files, level, speaker } = options;
    const body = {
      text,
      ...(at === undefined ? {} : { occurred_at: timeOf(at) }),
      ...(caption === undefined ? {} : { caption }),
      ...(context === undefined ? {} : { context }),
      ...(conversation === undefined ? {} : { conversation }),
      ...(externalId === undefined ? {} : { external_id: externalId }),
      ...(files === undefined ? {} : { files: [...files] }),
      ...(level === undefined ? {} : { level }),
      ...(speaker === undefined ? {} : { speaker }),
    };
    const call: CallOptions = {
      idempotencyKey: options.idempotencyKey ?? uniqueKey(),
      ...(options.wait === undefined ? {} : { waitSeconds: WAIT_SECONDS, until: options.wait }),
    };
    const { data, position } = await this.#calls(options).call("memories.create", { body }, call);
    return { ...data, position };
  }

  /** One memory by its id. */
  async get(id: string, settings: CallSettings = {}): Promise<Memory> {
    return (await this.#calls(settings).call("memories.read", { params: { id } })).data;
  }

  /**
   * Memories by time, newest first, page by page as they are read.
   *
   * @example
   * for await (const memory of kaelix.memories.list({ after: "2026-01-01T00:00:00Z" })) console.log(memory.text);
   */
  async *list(options: ListOptions = {}): AsyncGenerator<Memory, void, undefined> {
    const { after, before, conversation, pageSize, source } = options;
    const query = {
      limit: pageSize ?? PAGE_SIZE,
      ...(conversation === undefined ? {} : { conversation }),
      ...(options.import === undefined ? {} : { import: options.import }),
      ...(source === undefined ? {} : { source }),
      ...(after === undefined ? {} : { after: timeOf(after) }),
      ...(before === undefined ? {} : { before: timeOf(before) }),
    };
    for (let cursor: string | null | undefined; cursor !== null;) {
      const from = cursor === undefined ? {} : { cursor };
      const { data } = await this.#calls(options).call("memories.list", { query: { ...query, ...from } });
      yield* data.data;
      cursor = data.page.next;
    }
  }

  /** Makes a new version of a memory. */
  async update(id: string, change: MemoryChange, options: ChangeOptions = {}): Promise<Memory> {
    const call = { ifMatch: await this.#etag(id, options), idempotencyKey: uniqueKey() };
    return (await this.#calls(options).call("memories.edit", { params: { id }, body: change }, call)).data;
  }

  /** Every state that a memory was in, the newest first. */
  async versions(id: string, settings: CallSettings = {}): Promise<readonly MemoryVersion[]> {
    return (await this.#calls(settings).call("memories.versions", { params: { id } })).data.data;
  }

  /** Forgets a memory; for a short while `restore` brings it back. */
  async forget(id: string, options: ChangeOptions = {}): Promise<void> {
    await this.#calls(options).call("memories.forget", { params: { id } }, { ifMatch: await this.#etag(id, options) });
  }

  /** Brings back what was forgotten a short while ago; `not-found` when it is too late, or nothing was. */
  async restore(id: string, settings: CallSettings = {}): Promise<Memory> {
    return (await this.#calls(settings).call("memories.restore", { params: { id } })).data;
  }

  async #etag(id: string, options: ChangeOptions): Promise<string> {
    const version = options.version ?? (await this.get(id, options)).version;
    return `"${version}"`;
  }
}

function timeOf(time: string | Date): string {
  return typeof time === "string" ? time : time.toISOString();
}
