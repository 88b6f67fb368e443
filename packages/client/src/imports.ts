import type { Calls } from "@kaelix/contract/calls";

import { backOff, type CallSettings, pause } from "./sending.ts";
import type { Import, ImportAnswers } from "./types.ts";

/** A file with its name, where it is no `File` that has one. */
export interface UploadFile {
  readonly name: string;
  readonly data: Blob;
}

/** How a file is imported. */
export interface CreateImportOptions extends CallSettings {
  /** Answers to what the file cannot say; what is likely is taken otherwise. Called with what it holds. */
  readonly answers?: ImportAnswers | ((found: Import) => ImportAnswers | Promise<ImportAnswers>);
  /** Of a sealed export; asked for when the file is one. Without, such an import stays `sealed` and is given back so. */
  readonly passphrase?: string | (() => string | Promise<string>);
  /** Called when it has come further. */
  readonly onProgress?: (progress: Import) => void;
}

type ImportRoute =
  | "imports.upload"
  | "imports.read"
  | "imports.open"
  | "imports.start"
  | "imports.cancel"
  | "imports.undo";
type CallsFor = (settings: CallSettings) => Calls<ImportRoute>;

const POLL_MS_MAX = 2_000;

/** Importing files. */
export class Imports {
  readonly #calls: CallsFor;

  /** @internal */
  constructor(calls: CallsFor) {
    this.#calls = calls;
  }

  /**
   * Uploads a file, opens it where it is sealed, answers its questions and waits until it is imported: `done`, `cancelled` or `failed`. Aborting
   * stops the waiting; what has begun goes on at the server, and `cancel` stops it there. A passphrase that is wrong (`age-passphrase-wrong`)
   * leaves the import `sealed`: `open` tries another.
   *
   * @example
   * const done = await kaelix.imports.create(file, { onProgress: ({ added }) => console.log(added) });
   */
  async create(file: File | UploadFile, options: CreateImportOptions = {}): Promise<Import> {
    const { answers, onProgress, passphrase, signal } = options;
    // A large file takes its time.
    const sent = await this.#calls({ signal, timeoutMs: 0 }).call("imports.upload", {}, { file: uploadOf(file) });
    let state = sent.data;
    onProgress?.(state);
    const params = { id: state.id };
    if (state.state === "sealed") {
      if (passphrase === undefined) return state;
      state = await this.open(state.id, typeof passphrase === "function" ? await passphrase() : passphrase, options);
      onProgress?.(state);
    }
    const given = typeof answers === "function" ? await answers(state) : { ...suggested(state), ...answers };
    state = (await this.#calls(options).call("imports.start", { params, body: given })).data;
    for (let waited = 0; state.state === "running" || state.state === "waiting"; waited++) {
      onProgress?.(state);
      await pause(backOff(waited, POLL_MS_MAX), signal);
      state = await this.get(params.id, options);
    }
    onProgress?.(state);
    return state;
  }

  /** Opens a sealed file that was uploaded; it then waits for its answers. */
  async open(id: string, passphrase: string, { signal }: CallSettings = {}): Promise<Import> {
    // All of the file is read before it is believed.
    const calls = this.#calls({ signal, timeoutMs: 0 });
    return (await calls.call("imports.open", { params: { id }, body: { passphrase } })).data;
  }

  /** One import and how far it is. */
  async get(id: string, settings: CallSettings = {}): Promise<Import> {
    return (await this.#calls(settings).call("imports.read", { params: { id } })).data;
  }

  /** Stops a running import; what was imported stays. */
  async cancel(id: string, settings: CallSettings = {}): Promise<Import> {
    return (await this.#calls(settings).call("imports.cancel", { params: { id } })).data;
  }

  /** Forgets everything an import brought. A key of a program cannot: it takes the person's own token. */
  async undo(id: string, settings: CallSettings = {}): Promise<Import> {
    return (await this.#calls(settings).call("imports.undo", { params: { id } })).data;
  }
}

/** A file as it is sent. */
export function uploadOf(file: File | UploadFile): UploadFile {
  return "data" in file ? file : { name: file.name, data: file };
}

/** What the file itself makes likely. */
function suggested({ preview }: Import): ImportAnswers {
  const answers: { me?: string; date_order?: string; zone?: string } = {};
  const fields = { me: "me", "date-order": "date_order", zone: "zone" } as const;
  for (const question of preview?.questions ?? []) {
    if (question.suggested !== null) answers[fields[question.id]] = question.suggested;
  }
  // Suggestions are among the options of their question, which the contract takes.
  return answers as ImportAnswers;
}
